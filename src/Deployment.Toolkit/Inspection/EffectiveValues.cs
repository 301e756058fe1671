using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Options.Binding;
using Deployment.Toolkit.Settings;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Inspection;

/// <summary>
/// The values of a configuration that count. A key is taken when a file or another deliberate source declares it, or when it lies in a
/// section that the app owns: a shell's <c>PWD</c> is a key of .NET's configuration too, and would make every shell another configuration.
/// </summary>
[UnconditionalSuppressMessage(
    "Trimming",
    "IL2026",
    Justification = "Only AddValidatedOptions puts something in, and it carries the warning."
)]
internal sealed class EffectiveValues(OwnedSections owned, ConfigurationSecrecy secrecy)
{
    private static readonly HashSet<string> OfTheHost = new(StringComparer.OrdinalIgnoreCase)
    {
        HostDefaults.ContentRootKey,
        HostDefaults.EnvironmentKey,
        HostDefaults.ApplicationKey,
        "webroot",
        "urls",
        "http_ports",
        "https_ports",
    };

    internal ConfigurationSecrecy Secrecy => secrecy;

    /// <summary>Whether a key is a member of options that the app declares.</summary>
    internal bool IsDeclared(string key) => owned.PlaceOf(key) is not null;

    /// <summary>The values, in the order of their keys.</summary>
    internal IReadOnlyList<EffectiveValue> Of(EffectiveConfiguration configuration, bool all = false)
    {
        var values = new List<EffectiveValue>();
        Collect(configuration, configuration.Root, LayerMask.All, all, values);
        values.Sort(static (a, b) => ConfigurationKeyComparer.Instance.Compare(a.Key, b.Key));
        return values;
    }

    private void Collect(
        EffectiveConfiguration configuration,
        ConfigurationNode node,
        LayerMask mask,
        bool all,
        List<EffectiveValue> values
    )
    {
        if (node.Path.Length > 0 && node.Top(mask) is { Value.Value: { } text } top && (all || IsMeant(configuration, node)))
        {
            var hidden = node.Occurrences.Any(occurrence => occurrence.Value.Value is { } value && secrecy.Hides(node.Path, value));
            // One secret among the layers hides the key's other values too, but for references.
            values.Add(
                new EffectiveValue(node.Path, text, hidden && !ConfigurationSecrecy.IsReference(text), top, node)
                {
                    IsForeign = !IsMeant(configuration, node),
                    IsSecretBelow = hidden,
                }
            );
        }

        mask = Elements(configuration, node, mask);
        foreach (var child in node.Children.Where(child => !(child.Layers & mask).IsEmpty))
            Collect(configuration, child, mask, all, values);
    }

    private bool IsMeant(EffectiveConfiguration configuration, ConfigurationNode node) =>
        owned.Owns(node.Path)
        || node.Occurrences.Any(occurrence =>
            configuration.Layers[occurrence.Layer].Kind switch
            {
                SourceKind.EnvironmentVariables or SourceKind.CommandLine => false,
                SourceKind.Other => !OfTheHost.Contains(node.Path),
                _ => true,
            }
        );

    // As the strict binder does it: a file's array replaces those of weaker files as a whole.
    private LayerMask Elements(EffectiveConfiguration configuration, ConfigurationNode node, LayerMask mask)
    {
        if (node.Path.Length == 0 || node.ChildLayers.IsEmpty || owned.PlaceOf(node.Path) is not { } place)
            return mask;
        if (
            CollectionShape.Of(place.Type) is not { Key: null }
            || place.Members is not [.., { Merge: null or { Merge: ArrayMerge.Replace } }]
        )
            return mask;

        for (var layer = configuration.Layers.Count - 1; layer > 0; layer--)
        {
            if ((node.Layers & mask).Has(layer) && configuration.HasArrays(layer))
                return mask & LayerMask.From(layer);
        }

        return mask;
    }
}
