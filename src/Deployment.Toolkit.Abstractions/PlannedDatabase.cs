namespace Deployment.Toolkit;

/// <summary>What a plan means for one of an app's several databases.</summary>
public sealed record PlannedDatabase
{
    /// <summary>The database's declared name.</summary>
    public required string Name { get; init; }

    /// <summary>The versions of the migrations that are applied in it now, in the order in which they were.</summary>
    public IReadOnlyList<string> SchemaBefore { get; init; } = [];

    /// <summary>The versions that will be applied afterwards.</summary>
    public IReadOnlyList<string> SchemaAfter { get; init; } = [];

    /// <summary>How its schema goes back.</summary>
    public SchemaWayBack SchemaWayBack { get; init; }

    /// <summary>
    /// The name of the backup to go back to; <see langword="null"/> for the one that the run takes itself, which bears the run's id.
    /// </summary>
    public string? Backup { get; init; }
}
