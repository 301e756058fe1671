using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Secrets;

/// <content>What a renewal does, step by step.</content>
public sealed partial class SealedSecrets
{
    /// <summary>Adds a version that <see cref="RestoreAsync"/> can take back.</summary>
    internal Task RenewAsync(
        string name,
        long before,
        long made,
        Secret value,
        TimeSpan grace,
        SealedValidity validity,
        CancellationToken cancellationToken
    )
    {
        SealedChecks.EnsureValue(name, value, validity, _time.GetUtcNow());
        return ChangeAsync(
            opened => SealedRenewal.Renew(opened, name, before, made, value, grace, validity, _time.GetUtcNow()),
            cancellationToken
        );
    }

    /// <summary>Takes back what <see cref="RenewAsync"/> did.</summary>
    internal Task RestoreAsync(string name, long before, long made, SealedValidity validity, CancellationToken cancellationToken) =>
        ChangeAsync(opened => SealedRenewal.Restore(opened, name, before, made, validity), cancellationToken);

    /// <summary>The number of a name's next version; shows without a key.</summary>
    internal long NextVersion(string name) => SealedEdits.Next(_store.Read(), name);

    /// <summary>A version's value whether or not its time is over; <see langword="null"/> when the file does not have it.</summary>
    internal Secret? Peek(string name, long version)
    {
        using var opened = Open();
        return SealedEdits.Versions(opened.File, name).Find(entry => entry.Version == version) is { } entry ? opened.Reveal(entry) : null;
    }
}
