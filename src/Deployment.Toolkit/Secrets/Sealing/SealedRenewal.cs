using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>A new version that can be taken back: the one before it stays in the file, also when nobody may read it any more.</summary>
internal static class SealedRenewal
{
    /// <summary>Adds a version behind the given one.</summary>
    /// <exception cref="DeploymentException">The newest version is another one, or the new one would not get the number that it was planned
    /// with.</exception>
    internal static SealedFile Renew(
        OpenedFile opened,
        string name,
        long before,
        long made,
        Secret value,
        TimeSpan grace,
        SealedValidity validity,
        DateTimeOffset now
    )
    {
        var versions = SealedEdits.Versions(opened.File, name);
        if (versions is not [.., { } current] || current.Version != before)
            throw Changed(name, before, versions.LastOrDefault()?.Version);
        if (SealedEdits.Next(opened.File, name) != made)
            throw Changed(name, before, SealedEdits.Next(opened.File, name) - 1);

        var end = now + grace;
        var previous = current with
        {
            State = EntryState.Previous,
            Expires = SealedFormat.Whole(current.Expires < end ? current.Expires : end),
        };
        var older = versions.Take(versions.Count - 1).Where(entry => entry.Expires > now);
        return SealedEdits.Put(
            opened,
            current.Name,
            [
                .. older,
                opened.Key.SealEntry(opened.File.Scope, previous, opened.Reveal(current)),
                SealedEdits.New(opened, current.Name, value, validity),
            ]
        );
    }

    /// <summary>
    /// Takes the version that was made behind the given one out, and makes that one the newest again; the number that was made is never
    /// given again. When it is the newest already, nothing changes.
    /// </summary>
    /// <exception cref="DeploymentException">The newest version is neither of the two, or the one before is gone.</exception>
    internal static SealedFile Restore(OpenedFile opened, string name, long before, long made, SealedValidity validity)
    {
        var versions = SealedEdits.Versions(opened.File, name);
        if (versions is [.., var newest] && newest.Version == before)
            return opened.File;
        if (versions is not [.., { } previous, var added] || previous.Version != before || added.Version != made)
            throw Changed(name, before, versions.LastOrDefault()?.Version);

        var current = previous with
        {
            State = EntryState.Current,
            NotBefore = SealedFormat.Whole(validity.NotBefore),
            Expires = SealedFormat.Whole(validity.ExpiresAt),
        };
        return SealedEdits.Put(
            opened,
            previous.Name,
            [.. versions.Where(entry => entry.Version < before), opened.Key.SealEntry(opened.File.Scope, current, opened.Reveal(previous))]
        );
    }

    /// <exception cref="DeploymentException">The newest version is another one.</exception>
    internal static void EnsureNewest(IReadOnlyList<SealedSecretInfo> secrets, string name, long version)
    {
        var newest = Newest(secrets, name);
        if (newest?.Version != version)
            throw Changed(name, version, newest?.Version);
    }

    internal static SealedSecretInfo? Newest(IReadOnlyList<SealedSecretInfo> secrets, string name) =>
        secrets.FirstOrDefault(secret =>
            secret.State == SealedSecretState.Current && string.Equals(secret.Name, name, StringComparison.OrdinalIgnoreCase)
        );

    private static DeploymentException Changed(string name, long before, long? found) =>
        DeploymentException.Refused(
            Codes.SecretChanged,
            $"Secret '{name}' was at version {before} when its renewal was planned, and "
                + $"{(found is { } version ? $"is at version {version} now" : "is not in the sealed file now")}: somebody changed it "
                + $"meanwhile. "
                + $"Nothing of it was overwritten. Look at 'deploy secrets list' and at the sealed file's history; what belongs there "
                + $"is brought back, or put in with 'deploy secrets rotate {name}'."
        );
}
