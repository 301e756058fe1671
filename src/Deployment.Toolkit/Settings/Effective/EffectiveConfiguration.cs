using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Settings.Effective;

/// <summary>
/// All layers of a configuration at one moment, as a tree. It never changes, so everything that is bound from it fits together.
/// </summary>
internal sealed class EffectiveConfiguration
{
    private readonly List<(ConfigurationLayer Layer, TableValue Value)> _tooDeep = [];

    private EffectiveConfiguration(IReadOnlyList<ConfigurationLayer> layers)
    {
        Layers = layers;
        var surplus = Math.Max(0, layers.Count - LayerMask.Capacity);
        for (var i = 0; i < layers.Count; i++)
        {
            foreach (var value in layers[i].Table.Values.Values)
            {
                if (ConfigurationTable.IsTooDeep(value.Key))
                    _tooDeep.Add((layers[i], value));
                else
                    Root.Add(Math.Max(0, i - surplus), value);
            }
        }

        if (surplus > 0)
            Layers = [.. layers.Skip(surplus)];
    }

    /// <summary>Weakest first.</summary>
    internal IReadOnlyList<ConfigurationLayer> Layers { get; }

    internal ConfigurationNode Root { get; } = new("", "");

    internal static EffectiveConfiguration Of(IConfiguration configuration) => new(LayerReader.Read(configuration));

    internal static EffectiveConfiguration Of(IReadOnlyList<ConfigurationLayer> layers) => new(layers);

    /// <summary>Whether the layer's format has arrays of its own, so that an array in it is meant as a whole.</summary>
    internal bool HasArrays(int layer) => Layers[layer].Kind is SourceKind.JsonFile or SourceKind.UserSecrets or SourceKind.Pinned;

    /// <summary>What no options can be bound from, of the sections that are asked for: foreign variables never stop a start.</summary>
    internal IEnumerable<DeploymentMessage> TooDeep(Func<string, bool> isOwned)
    {
        foreach (var (layer, value) in _tooDeep.Where(deep => isOwned(deep.Value.Key)))
        {
            var key = ConfigurationTable.Shown(value.Key);
            var place = value.File is { } file
                ? new ConfigurationPlace(file, file, null, null)
                : ConfigurationPlace.Of(layer, key, value.Line, value.Column);
            yield return new DeploymentMessage(
                Codes.KeyUnknown,
                $"{key} is set (in {place}) and has {value.Key.Count(static c => c == ':') + 1} parts, more than the "
                    + $"{ConfigurationTable.MostParts} that a key can have. Remove it."
            )
            {
                Key = key,
                File = place.File,
                Line = place.Line,
                Column = place.Column,
            };
        }
    }

    internal TableContainer? Container(int layer, string path) =>
        Layers[layer].Table.Containers.TryGetValue(path, out var container) ? container : null;

    internal ConfigurationPlace Place(Occurrence occurrence) =>
        occurrence.Value.File is { } file ? new ConfigurationPlace(file, file, null, null)
        : occurrence.Value.Variable is { } variable ? new ConfigurationPlace($"environment variable {variable}", null, null, null)
        : ConfigurationPlace.Of(Layers[occurrence.Layer], occurrence.Value.Key, occurrence.Value.Line, occurrence.Value.Column);

    /// <summary>Where the strongest of some layers begins to speak of a key: its value, its object, or the first key below it.</summary>
    internal ConfigurationPlace? Place(ConfigurationNode node, LayerMask mask)
    {
        var layers = node.Layers & mask;
        if (layers.IsEmpty)
            return null;

        var layer = layers.Strongest;
        if (node.Top(mask) is { } own && own.Layer == layer)
            return Place(own);
        if (Container(layer, node.Path) is { } container)
            return ConfigurationPlace.Of(Layers[layer], node.Path, container.Line, container.Column);
        return FirstBelow(node, layer) is { } below ? Place(below) : null;
    }

    private static Occurrence? FirstBelow(ConfigurationNode node, int layer)
    {
        Occurrence? first = null;
        foreach (var child in node.Children)
        {
            if (!child.Layers.Has(layer))
                continue;

            var found = child.Top(LayerMask.Of(layer)) ?? FirstBelow(child, layer);
            if (
                found is { } candidate
                && (
                    first is not { } best
                    || (candidate.Value.Line, candidate.Value.Column).CompareTo((best.Value.Line, best.Value.Column)) < 0
                )
            )
                first = candidate;
        }

        return first;
    }
}
