using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1001: a key in a bound section that its type has no member for.</summary>
public sealed class UnknownKeyAnalyzer : SettingsRule
{
    internal const string Id = "DTK1001";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A key is unknown",
        "Key '{0}' is unknown: section '{1}' is bound to {2}, which has no such property.{3}",
        Rules.Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The binder ignores a key that no property has: the app runs with the default instead of what the file says.",
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
        var (parent, taken) = ((Setting?)null, new HashSet<string>(System.StringComparer.OrdinalIgnoreCase));
        foreach (var unknown in model.WalkOf(file).Unknown)
        {
            if (MisplacedKeyAnalyzer.Home(unknown, set, model) is not null)
            {
                continue;
            }

            var setting = unknown.Setting;

            // Once a section, whose unknown keys follow each other: a file may have thousands.
            if (setting.Parent != parent)
            {
                parent = setting.Parent!;
                taken = new HashSet<string>(parent.Children.Select(c => c.Name), System.StringComparer.OrdinalIgnoreCase);
            }

            var names = unknown.Owners.SelectMany(o => o.Members).Select(m => m.Name).Where(n => !taken.Contains(n)).Distinct().ToList();
            var suggestion = Spelling.Closest(setting.Name, names);

            // A library's own type may be read in ways of its own: there only a slip is a defect.
            if (suggestion is null && unknown.Owners.Any(o => o.Type.ContainingAssembly is { } assembly && Manifest.IsFramework(assembly)))
            {
                continue;
            }

            var owners = string.Join(" and ", unknown.Owners.Select(o => $"'{o.Type.Name}'").Distinct());
            yield return new Finding(
                Descriptor,
                file,
                setting.KeySpan,
                setting.Path,
                [setting.Path, setting.Parent!.Path, owners, suggestion is null ? "" : $" Did you mean '{suggestion}'?"]
            )
            {
                Section = unknown.Section,
                FixTitle = suggestion is null ? null : $"Rename to '{suggestion}'",
                Edits = suggestion is null ? [] : [JsonWriter.Rename(file, setting, suggestion)],
            };
        }
    }
}
