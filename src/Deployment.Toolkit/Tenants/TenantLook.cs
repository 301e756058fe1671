using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Tenants;

/// <summary>How a tenant's database stands.</summary>
internal sealed record TenantLook(FoundTenant Tenant)
{
    /// <summary>What it has, in the order in which that was applied.</summary>
    internal IReadOnlyList<AppliedMigration> Applied { get; init; } = [];

    /// <summary>What repeatable scripts have left there.</summary>
    internal AppliedRepeatables Repeatables { get; init; } = AppliedRepeatables.None;

    /// <summary>What of this binary's it lacks.</summary>
    internal IReadOnlyList<MigrationDefinition> Pending { get; init; } = [];

    /// <summary>How many it has that this binary doesn't know and that come behind all that it does.</summary>
    internal int Newer { get; init; }

    /// <summary>Why nothing may be migrated there.</summary>
    internal IReadOnlyList<DeploymentMessage> Faults { get; init; } = [];

    /// <summary>Why it could not be asked; <see langword="null"/> when it could.</summary>
    internal DeploymentMessage? Unreachable { get; init; }

    /// <summary>What was begun outside a transaction and isn't known to have ended.</summary>
    internal IReadOnlyList<MigrationAttempt> Attempts { get; init; } = [];

    /// <summary>What a run has applied there, also where that is only begun.</summary>
    internal bool IsOf(string run) =>
        Attempts.Any(attempt => attempt.Run == run) || Applied.Any(row => row.Run == run) || Repeatables.Rows.Any(row => row.Run == run);

    /// <summary>How many a run has applied there.</summary>
    internal int CountOf(string run) =>
        Applied.Count(row => row.Run == run) + Repeatables.Rows.Count(row => row.Run == run && !row.IsBegun);

    /// <summary>What is taken back of what a run applied there.</summary>
    internal IReadOnlyList<PlannedMigration> UndoneOf(string run) =>
        [
            .. Applied.Where(row => row.Run == run).Select(ToPlan),
            .. Attempts.Where(attempt => attempt.Run == run).Select(ToPlan),
            .. Repeatables.Versions.Select(version => RepeatedBy(version, run)).OfType<PlannedMigration>(),
        ];

    /// <summary>What of it nothing takes back; <see langword="null"/> when all of it can be.</summary>
    /// <param name="run">The run.</param>
    /// <param name="hasBackup">Whether the run took a backup before. That takes nothing back that is not to come back.</param>
    internal AppliedMigration? StuckOf(string run, bool hasBackup) =>
        Applied.LastOrDefault(row =>
            row.Run == run && (row.Irreversible is not null || (!hasBackup && row.DownSql is null && !row.IsClass))
        );

    /// <summary>What is taken back of what a run only began there, while the rest stays.</summary>
    internal IReadOnlyList<PlannedMigration> BegunOf(string run) =>
        [
            .. Attempts.Where(attempt => attempt.Run == run).Select(ToPlan),
            .. Repeatables
                .Versions.Where(version => Repeatables.Last(version) is { IsBegun: true })
                .Select(version => RepeatedBy(version, run))
                .OfType<PlannedMigration>(),
        ];

    /// <summary>What a rollback takes back there.</summary>
    /// <param name="versions">What stays.</param>
    /// <param name="goals">The contents that repeatable scripts go back to; each that has none is taken away.</param>
    internal IReadOnlyList<PlannedMigration> UndoneBeyond(IReadOnlyList<string> versions, IReadOnlyList<PlannedMigration> goals)
    {
        var stays = versions.Select(MigrationVersion.Normal).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Applied.Where(row => !stays.Contains(MigrationVersion.Normal(row.Version))).Select(ToPlan),
            .. Attempts.Select(ToPlan),
            .. goals
                .Where(static goal => MigrationVersion.IsRepeatable(goal.Version))
                .GroupBy(static goal => goal.Version, StringComparer.Ordinal)
                .Select(of => BackTo(of.Key, [.. of.Select(static goal => goal.Before)]))
                .OfType<PlannedMigration>(),
        ];
    }

    /// <summary>What is undone there when its migrations go down to a version, while repeatable scripts stay.</summary>
    /// <param name="last">The last version that stays; <see langword="null"/> when none does.</param>
    internal IReadOnlyList<PlannedMigration> UndoneAbove(string? last)
    {
        return
        [
            .. Applied.Where(row => IsAbove(row.Version)).Select(ToPlan),
            .. Attempts.Where(attempt => IsAbove(attempt.Version)).Select(ToPlan),
        ];

        bool IsAbove(string version) =>
            !MigrationVersion.IsRepeatable(version) && (last is null || MigrationVersion.Compare(version, last) > 0);
    }

    // What somebody else has applied over it since is not the run's to take back.
    private PlannedMigration? RepeatedBy(string version, string run)
    {
        if (Repeatables.Last(version) is not { } last || last.Run != run)
            return null;

        var first = Repeatables.Rows.First(row => row.Version == version && row.Run == run);
        return ToPlan(last, Repeatables.Rows.LastOrDefault(row => row.Version == version && row.Sequence < first.Sequence && !row.IsBegun));
    }

    // A tenant that came later never had the content that the others go back to.
    private PlannedMigration? BackTo(string version, IReadOnlyList<string?> goals)
    {
        if (Repeatables.Last(version) is not { } last || (!last.IsBegun && goals.Contains(last.Checksum, StringComparer.Ordinal)))
            return null;

        return ToPlan(
            last,
            goals.OfType<string>().Select(checksum => Repeatables.Below(last, checksum)).FirstOrDefault(static row => row is not null)
        );
    }

    private static PlannedMigration ToPlan(AppliedMigration row) =>
        new()
        {
            Version = row.Version,
            Name = row.Name,
            Checksum = row.Checksum,
            HasWayBack = row.DownSql is not null || row.IsClass,
        };

    private static PlannedMigration ToPlan(MigrationAttempt attempt) =>
        new()
        {
            Version = attempt.Version,
            Name = "",
            Checksum = "",
            HasWayBack = true,
        };

    private static PlannedMigration ToPlan(AppliedRepeatable last, AppliedRepeatable? before) =>
        new()
        {
            Version = last.Version,
            Name = last.Name,
            Checksum = last.Checksum,
            Before = before?.Checksum,
            HasWayBack = before?.HasText ?? last.HasDown,
        };
}
