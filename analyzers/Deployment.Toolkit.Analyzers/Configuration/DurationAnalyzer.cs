using System;
using System.Collections.Generic;
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
        Id, "A duration is read as days", "'{0}' is read as {1} days. Did you mean '{2}'? For days write '{1}.00:00:00'.", Rules.Configuration,
        DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "TimeSpan reads a bare number as days, and so the first part of hh:mm:ss when it is 24 or more.",
        helpLinkUri: Rules.HelpLink(Id));

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(SettingsFile file, SettingsSet set, SettingsModel model, CancellationToken cancellationToken) =>
        from bound in model.WalkOf(file).Bound
        where bound.Setting.IsScalar && bound.Shapes.Any(s => s is { Kind: ShapeKind.Scalar, Type.Name: "TimeSpan" }) && !SaysDays(bound.Setting.Path)
        let setting = bound.Setting
        let read = Durations.ReadAsDays(setting.Value!.Text.Trim())
        where read is not null
        select new Finding(
            Descriptor, file, setting.ValueSpan, setting.Path,
            [setting.Path, read.Value.Days.ToString(CultureInfo.InvariantCulture), read.Value.Meant])
        {
            Section = bound.Section,
            FixTitle = $"Change to '{read.Value.Meant}'",
            Edits = [JsonWriter.Replace(file, setting, JsonWriter.Quote(read.Value.Meant))],
        };

    private static bool SaysDays(string path) =>
        path.Substring(path.LastIndexOf(':') + 1).IndexOf("day", StringComparison.OrdinalIgnoreCase) >= 0;
}
