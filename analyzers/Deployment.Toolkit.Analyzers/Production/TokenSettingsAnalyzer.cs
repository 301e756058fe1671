using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK4008 in settings files: checks of tokens that production switches off.</summary>
public sealed class TokenSettingsAnalyzer : SettingsRule
{
    private const string Mend = "Turn it on, or off in appsettings.Development.json alone.";

    internal override DiagnosticDescriptor Rule => Rules.UncheckedToken;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    ) =>
        from setting in ProductionSettings.Of(file, set, model)
        let accepted = TokenChecks.Accepts(setting.Name)
        where accepted is not null && setting.Parent?.Parent is not null && ProductionSettings.IsFalse(setting)
        select new Finding(Rule, file, setting.ValueSpan, setting.Path, [setting.Path, accepted, Mend])
        {
            FixTitle = "Turn it on",
            Edits = [JsonWriter.Replace(file, setting, setting.Value!.Kind == JsonKind.String ? "\"true\"" : "true")],
        };
}
