using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Migrations;

/// <summary>Compares the database that a command reaches with the one that the environment's journal knows.</summary>
internal static class KnownDatabase
{
    private const int ShownId = 12;
    private const int ShownVersions = 5;

    /// <summary>
    /// Why it is not the journal's: another's, gone, older or newer. Nothing when it is, or when the journal knows of none yet.
    /// </summary>
    /// <param name="database">The database.</param>
    /// <param name="ledger">What the journal knows.</param>
    /// <param name="environment">The environment's name.</param>
    /// <param name="isReplaced">Whether it is about to be replaced by a backup: then it matters only whose it is.</param>
    /// <param name="migrations">This binary's, for what other tools applied beside the toolkit; <see langword="null"/> where that doesn't
    /// matter.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<DeploymentMessage?> FindAsync(
        TargetDatabase database,
        EnvironmentLedger ledger,
        string environment,
        bool isReplaced,
        MigrationSet? migrations,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<OwnedMigration> rows;
        IReadOnlyList<string> adopted;
        try
        {
            if (
                await ForeignStamp.FindAsync(database, ledger.JournalId, environment, cancellationToken).ConfigureAwait(false) is
                { } stamped
            )
                return stamped;
            rows = await HistoryOwner.ReadAsync(database, cancellationToken).ConfigureAwait(false);
            adopted = migrations is { Companions.Count: > 0 }
                ?
                [
                    .. (await ReadableHistory.OfAsync(database, migrations, cancellationToken).ConfigureAwait(false)).Select(static row =>
                        row.Version
                    ),
                ]
                : [];
        }
        catch (DbException)
        {
            // What can't be read is told by the plan, which reads it too, with the way to a backup; and a damaged one may be about to be
            // replaced.
            return null;
        }

        if (Foreign(rows, database, ledger, environment) is { } foreign)
            return foreign;
        // Of one of many the journal does not follow what it has.
        return isReplaced || database.Key.Tenant is not null || ledger.KnownSchemaOf(database.Key) is not { } known
            ? null
            // Whether somebody has run a script that was made, nobody tells but the database.
            : Unexpected(
                [.. rows.Where(row => !ledger.Migrations.IsScript(row.Run) || known.Contains(row.Version, StringComparer.Ordinal))],
                adopted,
                [.. known.Where(version => !ledger.Migrations.MayBeBack(database.Key, version) || rows.Any(row => row.Version == version))],
                database,
                environment
            );
    }

    private static DeploymentMessage? Foreign(
        IReadOnlyList<OwnedMigration> rows,
        TargetDatabase database,
        EnvironmentLedger ledger,
        string environment
    )
    {
        if (rows.LastOrDefault(row => row.Journal != ledger.JournalId) is not { } foreign)
            return null;

        var own = Own(ledger.JournalId, environment);
        return new DeploymentMessage(
            Codes.DatabaseForeign,
            $"Database '{database.Title}' belongs to another journal: migration {foreign.Version} was applied by run {foreign.Run} of "
                + $"release {foreign.Release} under journal {Short(foreign.Journal)}, and {own}. "
                + "Two environments on one database undo each other's migrations. Nothing was begun. Give the environment a connection "
                + "string of its own; or, when this journal is to go on with that database, "
                + $"{TakeOver(database, environment)}."
        );
    }

    // What another tool applied is there, and what it applied besides is none of the journal's business until a run takes it over.
    private static DeploymentMessage? Unexpected(
        IReadOnlyList<OwnedMigration> rows,
        IReadOnlyList<string> adopted,
        IReadOnlyList<string> known,
        TargetDatabase database,
        string environment
    )
    {
        var applied = rows.Select(static row => row.Version)
            .Concat(adopted)
            .Select(MigrationVersion.Normal)
            .ToHashSet(StringComparer.Ordinal);
        var expected = known.Select(MigrationVersion.Normal).ToHashSet(StringComparer.Ordinal);
        var missing = known.Where(version => !applied.Contains(MigrationVersion.Normal(version))).ToList();
        var added = rows.Where(row => !expected.Contains(MigrationVersion.Normal(row.Version))).Select(static row => row.Version).ToList();
        if (missing.Count + added.Count == 0)
            return null;

        var what =
            missing.Count == known.Count && rows.Count == 0
                ? database.Exists
                    ? "has no migrations at all: it is another database, or was made anew"
                    : "does not exist"
                : missing.Count == 0
                    ? $"has {List(added)} besides: it is newer than the journal, which may be an older copy of itself"
                    : added.Count == 0
                        ? $"lacks {List(missing)}: it is an older copy"
                        : $"lacks {List(missing)} and has {List(added)}: it is another database";
        return new DeploymentMessage(
            Codes.DatabaseUnexpected,
            $"The journal of '{environment}' knows a database with {(known.Count == 0 ? "no migrations" : List([.. known]))}, and "
                + $"'{database.Title}' {what}. Nothing was begun. Correct its connection string, or put back what is missing "
                + $"('deploy backup list{database.Key.Option} --environment {environment}' shows the backups); or, when the environment is to "
                + $"go on with the database as it is, {TakeOver(database, environment)}."
        );
    }

    private static string TakeOver(TargetDatabase database, string environment) =>
        $"run 'deploy migrations take-over{database.Key.Option} --environment {environment} --reason \"why\"'";

    private static string List(List<string> versions) =>
        string.Join(", ", versions.Take(ShownVersions))
        + (versions.Count > ShownVersions ? $" and {versions.Count - ShownVersions} more" : "");

    /// <summary>Which journal is the environment's own, as a clause.</summary>
    internal static string Own(string? journal, string environment) =>
        journal is { } id ? $"that of '{environment}' is {Short(id)}" : $"'{environment}' has none yet";

    internal static string Short(string id) => id.Length > ShownId ? id[..ShownId] : id;
}
