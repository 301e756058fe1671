using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK3001: a secret in a settings file.</summary>
public sealed class SecretInSettingsAnalyzer : SettingsRule
{
    internal const string Id = "DTK3001";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A settings file holds a secret",
        "'{0}' holds a secret in the clear. Keep it in a secret store and refer to it: {1}.",
        Rules.Secrets,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "What is committed once is known to everybody who ever reads the repository, and to all of its copies.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    ) =>
        from setting in file.Root.Descendants()
        where IsSecret(setting) && !(model.IsTestProject && ConnectionSecrets.IsDefault(setting.Value!.Text))
        let reference = "secret://" + SecretReferences.Name(setting.Path)
        select new Finding(Descriptor, file, setting.ValueSpan, setting.Path, [setting.Path, reference])
        {
            Severity = file.IsForDevelopment || model.IsTestProject ? DiagnosticSeverity.Info : null,
            FixTitle = $"Refer to it as '{reference}'",
            Edits = [JsonWriter.Replace(file, setting, JsonWriter.Quote(reference))],
        };

    internal static bool IsSecret(Setting setting)
    {
        if (setting.Value is not { Kind: JsonKind.String or JsonKind.Number } value || value.Text.Length > 10_000)
        {
            return false;
        }

        if (value.Kind == JsonKind.Number)
        {
            return SecretNames.Of(setting.Path) == SecretName.Certain
                && setting.Name.EndsWith("word", StringComparison.OrdinalIgnoreCase)
                && value.Text.Length > 3;
        }

        // An element of a list has its list's name.
        var named = setting.Property is null && setting.Parent is { } list ? list : setting;
        return ConnectionSecrets.Find(value.Text, isSetting: true) is null
            && SecretValues.IsSecret(setting.Path, value.Text)
            && (SecretValues.IsKnownForm(value.Text) || !IsUserName(named));
    }

    // Object stores are signed in to with a pair, of which only the secret key is secret.
    private static bool IsUserName(Setting setting)
    {
        var name = string.Concat(NameWords.Of(setting.Name));
        return name.EndsWith("ACCESSKEY", StringComparison.Ordinal)
            && !name.Contains("SECRET")
            && !name.Contains("SHARED")
            && setting.Parent?.Children.Any(c =>
                string.Concat(NameWords.Of(c.Name)) is var other
                && other.Contains("SECRET")
                && other.EndsWith("KEY", StringComparison.Ordinal)
            ) == true;
    }
}
