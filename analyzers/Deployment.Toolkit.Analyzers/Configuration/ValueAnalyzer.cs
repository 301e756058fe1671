using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1002: a value that the binder cannot convert.</summary>
public sealed class ValueAnalyzer : SettingsRule
{
    internal const string Id = "DTK1002";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A value does not convert",
        "The value of '{0}' does not convert to {1}.{2}",
        Rules.Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A value that does not convert makes binding throw; a wrong element of a list, or a text in place of a list or "
            + "section, is dropped silently.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    )
    {
        foreach (var bound in model.WalkOf(file).Bound)
        {
            var setting = bound.Setting;
            var fault = Check(setting, bound.Shapes);
            if (fault is null || (setting.IsScalar && !set.Environments.Any(e => e.IsEffective(file, setting))))
            {
                continue;
            }

            // The value stands in the message only where it could not be a secret: in what is a number, a choice or a duration.
            yield return new Finding(
                Descriptor,
                file,
                setting.ValueSpan,
                setting.Path,
                [setting.Path, fault.Expected, fault.Suggestion is null ? "" : $" Did you mean '{fault.Suggestion}'?"]
            )
            {
                Section = bound.Section,
                FixTitle = fault.Suggestion is null ? null : $"Change to '{fault.Suggestion}'",
                Edits = fault.Suggestion is null ? [] : [JsonWriter.Replace(file, setting, Json(fault.Suggestion))],
            };
        }
    }

    private static ConversionFault? Check(Setting setting, ImmutableArray<Shape> shapes)
    {
        foreach (var shape in shapes)
        {
            if (Conversion.Check(setting, shape) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string Json(string value) =>
        value is "true" or "false"
        || value.All(c => c is (>= '0' and <= '9') or '-' or '.') && !value.StartsWith("0", System.StringComparison.Ordinal)
            ? value
            : JsonWriter.Quote(value);
}
