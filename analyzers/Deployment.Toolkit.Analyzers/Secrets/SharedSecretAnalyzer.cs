using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK3006: production's secret is another environment's too.</summary>
public sealed class SharedSecretAnalyzer : SettingsRule
{
    internal const string Id = "DTK3006";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "Production shares a secret with another environment",
        "'{0}' is the same secret in {1} and in {2}: whoever has one has the other. Make a secret for each.",
        Rules.Secrets,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Secrets of test environments are known to many, stand in logs and on laptops, and open production when they are "
            + "the same.",
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
        if (file.Environment is null || !EnvironmentNames.IsProduction(file.Environment))
        {
            yield break;
        }

        foreach (var setting in file.Root.Descendants())
        {
            if (
                setting.Value is not { Kind: JsonKind.String, Text: var secret }
                || !(SecretInSettingsAnalyzer.IsSecret(setting) || ConnectionSecrets.Find(secret) is not null)
            )
            {
                continue;
            }

            foreach (var other in set.Files)
            {
                if (
                    other != file
                    && (other.Environment is null || !EnvironmentNames.IsProduction(other.Environment))
                    && other.Root.Find(setting.Path) is { Value: { Kind: JsonKind.String, Text: var same } } found
                    && string.Equals(secret, same, StringComparison.Ordinal)
                )
                {
                    yield return new Finding(
                        Descriptor,
                        file,
                        setting.ValueSpan,
                        setting.Path,
                        [setting.Path, file.Environment, SettingsFile.FileName(other.Path)]
                    )
                    {
                        Related = [other.Locate(found.ValueSpan)],
                    };
                    break;
                }
            }
        }
    }
}
