using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK4006 in settings files: connections of production that check no certificate or are not encrypted.</summary>
public sealed class TransportSettingsAnalyzer : SettingsRule
{
    internal override DiagnosticDescriptor Rule => Rules.UncheckedTransport;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    )
    {
        foreach (var setting in ProductionSettings.Of(file, set, model))
        {
            if (Fault(setting) is var (fault, mend))
            {
                yield return new Finding(Rule, file, setting.ValueSpan, setting.Path, [fault, mend]);
            }
        }
    }

    private static (string Fault, string Mend)? Fault(Setting setting)
    {
        var value = setting.Value!;
        if (
            value.Kind is JsonKind.False or JsonKind.String
            && setting.Name.Equals("RequireHttpsMetadata", StringComparison.OrdinalIgnoreCase)
            && ProductionSettings.IsFalse(setting)
        )
        {
            return (
                $"'{setting.Path}' is off, so that the keys which tokens are checked by come over plain HTTP,",
                "Turn it off in appsettings.Development.json alone."
            );
        }

        if (value.Kind != JsonKind.String || ConnectionStringText.Parse(value.Text) is not { IsLocal: false } connection)
        {
            return null;
        }

        if (connection["trustservercertificate"] is { } trust && IsOn(trust))
        {
            return (
                $"'{setting.Path}' trusts any server certificate (TrustServerCertificate)",
                "Install a certificate that is trusted, and leave it out."
            );
        }

        if (
            (connection["sslmode"] ?? connection["ssl mode"]) is { } mode
            && mode.ToUpperInvariant() is "DISABLE" or "DISABLED" or "PREFER" or "PREFERRED" or "ALLOW" or "NONE"
        )
        {
            return (
                $"'{setting.Path}' connects unencrypted if it comes to that (SSL Mode={(connection["sslmode"])})",
                "Use SSL Mode=VerifyFull."
            );
        }

        return connection["encrypt"] is { } encrypt && encrypt.ToUpperInvariant() is "FALSE" or "NO" or "OPTIONAL"
            ? ($"'{setting.Path}' connects unencrypted (Encrypt)", "Leave it out: encryption is the default.")
            : null;
    }

    private static bool IsOn(string value) => value.ToUpperInvariant() is "TRUE" or "YES";
}
