using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1001 in the sections of .NET's logging and of Serilog.</summary>
public sealed class KnownKeyAnalyzer : SettingsRule
{
    internal override DiagnosticDescriptor Rule => UnknownKeyAnalyzer.Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    )
    {
        foreach (var section in file.Root.Children)
        {
            if (
                !section.Name.Equals("Logging", System.StringComparison.OrdinalIgnoreCase)
                && !section.Name.Equals("Serilog", System.StringComparison.OrdinalIgnoreCase)
            )
            {
                continue;
            }

            foreach (var setting in section.Descendants())
            {
                if (setting.Property is not null && KnownShape.Meant(setting) is { } meant)
                {
                    yield return new Finding(
                        Rule,
                        file,
                        setting.KeySpan,
                        setting.Path,
                        [setting.Path, setting.Parent!.Path, $"'{section.Name}' itself", $" Did you mean '{meant}'?"]
                    )
                    {
                        FixTitle = $"Rename to '{meant}'",
                        Edits = setting.Parent!.Child(meant) is null ? [JsonWriter.Rename(file, setting, meant)] : [],
                    };
                }
            }
        }
    }
}
