using System.Data.Common;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Planning;

namespace Deployment.Toolkit.Hosting;

/// <summary>Takes what a database has already into its history, on purpose and without running it.</summary>
internal sealed class MigrationBaseline(DeploymentPartsFactory factory, BaselineRequest request, string? name, string? tenant)
{
    private const int Shown = 5;

    internal async Task<DeploymentResult> RunAsync(CancellationToken cancellationToken)
    {
        if (request.Version is null == request.From is null)
            throw Refused("Say either the last migration that the database has, or with --from the tool that migrated it until now.");

        var parts = await factory.Create(null).OneAsync(name, tenant, cancellationToken).ConfigureAwait(false);
        var database = parts.Database ?? throw DeploymentDatabase.NoDatabase();
        if (parts.Migrations.Faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, parts.Migrations.Faults);
        if (!database.Exists)
            throw Refused($"Database '{database.Title}' does not exist yet, so it has nothing to take over. {UpCommand(parts)} makes it.");

        var rows = await ReadableHistory.OfAsync(database, parts.Migrations, cancellationToken).ConfigureAwait(false);
        var added = await ChooseAsync(parts, rows, cancellationToken).ConfigureAwait(false);
        if (added.Count == 0 || request.DryRun)
            return Result(parts, rows, added);
        if (string.IsNullOrWhiteSpace(request.Reason))
            throw Refused("The reason is empty. Say why with --reason \"…\"; the journal keeps it.");

        await using var own = factory.OwnSteps();
        var launcher = new RunLauncher(factory, parts, request, own);
        await using var session = await launcher.LockAsync("migrations baseline", cancellationToken).ConfigureAwait(false);
        EnsureMayBegin(parts, session.Ledger);
        if (
            await KnownDatabase
                .FindAsync(database, session.Ledger, parts.Environment.Name, isReplaced: true, null, cancellationToken)
                .ConfigureAwait(false) is
            { } foreign
        )
            throw new DeploymentException(DeploymentOutcome.Refused, [foreign]);

        await using var held = await database
            .LockAsync(MigrationRunner.RequestOf("baseline", parts.LockTimeout, factory.Time, static _ => { }), cancellationToken)
            .ConfigureAwait(false);
        // Others may have migrated until the locks were free.
        rows = await ReadableHistory.OfAsync(database, parts.Migrations, cancellationToken).ConfigureAwait(false);
        added = await ChooseAsync(parts, rows, cancellationToken).ConfigureAwait(false);
        if (added.Count == 0)
            return Result(parts, rows, added);

        await WriteAsync(parts, (database, held), session, rows, added, cancellationToken).ConfigureAwait(false);
        return Result(parts, rows, added);
    }

    private async Task WriteAsync(
        DeploymentParts parts,
        (TargetDatabase Database, SessionLock? Lock) on,
        JournalSession session,
        IReadOnlyList<AppliedMigration> rows,
        IReadOnlyList<MigrationDefinition> added,
        CancellationToken cancellationToken
    )
    {
        var run = RunIds.New(factory.Time);
        cancellationToken.ThrowIfCancellationRequested();
        // Said before it is done: run again after a crash in between, it is said and done again.
        await session
            .AppendAsync(
                null,
                JournalKinds.DatabaseBaselined,
                new DatabaseBaselined(
                    [
                        .. rows.Select(static row => row.Version)
                            .Concat(added.Select(static definition => definition.Version))
                            .Order(MigrationVersion.Order),
                    ],
                    [.. added.Select(static definition => definition.Version)],
                    run,
                    parts.Redactor.Redact(request.Reason!),
                    factory.Operator.Operator
                )
                {
                    Tool = request.From,
                    Database = parts.Key.Recorded,
                },
                JournalJson.Default.DatabaseBaselined
            )
            .ConfigureAwait(false);
        Boundary.Reached("baseline: recorded");
        var head = session.Head;
        var writer = new MigrationWriter(run, parts.Release.ToString(), head.Journal!, session.Fence, head.Count, head.Hash);
        await using var connection = await on.Database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await on.Database.Dialect.BeginAsync(connection, cancellationToken).ConfigureAwait(false);
        await MigrationHistory.EnsureAsync(on.Database.Dialect, connection, transaction, cancellationToken).ConfigureAwait(false);
        await MigrationHistory
            .EnsureFenceAsync(on.Database.Dialect, connection, transaction, writer.Journal, writer.Fence, cancellationToken)
            .ConfigureAwait(false);
        await AgreedHistory
            .ReadAsync(on.Database.Dialect, connection, transaction, parts.Migrations, writer, factory.Time.GetUtcNow(), cancellationToken)
            .ConfigureAwait(false);
        foreach (var definition in added)
            await MigrationHistory
                .InsertAsync(
                    on.Database.Dialect,
                    connection,
                    transaction,
                    definition,
                    writer,
                    factory.Time.GetUtcNow(),
                    TimeSpan.Zero,
                    contents: null,
                    atStake: null,
                    cancellationToken
                )
                .ConfigureAwait(false);
        if (on.Lock is { } held)
            await held.EnsureUntilCommitAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        Boundary.Reached("baseline: done");
    }

    private async Task<IReadOnlyList<MigrationDefinition>> ChooseAsync(
        DeploymentParts parts,
        IReadOnlyList<AppliedMigration> rows,
        CancellationToken cancellationToken
    )
    {
        var chosen = request.Version is { } version
            ? UpTo(parts, version)
            : await OfOtherAsync(parts, request.From!, cancellationToken).ConfigureAwait(false);
        var applied = rows.Select(static row => MigrationVersion.Normal(row.Version)).ToHashSet(StringComparer.Ordinal);
        // Those of another tool count by its own history, which only it, or somebody by hand, may make say so.
        if (
            request.Version is { } last
            && parts.Migrations.All.FirstOrDefault(definition =>
                definition.Identity is not null
                && MigrationVersion.Compare(definition.Version, last.Split('_')[0]) <= 0
                && !applied.Contains(MigrationVersion.Normal(definition.Version))
            )
                is { } others
        )
            throw Refused(
                $"Migration {others.Title} counts by the history of the context that it comes from, which does not have it. Nothing was changed. "
                    + $"Where the database has what it does, write a row with MigrationId '{others.Identity!.Split(':', 2)[^1]}' into that history table "
                    + "(__EFMigrationsHistory by default); the next 'deploy up' counts it then."
            );
        return [.. chosen.Where(definition => !applied.Contains(MigrationVersion.Normal(definition.Version)))];
    }

    private static List<MigrationDefinition> UpTo(DeploymentParts parts, string version)
    {
        var wanted = version.Split('_')[0];
        if (!MigrationVersion.IsVersion(wanted) || parts.Migrations.Find(wanted) is null)
            throw Refused(
                $"This binary has no migration "
                    + $"'{version}'.{Suggestion.Sentence(wanted, parts.Migrations.All.Select(static known => known.Version))} 'deploy "
                    + $"migrations list{parts.Key.Option} --environment {parts.Environment.Name}' shows all."
            );

        return
        [
            .. parts.Migrations.All.Where(definition =>
                definition.Identity is null && MigrationVersion.Compare(definition.Version, wanted) <= 0
            ),
        ];
    }

    private static async Task<IReadOnlyList<MigrationDefinition>> OfOtherAsync(
        DeploymentParts parts,
        string key,
        CancellationToken cancellationToken
    )
    {
        var history =
            OtherHistory.Find(key)
            ?? throw Refused(
                $"No history of a tool called '{key}' is known.{Suggestion.Sentence(key, OtherHistory.All.Select(static tool => tool.Key))} "
                    + $"Known are {string.Join(", ", OtherHistory.All.Select(static tool => tool.Key))}; for another say the last migration that "
                    + "the database has instead."
            );
        OtherEntries? entries;
        try
        {
            await using var connection = await parts.Database!.OpenAsync(cancellationToken).ConfigureAwait(false);
            entries = await history.ReadAsync(parts.Database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            throw new DeploymentException(DeploymentOutcome.Refused, [parts.Database!.Dialect.FaultOf(e, parts.Database.Title)], e);
        }

        if (entries is null)
            throw Refused(
                $"Database '{parts.Database.Title}' has no history of {history.Tool} ({string.Join(" or ", history.Shapes.Select(static shape => shape.Table))}). Correct "
                    + "--from, or say the last migration that the database has instead."
            );

        var match = new OtherHistoryMatch(parts.Migrations, entries);
        if (match.Failed.Count > 0)
            throw Refused(
                $"{history.Tool}'s {entries.Table} says that {List(match.Failed)} broke off. Nothing was changed. Bring that to an end with "
                    + $"{history.Tool} first: whether the database has it or not, nobody else knows."
            );
        if (match.Unknown.Count > 0)
            throw Refused(
                $"{match.Unknown.Count} of {entries.Entries.Count} entries of {history.Tool}'s {entries.Table} are none of this binary's "
                    + $"migrations: {List(match.Unknown)}. Nothing was changed. Take their files along, each with its number in front like "
                    + "0007_add_quality.sql; where that can't be, say the last migration that the database has instead of --from."
            );
        return match.Applied;
    }

    private static void EnsureMayBegin(DeploymentParts parts, EnvironmentLedger ledger)
    {
        if (ledger.OpenRun is { } open)
            throw DeploymentException.Refused(
                Codes.RunUnfinished,
                $"Run {open.Id} in '{parts.Environment.Name}' is not finished, and it may have to go back over the database that it began "
                    + $"with. Nothing was changed. {RunWays.Of(open)}."
            );
    }

    private DeploymentResult Result(DeploymentParts parts, IReadOnlyList<AppliedMigration> rows, IReadOnlyList<MigrationDefinition> added)
    {
        var applied = rows.Select(static row => row.Version)
            .Concat(added.Select(static definition => definition.Version))
            .Select(MigrationVersion.Normal)
            .ToHashSet(StringComparer.Ordinal);
        var states = parts
            .Migrations.All.Select(definition => new MigrationState
            {
                Version = definition.Version,
                Name = definition.Name,
                IsApplied = applied.Contains(MigrationVersion.Normal(definition.Version)),
                HasWayBack = definition.HasWayBack,
                Database = parts.Key.Recorded,
            })
            .ToList();
        var pending = states.Count(static state => !state.IsApplied);
        var count =
            request.DryRun ? "would count"
            : added.Count == 1 ? "counts"
            : "count";
        return new DeploymentResult
        {
            Outcome = added.Count == 0 ? DeploymentOutcome.NothingToDo : DeploymentOutcome.Succeeded,
            Environment = parts.Environment.Name,
            Migrations = states,
            Messages =
            [
                new DeploymentMessage(
                    Codes.DatabaseBaselined,
                    added.Count == 0
                        ? $"The history of '{parts.Environment.Name}' has them already. {pending} {(pending == 1 ? "is" : "are")} pending."
                        : $"{added.Count} {(added.Count == 1 ? "migration" : "migrations")} {count} as applied in '{parts.Environment.Name}' "
                            + $"without having been run: {List([.. added.Select(static definition => definition.Title)])}. {pending} {(pending == 1 ? "stays" : "stay")} "
                            + $"pending. {(request.DryRun ? "Nothing was changed." : "See them with 'deploy plan --environment " + parts.Environment.Name + "'.")}",
                    MessageSeverity.Information
                ),
            ],
        };
    }

    private static string UpCommand(DeploymentParts parts) => $"'deploy up --environment {parts.Environment.Name}'";

    private static string List(IReadOnlyList<object> names) =>
        string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? $" and {names.Count - Shown} more" : "");

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.BaselineRefused, text);
}
