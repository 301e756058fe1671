namespace Deployment.Toolkit;

/// <summary>
/// How the migrations of a database stand in an environment, as its journal and this binary tell; the database isn't asked.
/// </summary>
public sealed record DatabaseStatus
{
    /// <summary>The database's declared name, or what the tenants are called; empty where an app's only one has none.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// How many migrations are applied; of tenants, how many the verified release brought. <see langword="null"/> while that is unknown, as
    /// during a run, and before the first.
    /// </summary>
    public int? Applied { get; init; }

    /// <summary>How many of this binary's are not among them; <see langword="null"/> where that can't be told.</summary>
    public int? Pending { get; init; }

    /// <summary>
    /// What became of the tenants that the last run had to do with, how many of each; empty for a database of the app's own.
    /// </summary>
    public IReadOnlyDictionary<TenantOutcome, int> Tenants { get; init; } = new Dictionary<TenantOutcome, int>();
}
