using System.Globalization;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Evidence;

/// <summary>A key by which an environment is known, and who said so.</summary>
internal sealed record TrustedKey(string Name, string Environment, EvidenceKey Key, bool IsDeclared);

/// <summary>Which keys the app declares.</summary>
internal sealed class DeclaredEvidenceKeys
{
    internal List<TrustedKey> Keys { get; } = [];
}

/// <summary>What other environments' bundles count for here.</summary>
internal sealed class TrustedEvidence(DeclaredEvidenceKeys declared, TimeProvider time)
{
    /// <summary>All keys that are trusted: those that the app declares, and those that stand in the journal.</summary>
    internal IReadOnlyList<TrustedKey> KeysOf(EnvironmentLedger ledger) =>
        [
            .. declared.Keys,
            .. ledger.Evidence.Keys.Select(static key => new TrustedKey(
                key.Name,
                key.Environment,
                EvidenceKey.Parse(key.PublicKey, $"The key '{key.Name}' in the journal"),
                IsDeclared: false
            )),
        ];

    /// <summary>The newest bundle by which a release counts as verified elsewhere; and else why none does.</summary>
    /// <param name="ledger">The journal of the environment that the release wants to enter.</param>
    /// <param name="environment">The environment that it comes from.</param>
    /// <param name="release">The release.</param>
    /// <param name="migrations">What it brings with it; <see langword="null"/> when that is not known.</param>
    internal (ImportedBundle? Bundle, string? Why) Find(
        EnvironmentLedger ledger,
        string environment,
        Release release,
        IReadOnlyList<VerifiedMigration>? migrations
    )
    {
        var named = ledger
            .Evidence.Bundles.Where(bundle =>
                Is(bundle.Bundle.Environment, environment) && bundle.Bundle.Release.Version == release.Version
            )
            .ToList();
        if (named.Count == 0)
            return (null, null);

        var last = named[^1];
        var id = $"the bundle of run {last.Bundle.Run} that was imported at {At(last.Time)}";
        if (ReleaseContent.Differences(last.Bundle.Verified, release, migrations) is { Count: > 0 } differences)
            return (null, $"{id} is about another build of it: {string.Join("; ", differences)}");
        if (last.Bundle.ExpiresAt <= time.GetUtcNow())
            return (null, $"{id} was good until {At(last.Bundle.ExpiresAt)}");
        if (!KeysOf(ledger).Any(key => Is(key.Environment, environment) && key.Key.Id == last.Bundle.KeyId))
            return (null, $"{id} was signed with key '{last.Bundle.Key}', which is trusted no more");
        return ledger.Evidence.LastOf(environment)!.Bundle.Holds.Contains(release)
            ? (null, "the last bundle from there says that it is on hold")
            : (last, null);
    }

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    internal static string At(DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
}
