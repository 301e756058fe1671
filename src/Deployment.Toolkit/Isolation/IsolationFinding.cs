namespace Deployment.Toolkit;

/// <summary>Whether a finding keeps a release out.</summary>
public enum IsolationState
{
    /// <summary>It does.</summary>
    Open,

    /// <summary>The app declares that this is shared.</summary>
    Declared,

    /// <summary>Somebody answers for it until a day that is yet to come.</summary>
    Waived,
}

/// <summary>Something that two environments have both, or that one must not have.</summary>
public sealed record IsolationFinding
{
    /// <summary>
    /// <c>shared-database</c>, <c>database-clone</c>, <c>database-copy</c>, <c>foreign-stamp</c>, <c>shared-secret</c>, <c>shared-host</c>,
    /// <c>shared-account</c>, <c>shared-bucket</c>, <c>shared-queue</c> or <c>never</c>.
    /// </summary>
    public required string Rule { get; init; }

    /// <summary>What of this environment: a key of the configuration, or a database.</summary>
    public required string Subject { get; init; }

    /// <summary>The other environment; <see langword="null"/> for a rule about this one alone.</summary>
    public string? Other { get; init; }

    /// <summary>What of the other one.</summary>
    public string? OtherSubject { get; init; }

    /// <summary>Whether it counts.</summary>
    public IsolationState State { get; init; }

    /// <summary>Why it does not count; <see langword="null"/> while it does.</summary>
    public string? Because { get; init; }

    /// <summary>What was found, and what to do.</summary>
    public required DeploymentMessage Message { get; init; }
}

/// <summary>Another environment that was compared with, or why it was not.</summary>
public sealed record IsolationSide
{
    /// <summary>The environment.</summary>
    public required string Environment { get; init; }

    /// <summary>
    /// Where what is known of it comes from: <c>journal</c>, <c>bundle</c> or <c>files</c>; <see langword="null"/> when nothing is known.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>What could not be compared, and why; <see langword="null"/> when all could.</summary>
    public string? Missing { get; init; }
}

/// <summary>A waiver, and how it stands.</summary>
public sealed record IsolationWaiver
{
    /// <summary>The rule.</summary>
    public required string Rule { get; init; }

    /// <summary>What of this environment.</summary>
    public required string Subject { get; init; }

    /// <summary>Who answers for it.</summary>
    public required string By { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>The last day on which it counts (UTC).</summary>
    public required DateOnly Until { get; init; }

    /// <summary>Whether it is over.</summary>
    public bool IsOver { get; init; }

    /// <summary>Whether there is something that it waives.</summary>
    public bool Matches { get; init; }
}

/// <summary>How an environment stands to the others that are known here.</summary>
public sealed record IsolationReport
{
    /// <summary>The environment.</summary>
    public required string Environment { get; init; }

    /// <summary>The others, and whence what is known of them.</summary>
    public IReadOnlyList<IsolationSide> Sides { get; init; } = [];

    /// <summary>What was found, what counts first.</summary>
    public IReadOnlyList<IsolationFinding> Findings { get; init; } = [];

    /// <summary>The waivers that are declared.</summary>
    public IReadOnlyList<IsolationWaiver> Waivers { get; init; } = [];

    /// <summary>What of this environment could not be looked at, and waivers that do nothing.</summary>
    public IReadOnlyList<DeploymentMessage> Warnings { get; init; } = [];

    /// <summary>Whether nothing that was found counts.</summary>
    public bool IsIsolated => Findings.All(static finding => finding.State != IsolationState.Open);
}
