using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK4005: production logs at a level that is meant for developers.</summary>
public sealed class LogLevelAnalyzer : SettingsRule
{
    internal const string Id = "DTK4005";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "Production logs at a level meant for development",
        "'{0}' is '{1}' in production. Set it to Information or higher there, and to '{1}' in appsettings.Development.json.",
        Rules.Production,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Trace and Debug write values of requests and statements, personal data and secrets among them, and much of it.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    ) =>
        from setting in ProductionSettings.Of(file, set, model)
        where IsLevel(setting.Path) && IsVerbose(setting.Value!.Text)
        select new Finding(Descriptor, file, setting.ValueSpan, setting.Path, [setting.Path, setting.Value!.Text])
        {
            FixTitle = "Change to 'Information'",
            Edits = [JsonWriter.Replace(file, setting, "\"Information\"")],
        };

    private static bool IsVerbose(string level) =>
        level.Equals("Trace", StringComparison.OrdinalIgnoreCase)
        || level.Equals("Debug", StringComparison.OrdinalIgnoreCase)
        || level.Equals("Verbose", StringComparison.OrdinalIgnoreCase);

    // Logging:LogLevel:*, Logging:{Provider}:LogLevel:*, Serilog:MinimumLevel(:Default|:Override:*)
    private static bool IsLevel(string path)
    {
        var names = path.Split(':');
        if (names[0].Equals("Logging", StringComparison.OrdinalIgnoreCase))
        {
            return names.Length > 2
                && names[names.Length - 2].Equals("LogLevel", StringComparison.OrdinalIgnoreCase)
                &&
                // The debugger's own window is nobody's log.
                !names[1].Equals("Debug", StringComparison.OrdinalIgnoreCase)
                && !IsOwn(names[names.Length - 1]);
        }

        return names[0].Equals("Serilog", StringComparison.OrdinalIgnoreCase)
            && names.Length > 1
            && names[1].Equals("MinimumLevel", StringComparison.OrdinalIgnoreCase)
            && (
                names.Length == 2
                || names[2].Equals("Default", StringComparison.OrdinalIgnoreCase)
                || (names[2].Equals("Override", StringComparison.OrdinalIgnoreCase) && !IsOwn(names[names.Length - 1]))
            );
    }

    // One category raised on purpose is somebody's decision, unless it is the whole framework or all there is.
    private static bool IsOwn(string category) =>
        !category.Equals("Default", StringComparison.OrdinalIgnoreCase)
        && !category.StartsWith("Microsoft", StringComparison.OrdinalIgnoreCase)
        && !category.StartsWith("System", StringComparison.OrdinalIgnoreCase);
}
