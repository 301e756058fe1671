using System.Collections.Concurrent;
using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Planning;

/// <summary>What speaks against backing databases of tenants up before they are migrated, and what their way back would need.</summary>
internal static class TenantsBackups
{
    /// <returns>What whoever deploys should know of it.</returns>
    /// <exception cref="DeploymentException">One can't be backed up, or its backup could not be put back.</exception>
    internal static async Task<IReadOnlyList<string>> AskAsync(
        TenantFleet fleet,
        IReadOnlyList<TenantLook> looks,
        IReadOnlyList<PlannedMigration> migrations,
        CancellationToken cancellationToken
    )
    {
        var copied = looks.Where(fleet.BacksUp).ToList();
        if (copied.Count == 0)
            return [];

        fleet.Backups.EnsureKey(copied[0].Tenant);
        var found = new ConcurrentDictionary<string, (IReadOnlyList<DeploymentMessage> Faults, string? Risk)>(StringComparer.Ordinal);
        await fleet
            .EachAsync(
                copied.ToAsyncEnumerable(),
                async (look, token) => found[look.Tenant.Shown] = await AskAsync(look, token).ConfigureAwait(false),
                cancellationToken
            )
            .ConfigureAwait(false);
        var asked = copied.Select(look => look with { Faults = found[look.Tenant.Shown].Faults }).ToList();
        List<DeploymentMessage> faults = [.. TenantsDraft.Faults(fleet, asked)];
        if (faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);

        var stuck = migrations
            .Where(static migration => migration is { HasWayBack: false, Irreversible: null })
            .Select(migration => fleet.Key.Title(MigrationVersion.Title(migration.Version, migration.Name)))
            .ToList();
        return
        [
            $"{TenantsDraft.Tenants(copied.Count)} {TenantsDraft.Named(copied)} of '{fleet.Name}' {(copied.Count == 1 ? "is" : "are")} backed up first"
                + (
                    stuck.Count == 0
                        ? ""
                        : $", because {DataLoss.List(stuck)} {(stuck.Count == 1 ? "has" : "have")} no way back of {(stuck.Count == 1 ? "its" : "their")} own: "
                            + "going back restores each one's backup, which loses rows written there since"
                ),
            .. asked
                .Select(look => (Look: look, found[look.Tenant.Shown].Risk))
                .Where(static pair => pair.Risk is not null)
                .GroupBy(static pair => pair.Risk!, StringComparer.Ordinal)
                .Select(static same =>
                    $"{TenantsDraft.Tenants(same.Count())} {TenantsDraft.Named([.. same.Select(static pair => pair.Look)])}: {same.Key}"
                ),
        ];
    }

    private static async Task<(IReadOnlyList<DeploymentMessage> Faults, string? Risk)> AskAsync(
        TenantLook look,
        CancellationToken cancellationToken
    )
    {
        var database = look.Tenant.Open();
        try
        {
            if (await database.WhyNoBackupAsync(cancellationToken).ConfigureAwait(false) is { } fault)
                return ([fault with { Text = look.Tenant.Clean(fault.Text) }], null);

            if (look.Pending.Any(static migration => migration is { HasWayBack: false, Irreversible: null }))
                await database
                    .Swap.EnsureWayBackAsync(
                        "what is pending has no way back of its own, so that going back would put the backup there",
                        "Or write NAME.down.sql for each that has none, or why there is none: '-- irreversible: why' in its script, "
                            + "[Irreversible(\"why\")] on its class.",
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            return ([], await database.Swap.RiskAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is DbException or DeploymentException)
        {
            return ([TenantFleet.FaultOf(look.Tenant, e, database)], null);
        }
    }
}
