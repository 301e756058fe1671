namespace Deployment.Toolkit;

/// <summary>
/// The switch of the full run, which CI sets: real kills in every scenario, and everything made up at random as often as it was
/// ever tried. With <c>all</c> processes also recover what each kill left, and are killed while they do; that takes an hour and more.
/// </summary>
internal static class FullRun
{
    internal const string Variable = "DTK_FULL";

    internal const string Only = $"Only in the full run: set {Variable}=1.";

    internal const string OnlyAll = $"Only with {Variable}=all.";

    public static bool IsOn => IsAll || Environment.GetEnvironmentVariable(Variable) == "1";

    public static bool IsAll => Environment.GetEnvironmentVariable(Variable) == "all";

    /// <summary>How often something is tried: as often as finds what is grossly wrong, and in the full run as often as it takes to find the rest.</summary>
    /// <param name="usual">Without the switch.</param>
    /// <param name="full">In the full run.</param>
    /// <param name="all">With <c>all</c>, where that is more.</param>
    internal static int Times(int usual, int full, int? all = null) => IsAll ? all ?? full : IsOn ? full : usual;
}
