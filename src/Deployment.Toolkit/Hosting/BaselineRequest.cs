namespace Deployment.Toolkit;

/// <summary>What a database has already, before its first deployment.</summary>
public sealed record BaselineRequest : DeploymentRequest
{
    /// <summary>
    /// The last migration that is in the database: it and all below count as applied. With or without its name;
    /// <see langword="null"/> where another tool's history says it.
    /// </summary>
    public string? Version { get; init; }

    /// <summary>
    /// The tool whose history says what was applied: <c>dbup</c>, <c>fluentmigrator</c>, <c>flyway</c>, <c>evolve</c> or <c>ef</c>;
    /// <see langword="null"/> where <see cref="Version"/> says it.
    /// </summary>
    public string? From { get; init; }

    /// <summary>Why; kept in the journal. Needed unless <see cref="DryRun"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether only to say what would count as applied. Default <see langword="false"/>.</summary>
    public bool DryRun { get; init; }
}
