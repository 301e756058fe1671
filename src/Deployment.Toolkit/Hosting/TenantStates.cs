using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Hosting;

/// <summary>How the migrations of tenants stand over all of their databases.</summary>
internal static class TenantStates
{
    internal static async Task<IReadOnlyList<MigrationState>> OfAsync(
        TenantFleet fleet,
        DeploymentParts parts,
        DeploymentPartsFactory factory,
        CancellationToken cancellationToken
    )
    {
        var ledger = await factory.ReadLedgerAsync(parts.Environment, cancellationToken).ConfigureAwait(false);
        var looks = await fleet.LookAsync(parts.Environment, parts.Release, ledger.JournalId, cancellationToken).ConfigureAwait(false);
        var asked = looks.Where(static look => look.Unreachable is null).ToList();
        var applied = asked
            .SelectMany(static look => look.Applied.DistinctBy(static row => MigrationVersion.Normal(row.Version)))
            .GroupBy(static row => MigrationVersion.Normal(row.Version), StringComparer.Ordinal)
            .ToDictionary(static rows => rows.Key, static rows => (Count: rows.Count(), First: rows.First()), StringComparer.Ordinal);
        int Count(string version) => applied.GetValueOrDefault(MigrationVersion.Normal(version)).Count;
        var known = fleet.Migrations.All.Select(definition => State(definition.Version, definition.Name, definition.HasWayBack));
        var foreign = applied
            .Values.Select(static row => row.First)
            .Where(row => fleet.Migrations.Find(row.Version) is null)
            .Select(row => State(row.Version, row.Name, row.DownSql is not null) with { IsKnown = false });
        return [.. known.Concat(foreign).OrderBy(static state => state.Version, MigrationVersion.Order), .. Repeated()];

        MigrationState State(string version, string name, bool hasWayBack) =>
            Counted(
                new MigrationState
                {
                    Version = version,
                    Name = name,
                    IsApplied = false,
                    HasWayBack = hasWayBack,
                },
                Count(version)
            );

        MigrationState Counted(MigrationState state, int count) =>
            state with
            {
                IsApplied = asked.Count > 0 && count == looks.Count,
                Database = fleet.Name,
                Tenants = looks.Count,
                AppliedTenants = count,
                UnreachableTenants = looks.Count - asked.Count,
            };

        IEnumerable<MigrationState> Repeated() =>
            asked
                .SelectMany(look => RepeatableStates.Of(fleet.Migrations, look.Repeatables))
                .Concat(asked.Count == 0 ? RepeatableStates.Of(fleet.Migrations, AppliedRepeatables.None) : [])
                .GroupBy(static state => state.Version, StringComparer.Ordinal)
                .OrderBy(static same => same.Key, StringComparer.Ordinal)
                .Select(same =>
                    Counted(same.First(), same.Count(static state => state.IsApplied)) with
                    {
                        IsChanged = same.Any(static state => state.IsChanged),
                        HasWayBack = same.All(static state => state.HasWayBack),
                    }
                );
    }
}
