using System.Globalization;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>Which version of a secret is meant at a time.</summary>
internal static class SealedLookup
{
    internal const string PreviousLabel = "previous";

    /// <param name="versions">The secret's versions, oldest first, from a file whose seal was checked.</param>
    /// <param name="version">Null for the one in force, <c>previous</c> for the one before it, or a number.</param>
    /// <param name="now">The time.</param>
    /// <returns>The entry, or null when there is no such one.</returns>
    /// <exception cref="DeploymentException">There is one, and it is expired or not valid yet.</exception>
    internal static SealedEntry? Find(List<SealedEntry> versions, string? version, DateTimeOffset now)
    {
        if (versions.Count == 0)
            return null;

        // A new version may be there before its time: until then the one before it is in force.
        var inForce = versions.FindLastIndex(entry => entry.NotBefore is not { } begin || begin <= now);
        if (version is null)
            return Readable(inForce < 0 ? versions[0] : versions[inForce], now);
        if (string.Equals(version, PreviousLabel, StringComparison.OrdinalIgnoreCase))
            return inForce > 0 && versions[inForce - 1].IsReadableAt(now) ? versions[inForce - 1] : null;

        return
            long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && versions.Find(entry => entry.Version == number) is { } exact
            ? Readable(exact, now)
            : null;
    }

    private static SealedEntry Readable(SealedEntry entry, DateTimeOffset now)
    {
        if (entry.IsReadableAt(now))
            return entry;

        throw DeploymentException.Refused(
            Codes.SecretNotReadable,
            entry.Expires is { } end && end <= now
                ? $"Secret '{entry.Name}' version {entry.Version} expired at {SealedFormat.Time(end)}. Put the new value in with "
                    + $"'deploy secrets rotate {entry.Name}'."
                : $"Secret '{entry.Name}' version {entry.Version} is not valid before {SealedFormat.Time(entry.NotBefore!.Value)}. Wait "
                    + $"until then, or set a value that is valid now with 'deploy secrets set {entry.Name}'."
        );
    }
}
