using Deployment.Toolkit.Backup;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Planning.Steps;

internal sealed class MigrateStep(DeploymentParts parts, JournalSession? session) : DeploymentStep
{
    private readonly MigrationRunner? _runner = parts.Database is null ? null : new MigrationRunner(parts.Database, parts.Services, parts.Time, parts.Logger);

    public override string Name => DeploymentSteps.Migrate;

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken)
    {
        var plan = context.Plan;
        var (first, last) = (plan.Migrations[0].Version, plan.Migrations[^1].Version);
        var range = first == last ? first : $"{first} to {last}";
        var count = plan.Migrations.Count == 1 ? "1 migration" : $"{plan.Migrations.Count} migrations";
        return ValueTask.FromResult(new StepDescription(
            plan.Kind == RunKind.Up ? $"apply {count} ({range})" : $"undo {count} ({range})")
        {
            WayBack = plan.SchemaWayBack switch
            {
                SchemaWayBack.DownScripts => "down scripts, newest first; rows written since are kept",
                SchemaWayBack.RestoreBackup => "restore the backup; rows written since need --accept-data-loss",
                _ => null,
            },
            Irreversible = plan.Migrations.FirstOrDefault(static migration => migration.Irreversible is not null)?.Irreversible,
            Inputs = plan.Migrations.ToDictionary(static migration => migration.Version, static migration => migration.Checksum, StringComparer.Ordinal),
        });
    }

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        var writer = Writer(context);
        foreach (var planned in context.Plan.Migrations)
        {
            var definition = parts.Migrations.Find(planned.Version);
            var isSame = definition is not null && definition.Checksum == planned.Checksum;
            if (!isSame && await IsAppliedAsync(planned, cancellationToken).ConfigureAwait(false)) continue;
            if (!isSame)
            {
                throw DeploymentException.NeedsAttention(
                    Codes.MigrationMissing,
                    $"Migration {planned.Version}_{planned.Name} of the frozen plan is not in this binary as it was planned. Run 'deploy resume' with release {context.Release}, or 'deploy abort'.");
            }

            var started = parts.Time.GetTimestamp();
            if (await _runner!.ApplyAsync(definition!, writer, keepContents: context.Plan.SchemaWayBack == SchemaWayBack.RestoreBackup, cancellationToken).ConfigureAwait(false))
                context.Write($"applied {definition!.Title} in {parts.Time.GetElapsedTime(started).TotalMilliseconds:F0} ms");
        }
    }

    public override async Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken)
    {
        var applied = await AppliedOfPlanAsync(context.Plan, cancellationToken).ConfigureAwait(false);
        return applied.Count == 0 ? ProbeOutcome.NotDone : applied.Count == context.Plan.Migrations.Count ? ProbeOutcome.Done : ProbeOutcome.Unknown;
    }

    public override async Task RevertAsync(StepContext context, CancellationToken cancellationToken)
    {
        var applied = await AppliedOfPlanAsync(context.Plan, cancellationToken).ConfigureAwait(false);
        if (applied.Count == 0) return;

        if (context.Plan.SchemaWayBack != SchemaWayBack.RestoreBackup || applied.All(HasWayBack))
        {
            var writer = Writer(context);
            foreach (var row in applied.Reverse())
            {
                if (await _runner!.UndoAsync(row.Version, parts.Migrations, writer, cancellationToken).ConfigureAwait(false)) context.Write($"undid {row.Title}");
            }

            return;
        }

        var backup = BackupOf(context);
        if (!context.Plan.AcceptsDataLoss) await EnsureNothingWrittenAsync(backup, cancellationToken).ConfigureAwait(false);
        else if (!await parts.Backups!.IsRestoredAsync(backup, cancellationToken).ConfigureAwait(false))
            context.Write(await parts.Backups.KeepLiveAsync(context.RunId + "-before", Left(context), cancellationToken).ConfigureAwait(false));
        await parts.Backups!.RestoreAsync(backup, session!.EnsureHeld, cancellationToken).ConfigureAwait(false);
        context.Write($"restored backup {backup.Name}");
    }

    // The release whose database it is that is taken back.
    private static Release? Left(StepContext context) => context.Plan.Kind == RunKind.Up ? context.Release : context.PreviousRelease;

    private BackupInfo BackupOf(StepContext context)
    {
        var name = context.Plan.Backup ?? context.RunId;
        return parts.Backups!.Find(name) ?? throw DeploymentException.NeedsAttention(
            Codes.BackupUnusable, $"Backup '{name}', which the schema goes back to, is not in '{parts.Backups.FileOf(name)}'. Put the file and its description back, then run 'deploy resume'.");
    }

    private async Task EnsureNothingWrittenAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        await BackupStore.EnsureUsableAsync(backup, cancellationToken).ConfigureAwait(false);
        var written = await parts.Backups!.WrittenSinceAsync(backup, cancellationToken).ConfigureAwait(false);
        if (written is { Count: 0 }) return;

        var what = written is null ? "Rows may have been written since" : $"At least {written.Sum(static w => w.Rows)} rows were written since ({string.Join(", ", written.Select(static w => $"{w.Table}: {w.Rows}"))})";
        throw DeploymentException.NeedsAttention(
            Codes.DataLossNotAccepted, $"{what} and would be lost by restoring the backup. Nothing was restored. Save them first, then run 'deploy abort --accept-data-loss' (a rollback: 'deploy resume --accept-data-loss').");
    }

    private bool HasWayBack(AppliedMigration row) => row.DownSql is not null || (row.IsClass && parts.Migrations.Find(row.Version) is { HasWayBack: true });

    private async Task<bool> IsAppliedAsync(PlannedMigration planned, CancellationToken cancellationToken) =>
        (await parts.ReadHistoryAsync(cancellationToken).ConfigureAwait(false)).Any(row => MigrationVersion.Compare(row.Version, planned.Version) == 0);

    private async Task<IReadOnlyList<AppliedMigration>> AppliedOfPlanAsync(DeploymentPlan plan, CancellationToken cancellationToken) =>
        [.. (await parts.ReadHistoryAsync(cancellationToken).ConfigureAwait(false)).Where(row => plan.Migrations.Any(planned => MigrationVersion.Compare(planned.Version, row.Version) == 0))];

    private MigrationWriter Writer(StepContext context) => new(context.RunId, context.Release.ToString(), session!.Ledger.JournalId!, session.Fence);
}
