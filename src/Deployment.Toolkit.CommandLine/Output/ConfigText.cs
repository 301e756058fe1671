namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Configuration values, their chains, and how states of them differ.</summary>
internal static class ConfigText
{
    private const string Hidden = "***";
    private const int LongestShown = 100;

    internal static void Values(Page page, IReadOnlyList<ConfigurationValue> values)
    {
        page.Line();
        var rows = new List<Shown[]>(values.Count);
        foreach (var value in values)
            rows.Add([value.Key, Shown(value.Value, value.IsRedacted), page.Ink.Faint(Place(value))]);
        page.Rows(rows);
    }

    internal static void Explanation(Page page, ConfigurationExplanation explanation)
    {
        foreach (var value in explanation.Values)
        {
            page.Title(value.Key);
            var rows = new List<Shown[]> { (Shown[])[page.Good, Shown(value.Value, value.IsRedacted), Place(value), "counts"] };
            foreach (var shadow in value.Shadows)
                rows.Add([page.Idle, Shown(shadow.Value, shadow.IsRedacted), Place(shadow), page.Ink.Faint("shadowed")]);
            page.Rows(rows);
        }

        page.Title("Sources, the strongest first");
        foreach (var layer in explanation.Layers)
            page.Line("  " + layer);
    }

    internal static void Difference(Page page, ConfigurationComparison comparison)
    {
        page.Line();
        var rows = new List<Shown[]>(comparison.Changes.Count);
        foreach (var change in comparison.Changes)
        {
            var mark = change.Kind switch
            {
                ConfigurationChangeKind.Added => page.Ink.Good("+"),
                ConfigurationChangeKind.Removed => page.Ink.Bad("-"),
                ConfigurationChangeKind.Changed => page.Ink.Warn("~"),
                _ => page.Doubt,
            };
            rows.Add([$"{mark}  {change.Key}", Change(change)]);
        }

        page.Rows(rows);
    }

    internal static void Parity(Page page, ConfigurationParity parity)
    {
        page.Line();
        var rows = new List<Shown[]>(parity.Rows.Count + 1) { (Shown[])["   KEY", .. parity.Environments] };
        foreach (var row in parity.Rows)
        {
            var mark =
                row.Fault is not null ? page.Bad
                : row.Differs ? page.Idle
                : page.Good;
            rows.Add([
                $"{mark}  {row.Key}",
                .. row.Cells.Select(cell => Cell(page, cell)),
                row is { Fault: null, Differs: true } ? page.Ink.Faint("declared") : "",
            ]);
        }

        page.Rows(rows);
    }

    private static Shown Cell(Page page, ParityCell cell) =>
        cell.SameSecretAs is { } other
            ? page.Ink.Bad($"same secret as {other}!")
            : cell.State switch
            {
                ParityState.SetHere => "set here",
                ParityState.Inherited => page.Ink.Faint("inherited"),
                _ => page.Ink.Warn("missing"),
            };

    private static string Change(ConfigurationChange change) =>
        change.Kind switch
        {
            ConfigurationChangeKind.Unknown => "cannot compare: the two were recorded under different keys",
            ConfigurationChangeKind.Added => Shown(change.To, change.IsRedacted),
            ConfigurationChangeKind.Removed => Shown(change.From, change.IsRedacted),
            _ when change.IsRedacted => $"{Hidden} (differs)",
            _ when change.From == change.To => $"{Shown(change.To, false)} (the secret behind it differs)",
            _ => $"{Shown(change.From, false)} -> {Shown(change.To, false)}",
        };

    private static string Place(ConfigurationValue value) =>
        value.Line is { } line ? $"{value.Source}:{line}:{value.Column}" : value.Source;

    internal static string Shown(string? value, bool isRedacted) =>
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
