namespace Deployment.Toolkit.Isolation;

/// <summary>Something that an environment has, in clear: it never leaves the process.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Subject">Where it stands.</param>
/// <param name="Value">What it is known by.</param>
internal sealed record IsolationFact(IsolationKind Kind, string Subject, string Value)
{
    /// <summary>Of a database: what tells it from a copy of its files.</summary>
    internal string? Instance { get; init; }

    /// <summary>Of a database: its stamp.</summary>
    internal string? Stamp { get; init; }

    /// <summary>Of a host: whether it is the machine itself, which every machine has.</summary>
    internal bool IsLocal { get; init; }
}
