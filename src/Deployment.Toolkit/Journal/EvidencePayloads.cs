namespace Deployment.Toolkit.Journal;

/// <summary>
/// Tests ran on a release. <paramref name="Told"/>: in words what came out. <paramref name="Sha256"/>: of the file that said so;
/// <see langword="null"/> when a command's exit code did.
/// </summary>
internal sealed record TestsRecorded(string Suite, Release Release, bool HasPassed, string Told, string Format, string? Sha256, string By)
{
    /// <summary>Tests that passed.</summary>
    public int Passed { get; init; }

    /// <summary>Tests that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Tests that were left out.</summary>
    public int Skipped { get; init; }

    /// <summary>The names of the first that failed.</summary>
    public IReadOnlyList<string>? Failures { get; init; }

    /// <summary>What the file was called, or the command.</summary>
    public string? Source { get; init; }
}
