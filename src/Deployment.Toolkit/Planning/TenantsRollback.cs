using System.Collections.Concurrent;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Planning;

/// <summary>How the databases of tenants go back to a release's schema: by their ways back, each that is ahead of it.</summary>
/// <param name="fleet">They.</param>
/// <param name="parts">What there is in the environment.</param>
/// <param name="target">The release.</param>
internal sealed class TenantsRollback(TenantFleet fleet, DeploymentParts parts, VerifiedRelease target)
{
    private const int MostNamed = 5;

    private readonly List<string> _stays =
    [
        .. (target.Evidence.Migrations ?? [])
            .Where(migration => IsOf(fleet, migration) && !MigrationVersion.IsRepeatable(migration.Version))
            .Select(static migration => migration.Version),
    ];

    // The contents that repeatable scripts had then.
    private readonly Dictionary<string, string?> _wanted = (target.Evidence.Migrations ?? [])
        .Where(migration => IsOf(fleet, migration) && MigrationVersion.IsRepeatable(migration.Version))
        .ToDictionary(static migration => migration.Version, static migration => migration.Checksum, StringComparer.Ordinal);

    private Dictionary<TenantLook, IReadOnlyList<AppliedMigration>> _repeated = [];
    private List<PlannedMigration> _goals = [];

    /// <summary>Looks at each of them.</summary>
    /// <exception cref="DeploymentException">There is no way back, or it would lose rows that nobody accepted to lose.</exception>
    internal async Task<TenantsDraft> MakeAsync(EnvironmentLedger ledger, bool acceptsDataLoss, CancellationToken cancellationToken)
    {
        if (_stays.Count == 0)
            return Nothing([
                $"release {target.Evidence.Release} knew no migrations of tenants '{fleet.Name}': their databases stay as they are",
            ]);
        if (fleet.Options.KeepMigrated)
            return Nothing([$"databases of tenants '{fleet.Name}' stay as they are, as KeepMigrated() says"]);

        var looks = await fleet.LookAsync(parts.Environment, parts.Release, ledger.JournalId, cancellationToken).ConfigureAwait(false);
        var unreachable = looks.Where(static look => look.Unreachable is not null).ToList();
        if (unreachable.Count > 0 && !fleet.Options.SkipUnreachable)
            throw new DeploymentException(DeploymentOutcome.Refused, [TenantsDraft.Unreachable(fleet, unreachable)]);

        // What another environment applied is none of this one's to undo.
        List<DeploymentMessage> foreign =
        [
            .. TenantsDraft.Faults(fleet, looks).Where(static fault => fault.Code is Codes.DatabaseForeign or Codes.DatabaseStamped),
        ];
        if (foreign.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, foreign);

        _repeated = looks.ToDictionary(
            static look => look,
            look =>
                (IReadOnlyList<AppliedMigration>)
                    [
                        .. new RollbackTargets(fleet.Migrations, look.Applied, look.Repeatables, ledger)
                            .Undone(target)
                            .Where(static row => row.IsRepeatable),
                    ]
        );
        _goals =
        [
            .. _repeated
                .Values.SelectMany(static rows => rows)
                .Select(row => WayBackLosses.ToPlan(fleet.Key, row) with { Before = _wanted.GetValueOrDefault(row.Version) ?? row.BackTo })
                .DistinctBy(static planned => (planned.Version, planned.Before))
                .OrderByDescending(static planned => planned.Version, StringComparer.Ordinal),
        ];
        var ahead = looks.Where(look => Undo(look).Count > 0).ToList();
        EnsureWayBack(ahead);
        return new TenantsDraft(
            new PlannedTenants
            {
                Name = fleet.Name,
                Count = looks.Count,
                Groups = TenantsDraft.Group(looks, look => Undo(look).Count, static _ => false),
                Unreachable = unreachable.Count,
                Migrations =
                [
                    .. _goals,
                    .. ahead
                        .SelectMany(Rows)
                        .Where(static row => !row.IsRepeatable)
                        .DistinctBy(static row => MigrationVersion.Normal(row.Version))
                        .OrderByDescending(static row => row.Version, MigrationVersion.Order)
                        .Select(row => WayBackLosses.ToPlan(fleet.Key, row)),
                ],
                Versions = _stays,
            },
            await LossesAsync(ahead, acceptsDataLoss, cancellationToken).ConfigureAwait(false)
        );
    }

    private TenantsDraft Nothing(IReadOnlyList<string> risks) => new(new PlannedTenants { Name = fleet.Name }, risks);

    private IReadOnlyList<PlannedMigration> Undo(TenantLook look) => look.UndoneBeyond(_stays, _goals);

    private static bool IsOf(TenantFleet fleet, VerifiedMigration migration) =>
        migration.Database is { } database && fleet.Key.Is(database);

    private IEnumerable<AppliedMigration> Rows(TenantLook look)
    {
        var undone = Undo(look).Select(static planned => planned.Version).ToHashSet(StringComparer.Ordinal);
        return [.. _repeated[look], .. look.Applied.Where(row => undone.Contains(row.Version)).Reverse()];
    }

    private void EnsureWayBack(IReadOnlyList<TenantLook> ahead)
    {
        var stuck = ahead
            .SelectMany(look => Rows(look).Where(row => !HasWayBack(row)).Select(row => (Look: look, Row: row)))
            .GroupBy(static pair => pair.Row.Title, StringComparer.Ordinal)
            .Select(same =>
                $"{same.Key} in {TenantsDraft.Named([.. same.Select(static pair => pair.Look)])}"
                + (same.First().Row.Irreversible is { } why ? $" ({why})" : "")
            )
            .ToList();
        if (stuck.Count > 0)
            throw DeploymentException.Refused(
                Codes.NoRollbackTarget,
                $"Migrations of tenants '{fleet.Name}' have no way back of their own: {string.Join("; ", stuck.Take(MostNamed))}. Nothing was changed. "
                    + $"Write a new migration that mends forward and run 'deploy up'; or put a backup there for each of these, which 'deploy backup "
                    + $"list{fleet.Key.Option} --environment {parts.Environment.Name}' shows; or say KeepMigrated() in AddTenants where the release before "
                    + "can live with them."
            );
    }

    private bool HasWayBack(AppliedMigration row) =>
        row.Irreversible is null
        && (row.DownSql is not null || (row.IsClass && fleet.Migrations.Find(row.Version) is { HasWayBack: true }));

    private async Task<IReadOnlyList<string>> LossesAsync(
        IReadOnlyList<TenantLook> ahead,
        bool acceptsDataLoss,
        CancellationToken cancellationToken
    )
    {
        var losses = new ConcurrentDictionary<TenantLook, IReadOnlyList<(string Table, long Rows)>>();
        await fleet
            .EachAsync(
                ahead.ToAsyncEnumerable(),
                async (look, token) =>
                {
                    if (await MeasureAsync(look, token).ConfigureAwait(false) is { Count: > 0 } lost)
                        losses[look] = lost;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        if (losses.IsEmpty)
            return [];

        var tables = losses
            .Values.SelectMany(static lost => lost)
            .GroupBy(static lost => lost.Table, StringComparer.Ordinal)
            .Select(static same => (same.Key, same.Sum(static lost => lost.Rows)))
            .ToList();
        List<TenantLook> whose = [.. ahead.Where(losses.ContainsKey)];
        var what =
            $"{DataLoss.Describe(tables)} that were written since, in {TenantsDraft.Tenants(whose.Count).ToLowerInvariant()} {TenantsDraft.Named(whose)}";
        var isKept = fleet.Backups.WithoutReason is null;
        return acceptsDataLoss
            ?
            [
                $"the ways back in databases of tenants '{fleet.Name}' remove {what}; {(isKept ? "they are kept in backups" : "no copy is kept")}",
            ]
            : throw DeploymentException.Refused(
                Codes.DataLossNotAccepted,
                $"The ways back in databases of tenants '{fleet.Name}' may remove {what}. Nothing was changed. Save them first"
                    + $"{(isKept ? "" : ": no copy is kept")}. Then run 'deploy rollback --environment {parts.Environment.Name} --accept-data-loss'"
                    + $"{(isKept ? "; the databases as they are by then are kept as backups" : "")}."
            );
    }

    private async Task<IReadOnlyList<(string Table, long Rows)>> MeasureAsync(TenantLook look, CancellationToken cancellationToken)
    {
        var losses = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var database = look.Tenant.Open();
        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var catalogue = await database.Dialect.ReadCatalogueAsync(connection, null, null, cancellationToken).ConfigureAwait(false);
        foreach (var undone in Rows(look))
        {
            var row = undone.IsRepeatable
                ? await ReadableHistory
                    .ToUndoAsync(database, WayBackLosses.ToPlan(fleet.Key, undone), cancellationToken)
                    .ConfigureAwait(false)
                    ?? undone
                : undone;
            // Two scripts may remove the same rows.
            foreach (
                var (table, rows) in await WayBackStakes
                    .MeasureAsync(connection, null, catalogue, row, fleet.Migrations, cancellationToken)
                    .ConfigureAwait(false)
            )
                losses[table] = Math.Max(rows, losses.GetValueOrDefault(table));
        }

        return [.. losses.Select(static pair => (pair.Key, pair.Value))];
    }
}
