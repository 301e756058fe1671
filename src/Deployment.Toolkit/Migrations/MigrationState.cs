namespace Deployment.Toolkit;

/// <summary>Where a migration stands in the host's environment.</summary>
public sealed record MigrationState
{
    /// <summary>The version.</summary>
    public required string Version { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is applied; of tenants, in the database of each.</summary>
    public required bool IsApplied { get; init; }

    /// <summary>Whether it can be undone without a backup.</summary>
    public required bool HasWayBack { get; init; }

    /// <summary>Whether it is a script that runs again whenever its content is another.</summary>
    public bool IsRepeatable => Migrations.MigrationVersion.IsRepeatable(Version);

    /// <summary>Whether an earlier content of it is applied, and this binary's is pending.</summary>
    public bool IsChanged { get; init; }

    /// <summary>Whether this binary has it; one that is only applied came with another release.</summary>
    public bool IsKnown { get; init; } = true;

    /// <summary>The database that it is for, where the app has several, or what the tenants are called.</summary>
    public string? Database { get; init; }

    /// <summary>How many tenants there are; <see langword="null"/> for what is for a database of the app's own.</summary>
    public int? Tenants { get; init; }

    /// <summary>In the databases of how many tenants it is applied.</summary>
    public int? AppliedTenants { get; init; }

    /// <summary>The databases of how many tenants could not be asked.</summary>
    public int? UnreachableTenants { get; init; }
}
