namespace Deployment.Toolkit.Crash.Tests;

/// <summary>
/// The switch of the full run, which CI sets: a real kill at every moment of every scenario. With <c>all</c> processes also recover what each leaves, and are
/// killed while they do; that takes an hour and more.
/// </summary>
internal static class FullRun
{
    internal const string Variable = "DTK_FULL";

    internal const string Only = $"Only in the full run: set {Variable}=1.";

    internal const string OnlyAll = $"Only with {Variable}=all.";

    public static bool IsOn => IsAll || Environment.GetEnvironmentVariable(Variable) == "1";

    public static bool IsAll => Environment.GetEnvironmentVariable(Variable) == "all";
}
