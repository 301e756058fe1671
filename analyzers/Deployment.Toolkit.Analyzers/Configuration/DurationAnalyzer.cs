using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1009: a duration that is read as days.</summary>
public sealed class DurationAnalyzer : SettingsRule
{
    internal const string Id = "DTK1009";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A duration is read as days",
        "'{0}' is read as {1}. Did you mean '{2}'? For {1} write '{3}'.",
        Rules.Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "TimeSpan reads a bare number as days, and so the first part of hh:mm:ss when it is 24 or more. "
            + "AddValidatedOptions refuses what can be read in two ways.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    ) =>
        from bound in model.WalkOf(file).Bound
        where bound.Setting.IsScalar
        let setting = bound.Setting
        let read = Read(setting, bound.Shapes)
        where read is not null
        select new Finding(
            Descriptor,
            file,
            setting.ValueSpan,
            setting.Path,
            [setting.Path, read.Value.Read, read.Value.Meant, read.Value.Plain]
        )
        {
            Section = bound.Section,
            FixTitle = $"Change to '{read.Value.Meant}'",
            Edits = [JsonWriter.Replace(file, setting, JsonWriter.Quote(read.Value.Meant))],
        };

    private static (string Read, string Meant, string Plain)? Read(Setting setting, ImmutableArray<Shape> shapes)
    {
        var text = setting.Value!.Text.Trim();
        foreach (var shape in shapes)
        {
            if (
                shape is { Kind: ShapeKind.List, IsStrict: true, Separator: { } separator, Element.Name: "TimeSpan" }
                && separator != StrictRules.Unknown
            )
            {
                // Of one value that stands for a list, the first element that can be read in two ways is told; another text has to be
                // written for all of them.
                foreach (var part in separator.Length == 0 ? [text] : text.Split([separator], StringSplitOptions.None))
                {
                    if (StrictDurations.Readings(part.Trim()) is { } ofPart)
                    {
                        return (ofPart.Read, text.Replace(part.Trim(), ofPart.Meant), ofPart.Plain);
                    }
                }
            }

            if (shape is not { Kind: ShapeKind.Scalar, Type.Name: "TimeSpan" })
            {
                continue;
            }

            // The toolkit's binder refuses it whatever the key is called.
            if (shape.IsStrict)
            {
                if (StrictDurations.Readings(text) is { } two)
                {
                    return two;
                }
            }
            else if (!SaysDays(setting.Path) && Durations.ReadAsDays(text) is { } days)
            {
                var number = days.Days.ToString(CultureInfo.InvariantCulture);
                return (number + " days", days.Meant, number + ".00:00:00");
            }
        }

        return null;
    }

    private static bool SaysDays(string path) =>
        path.Substring(path.LastIndexOf(':') + 1).IndexOf("day", StringComparison.OrdinalIgnoreCase) >= 0;
}
