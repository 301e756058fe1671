using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK4004: production answers to any host name.</summary>
public sealed class AllowedHostsAnalyzer : SettingsRule
{
    internal const string Id = "DTK4004";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "Any host name is allowed in production",
        "'AllowedHosts' lets any host name in in production. Name the app's own, as \"example.com;*.example.com\".",
        Rules.Production,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "Links in mails and redirects made from the request's host lead wherever its sender says; a proxy in front may "
            + "check it too.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    ) =>
        from setting in ProductionSettings.Of(file, set, model)
        where
            set.HasFileOfProduction
            && setting.Path.Equals("AllowedHosts", StringComparison.OrdinalIgnoreCase)
            && setting.Value!.Text.Split(';').Any(h => h.Trim() == "*")
        select new Finding(Descriptor, file, setting.ValueSpan, setting.Path, []);
}
