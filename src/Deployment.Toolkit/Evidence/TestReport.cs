namespace Deployment.Toolkit.Evidence;

/// <summary>What a file of test results says.</summary>
/// <param name="Format">What it is: <c>trx</c>, <c>junit</c> or <c>command</c>.</param>
/// <param name="Passed">Tests that passed.</param>
/// <param name="Failed">Tests that ended in any other way than passing or being left out.</param>
/// <param name="Skipped">Tests that were left out.</param>
/// <param name="Failures">The names of the first that failed.</param>
/// <param name="Defect">Why it proves nothing even where no test failed; <see langword="null"/> when nothing speaks against it.</param>
internal sealed record TestReport(string Format, int Passed, int Failed, int Skipped, IReadOnlyList<string> Failures, string? Defect)
{
    internal const int MostFailures = 20;

    internal bool HasPassed => Defect is null && Failed == 0 && Passed > 0;

    /// <summary>In words, for whoever reads the gate's answer.</summary>
    internal string Told =>
        Format == "command" ? (HasPassed ? "the command ended with exit code 0" : Defect!)
        : Defect is not null ? Defect
        : Failed > 0 ? $"{Failed} of {Passed + Failed} tests failed"
        : Passed == 0 ? $"no test was run{(Skipped > 0 ? $", and {Skipped} were left out" : "")}"
        : $"{Passed} tests passed{(Skipped > 0 ? $", {Skipped} were left out" : "")}";
}
