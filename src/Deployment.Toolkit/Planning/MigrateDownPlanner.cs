using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Planning;

/// <summary>Plans the way back of migrations by their own ways back, while the release stays.</summary>
internal sealed class MigrateDownPlanner(DeploymentParts parts, StepCatalog catalog, EnvironmentLedger ledger)
{
    internal async Task<DeploymentPlan> PlanAsync(string to, string reason, bool acceptsDataLoss, CancellationToken cancellationToken)
    {
        var applied = await ReadableHistory.OfAsync(parts.Database, parts.Migrations, cancellationToken).ConfigureAwait(false);
        var last = to == "0" ? "0" : MigrationScope.Find(to, applied.Select(static row => row.Version), parts);
        var undo = applied.Reverse().Where(row => MigrationVersion.Compare(row.Version, last) > 0).ToList();
        if (undo.Count == 0)
            throw DeploymentException.Refused(
                Codes.MigrationsNotMoved,
                $"No migration above {to} is applied in '{parts.Environment.Name}', so there is nothing to undo. 'deploy migrations "
                    + $"list{parts.Key.Option} --environment {parts.Environment.Name}' shows what is."
            );

        var targets = new RollbackTargets(parts.Migrations, applied, AppliedRepeatables.None, ledger);
        if (undo.Find(row => !targets.HasWayBack(row)) is { } stuck)
            throw DeploymentException.Refused(
                Codes.MigrationsNotMoved,
                $"Migration {parts.Key.Title(stuck.Title)} has no way back of its own{(stuck.Irreversible is { } why ? $": {why.TrimEnd('.')}" : "")}. Nothing was "
                    + $"changed. Go to it with --to {stuck.Version} at most, or put a backup in place: 'deploy backup list{parts.Key.Option} --environment "
                    + $"{parts.Environment.Name}' names them."
            );
        if (
            parts is { WithoutBackup: null, BackupBy: null, Database: { } database }
            && await database.WhyNoBackupAsync(cancellationToken).ConfigureAwait(false) is { } fault
        )
            throw new DeploymentException(DeploymentOutcome.Refused, [fault]);

        await RunnableScripts.EnsureBackAsync(parts, undo, cancellationToken).ConfigureAwait(false);
        var accept =
            $"deploy migrations down --to {to}{parts.Key.Option} --reason \"{reason}\" --environment {parts.Environment.Name}"
            + $"{(parts.Environment.IsProtected ? " --without-release" : "")} --accept-data-loss";
        var losses = await WayBackLosses.FindAsync(parts, undo, acceptsDataLoss, accept, cancellationToken).ConfigureAwait(false);
        var draft = Planner.Complete(
            parts.Key,
            Begin(parts, ledger, reason, acceptsDataLoss) with
            {
                Migrations = [.. undo.Select(row => WayBackLosses.ToPlan(parts.Key, row))],
                Risks = [.. losses, .. Live(undo)],
            },
            [
                new PlannedDatabase
                {
                    Name = parts.Key.Name,
                    SchemaBefore = [.. applied.Select(static row => row.Version)],
                    SchemaAfter = [.. applied.Except(undo).Select(static row => row.Version)],
                    SchemaWayBack = SchemaWayBack.DownScripts,
                },
            ]
        );
        var planner = new Planner(parts);
        var steps = new List<PlannedStep>();
        if (parts is not { WithoutBackup: not null, BackupBy: null })
            foreach (var step in catalog.Of(StepRole.BackUp).Where(step => step.Database == parts.Key.Recorded))
                steps.Add(await planner.PlanAsync(step, draft, cancellationToken).ConfigureAwait(false));
        var migrate = await planner.PlanAsync(catalog.Get(StepRole.Migrate, parts.Key), draft, cancellationToken).ConfigureAwait(false);
        steps.Add(RollbackPlanner.Reverting(migrate, migrate.Effect, new Dictionary<string, string>()));
        return PlanHash.Seal(draft with { Steps = steps });
    }

    /// <summary>What the plan of such a way back has whatever it undoes: the release stays.</summary>
    internal static DeploymentPlan Begin(DeploymentParts parts, EnvironmentLedger ledger, string reason, bool acceptsDataLoss) =>
        new()
        {
            Kind = RunKind.Rollback,
            MigrationsOnly = true,
            Reason = parts.Redactor.Redact(reason),
            Environment = parts.Environment.Name,
            Release = ledger.Current?.Evidence.Release ?? parts.Release,
            PreviousRelease = ledger.Current?.Evidence.Release,
            AcceptsDataLoss = acceptsDataLoss,
        };

    private IEnumerable<string> Live(List<AppliedMigration> undo)
    {
        if (ledger.Current is not { Evidence: { } live })
            return [];

        var needed = undo.Where(row => live.SchemaOf(parts.Key).Any(version => MigrationVersion.Compare(version, row.Version) == 0))
            .ToList();
        return needed.Count == 0
            ? []
            :
            [
                $"release {live.Release} is live and was verified with {string.Join(", ", needed.Select(row => parts.Key.Title(row.Title)))}",
            ];
    }
}
