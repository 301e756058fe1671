using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1002 for levels of logs: .NET's logging ends the app over one that it doesn't know, Serilog too.</summary>
public sealed class KnownLevelAnalyzer : SettingsRule
{
    internal override DiagnosticDescriptor Rule => ValueAnalyzer.Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    )
    {
        foreach (var setting in file.Root.Descendants())
        {
            if (
                setting.Value is not { Kind: JsonKind.String, Text: var level }
                || KnownShape.Levels(setting.Path) is not { } levels
                || levels.Contains(level, StringComparer.OrdinalIgnoreCase)
                || level.Length == 0
                || level.All(char.IsDigit)
                || level[0] == '$'
                || Placeholders.Is(level)
            )
            {
                continue;
            }

            var meant =
                Spelling.Closest(level, levels)
                ?? levels.FirstOrDefault(l => l.Length > 3 && level.StartsWith(l, StringComparison.OrdinalIgnoreCase));
            yield return new Finding(
                Rule,
                file,
                setting.ValueSpan,
                setting.Path,
                [setting.Path, $"a level of logs ({string.Join(", ", levels)})", meant is null ? "" : $" Did you mean '{meant}'?"]
            )
            {
                FixTitle = meant is null ? null : $"Change to '{meant}'",
                Edits = meant is null ? [] : [JsonWriter.Replace(file, setting, JsonWriter.Quote(meant))],
            };
        }
    }
}
