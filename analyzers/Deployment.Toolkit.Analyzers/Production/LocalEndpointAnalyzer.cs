using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK4007: production talks to the machine it runs on, or over plain HTTP to another.</summary>
public sealed class LocalEndpointAnalyzer : SettingsRule
{
    internal const string Id = "DTK4007";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "Production uses a local or unencrypted endpoint",
        "'{0}' is {1} in production. Set production's own endpoint in appsettings.Production.json.",
        Rules.Production,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "An address that was meant for a developer's machine works there, and fails or leaks where the app runs.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    private static readonly Regex s_hostAndPort = new(
        @"^(localhost|127\.0\.0\.1|\[::1\]):\d{2,5}(,|$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    );

    // Names that only look like addresses, and what the app itself listens on.
    private static readonly HashSet<string> s_notEndpoints = new(StringComparer.OrdinalIgnoreCase)
    {
        "iss",
        "aud",
        "namespace",
        "xmlns",
        "schema",
        "allowedhosts",
        "http_ports",
        "https_ports",
    };

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    )
    {
        foreach (var setting in set.HasFileOfProduction ? ProductionSettings.Of(file, set, model) : [])
        {
            if (
                setting.Value!.Kind == JsonKind.String
                && !IsOther(setting)
                && What(setting.Value.Text) is { } what
                && !IsSwitchedOff(setting, set)
            )
            {
                yield return new Finding(Descriptor, file, setting.ValueSpan, setting.Path, [setting.Path, what]);
            }
        }
    }

    private static bool IsOther(Setting setting)
    {
        var names = setting.Path.Split(':');
        return names.Any(s_notEndpoints.Contains)
            || names.Any(IsParty)
            ||
            // Of the host, "urls" is one text; below a section of that name stand addresses to call.
            (setting.Parent?.Parent is null && names[0].Equals("urls", StringComparison.OrdinalIgnoreCase))
            || names[0].Equals("Kestrel", StringComparison.OrdinalIgnoreCase)
            || names[0].Equals("Logging", StringComparison.OrdinalIgnoreCase)
            ||
            // CORS has a rule of its own.
            names.Any(n =>
                n.IndexOf("origin", StringComparison.OrdinalIgnoreCase) >= 0 || n.Equals("cors", StringComparison.OrdinalIgnoreCase)
            );
    }

    // "JwtIssuer", "IssuerUri", "ValidAudiences": who issued a token and whom it is for, by a name in the form of an address.
    private static bool IsParty(string name) =>
        name.IndexOf("issuer", StringComparison.OrdinalIgnoreCase) >= 0
        || name.IndexOf("audience", StringComparison.OrdinalIgnoreCase) >= 0;

    // "Enabled": false beside it, "BusEnabled" beside "BusAddress", "KeepInRedis" beside "KeepInRedisUrl"
    private static bool IsSwitchedOff(Setting setting, SettingsSet set) =>
        setting.Parent!.Children.Any(other =>
            other != setting
            && setting.Name.StartsWith(Switched(other.Name), StringComparison.OrdinalIgnoreCase)
            && set.Production.All(p => p.Value(other.Path) is var (_, found) && ProductionSettings.IsFalse(found))
        );

    private static string Switched(string name) =>
        name.Equals("Enable", StringComparison.OrdinalIgnoreCase) || name.Equals("IsEnabled", StringComparison.OrdinalIgnoreCase) ? ""
        : name.EndsWith("Enabled", StringComparison.OrdinalIgnoreCase) ? name.Substring(0, name.Length - "Enabled".Length)
        : name;

    private static string? What(string value)
    {
        var text = value.Trim();
        if (ConnectionStringText.Parse(text) is { } connection)
        {
            return
                connection.IsLocal && connection["accountname"] is null && text.IndexOf("(localdb)", StringComparison.OrdinalIgnoreCase) < 0
                ? "on the machine itself"
                : null;
        }

        if (s_hostAndPort.IsMatch(text))
        {
            return "on the machine itself";
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.IsFile)
        {
            return null;
        }

        if (LocalHost.IsUrl(text))
        {
            // To listen on, not to call.
            return uri.Host is "0.0.0.0" or "[::]" ? null : "on the machine itself";
        }

        // A name without dots is a neighbour in the same cluster, and a schema's address is never called.
        return
            uri.Scheme == "http"
            && uri.Host.IndexOf('.') > 0
            && uri.HostNameType == UriHostNameType.Dns
            && !uri.Host.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
            && !uri.Host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase)
            && !uri.Host.EndsWith(".svc", StringComparison.OrdinalIgnoreCase)
            && !uri.Host.StartsWith("schemas.", StringComparison.OrdinalIgnoreCase)
            && uri.Host is not ("www.w3.org" or "tempuri.org" or "json.schemastore.org" or "json-schema.org")
            ? "a plain http address"
            : null;
    }
}
