using System.Runtime.CompilerServices;

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

    /// <summary>Of all that could be tried every so-manieth, counted from the first.</summary>
    /// <param name="of">All.</param>
    /// <param name="usual">Without the switch.</param>
    /// <param name="full">In the full run.</param>
    internal static IEnumerable<T> EveryOf<T>(IEnumerable<T> of, int usual, int full = 1) => of.Where((_, place) => place % Times(usual, full) == 0);
}

/// <summary>A test of the full run alone.</summary>
internal sealed class FullRunFactAttribute : FactAttribute
{
    public FullRunFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => (Skip, SkipType, SkipUnless) = (FullRun.Only, typeof(FullRun), nameof(FullRun.IsOn));
}
