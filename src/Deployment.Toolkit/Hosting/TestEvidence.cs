namespace Deployment.Toolkit;

/// <summary>Tests that ran on a release, as the journal has it.</summary>
public sealed record TestEvidence
{
    /// <summary>What the tests are called, for example <c>unit</c>.</summary>
    public required string Suite { get; init; }

    /// <summary>What they ran on.</summary>
    public required Release Release { get; init; }

    /// <summary>Whether at least one test ran, none failed, and the run came to its end.</summary>
    public required bool HasPassed { get; init; }

    /// <summary>In words what came out.</summary>
    public required string Told { get; init; }

    /// <summary>By what it is known: <c>trx</c>, <c>junit</c> or <c>command</c>.</summary>
    public required string Format { get; init; }

    /// <summary>The SHA-256 of the file that said so; <see langword="null"/> when a command's exit code did.</summary>
    public string? Sha256 { get; init; }

    /// <summary>What the file was called, or the command.</summary>
    public string? Source { get; init; }

    /// <summary>Tests that passed.</summary>
    public int Passed { get; init; }

    /// <summary>Tests that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Tests that were left out.</summary>
    public int Skipped { get; init; }

    /// <summary>The names of the first that failed.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>When it was recorded (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>By whom.</summary>
    public required string By { get; init; }
}

/// <summary>Results of tests to record: of a file, or of a command that is run now.</summary>
public sealed record AddTestsRequest
{
    /// <summary>What the tests are called: letters, digits, <c>.</c>, <c>-</c>, <c>_</c>.</summary>
    public required string Suite { get; init; }

    /// <summary>A TRX or JUnit XML file; <see langword="null"/> where a command says it.</summary>
    public string? File { get; init; }

    /// <summary>A program and its arguments, whose exit code says it: 0 is a pass.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>
    /// The release that they ran on, as version or version+commit; <see langword="null"/> for the app's own informational version.
    /// </summary>
    public string? Release { get; init; }

    /// <summary>Gets each line that the command writes.</summary>
    public Action<string>? Output { get; init; }
}
