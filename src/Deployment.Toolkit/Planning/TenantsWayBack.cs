using System.Collections.Concurrent;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Planning;

/// <summary>What going back means for databases of tenants: by which way each goes, and what would be lost.</summary>
/// <param name="fleet">They.</param>
/// <param name="parts">What there is in the environment.</param>
/// <param name="command">The command that goes back.</param>
internal sealed class TenantsWayBack(TenantFleet fleet, DeploymentParts parts, string command)
{
    private const int MostNamed = 5;

    /// <summary>Whether backups take back what has no way back of its own.</summary>
    internal bool Restores { get; init; } = true;

    /// <summary>How each stands.</summary>
    /// <exception cref="DeploymentException">One can't be asked, or is another environment's.</exception>
    internal async Task<IReadOnlyList<TenantLook>> LookAsync(EnvironmentLedger ledger, CancellationToken cancellationToken)
    {
        var looks = await fleet.LookAsync(parts.Environment, parts.Release, ledger.JournalId, cancellationToken).ConfigureAwait(false);
        var unreachable = looks.Where(static look => look.Unreachable is not null).ToList();
        if (unreachable.Count > 0 && !fleet.Options.SkipUnreachable)
            throw new DeploymentException(DeploymentOutcome.Refused, [TenantsDraft.Unreachable(fleet, unreachable)]);

        // What another environment applied is none of this one's to undo.
        List<DeploymentMessage> foreign =
        [
            .. TenantsDraft.Faults(fleet, looks).Where(static fault => fault.Code is Codes.DatabaseForeign or Codes.DatabaseStamped),
        ];
        return foreign.Count == 0 ? looks : throw new DeploymentException(DeploymentOutcome.Refused, foreign);
    }

    /// <param name="looks">All of them.</param>
    /// <param name="ahead">Those of which something is undone.</param>
    /// <param name="stays">The versions that each has afterwards.</param>
    /// <param name="goals">What repeatable scripts go back to.</param>
    /// <param name="acceptsDataLoss">Whether losing what was written since was accepted.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">There is no way back, or it would lose rows that nobody accepted to lose.</exception>
    internal async Task<TenantsDraft> DraftAsync(
        IReadOnlyList<TenantLook> looks,
        IReadOnlyList<UndoneTenant> ahead,
        IReadOnlyList<string> stays,
        IReadOnlyList<PlannedMigration> goals,
        bool acceptsDataLoss,
        CancellationToken cancellationToken
    )
    {
        var restored = await RestoredAsync(ahead, cancellationToken).ConfigureAwait(false);
        var undone = ahead.ToDictionary(static one => one.Look, static one => one.Planned.Count);
        return new TenantsDraft(
            new PlannedTenants
            {
                Name = fleet.Name,
                Count = looks.Count,
                Groups = TenantsDraft.Group(
                    looks,
                    look => undone.GetValueOrDefault(look),
                    static _ => false,
                    look => restored.ContainsKey(look)
                ),
                Unreachable = looks.Count(static look => look.Unreachable is not null),
                Migrations =
                [
                    .. goals,
                    .. ahead
                        .SelectMany(static one => one.Rows)
                        .Where(static row => !row.IsRepeatable)
                        .DistinctBy(static row => MigrationVersion.Normal(row.Version))
                        .OrderByDescending(static row => row.Version, MigrationVersion.Order)
                        .Select(row => WayBackLosses.ToPlan(fleet.Key, row)),
                ],
                Versions = stays,
                Backups =
                    restored.Count == 0
                        ? null
                        : restored.ToDictionary(
                            static pair => pair.Key.Tenant.Shown,
                            static pair => pair.Value.Backup!.Name,
                            StringComparer.Ordinal
                        ),
            },
            [
                .. await LossesAsync(ahead, restored, acceptsDataLoss, cancellationToken).ConfigureAwait(false),
                .. TenantRestore.Risks([.. restored.Values]),
            ]
        );
    }

    private async Task<IReadOnlyDictionary<TenantLook, TenantRestore>> RestoredAsync(
        IReadOnlyList<UndoneTenant> ahead,
        CancellationToken cancellationToken
    )
    {
        var stuck = ahead.Where(one => one.Stuck(fleet.Migrations).Any()).ToList();
        if (stuck.Count == 0)
            return new Dictionary<TenantLook, TenantRestore>();
        if (!Restores)
            throw NoWayBack(stuck, "", "");

        var found = new ConcurrentDictionary<TenantLook, TenantRestore>();
        await fleet
            .EachAsync(
                stuck.ToAsyncEnumerable(),
                async (one, token) => found[one.Look] = await TenantRestore.ChooseAsync(fleet, one, token).ConfigureAwait(false),
                cancellationToken
            )
            .ConfigureAwait(false);
        var without = stuck.Where(one => found[one.Look].Fault is not null).ToList();
        if (without.Count == 0)
            return found;

        var whys = without
            .GroupBy(one => found[one.Look].Fault!, StringComparer.Ordinal)
            .Select(static same =>
                $"{TenantsDraft.Tenants(same.Count())} {TenantsDraft.Named([.. same.Select(static one => one.Look)])}: {same.Key}"
            )
            .ToList();
        throw NoWayBack(
            without,
            $" No backup takes them back: {string.Join("; ", whys.Take(MostNamed))}.",
            $"put a backup there for each of these, which 'deploy backup list{fleet.Key.Option} --environment {parts.Environment.Name}' shows; or "
        );
    }

    private DeploymentException NoWayBack(IReadOnlyList<UndoneTenant> stuck, string why, string orElse)
    {
        var titles = stuck
            .SelectMany(one => one.Stuck(fleet.Migrations).Select(row => (one.Look, Row: row)))
            .GroupBy(static pair => pair.Row.Title, StringComparer.Ordinal)
            .Select(same =>
                $"{same.Key} in {TenantsDraft.Named([.. same.Select(static pair => pair.Look)])}"
                + (same.First().Row.Irreversible is { } irreversible ? $" ({irreversible})" : "")
            )
            .ToList();
        return DeploymentException.Refused(
            Restores ? Codes.NoRollbackTarget : Codes.MigrationsNotMoved,
            $"Migrations of tenants '{fleet.Name}' have no way back of their own: {string.Join("; ", titles.Take(MostNamed))}.{why} Nothing was changed. "
                + $"Write a new migration that mends forward and run 'deploy up'; or {orElse}say KeepMigrated() in AddTenants where the release before "
                + "can live with them."
        );
    }

    private async Task<IReadOnlyList<string>> LossesAsync(
        IReadOnlyList<UndoneTenant> ahead,
        IReadOnlyDictionary<TenantLook, TenantRestore> restored,
        bool acceptsDataLoss,
        CancellationToken cancellationToken
    )
    {
        var losses = new ConcurrentDictionary<TenantLook, IReadOnlyList<(string Table, long Rows)>>();
        await fleet
            .EachAsync(
                ahead.ToAsyncEnumerable(),
                async (one, token) =>
                {
                    var lost = restored.TryGetValue(one.Look, out var restore)
                        ? restore.Written ?? []
                        : await MeasureAsync(one, token).ConfigureAwait(false);
                    if (lost.Count > 0)
                        losses[one.Look] = lost;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        var unknown = ahead
            .Select(static one => one.Look)
            .Where(look => restored.TryGetValue(look, out var restore) && restore.Written is null)
            .ToList();
        if (losses.IsEmpty && unknown.Count == 0)
            return [];

        var tables = losses
            .Values.SelectMany(static lost => lost)
            .GroupBy(static lost => lost.Table, StringComparer.Ordinal)
            .Select(static same => (same.Key, same.Sum(static lost => lost.Rows)))
            .ToList();
        List<TenantLook> whose = [.. ahead.Select(static one => one.Look).Where(losses.ContainsKey)];
        List<string> told = [];
        if (whose.Count > 0)
            told.Add($"{DataLoss.Describe(tables)} that were written since, in {In(whose)}");
        if (unknown.Count > 0)
            told.Add($"what may have been written since the backups in {In(unknown)}, which can't be told");
        var what = string.Join(", and ", told);
        // What a backup takes the place of is always kept.
        var isKept = fleet.Backups.WithoutReason is null || whose.TrueForAll(restored.ContainsKey);
        return acceptsDataLoss
            ?
            [
                $"the ways back in databases of tenants '{fleet.Name}' remove {what}; {(isKept ? "they are kept in backups" : "no copy is kept")}",
            ]
            : throw DeploymentException.Refused(
                Codes.DataLossNotAccepted,
                $"The ways back in databases of tenants '{fleet.Name}' may remove {what}. Nothing was changed. Save them first"
                    + $"{(isKept ? "" : ": no copy is kept")}. Then run '{command} --accept-data-loss'"
                    + $"{(isKept ? "; the databases as they are by then are kept as backups" : "")}."
            );

        static string In(List<TenantLook> looks) => $"{TenantsDraft.Tenants(looks.Count).ToLowerInvariant()} {TenantsDraft.Named(looks)}";
    }

    private async Task<IReadOnlyList<(string Table, long Rows)>> MeasureAsync(UndoneTenant one, CancellationToken cancellationToken)
    {
        var losses = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var database = one.Look.Tenant.Open();
        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var catalogue = await database.Dialect.ReadCatalogueAsync(connection, null, null, cancellationToken).ConfigureAwait(false);
        foreach (var undone in one.Rows)
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
