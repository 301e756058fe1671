using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Planning;

namespace Deployment.Toolkit.Hosting;

/// <summary>Leaves in the journal how a rehearsal went.</summary>
internal static class RehearsalRecord
{
    /// <returns>The report with the hash under which it stands there.</returns>
    internal static async Task<RehearsalReport> WriteAsync(
        DeploymentPartsFactory factory,
        DeploymentParts parts,
        RehearsalReport report,
        IReadOnlyList<MigrationDefinition> pending,
        IReadOnlyList<AppliedMigration> applied,
        PlannedTenants? tenants,
        CancellationToken cancellationToken
    )
    {
        var name = parts.Key.Tenants ?? parts.Key.Recorded;
        // As a plan would have them: where the way back is a backup is none of the proof.
        var plan = new DeploymentPlan
        {
            Kind = RunKind.Up,
            Environment = parts.Environment.Name,
            Release = parts.Release,
            Migrations = [.. pending.Select(definition => definition.ToPlan() with { Database = name })],
            SchemaBefore = [.. applied.Select(static row => row.Version)],
        };
        var hash = tenants is null
            ? RehearsedPlan.HashOf(plan, parts.Migrations.Evidence, name)
            : RehearsedPlan.HashOf(plan, tenants, parts.Migrations.Evidence);
        await using var own = factory.OwnSteps();
        var launcher = new RunLauncher(factory, parts, request: null, own);
        await using var session = await launcher.LockAsync("rehearse", cancellationToken).ConfigureAwait(false);
        var failed = report.Migrations.FirstOrDefault(static migration =>
            migration.Verdict is not (RehearsalVerdict.Proven or RehearsalVerdict.NoWayBack)
        );
        await session
            .AppendAsync(
                null,
                JournalKinds.MigrationsRehearsed,
                new MigrationsRehearsed(
                    hash,
                    parts.Release,
                    [.. pending.Select(static definition => definition.Version)],
                    report.IsProven,
                    factory.Operator.Operator
                )
                {
                    Failed = failed is null ? null : MigrationVersion.Title(failed.Version, failed.Name),
                    Database = name,
                    Tenant = parts.Key.Tenant,
                },
                JournalJson.Default.MigrationsRehearsed
            )
            .ConfigureAwait(false);
        return report with { PlanHash = hash };
    }
}
