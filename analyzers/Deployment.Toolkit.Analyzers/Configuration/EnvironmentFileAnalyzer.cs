using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1010: a settings file for an environment that there is not, or is spelt in another case.</summary>
public sealed class EnvironmentFileAnalyzer : SettingsRule
{
    internal const string Id = "DTK1010";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A settings file is of no environment",
        "'{0}' is not read: {1}.{2}",
        Rules.Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The host reads appsettings.{Environment}.json alone, and on Linux in just that spelling.",
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
        if (file.Environment is not { } environment)
        {
            yield break;
        }

        var declared = model.DeclaredNames(cancellationToken);
        var names = declared ?? EnvironmentNames.WellKnown;
        if (names.Contains(environment, StringComparer.Ordinal))
        {
            yield break;
        }

        var cased = names.FirstOrDefault(n => n.Equals(environment, StringComparison.OrdinalIgnoreCase));
        var meant = cased ?? (declared is null ? Spelling.NearMiss(environment, names) : Spelling.Suggest(environment, [.. names]));
        if (meant is null && (declared is null || EnvironmentNames.IsDevelopment(environment)))
        {
            yield break;
        }

        var name = SettingsFile.FileName(file.Path);
        var why =
            cased is not null ? $"file names tell case apart on Linux, and the environment is '{cased}'"
            : declared is not null ? $"environment '{environment}' is not declared"
            : $"no environment is '{environment}'";
        var start = file.Json.Root?.Span.Start ?? 0;
        yield return new Finding(
            Descriptor,
            file,
            new TextSpan(start, Math.Min(1, file.Text.Length - start)),
            environment,
            [name, why, meant is null ? "" : $" Did you mean 'appsettings.{meant}.json'?"]
        );
    }
}
