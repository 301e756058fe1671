using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Tenants;

/// <summary>How a tenant's database stands.</summary>
internal sealed record TenantLook(FoundTenant Tenant)
{
    /// <summary>What it has, in the order in which that was applied.</summary>
    internal IReadOnlyList<AppliedMigration> Applied { get; init; } = [];

    /// <summary>What of this binary's it lacks.</summary>
    internal IReadOnlyList<MigrationDefinition> Pending { get; init; } = [];

    /// <summary>How many it has that this binary doesn't know and that come behind all that it does.</summary>
    internal int Newer { get; init; }

    /// <summary>Why nothing may be migrated there.</summary>
    internal IReadOnlyList<DeploymentMessage> Faults { get; init; } = [];

    /// <summary>Why it could not be asked; <see langword="null"/> when it could.</summary>
    internal DeploymentMessage? Unreachable { get; init; }

    /// <summary>What a run has applied there, also where that is only begun.</summary>
    internal bool IsOf(string run) => Attempts.Any(attempt => attempt.Run == run) || Applied.Any(row => row.Run == run);

    /// <summary>What was begun outside a transaction and isn't known to have ended.</summary>
    internal IReadOnlyList<MigrationAttempt> Attempts { get; init; } = [];

    /// <summary>What is taken back there, in the order in which it was applied.</summary>
    /// <param name="kind">What the run does.</param>
    /// <param name="run">The run.</param>
    /// <param name="versions">Of a rollback, what stays.</param>
    internal IReadOnlyList<PlannedMigration> Undone(RunKind kind, string run, IReadOnlyList<string> versions)
    {
        var stays = versions.Select(MigrationVersion.Normal).ToHashSet(StringComparer.Ordinal);
        var rows =
            kind == RunKind.Up
                ? Applied.Where(row => row.Run == run)
                : Applied.Where(row => !stays.Contains(MigrationVersion.Normal(row.Version)));
        return
        [
            .. rows.Select(static row => new PlannedMigration
            {
                Version = row.Version,
                Name = row.Name,
                Checksum = row.Checksum,
                HasWayBack = row.DownSql is not null || row.IsClass,
            }),
            .. Attempts
                .Where(attempt => kind != RunKind.Up || attempt.Run == run)
                .Select(static attempt => new PlannedMigration
                {
                    Version = attempt.Version,
                    Name = "",
                    Checksum = "",
                    HasWayBack = true,
                }),
        ];
    }
}
