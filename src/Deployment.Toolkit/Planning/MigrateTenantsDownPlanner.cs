using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Steps;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Planning;

/// <summary>Plans the way back of migrations in the database of every tenant, by their own ways back, while the release stays.</summary>
internal sealed class MigrateTenantsDownPlanner(TenantFleet fleet, DeploymentParts parts, StepCatalog catalog, EnvironmentLedger ledger)
{
    internal async Task<DeploymentPlan> PlanAsync(string to, string reason, bool acceptsDataLoss, CancellationToken cancellationToken)
    {
        var way = new TenantsWayBack(
            fleet,
            parts,
            $"deploy migrations down --to {to}{fleet.Key.Option} --reason \"{reason}\" --environment {parts.Environment.Name}"
                + (parts.Environment.IsProtected ? " --without-release" : "")
        )
        {
            Restores = false,
        };
        var looks = await way.LookAsync(ledger, cancellationToken).ConfigureAwait(false);
        var versions = Versions(looks);
        var last = to == "0" ? null : MigrationScope.Find(to, versions, parts.On(fleet));
        var ahead = looks
            .Select(look => UndoneTenant.Of(look, look.UndoneAbove(last), []))
            .Where(static undone => undone.Planned.Count > 0)
            .ToList();
        if (ahead.Count == 0)
            throw DeploymentException.Refused(
                Codes.MigrationsNotMoved,
                $"No migration above {to} is applied in the database of any tenant of '{fleet.Name}', so there is nothing to undo. 'deploy migrations "
                    + $"list{fleet.Key.Option} --environment {parts.Environment.Name}' shows what is."
            );

        var stays = last is null ? [] : versions.Where(version => MigrationVersion.Compare(version, last) <= 0).ToList();
        var tenants = await way.DraftAsync(looks, ahead, stays, [], acceptsDataLoss, cancellationToken).ConfigureAwait(false);
        var draft = Planner.Complete(
            parts.Key,
            MigrateDownPlanner.Begin(parts, ledger, reason, acceptsDataLoss) with
            {
                Tenants = [tenants.Planned],
                Risks = [.. tenants.Risks, .. Live(tenants.Planned)],
            },
            []
        );
        var migrate = await new Planner(parts)
            .PlanAsync(catalog.Get(StepRole.Migrate, fleet.Key), draft, cancellationToken)
            .ConfigureAwait(false);
        return PlanHash.Seal(draft with { Steps = [RollbackPlanner.Reverting(migrate, migrate.Effect, new Dictionary<string, string>())] });
    }

    // A tenant may have what this binary doesn't.
    private List<string> Versions(IReadOnlyList<TenantLook> looks) =>
        [
            .. fleet
                .Migrations.All.Select(static one => one.Version)
                .Concat(looks.SelectMany(static look => look.Applied).Select(static row => row.Version))
                .DistinctBy(MigrationVersion.Normal)
                .Order(MigrationVersion.Order),
        ];

    private IEnumerable<string> Live(PlannedTenants planned)
    {
        if (ledger.Current is not { Evidence: { } live })
            return [];

        var needed = planned
            .Migrations.Where(undone => live.SchemaOf(fleet.Key).Any(version => MigrationVersion.Compare(version, undone.Version) == 0))
            .Select(undone => fleet.Key.Title(MigrationVersion.Title(undone.Version, undone.Name)))
            .ToList();
        return needed.Count == 0 ? [] : [$"release {live.Release} is live and was verified with {string.Join(", ", needed)}"];
    }
}
