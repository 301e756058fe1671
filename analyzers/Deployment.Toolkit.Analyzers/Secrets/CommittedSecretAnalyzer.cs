using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK3005: a secret in a file of environment variables that lies in the project.</summary>
public sealed class CommittedSecretAnalyzer : VariableRule
{
    internal const string Id = "DTK3005";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A file of environment variables holds a secret",
        "'{0}' holds a secret in the clear. Keep it in user secrets or a secret store, and the file out of the repository.",
        Rules.Secrets,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "launchSettings.json, .env and web.config are committed as easily as any other file of the project.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal override DiagnosticDescriptor Rule => Descriptor;

    // The passwords of databases that a developer starts beside the app stand there by custom.
    internal override bool Covers(VariableFile file) => !file.IsCompose;

    internal override ImmutableArray<string>? Judge(Variable variable, SettingsModel model)
    {
        return ConnectionSecrets.Find(variable.Value, isSetting: true) is not null || SecretValues.IsSecret(variable.Name, variable.Value)
            ? [variable.Name]
            : null;
    }

    internal override TextSpan Place(Variable variable) => variable.ValueSpan;
}
