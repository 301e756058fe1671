namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Configuration values, their chains, and how states of them differ.</summary>
internal static class ConfigText
{
    private const string Hidden = "***";
    private const int LongestShown = 100;

    internal static void Values(Page page, IReadOnlyList<ConfigurationValue> values)
    {
        page.Line();
        var rows = new List<string[]>(values.Count);
        foreach (var value in values) rows.Add([value.Key, Shown(value.Value, value.IsRedacted), page.Ink.Faint(Place(value))]);
        page.Rows(rows);
    }

    internal static void Explanation(Page page, ConfigurationExplanation explanation)
    {
        foreach (var value in explanation.Values)
        {
            page.Title(value.Key);
            var rows = new List<string[]> { (string[])[page.Good, Shown(value.Value, value.IsRedacted), Place(value), "counts"] };
            foreach (var shadow in value.Shadows) rows.Add([page.Idle, Shown(shadow.Value, shadow.IsRedacted), Place(shadow), page.Ink.Faint("shadowed")]);
            page.Rows(rows);
        }

        page.Title("Sources, the strongest first");
        foreach (var layer in explanation.Layers) page.Line("  " + layer);
    }

    private static string Place(ConfigurationValue value) => value.Line is { } line ? $"{value.Source}:{line}:{value.Column}" : value.Source;

    internal static string Shown(string? value, bool isRedacted) => isRedacted ? Hidden
        : value is null ? "null"
        : value.Length == 0 ? "\"\""
        : OneLine(value);

    private static string OneLine(string value)
    {
        var line = value.ReplaceLineEndings("\\n");
        return line.Length > LongestShown ? line[..LongestShown] + "..." : line;
    }
}
