using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Schema;

/// <summary>What a database has of a plan's migrations, as its own history says.</summary>
internal sealed class FoundMigrations(TargetDatabase? database, MigrationSet migrations)
{
    /// <summary>What was begun of it outside a transaction, and isn't known to have ended.</summary>
    internal async Task<IReadOnlyList<MigrationAttempt>> AttemptsAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        if (
            database is null
            || await MigrationAttempts.ReadAsync(database, cancellationToken).ConfigureAwait(false) is not { Count: > 0 } attempts
        )
            return [];

        var versions = plan.Migrations.Select(static planned => MigrationVersion.Normal(planned.Version)).ToHashSet(StringComparer.Ordinal);
        return [.. attempts.Where(attempt => versions.Contains(MigrationVersion.Normal(attempt.Version)))];
    }

    /// <summary>Whether one is applied; of a repeatable one, with the content that was planned.</summary>
    internal async Task<bool> IsAppliedAsync(PlannedMigration planned, CancellationToken cancellationToken) =>
        MigrationVersion.IsRepeatable(planned.Version)
            ? (await ReadableHistory.RepeatablesOfAsync(database, cancellationToken).ConfigureAwait(false)).Last(planned.Version)
                is { IsBegun: false } row
                && row.Checksum == planned.Checksum
            : (await ReadableHistory.OfAsync(database, migrations, cancellationToken).ConfigureAwait(false)).Any(row =>
                MigrationVersion.Compare(row.Version, planned.Version) == 0
            );

    /// <summary>What of it is applied, in that order, and behind it what repeatable scripts have left.</summary>
    internal async Task<IReadOnlyList<AppliedMigration>> AppliedAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        var versions = plan.Migrations.Select(static planned => MigrationVersion.Normal(planned.Version)).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. (await ReadableHistory.OfAsync(database, migrations, cancellationToken).ConfigureAwait(false)).Where(row =>
                versions.Contains(MigrationVersion.Normal(row.Version))
            ),
            .. await RepeatablesAsync(plan, cancellationToken).ConfigureAwait(false),
        ];
    }

    /// <summary>The same without what another run has applied meanwhile.</summary>
    internal async Task<List<AppliedMigration>> OwnAsync(StepContext context, CancellationToken cancellationToken) =>
        [
            .. (await AppliedAsync(context.Plan, cancellationToken).ConfigureAwait(false)).Where(row =>
                context.Plan.Kind != RunKind.Up || row.Run == context.RunId
            ),
        ];

    /// <summary>What the history says against what somebody found; <see langword="null"/> when nothing.</summary>
    internal async Task<string?> ObjectionAsync(StepContext context, ProbeOutcome found, CancellationToken cancellationToken)
    {
        var history = $"the history of {(database is { Key.IsOnly: false } named ? $"database '{named.Key.Name}'" : "the database")}";
        if (found == ProbeOutcome.NotDone)
            return await OwnAsync(context, cancellationToken).ConfigureAwait(false) is { Count: > 0 } rows
                ? $"{history} has {string.Join(", ", rows.Select(static row => row.Title))}"
                : null;
        if (context.Plan.Kind != RunKind.Up)
            return null;

        foreach (var planned in context.Plan.Migrations)
        {
            if (!await IsAppliedAsync(planned, cancellationToken).ConfigureAwait(false))
                return $"{history} lacks {MigrationVersion.Title(planned.Version, planned.Name)}";
        }

        return null;
    }

    /// <summary>What repeatable scripts of it have left.</summary>
    internal async Task<IReadOnlyList<AppliedMigration>> RepeatablesAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        var rows = new List<AppliedMigration>();
        if (database is not { Exists: true })
            return rows;

        foreach (
            var planned in plan
                .Migrations.Where(static planned => MigrationVersion.IsRepeatable(planned.Version))
                .OrderBy(static planned => planned.Version, StringComparer.Ordinal)
        )
        {
            if (await ReadableHistory.ToUndoAsync(database, planned, cancellationToken).ConfigureAwait(false) is { } row)
                rows.Add(row);
        }

        return rows;
    }
}
