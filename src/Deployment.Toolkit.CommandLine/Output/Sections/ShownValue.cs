namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>A configuration's value in a table.</summary>
internal static class ShownValue
{
    internal const string Hidden = "***";
    private const int LongestShown = 100;

    internal static string Of(string? value, bool isRedacted) =>
        isRedacted ? Hidden
        : value is null ? "null"
        : value.Length == 0 ? "\"\""
        : OneLine(value);

    private static string OneLine(string value)
    {
        var line = value.ReplaceLineEndings("\\n");
        return line.Length > LongestShown ? line[..LongestShown] + "..." : line;
    }
}
