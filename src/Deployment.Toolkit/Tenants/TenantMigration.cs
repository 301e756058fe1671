using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Schema;

namespace Deployment.Toolkit.Tenants;

/// <summary>Brings one tenant's database forward or back, as the step of an app's own database does.</summary>
internal sealed class TenantMigration(TenantFleet fleet, TimeSpan lockTimeout, OtherBackupTools tools, JournalSession? session)
{
    /// <summary>Backs its database up, before anything is done to it.</summary>
    /// <returns>The backup; or what is told where none could be taken.</returns>
    internal async Task<(BackupInfo? Backup, TenantResult? Failed)> BackUpAsync(
        TenantLook look,
        StepContext context,
        CancellationToken cancellationToken
    )
    {
        BackupInfo? backup = null;
        var isRead = false;
        var (fault, seconds) = await CallAsync(
                look,
                fleet.Backups.Limit,
                async (database, token) =>
                {
                    // A file opens whatever is in it.
                    await ReadableHistory.OfAsync(database, fleet.Migrations, token).ConfigureAwait(false);
                    isRead = true;
                    backup = await fleet
                        .Backups.Of(look.Tenant, database)
                        .TakeAsync(
                            context.RunId,
                            context.PreviousRelease,
                            token,
                            line => context.Write($"{look.Tenant.Shown}: {look.Tenant.Clean(line)}")
                        )
                        .ConfigureAwait(false);
                },
                _ => new DeploymentMessage(
                    Codes.BackupFailed,
                    $"its backup reached the limit of {fleet.Backups.Limit:c}, and nothing of it was migrated. Give backups longer with WaitAtMost in "
                        + "ConfigureBackups"
                ),
                cancellationToken
            )
            .ConfigureAwait(false);
        return fault is null ? (backup, null) : (null, Failed(look, isRead ? TenantOutcome.Failed : Unreachable, fault, seconds));
    }

    /// <summary>Applies what it lacks.</summary>
    internal async Task<TenantResult> ApplyAsync(TenantLook look, bool hasBackup, StepContext context, CancellationToken cancellationToken)
    {
        if (look.Faults.Count > 0)
            return Failed(look, TenantOutcome.Failed, look.Faults[0], 0);

        var earlier = look.CountOf(context.RunId);
        var isOpened = false;
        var pending = look.Pending.Select(static definition => definition.ToPlan()).ToList();
        var applied = 0;
        var (fault, seconds) = await StepAsync(
                look,
                context,
                Part(context.Plan, look, pending, hasBackup ? context.RunId : null),
                change => applied += change == SchemaChange.Applied ? 1 : 0,
                async (database, step, own, token) =>
                {
                    // Of one that can't be reached it is known that nothing was done to it.
                    await (await database.OpenAsync(token).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
                    isOpened = true;
                    await step.ExecuteAsync(own, token).ConfigureAwait(false);
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        if (fault is not null)
            return Failed(look, isOpened || earlier > 0 ? TenantOutcome.Failed : Unreachable, fault, seconds) with
            {
                Migrations = earlier + applied,
            };

        context.Write($"{look.Tenant.Shown}: applied {applied}");
        return new TenantResult
        {
            Id = look.Tenant.Shown,
            Outcome = TenantOutcome.Migrated,
            Migrations = earlier + applied,
            DurationSeconds = seconds,
        };
    }

    /// <summary>Takes back what the run applied, or what a rollback leaves.</summary>
    /// <param name="look">How it stands.</param>
    /// <param name="planned">What the plan says of all tenants.</param>
    /// <param name="backup">The backup that takes back what has no way back of its own; <see langword="null"/> when none does.</param>
    /// <param name="isKept">Whether it stays migrated, so that only what is half done is taken back.</param>
    /// <param name="context">The step's.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What became of it; <see langword="null"/> when there was nothing to take back.</returns>
    internal async Task<TenantResult?> RevertAsync(
        TenantLook look,
        PlannedTenants planned,
        string? backup,
        bool isKept,
        StepContext context,
        CancellationToken cancellationToken
    )
    {
        if (look.Unreachable is { } unreachable)
            return Failed(look, context.Plan.Kind == RunKind.Up ? TenantOutcome.RevertFailed : Unreachable, unreachable, 0);

        var undo = isKept ? look.BegunOf(context.RunId) : UndoneOf(look, planned, context);
        if (undo.Count == 0)
            return null;

        var undone = 0;
        var isRestored = false;
        var (fault, seconds) = await StepAsync(
                look,
                context,
                Part(context.Plan, look, undo, isKept ? null : backup),
                change =>
                {
                    undone += change == SchemaChange.Undone ? 1 : 0;
                    isRestored |= change == SchemaChange.Restored;
                },
                static (_, step, own, token) => step.RevertAsync(own, token),
                cancellationToken
            )
            .ConfigureAwait(false);
        if (fault is not null)
            return Failed(look, TenantOutcome.RevertFailed, fault, seconds) with { Migrations = undone };

        if (!isRestored)
            context.Write($"{look.Tenant.Shown}: undid {undone}");
        return new TenantResult
        {
            Id = look.Tenant.Shown,
            Outcome = TenantOutcome.Reverted,
            Migrations = isRestored ? undo.Count : undone,
            DurationSeconds = seconds,
        };
    }

    /// <summary>What goes when one is taken back.</summary>
    internal static IReadOnlyList<PlannedMigration> UndoneOf(TenantLook look, PlannedTenants planned, StepContext context) =>
        context.Plan.Kind == RunKind.Up ? look.UndoneOf(context.RunId)
        : context.Plan.MigrationsOnly == true ? look.UndoneAbove(planned.Versions is [.., var last] ? last : null)
        : look.UndoneBeyond(planned.Versions, planned.Migrations);

    /// <summary>What is told of one that can't be reached.</summary>
    internal TenantOutcome Unreachable => fleet.Options.SkipUnreachable ? TenantOutcome.LeftOut : TenantOutcome.Unreachable;

    private async Task<(DeploymentMessage? Fault, double Seconds)> StepAsync(
        TenantLook look,
        StepContext context,
        DeploymentPlan part,
        Action<SchemaChange> count,
        Func<TargetDatabase, MigrateStep, StepContext, CancellationToken, Task> call,
        CancellationToken cancellationToken
    )
    {
        StepContext? own = null;
        return await CallAsync(
                look,
                fleet.Migrations.Limit,
                async (database, token) =>
                {
                    // What a backup is to take back it takes back, whatever this binary says of new ones.
                    var withoutBackup = part.SchemaWayBack == SchemaWayBack.RestoreBackup ? null : fleet.Backups.WithoutReason;
                    var backups = withoutBackup is null ? fleet.Backups.Of(look.Tenant, database) : null;
                    var step = new MigrateStep(
                        database,
                        fleet.Migrations,
                        fleet.Runner(database, lockTimeout),
                        backups,
                        withoutBackup,
                        null,
                        tools,
                        session
                    )
                    {
                        Changed = Changed,
                    };
                    own = Own(look.Tenant, context, part, Tell);
                    await call(database, step, own, token).ConfigureAwait(false);
                },
                ranOn =>
                    own?.OverLimit?.Invoke(ranOn)
                    ?? new DeploymentMessage(Codes.MigrationTimedOut, $"it reached its limit of {fleet.Migrations.Limit:c}"),
                cancellationToken
            )
            .ConfigureAwait(false);

        // What is done in every tenant is counted; what one waits for, or how far it is, is told.
        void Changed(SchemaChange change, string line)
        {
            count(change);
            if (change == SchemaChange.Restored)
                Tell(line);
        }

        void Tell(string line) => context.Write($"{look.Tenant.Shown}: {look.Tenant.Clean(line)}");
    }

    private async Task<(DeploymentMessage? Fault, double Seconds)> CallAsync(
        TenantLook look,
        TimeSpan limit,
        Func<TargetDatabase, CancellationToken, Task> call,
        Func<bool, DeploymentMessage> overLimit,
        CancellationToken cancellationToken
    )
    {
        var started = tools.Time.GetTimestamp();
        TargetDatabase? database = null;
        var (end, error) = await EnforcedTimeout
            .CallAsync(
                async token =>
                {
                    database = look.Tenant.Open();
                    database.Prepare();
                    await call(database, token).ConfigureAwait(false);
                },
                limit,
                tools.Time,
                cancellationToken
            )
            .ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var seconds = tools.Time.GetElapsedTime(started).TotalSeconds;
        return end switch
        {
            CallEnd.Completed => (null, seconds),
            CallEnd.TimedOut or CallEnd.Abandoned => (overLimit(end == CallEnd.Abandoned), seconds),
            _ => (TenantFleet.FaultOf(look.Tenant, error!, database), seconds),
        };
    }

    // What a way back notes for a later attempt is about this one's database.
    private static StepContext Own(FoundTenant tenant, StepContext context, DeploymentPlan part, Action<string> told)
    {
        var prefix = tenant.Shown + "/";
        return new StepContext(
            part,
            context.Environment,
            context.RunId,
            context
                .Data.Where(noted => noted.Key.StartsWith(prefix, StringComparison.Ordinal))
                .ToDictionary(noted => noted.Key[prefix.Length..], static noted => noted.Value, StringComparer.Ordinal)
        )
        {
            Fence = context.Fence,
            OutputSink = told,
            NoteSink = (key, value, token) => context.NoteAsync(prefix + key, value, token),
        };
    }

    // What the plan of an app with this database alone would be.
    private DeploymentPlan Part(DeploymentPlan plan, TenantLook look, IReadOnlyList<PlannedMigration> migrations, string? backup)
    {
        var wayBack = backup is null ? SchemaWayBack.DownScripts : SchemaWayBack.RestoreBackup;
        return plan with
        {
            Tenants = null,
            Migrations = [.. migrations.Select(migration => migration with { Database = fleet.Name })],
            SchemaWayBack = wayBack,
            Databases =
            [
                new PlannedDatabase
                {
                    Name = fleet.Name,
                    SchemaBefore = [.. look.Applied.Select(static row => row.Version)],
                    SchemaWayBack = wayBack,
                    Backup = backup,
                },
            ],
        };
    }

    private static TenantResult Failed(TenantLook look, TenantOutcome outcome, DeploymentMessage fault, double seconds) =>
        new()
        {
            Id = look.Tenant.Shown,
            Outcome = outcome,
            DurationSeconds = seconds,
            Error = $"{look.Tenant.Clean(fault.Text)} [{fault.Code}]",
        };
}
