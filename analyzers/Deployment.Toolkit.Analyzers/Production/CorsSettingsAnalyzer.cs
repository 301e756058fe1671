using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK4003 in settings files: origins that production's CORS policy takes from there.</summary>
public sealed class CorsSettingsAnalyzer : SettingsRule
{
    internal override DiagnosticDescriptor Rule => Rules.OpenCors;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    )
    {
        Setting? said = null;
        foreach (var setting in ProductionSettings.Of(file, set, model))
        {
            // A list is one setting, however many of its elements are for developers.
            if (!IsOrigin(setting) || (said is not null && setting.Property is null && setting.Parent == said))
            {
                continue;
            }

            var origins = setting.Value!.Text.Split(',', ';', ' ').Select(o => o.Trim()).Where(o => o.Length > 0).ToList();
            var any = origins.Contains("*", StringComparer.Ordinal);
            if (any || origins.Any(LocalHost.IsUrl))
            {
                said = setting.Parent;
                yield return new Finding(
                    Rule,
                    file,
                    setting.ValueSpan,
                    setting.Path,
                    [
                        $"'{setting.Path}' lets {(any ? "any origin" : "a developer's machine")} in",
                        "Name production's origins there, and these in appsettings.Development.json.",
                    ]
                );
            }
        }
    }

    private static bool IsOrigin(Setting setting)
    {
        var named = setting.Property is null && setting.Parent is { } list ? list : setting;
        var words = NameWords.Of(named.Name);
        return words.Contains("ORIGIN") || words.Contains("ORIGINS")
            ? words.Contains("CORS")
                || words.Contains("ALLOWED")
                || words.Contains("ALLOW")
                || NameWords.Of(named.Parent!.Path.Replace(':', ' ')).Contains("CORS")
            : words.Count == 1 && words[0] == "CORS" && setting.Value!.Kind == JsonKind.String;
    }
}
