using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Options.Binding;

/// <summary>
/// Binds lists, sets and dictionaries. An element that cannot be bound is a fault: .NET's binder leaves it out and says nothing.
/// </summary>
[RequiresUnreferencedCode("Binds by reflection.")]
[RequiresDynamicCode("Makes collections by reflection.")]
internal sealed class CollectionBinder(
    EffectiveConfiguration configuration,
    BindingFaults faults,
    Func<string, SingleOrManyAttribute?> lists
)
{
    internal object? Bind(
        StrictBinder binder,
        CollectionShape shape,
        string key,
        ConfigurationNode node,
        LayerMask mask,
        object? existing,
        OptionsMember? member,
        bool canReplace
    )
    {
        var floor = Floor(node, mask);
        mask &= LayerMask.From(floor);
        LayerMask spread = default;
        if (SingleValue(node, mask) is { } single)
        {
            if (shape.Key is not null || (member?.SingleOrMany ?? lists(key)) is not { } split)
            {
                // A value in one layer and elements in another is no less a slip: one of the two binds nothing.
                faults.Misplaced(
                    key,
                    node,
                    LayerMask.Of(single.Layer),
                    $"is a single value and holds {(shape.Key is null ? "a list" : "keys of its own")}. Write "
                        + $"{(shape.Key is null ? $"[ … ], or the variable {key.Replace(":", "__", StringComparison.Ordinal)}__0" : "them below it")}"
                );
                if ((node.ChildLayers & mask).IsEmpty)
                    return existing;
            }
            else
            {
                foreach (var occurrence in node.Occurrences.Where(occurrence => mask.Has(occurrence.Layer) && !IsClearing(occurrence)))
                    spread |= LayerMask.Of(occurrence.Layer);
                node = node.Spread(
                    mask,
                    value =>
                        split.Separator is { } separator
                            ? value.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                            : [value]
                );
            }
        }

        var isCleared = shape.Key is not null && IsCleared(node, floor);
        try
        {
            return shape.Key is null
                ? CollectionFactory.List(
                    shape,
                    Elements(binder, shape, key, node, mask, member?.Merge, spread),
                    canReplace ? null : existing
                )
                : CollectionFactory.Dictionary(
                    shape,
                    Entries(binder, shape, key, node, mask, isCleared ? null : existing),
                    existing,
                    canReplace,
                    isCleared
                );
        }
        catch (Exception e)
            when (e
                    is TargetInvocationException
                        or MissingMethodException
                        or NotSupportedException
                        or ArgumentException
                        or InvalidOperationException
                        or InvalidCastException
            )
        {
            var reason = e is NotSupportedException ? e.Message : $"{(e.InnerException ?? e).GetType().Name} while it was filled";
            faults.Misplaced(
                key,
                node,
                mask,
                $"cannot be bound to {TypeName.Of(shape.Type)} ({reason}). Give the member a setter and a type such as "
                    + $"{(shape.Key is null ? "T[] or List<T>" : "Dictionary<string, T>")}"
            );
            return existing;
        }
    }

    private static Occurrence? SingleValue(ConfigurationNode node, LayerMask mask)
    {
        for (var i = node.Occurrences.Count - 1; i >= 0; i--)
        {
            if (mask.Has(node.Occurrences[i].Layer) && !IsClearing(node.Occurrences[i]))
                return node.Occurrences[i];
        }

        return null;
    }

    private List<object?> Elements(
        StrictBinder binder,
        CollectionShape shape,
        string key,
        ConfigurationNode node,
        LayerMask mask,
        ArrayMergeAttribute? merge,
        LayerMask spread
    )
    {
        var elements = new List<object?>();
        var nodes = ElementsOf(key, node, mask, merge, spread);
        for (var i = 0; i < nodes.Count; i++)
        {
            var (element, layers) = nodes[i];
            elements.Add(binder.BindNode(shape.Element, element.Path, element, layers, null, null, canReplace: true, isElement: true));
        }

        return elements;
    }

    private List<(ConfigurationNode Node, LayerMask Mask)> ElementsOf(
        string key,
        ConfigurationNode node,
        LayerMask mask,
        ArrayMergeAttribute? merge,
        LayerMask spread
    )
    {
        var whole = new List<int>();
        LayerMask loose = default;
        for (var layer = 0; layer < configuration.Layers.Count; layer++)
        {
            if (!(node.ChildLayers & mask).Has(layer))
                continue;
            if (configuration.HasArrays(layer) || spread.Has(layer))
                whole.Add(layer);
            else
                loose |= LayerMask.Of(layer);
        }

        switch (merge?.Merge ?? ArrayMerge.Replace)
        {
            case ArrayMerge.Append:
                // Merged elements have no index that a variable could mean, so a variable's elements follow.
                return [.. whole.SelectMany(layer => Numbered(key, node, LayerMask.Of(layer))), .. Numbered(key, node, loose)];
            case ArrayMerge.ByKey:
                return [.. MergeByKey(key, node, whole, merge!.Key!), .. Numbered(key, node, loose)];
            default:
                // Single elements that variables set change the array that the strongest file gives, if they are stronger than the file.
                var strongest = whole.Count == 0 ? 0 : whole[^1];
                var counted = (whole.Count == 0 ? default : LayerMask.Of(strongest)) | (loose & LayerMask.From(strongest));
                return Numbered(key, node, counted);
        }
    }

    private List<(ConfigurationNode Node, LayerMask Mask)> MergeByKey(string key, ConfigurationNode node, List<int> layers, string name)
    {
        var merged = new List<(ConfigurationNode Node, LayerMask Mask)>();
        var byKey = new Dictionary<string, ConfigurationNode>(StringComparer.OrdinalIgnoreCase);
        foreach (var layer in layers)
        {
            var mask = LayerMask.Of(layer);
            foreach (var (element, _) in Numbered(key, node, mask))
            {
                if (element.Child(name)?.Top(mask)?.Value.Value is not { } value)
                {
                    faults.Misplaced(element.Path, element, mask, $"has no {name}, by which the elements of {key} are merged. Give it one");
                    continue;
                }

                if (!byKey.TryGetValue(value, out var target))
                {
                    byKey[value] = target = new ConfigurationNode(element.Name, element.Path);
                    merged.Add((target, LayerMask.All));
                }

                target.Overlay(element, mask);
            }
        }

        return merged;
    }

    /// <summary>The children that are elements, in order of their index. Holes and names are faults.</summary>
    private List<(ConfigurationNode Node, LayerMask Mask)> Numbered(string key, ConfigurationNode node, LayerMask mask)
    {
        var numbered = new SortedDictionary<int, ConfigurationNode>();
        foreach (var child in node.Children.Where(child => !(child.Layers & mask).IsEmpty))
        {
            if (int.TryParse(child.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                numbered[index] = child;
            else
                faults.Misplaced(
                    ConfigurationPath.Combine(key, child.Name),
                    child,
                    mask,
                    $"is named in a list. Elements are numbered from 0: {key}:0"
                );
        }

        var expected = 0;
        foreach (var (index, child) in numbered)
        {
            if (index != expected)
            {
                faults.Misplaced(
                    ConfigurationPath.Combine(key, child.Name),
                    child,
                    mask,
                    $"is set, and element {expected} is not. Number the elements of {key} from 0 without a gap"
                );
                break;
            }

            expected++;
        }

        return [.. numbered.Values.Select(child => (child, mask))];
    }

    private List<(object Key, object? Value)> Entries(
        StrictBinder binder,
        CollectionShape shape,
        string key,
        ConfigurationNode node,
        LayerMask mask,
        object? existing
    )
    {
        var entries = new List<(object, object?)>();
        var defaults = CollectionFactory.Defaults(shape, existing);
        foreach (var child in node.Children.Where(child => !(child.Layers & mask).IsEmpty))
        {
            var childKey = ConfigurationPath.Combine(key, child.Name);
            if (!ScalarReader.TryRead(shape.Key!, child.Name, out var name, out var code, out var rule))
            {
                faults.Invalid(childKey, child, mask, shape.Key!, child.Name, code, "is named by what " + rule);
                continue;
            }

            entries.Add(
                (
                    name!,
                    binder.BindNode(
                        shape.Element,
                        childKey,
                        child,
                        mask,
                        defaults?.GetValueOrDefault(name!),
                        null,
                        canReplace: true,
                        isElement: true
                    )
                )
            );
        }

        return entries;
    }

    /// <summary>The strongest layer that clears the collection, by <c>[]</c>, <c>null</c> or an empty variable; 0 when none does.</summary>
    private static int Floor(ConfigurationNode node, LayerMask mask)
    {
        for (var i = node.Occurrences.Count - 1; i >= 0; i--)
        {
            if (mask.Has(node.Occurrences[i].Layer) && IsClearing(node.Occurrences[i]))
                return node.Occurrences[i].Layer;
        }

        return 0;
    }

    private bool IsCleared(ConfigurationNode node, int floor) =>
        node.Occurrences.Any(occurrence =>
            occurrence.Layer == floor && IsClearing(occurrence) && configuration.Container(floor, node.Path) is null or { IsArray: true }
        );

    private static bool IsClearing(Occurrence occurrence) => string.IsNullOrEmpty(occurrence.Value.Value);
}
