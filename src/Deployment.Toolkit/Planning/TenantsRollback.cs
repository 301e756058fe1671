using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Planning;

/// <summary>How the databases of tenants go back to a release's schema, each that is ahead of it.</summary>
/// <param name="fleet">They.</param>
/// <param name="parts">What there is in the environment.</param>
/// <param name="target">The release.</param>
internal sealed class TenantsRollback(TenantFleet fleet, DeploymentParts parts, VerifiedRelease target)
{
    private readonly IReadOnlyList<string> _stays = target.Evidence.SchemaOf(fleet.Key);

    // The contents that repeatable scripts had then.
    private readonly Dictionary<string, string?> _wanted = (target.Evidence.Migrations ?? [])
        .Where(migration => IsOf(fleet, migration) && MigrationVersion.IsRepeatable(migration.Version))
        .ToDictionary(static migration => migration.Version, static migration => migration.Checksum, StringComparer.Ordinal);

    /// <summary>Looks at each of them.</summary>
    /// <exception cref="DeploymentException">There is no way back, or it would lose rows that nobody accepted to lose.</exception>
    internal async Task<TenantsDraft> MakeAsync(EnvironmentLedger ledger, bool acceptsDataLoss, CancellationToken cancellationToken)
    {
        if (_stays.Count == 0)
            return Nothing(
                $"release {target.Evidence.Release} knew no migrations of tenants '{fleet.Name}': their databases stay as they are"
            );
        if (fleet.Options.KeepMigrated)
            return Nothing($"databases of tenants '{fleet.Name}' stay as they are, as KeepMigrated() says");

        var way = new TenantsWayBack(fleet, parts, $"deploy rollback --environment {parts.Environment.Name}");
        var looks = await way.LookAsync(ledger, cancellationToken).ConfigureAwait(false);
        var repeated = looks.ToDictionary(
            static look => look,
            look =>
                (IReadOnlyList<AppliedMigration>)
                    [
                        .. new RollbackTargets(fleet.Migrations, look.Applied, look.Repeatables, ledger)
                            .Undone(target)
                            .Where(static row => row.IsRepeatable),
                    ]
        );
        List<PlannedMigration> goals =
        [
            .. repeated
                .Values.SelectMany(static rows => rows)
                .Select(row => WayBackLosses.ToPlan(fleet.Key, row) with { Before = _wanted.GetValueOrDefault(row.Version) ?? row.BackTo })
                .DistinctBy(static planned => (planned.Version, planned.Before))
                .OrderByDescending(static planned => planned.Version, StringComparer.Ordinal),
        ];
        List<UndoneTenant> ahead =
        [
            .. looks
                .Select(look => UndoneTenant.Of(look, look.UndoneBeyond(_stays, goals), repeated[look]))
                .Where(static undone => undone.Planned.Count > 0),
        ];
        return await way.DraftAsync(looks, ahead, _stays, goals, acceptsDataLoss, cancellationToken).ConfigureAwait(false);
    }

    private TenantsDraft Nothing(string risk) => new(new PlannedTenants { Name = fleet.Name }, [risk]);

    private static bool IsOf(TenantFleet fleet, VerifiedMigration migration) =>
        migration.Database is { } database && fleet.Key.Is(database);
}
