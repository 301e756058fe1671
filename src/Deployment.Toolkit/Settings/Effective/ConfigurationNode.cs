using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Settings.Effective;

/// <summary>A key of the configuration with what every layer says of it, and the keys below it.</summary>
internal sealed class ConfigurationNode(string name, string path)
{
    private static readonly Dictionary<string, ConfigurationNode> None = [];

    private Dictionary<string, ConfigurationNode>? _children;
    private Occurrence[] _occurrences = [];

    /// <summary>The last segment as the weakest layer spells it.</summary>
    internal string Name { get; } = name;

    internal string Path { get; } = path;

    /// <summary>Layers that say something of this key or of one below.</summary>
    internal LayerMask Layers { get; private set; }

    /// <summary>Layers that say something of a key below.</summary>
    internal LayerMask ChildLayers { get; private set; }

    /// <summary>What each layer says of this very key, weakest first.</summary>
    internal IReadOnlyList<Occurrence> Occurrences => _occurrences;

    internal IReadOnlyCollection<ConfigurationNode> Children => (_children ?? None).Values;

    internal ConfigurationNode? Child(string name) => _children is not null && _children.TryGetValue(name, out var child) ? child : null;

    internal ConfigurationNode? Find(string path)
    {
        var node = this;
        foreach (var segment in path.Split(':'))
        {
            if (node.Child(segment) is not { } child)
                return null;
            node = child;
        }

        return node;
    }

    /// <summary>What counts among some layers.</summary>
    internal Occurrence? Top(LayerMask mask)
    {
        for (var i = _occurrences.Length - 1; i >= 0; i--)
        {
            if (mask.Has(_occurrences[i].Layer))
                return _occurrences[i];
        }

        return null;
    }

    internal void Add(int layer, TableValue value)
    {
        var node = this;
        var key = value.Key.AsSpan();
        var bit = LayerMask.Of(layer);
        for (var start = 0; start <= key.Length; )
        {
            var length = key[start..].IndexOf(':');
            var end = length < 0 ? key.Length : start + length;
            node.Layers |= bit;
            node.ChildLayers |= bit;
            node = node.GetOrAdd(key[start..end], key[..end]);
            start = end + 1;
        }

        node.Put(new Occurrence(layer, value));
    }

    /// <summary>Puts what some layers say of another node and below it over this one, as if it stood here.</summary>
    internal void Overlay(ConfigurationNode other, LayerMask mask)
    {
        foreach (var occurrence in other._occurrences)
        {
            if (mask.Has(occurrence.Layer))
                Put(occurrence);
        }

        foreach (var child in other.Children.Where(child => !(child.Layers & mask).IsEmpty))
        {
            Layers |= child.Layers & mask;
            ChildLayers |= child.Layers & mask;
            GetOrAdd(child.Name, child.Path).Overlay(child, mask);
        }
    }

    /// <summary>
    /// The same node with single values laid out as elements: what stands in one layer as <c>a,b</c> is <c>0</c> and <c>1</c> there.
    /// </summary>
    internal ConfigurationNode Spread(LayerMask mask, Func<string, IEnumerable<string>> cut)
    {
        var spread = new ConfigurationNode(Name, Path);
        spread.Overlay(this, mask);
        spread._occurrences = [.. spread._occurrences.Where(static occurrence => string.IsNullOrEmpty(occurrence.Value.Value))];
        foreach (
            var occurrence in _occurrences.Where(occurrence => mask.Has(occurrence.Layer) && !string.IsNullOrEmpty(occurrence.Value.Value))
        )
        {
            var index = 0;
            foreach (var part in cut(occurrence.Value.Value!))
            {
                var number = index++.ToString(CultureInfo.InvariantCulture);
                spread.ChildLayers |= LayerMask.Of(occurrence.Layer);
                spread
                    .GetOrAdd(number, ConfigurationPath.Combine(Path, number))
                    .Put(occurrence with { Value = occurrence.Value with { Value = part } });
            }
        }

        return spread;
    }

    private void Put(Occurrence occurrence)
    {
        Layers |= LayerMask.Of(occurrence.Layer);
        // Two of the same layer are a provider's own business, except that a table's later one wins as it does there.
        _occurrences =
        [
            .. _occurrences.Where(other => other.Layer < occurrence.Layer),
            occurrence,
            .. _occurrences.Where(other => other.Layer > occurrence.Layer),
        ];
    }

    private ConfigurationNode GetOrAdd(ReadOnlySpan<char> name, ReadOnlySpan<char> path)
    {
        _children ??= new Dictionary<string, ConfigurationNode>(StringComparer.OrdinalIgnoreCase);
        var lookup = _children.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(name, out var child))
            return child;

        child = new ConfigurationNode(
            name.ToString(),
            Path.Length == 0 ? path.ToString() : ConfigurationPath.Combine(Path, name.ToString())
        );
        lookup[name] = child;
        return child;
    }
}
