using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Migrations;

/// <summary>Tells whether a binary is the one that was verified: a version can be built twice.</summary>
internal static class ReleaseContent
{
    // A message names enough to recognise the kind of difference; the rest is counted.
    private const int MostNamed = 5;
    private const int ShownOfChecksum = 12;

    /// <summary>In what a binary differs from the one that was verified, each as a part of a sentence; empty when it is the same.</summary>
    internal static IReadOnlyList<string> Differences(
        ReleaseVerified verified,
        Release release,
        IReadOnlyList<VerifiedMigration>? migrations
    )
    {
        var differences = new List<string>();
        if (verified.Release.Version != release.Version)
            differences.Add($"its version was {verified.Release.Version} and is {release.Version}");
        if (verified.Release.Commit != release.Commit)
            differences.Add($"{Commit("the verified one names", verified.Release)} and {Commit("this one", release)}");

        if (migrations is null)
            return differences;

        var then = new Dictionary<string, VerifiedMigration>(StringComparer.Ordinal);
        foreach (var migration in verified.Migrations ?? [.. verified.Schema.Select(static version => new VerifiedMigration(version))])
            then[KeyOf(migration)] = migration;

        var texts = new List<string>();
        foreach (var migration in migrations)
        {
            if (!then.Remove(KeyOf(migration), out var before))
                texts.Add($"migration {Title(migration)} was not in it");
            else if (verified.Migrations is null)
                continue;
            else if (before.Checksum != migration.Checksum)
                texts.Add($"migration {Title(migration)} was {Short(before.Checksum)} and is {Short(migration.Checksum)}");
            else if (before.WayBack != migration.WayBack)
                texts.Add($"the way back of migration {Title(migration)} was {Short(before.WayBack)} and is {Short(migration.WayBack)}");
        }

        texts.AddRange(then.Values.Select(static gone => $"migration {Title(gone)} was in it and is not in this one"));
        differences.AddRange(texts.Take(MostNamed));
        if (texts.Count > MostNamed)
            differences.Add($"and {texts.Count - MostNamed} more migrations differ");
        return differences;
    }

    private static string KeyOf(VerifiedMigration migration) =>
        $"{MigrationVersion.Normal(migration.Version)} {migration.Database?.ToUpperInvariant()}";

    private static string Title(VerifiedMigration migration) =>
        migration.Database is { } database ? $"{migration.Version} of {database}" : migration.Version;

    private static string Commit(string which, Release release) =>
        release.Commit is { } commit ? $"{which} commit {commit}" : $"{which} no commit";

    private static string Short(string? checksum) =>
        checksum is null ? "none"
        : checksum.IndexOf(':', StringComparison.Ordinal) is var colon
        && checksum.Length > colon + 1 + ShownOfChecksum
        && !checksum.StartsWith("class:", StringComparison.Ordinal)
            ? checksum[..(colon + 1 + ShownOfChecksum)] + "…"
        : checksum;
}
