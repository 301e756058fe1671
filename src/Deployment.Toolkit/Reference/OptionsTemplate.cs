using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Deployment.Toolkit.Options;

namespace Deployment.Toolkit.Reference;

/// <summary>Writes settings with comments to begin from: what is required stands there, everything else is commented out.</summary>
internal static class OptionsTemplate
{
    internal static string Of(IReadOnlyList<(OptionsRegistration Registration, OptionDescription Options)> sections, string schema)
    {
        sections = Joined(sections);
        var page = new StringBuilder("{\n")
            .Append("  \"$schema\": ")
            .Append(Quote("./" + schema))
            .Append(sections.Count == 0 ? "\n" : ",\n");
        for (var i = 0; i < sections.Count; i++)
        {
            // .NET takes a key with colons for the same as objects in one another.
            Write(page, sections[i].Options with { Name = sections[i].Registration.Section }, 1, isActive: true);
            page.Append(i < sections.Count - 1 ? ",\n" : "\n");
        }

        return page.Append("}\n").ToString();
    }

    // A section of several types stands there once; a key twice in a file is a fault.
    private static List<(OptionsRegistration Registration, OptionDescription Options)> Joined(
        IReadOnlyList<(OptionsRegistration Registration, OptionDescription Options)> sections
    ) =>
        [
            .. sections
                .GroupBy(static section => section.Registration.Section, StringComparer.OrdinalIgnoreCase)
                .Select(static group =>
                    (
                        group.First().Registration,
                        group.First().Options with
                        {
                            Children =
                            [
                                .. group
                                    .SelectMany(static section => section.Options.Children)
                                    .DistinctBy(static child => child.Name, StringComparer.OrdinalIgnoreCase),
                            ],
                        }
                    )
                ),
        ];

    private static void Write(StringBuilder page, OptionDescription option, int level, bool isActive)
    {
        var indent = new string(' ', level * 2);
        var start = isActive ? indent : indent + "// ";
        if (level > 1 || option.Summary.Length > 0)
            page.Append('\n');
        if (option.Summary.Length > 0)
            page.Append(indent).Append("// ").Append(option.Summary).Append('\n');
        var facts = new List<string> { OptionTexts.TypeOf(option) };
        facts.AddRange(OptionTexts.RulesOf(option));
        if (option.IsSecret)
            facts.Add("better a reference: secret://name");
        if (option.Children.Count == 0)
            page.Append(indent).Append("// ").AppendJoin("; ", facts).Append('\n');
        page.Append(start).Append(Quote(option.Name)).Append(": ");
        if (option.Children.Count == 0)
        {
            page.Append(Value(option));
            return;
        }

        page.Append('{').Append('\n');
        foreach (var child in option.Children)
        {
            var childIsActive = isActive && (child.IsRequired || child.Children.Count > 0);
            Write(page, child, level + 1, childIsActive);
            // A comma before a comment's end or the last brace is what the reader of settings allows.
            page.Append(",\n");
        }

        page.Append(start).Append('}');
    }

    private static string Value(OptionDescription option)
    {
        if (option.Collection is not null)
            return option.Collection.Key is null ? "[]" : "{}";
        if (option.IsSecret)
            return Quote("secret://" + option.Name.ToLowerInvariant());

        return option.Default switch
        {
            null when option.IsNullable => "null",
            null when option.Type == typeof(string) => Quote(""),
            null when option.Type == typeof(bool) => "false",
            null when option.Type.IsEnum => Quote(Enum.GetNames(option.Type).FirstOrDefault() ?? ""),
            null when option.Type.IsPrimitive || option.Type == typeof(decimal) => "0",
            bool flag => flag ? "true" : "false",
            sbyte or byte or short or ushort or int or uint or long or ulong or decimal => Convert.ToString(
                option.Default,
                CultureInfo.InvariantCulture
            )!,
            double or float => Convert.ToString(option.Default, CultureInfo.InvariantCulture) is { } number
            && double.IsFinite(Convert.ToDouble(option.Default, CultureInfo.InvariantCulture))
                ? number
                : "0",
            null => Quote(""),
            _ => Quote(OptionTexts.DefaultOf(option)!),
        };
    }

    private static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
