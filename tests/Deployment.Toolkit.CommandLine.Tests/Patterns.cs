using System.Text.RegularExpressions;

namespace Deployment.Toolkit.CommandLine.Tests;

internal static partial class Patterns
{
    [GeneratedRegex("[0-9]{8}-[0-9]{6}-[0-9a-f]{4}(?![0-9a-f])")]
    internal static partial Regex RunId();

    [GeneratedRegex("plan [0-9a-f]{12}")]
    internal static partial Regex PlanHash();

    [GeneratedRegex("[0-9]+\\.[0-9]{2} s")]
    internal static partial Regex Duration();

    [GeneratedRegex("\e\\[[0-9;]*m")]
    internal static partial Regex Colour();

    /// <summary>What Spectre.Console writes to move its live line: the cursor up, lines erased, the cursor hidden and shown.</summary>
    [GeneratedRegex("\r?\e\\[([0-9]*[ABCDGK]|[0-2]?K|\\?25[lh])|\r(?!\n)")]
    internal static partial Regex LiveLine();

    [GeneratedRegex("in [0-9]+ ms")]
    internal static partial Regex Milliseconds();
}
