using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK4002: a switch for detailed errors or personal data that a settings file turns on in production.</summary>
public sealed class DetailedErrorsAnalyzer : SettingsRule
{
    internal const string Id = "DTK4002";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A setting shows internals in production",
        "'{0}' is on in production: it shows visitors or logs what is meant for developers. Turn it on in appsettings.Development.json "
            + "alone.",
        Rules.Production,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Stack traces, parameter values and personal data help whoever attacks the app as much as whoever writes it.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    private static readonly HashSet<string> s_switches = new(StringComparer.OrdinalIgnoreCase)
    {
        "DetailedErrors",
        "EnableDetailedErrors",
        "UseDetailedErrors",
        "EnableSensitiveDataLogging",
        "SensitiveDataLogging",
        "LogSensitiveData",
        "ShowPII",
        "EnablePii",
        "EnablePiiLogging",
        "LogCompleteSecurityArtifact",
        "UseDeveloperExceptionPage",
        "DeveloperExceptionPage",
        "ShowDetailedErrors",
        "ShowStackTrace",
        "DisplayFullErrorStack",
        "IncludeStackTrace",
        "IncludeExceptionDetails",
        "IncludeErrorDetails",
        "IncludeExceptionStackTrace",
        "ShowExceptionDetails",
    };

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    ) =>
        from setting in ProductionSettings.Of(file, set, model)
        where s_switches.Contains(setting.Name) && ProductionSettings.IsTrue(setting)
        select new Finding(Descriptor, file, setting.ValueSpan, setting.Path, [setting.Path])
        {
            FixTitle = "Turn it off",
            Edits = [JsonWriter.Replace(file, setting, setting.Value!.Kind == JsonKind.String ? "\"false\"" : "false")],
        };
}
