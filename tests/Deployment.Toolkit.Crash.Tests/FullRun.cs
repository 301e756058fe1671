namespace Deployment.Toolkit.Crash.Tests;

/// <summary>The switch of the full run: real kills at every moment of every scenario, which takes minutes and which CI does.</summary>
internal static class FullRun
{
    internal const string Variable = "DTK_FULL";

    internal const string Only = $"Only in the full run: set {Variable}=1.";

    public static bool IsOn => Environment.GetEnvironmentVariable(Variable) == "1";
}
