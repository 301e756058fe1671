namespace Deployment.Toolkit.Databases;

/// <summary>What a database says of itself: whose it is. Copies take it along.</summary>
/// <param name="EnvironmentId">The environment's journal, by its first record.</param>
/// <param name="Environment">The environment's name.</param>
/// <param name="Id">Tells this stamp from every other.</param>
/// <param name="At">When it was written (UTC), as text.</param>
internal sealed record DatabaseStamp(string EnvironmentId, string Environment, string Id, string At)
{
    /// <summary>Which database that was then; <see langword="null"/> where it could not be asked.</summary>
    internal DatabaseIdentity? Identity { get; init; }
}
