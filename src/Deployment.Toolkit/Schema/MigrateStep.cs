using System.Data.Common;
using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Schema;

internal sealed class MigrateStep(
    TargetDatabase? database,
    MigrationSet migrations,
    MigrationRunner? runner,
    BackupStore? backups,
    string? withoutBackup,
    OtherBackup? other,
    OtherBackupTools tools,
    JournalSession? session
) : DeploymentStep
{
    private readonly FoundMigrations _found = new(database, migrations);
    private readonly WayBackBackup _backup = new(backups, withoutBackup, other);

    /// <summary>
    /// Told what is done, with the line that says so, instead of the run's output; <see langword="null"/> for an app's own database.
    /// </summary>
    internal Action<SchemaChange, string>? Changed { get; init; }

    private DatabaseKey Key => database?.Key ?? DatabaseKey.Only;

    public override string Name => Key.Step(DeploymentSteps.Migrate);

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken)
    {
        var plan = context.Plan.On(Key);
        var (first, last) = (plan.Migrations[0].Version, plan.Migrations[^1].Version);
        var range = first == last ? first : $"{first} to {last}";
        var count = plan.Migrations.Count == 1 ? "1 migration" : $"{plan.Migrations.Count} migrations";
        return ValueTask.FromResult(
            new StepDescription(
                $"{(plan.Kind == RunKind.Up ? "apply" : "undo")} {count} ({range}){(Key.IsOnly ? "" : $" in database '{Key.Name}'")}"
            )
            {
                WayBack = plan.SchemaWayBack switch
                {
                    SchemaWayBack.DownScripts => "down scripts, newest first; "
                        + (
                            Removed(plan) is { Length: > 0 } removed
                                ? $"rows written into {removed} by then are removed, which needs --accept-data-loss"
                                : "rows written since are kept"
                        ),
                    SchemaWayBack.RestoreBackup => "restore the backup; rows written since need --accept-data-loss",
                    _ => null,
                },
                Irreversible = plan.Migrations.FirstOrDefault(static migration => migration.Irreversible is not null)?.Irreversible,
                Inputs = plan.Migrations.ToDictionary(
                    static migration => migration.Version,
                    static migration => migration.Checksum,
                    StringComparer.Ordinal
                ),
            }
        );
    }

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        context = context.Within(context.Plan.On(Key));
        await using var connection = Connect(context);
        // Under the lock: what somebody else is at was not cut off.
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        foreach (var attempt in await _found.AttemptsAsync(context.Plan, cancellationToken).ConfigureAwait(false))
        {
            EnsureGoesOn(attempt);
            context.Write(
                migrations.Find(attempt.Version) is { IsBatched: true }
                    ? $"migration {attempt.Version} was cut off; it goes on behind the {attempt.Done} rows that are done"
                : database!.Dialect.CommitsSchemaChanges
                    ? $"migration {attempt.Version} was cut off; it goes on behind the {attempt.Done} of its statements that are done"
                : $"migration {attempt.Version} was cut off while it ran outside a transaction; it is run again"
            );
        }

        foreach (var planned in context.Plan.Migrations)
        {
            var definition = migrations.Find(planned.Version);
            var isSame = definition is not null && definition.Checksum == planned.Checksum;
            if (!isSame && await _found.IsAppliedAsync(planned, cancellationToken).ConfigureAwait(false))
                continue;
            if (!isSame)
            {
                throw DeploymentException.NeedsAttention(
                    Codes.MigrationMissing,
                    $"Migration {planned.Version}_{planned.Name} of the frozen plan is not in this binary as it was planned. Run "
                        + $"'deploy resume' with release {context.Release}, or 'deploy abort'."
                );
            }

            var started = tools.Time.GetTimestamp();
            if (
                await runner!
                    .ApplyAsync(
                        definition!,
                        connection,
                        keepContents: context.Plan.SchemaWayBack == SchemaWayBack.RestoreBackup,
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            )
                Tell(
                    context,
                    SchemaChange.Applied,
                    $"applied {definition!.Title} in {tools.Time.GetElapsedTime(started).TotalMilliseconds:F0} ms"
                );
            else if (connection.Known(planned.Version) is { } row && row.Run != context.RunId)
                context.Write($"{definition!.Title} was applied by run {row.Run} meanwhile");
        }
    }

    public override async Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken)
    {
        context = context.Within(context.Plan.On(Key));
        var applied = await _found.AppliedAsync(context.Plan, cancellationToken).ConfigureAwait(false);
        var repeatables = await ReadableHistory.RepeatablesOfAsync(database, cancellationToken).ConfigureAwait(false);
        if (
            (await _found.AttemptsAsync(context.Plan, cancellationToken).ConfigureAwait(false)).Count > 0
            || context.Plan.Migrations.Any(planned => repeatables.IsBegun(planned.Version))
        )
            return ProbeOutcome.Unknown;
        return applied.Count == 0 ? ProbeOutcome.NotDone
            : applied.Count == context.Plan.Migrations.Count ? ProbeOutcome.Done
            : ProbeOutcome.Unknown;
    }

    internal override async Task<bool> MayGoBackAsync(StepContext context, CancellationToken cancellationToken)
    {
        context = context.Within(context.Plan.On(Key));
        var attempts = await _found.AttemptsAsync(context.Plan, cancellationToken).ConfigureAwait(false);
        return context.Plan.Kind == RunKind.Up
            && !context.Plan.Migrations.Any(planned =>
                planned.Irreversible is not null && attempts.Any(attempt => MigrationVersion.Compare(attempt.Version, planned.Version) == 0)
            )
            && (await _found.OwnAsync(context, cancellationToken).ConfigureAwait(false)).TrueForAll(row =>
                row.Irreversible is null && (HasWayBack(row) || context.Plan.SchemaWayBack == SchemaWayBack.RestoreBackup)
            );
    }

    internal override Task<string?> ObjectionAsync(StepContext context, ProbeOutcome found, CancellationToken cancellationToken) =>
        _found.ObjectionAsync(context.Within(context.Plan.On(Key)), found, cancellationToken);

    public override async Task RevertAsync(StepContext context, CancellationToken cancellationToken)
    {
        context = context.Within(context.Plan.On(Key));
        // Batches that only a backup takes back go with it.
        var isStuck =
            context.Plan.SchemaWayBack == SchemaWayBack.RestoreBackup
            && (await _found.AttemptsAsync(context.Plan, cancellationToken).ConfigureAwait(false)).Any(attempt =>
                migrations.Find(attempt.Version) is { IsBatched: true, HasWayBack: false }
            );
        // First: one that was through, and only lacks its row, gets that, and goes back with the others.
        isStuck =
            isStuck || await IsLeftToBackupAsync(context, () => ForgetAttemptsAsync(context, cancellationToken)).ConfigureAwait(false);
        // What another journal's run has applied meanwhile is not this run's to take back.
        var applied = (await _found.AppliedAsync(context.Plan, cancellationToken).ConfigureAwait(false))
            // What another tool applied meanwhile was taken over without what it made being counted.
            .Where(row => context.Plan.Kind != RunKind.Up || (row.Run == context.RunId && row.AtStake is not null))
            .ToList();
        if (applied.Count == 0 && !isStuck)
            return;

        if (!isStuck && (context.Plan.SchemaWayBack != SchemaWayBack.RestoreBackup || applied.TrueForAll(HasWayBack)))
        {
            await using var connection = Connect(context);
            if (
                !await IsLeftToBackupAsync(context, () => UndoAsync(applied, connection, context, EnsureMayLoseAsync, cancellationToken))
                    .ConfigureAwait(false)
            )
                return;
        }

        if (other is not null)
        {
            await RestoreByOtherAsync(context, cancellationToken).ConfigureAwait(false);
            return;
        }

        var backup = _backup.Of(context);
        var terms = new RestoreTerms(Before(context), context.Release, context.Plan.AcceptsDataLoss, session!.EnsureHeldAsync)
        {
            TakesMigrationsBack = true,
            GoOn = GoOn(context),
            Noted = context.Data,
            NoteAsync = context.NoteAsync,
            Told = context.Write,
        };
        if (await backups!.RestoreAsync(backup, terms, cancellationToken).ConfigureAwait(false) is { } kept)
            context.Write(kept);
        Tell(context, SchemaChange.Restored, $"restored backup {backup.Name}");
        await using var restored = Connect(context);
        var left = await _found.RepeatablesAsync(context.Plan, cancellationToken).ConfigureAwait(false);
        await UndoAsync([.. left], restored, context, static (_, _, _, _) => Task.CompletedTask, cancellationToken).ConfigureAwait(false);

        async Task EnsureMayLoseAsync(
            DbConnection connection,
            DbTransaction transaction,
            AppliedMigration row,
            IReadOnlyList<(string Table, long Rows)> losses
        )
        {
            if (!context.Plan.AcceptsDataLoss)
            {
                throw DeploymentException.NeedsAttention(
                    Codes.DataLossNotAccepted,
                    $"The way back of migration {row.Title} may remove {DataLoss.Describe(losses)} that were written since it was "
                        + $"applied. It was not taken. "
                        + $"Save them first, then run '{GoOn(context)} --accept-data-loss'"
                        + $"{(withoutBackup is null && other is null ? "; the database as it is by then is kept as a backup" : "")}."
                );
            }

            if (withoutBackup is not null || other is not null)
            {
                context.Write(
                    $"{DataLoss.Describe(losses)} were removed, and no copy was kept: {withoutBackup ?? $"{other!.Title} takes backups"}"
                );
                return;
            }

            await database!.Dialect.KeepOthersFromWritingAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
            var told = await backups!
                .KeepLiveAsync(Before(context), context.Release, HoldsAllAsync, GoOn(context), cancellationToken)
                .ConfigureAwait(false);
            context.Write($"{told}, which alone has {DataLoss.Describe(losses)} that were written since {row.Title} was applied");

            async Task<bool> HoldsAllAsync(BackupInfo kept)
            {
                await using var copy = await backups!.OpenAsync(kept, cancellationToken).ConfigureAwait(false);
                return await WayBackStakes
                    .IsKeptAsync(copy.Connection, connection, transaction, row, migrations, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Takes back by statements. Where a script stopped half way, and none does, the backup that the run took is the way: somebody says so.
    /// </summary>
    /// <returns>Whether it is left to the backup.</returns>
    private async Task<bool> IsLeftToBackupAsync(StepContext context, Func<Task> takeBack)
    {
        try
        {
            await takeBack().ConfigureAwait(false);
            return false;
        }
        catch (DeploymentException e) when (e.Messages[0].Code == Codes.MigrationHalfApplied && _backup.Taken(context) is { } taken)
        {
            return context.Plan.AcceptsDataLoss
                ? true
                : throw HalfApplied.OrBackup(e, taken, $"{GoOn(context)} --accept-data-loss", isKept: other is null);
        }
    }

    // An earlier content may speak of what is there only once the migrations are taken back: then it comes behind them.
    private async Task UndoAsync(
        List<AppliedMigration> applied,
        MigrationConnection connection,
        StepContext context,
        Func<DbConnection, DbTransaction, AppliedMigration, IReadOnlyList<(string Table, long Rows)>, Task> ensureMayLose,
        CancellationToken cancellationToken
    )
    {
        var later = new Queue<AppliedMigration>();
        foreach (var row in Enumerable.Reverse(applied))
        {
            try
            {
                await OneAsync(row).ConfigureAwait(false);
            }
            catch (DeploymentException e)
                when (row.IsRepeatable && applied.Exists(static other => !other.IsRepeatable) && e.Messages[0].Code == Codes.MigrationFailed
                )
            {
                later.Enqueue(row);
            }
        }

        while (later.TryDequeue(out var row))
            await OneAsync(row).ConfigureAwait(false);

        async Task OneAsync(AppliedMigration row)
        {
            if (await runner!.UndoAsync(row, connection, ensureMayLose, cancellationToken).ConfigureAwait(false))
                Tell(context, SchemaChange.Undone, row.BackTo is null ? $"undid {row.Title}" : $"brought {row.Title} back to what it was");
        }
    }

    // What was written since it was taken can't be told: nobody here can look into it.
    private async Task RestoreByOtherAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (!context.Plan.AcceptsDataLoss)
            throw DeploymentException.NeedsAttention(
                Codes.DataLossNotAccepted,
                $"Putting back what {other!.Title} took before the migrations would lose whatever was written since, which can't be told. "
                    + $"Nothing was restored. Save that first, then run '{GoOn(context)} --accept-data-loss'."
            );

        await session!.EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
        await other!.RestoreAsync(context, tools, cancellationToken).ConfigureAwait(false);
        if ((await _found.AppliedAsync(context.Plan, cancellationToken).ConfigureAwait(false)).Count > 0)
            throw DeploymentException.NeedsAttention(
                Codes.RestoreBlocked,
                $"The command that puts back what {other.Title} took ended well, and migrations of this run are still applied in database "
                    + $"'{database!.Title}'. See what it restored, and where, then run '{GoOn(context)}'."
            );
        context.Write($"restored what {other.Title} took");
    }

    // One that was begun outside a transaction, and by now runs in one, would do once more what is done.
    private void EnsureGoesOn(MigrationAttempt attempt)
    {
        if (
            attempt is { Done: > 0, DoneHash: not null }
            && !database!.Dialect.CommitsSchemaChanges
            && migrations.Find(attempt.Version) is { IsOutsideTransaction: false, IsBatched: false } known
        )
            throw HalfApplied.Changed(known.Title, attempt.Version, known.Up, (int)attempt.Done);
    }

    private static string Before(StepContext context) => context.RunId + "-before";

    private static string GoOn(StepContext context) =>
        $"deploy {(context.Plan.Kind == RunKind.Up ? "abort" : "resume")} --environment {context.Environment.Name}";

    private string Removed(DeploymentPlan plan) =>
        DataLoss.List([
            .. plan
                .Migrations.Reverse()
                .SelectMany(planned => migrations.Find(planned.Version)?.Removals ?? [])
                .Where(removal =>
                    removal.Kind is not RemovalKind.Added && !migrations.Companions.Any(companion => companion.IsIn(removal.Table))
                )
                .Select(static removal => removal.ToString())
                .Distinct(StringComparer.Ordinal),
        ]);

    private MigrationConnection Connect(StepContext context)
    {
        var connection = runner!.Connect(Writer(context), context.Write);
        context.OverLimit = ranOn => MigrationRefusal.OverLimit(connection.Place.Current, migrations.Limit, ranOn);
        return connection;
    }

    // It may have changed settings of the database, never schema or rows: its way back sets them again.
    private async Task ForgetAttemptsAsync(StepContext context, CancellationToken cancellationToken)
    {
        foreach (
            var attempt in (await _found.AttemptsAsync(context.Plan, cancellationToken).ConfigureAwait(false)).Where(attempt =>
                attempt.Direction == MigrationDirection.Up && (context.Plan.Kind != RunKind.Up || attempt.Run == context.RunId)
            )
        )
        {
            await using var connection = Connect(context);
            await runner!
                .ForgetAsync(attempt, migrations.Find(attempt.Version), connection, GoOn(context), cancellationToken)
                .ConfigureAwait(false);
            context.Write(
                database!.Dialect.CommitsSchemaChanges || migrations.Find(attempt.Version) is { IsBatched: true }
                    ? $"migration {attempt.Version} was cut off; what it had done is taken back"
                    : $"migration {attempt.Version} was cut off while it ran outside a transaction; it does not count as applied"
            );
        }
    }

    private bool HasWayBack(AppliedMigration row) =>
        row.DownSql is not null || (row.IsClass && migrations.Find(row.Version) is { HasWayBack: true });

    private void Tell(StepContext context, SchemaChange change, string line)
    {
        if (Changed is { } changed)
            changed(change, line);
        else
            context.Write(line);
    }

    private MigrationWriter Writer(StepContext context)
    {
        var head = session!.Head;
        return new MigrationWriter(context.RunId, context.Release.ToString(), head.Journal!, session.Fence, head.Count, head.Hash);
    }
}
