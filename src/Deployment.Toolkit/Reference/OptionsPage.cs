using System.Globalization;
using System.Text;
using Deployment.Toolkit.Options;

namespace Deployment.Toolkit.Reference;

/// <summary>Writes a page of Markdown about the app's sections.</summary>
internal static class OptionsPage
{
    internal static string Of(
        IReadOnlyList<(OptionsRegistration Registration, OptionDescription Options)> sections,
        Func<string, string> whoSets
    )
    {
        var page = new StringBuilder("# Configuration\n");
        foreach (var (registration, options) in sections)
        {
            page.Append("\n## ").Append(registration.Section).Append('\n');
            if (options.Summary.Length > 0)
                page.Append('\n').Append(options.Summary).Append('\n');
            page.Append("\n| key | type | default | rules | set in | meaning |\n|---|---|---|---|---|---|\n");
            foreach (var option in Leaves(options))
            {
                var fallback = OptionTexts.DefaultOf(option) is { } value ? $"`{Cell(value)}`" : "";
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"| `{Cell(option.Key)}` | {Cell(OptionTexts.TypeOf(option))} | {fallback} | "
                        + $"{Cell(string.Join("; ", OptionTexts.RulesOf(option)))} | {Cell(whoSets(option.Key))} | "
                        + $"{Cell(option.Summary)} |\n"
                );
            }
        }

        return page.ToString();
    }

    private static IEnumerable<OptionDescription> Leaves(OptionDescription option)
    {
        foreach (var child in option.Children)
        {
            if (child.Children.Count == 0)
                yield return child;
            foreach (var leaf in Leaves(child))
                yield return leaf;
            foreach (var leaf in child.Element is { } element ? Leaves(element) : [])
                yield return leaf;
        }
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
