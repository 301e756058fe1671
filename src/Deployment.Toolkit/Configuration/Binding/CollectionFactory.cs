using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Deployment.Toolkit.Configuration.Binding;

/// <summary>Makes collections of bound elements, or fills the one that a property without a setter holds.</summary>
[RequiresUnreferencedCode("Makes collections by reflection.")]
[RequiresDynamicCode("Makes collections by reflection.")]
internal static class CollectionFactory
{
    /// <summary>Makes a list, set or array, or fills <paramref name="existing"/>, which a property without a setter keeps.</summary>
    internal static object List(CollectionShape shape, List<object?> elements, object? existing)
    {
        var typed = Array.CreateInstance(shape.Element, elements.Count);
        for (var i = 0; i < elements.Count; i++)
        {
            // What could not be bound is a fault already; a hole of the element's default keeps the others' places.
            if (elements[i] is { } element) typed.SetValue(element, i);
        }

        if (shape.Type.IsArray) return typed;

        var definition = shape.Type.IsGenericType ? shape.Type.GetGenericTypeDefinition() : null;
        if (definition == typeof(ImmutableArray<>)) return Static(typeof(ImmutableArray), nameof(ImmutableArray.CreateRange), shape.Element, typed);
        if (definition == typeof(ImmutableList<>) || definition == typeof(IImmutableList<>)) return Static(typeof(ImmutableList), nameof(ImmutableList.CreateRange), shape.Element, typed);
        if (definition == typeof(ImmutableHashSet<>)) return Static(typeof(ImmutableHashSet), nameof(ImmutableHashSet.CreateRange), shape.Element, typed);

        var target = existing is not null ? existing
            : shape.IsSet ? Make(typeof(HashSet<>), shape.Element)
            : shape.Type.IsInterface || definition == typeof(List<>) ? Make(typeof(List<>), shape.Element)
            : Activator.CreateInstance(shape.Type)!;
        var face = typeof(ICollection<>).MakeGenericType(shape.Element);
        if (ReferenceEquals(target, existing)) face.GetMethod("Clear")!.Invoke(target, null);
        var add = face.GetMethod("Add")!;
        foreach (var element in typed) add.Invoke(target, [element]);
        return target;
    }

    /// <summary>Makes a dictionary that begins with the defaults of <paramref name="existing"/>, unless the configuration clears it.</summary>
    internal static object Dictionary(CollectionShape shape, List<(object Key, object? Value)> entries, object? existing, bool canReplace, bool clear)
    {
        var face = typeof(IDictionary<,>).MakeGenericType(shape.Key!, shape.Element);
        var definition = shape.Type.IsGenericType ? shape.Type.GetGenericTypeDefinition() : null;
        // Defaults may be shared by all instances of the type: they are copied, not added to.
        var target = existing is not null && !canReplace ? existing
            : shape.Type.IsInterface || definition == typeof(ImmutableDictionary<,>) || definition == typeof(Dictionary<,>) ? NewDictionary(shape)
            : Activator.CreateInstance(shape.Type)!;
        var indexer = face.GetProperty("Item")!;
        if (existing is IEnumerable defaults && !ReferenceEquals(target, existing) && !clear)
        {
            foreach (var pair in defaults)
            {
                var type = pair.GetType();
                indexer.SetValue(target, type.GetProperty("Value")!.GetValue(pair), [type.GetProperty("Key")!.GetValue(pair)]);
            }
        }
        else if (ReferenceEquals(target, existing) && clear)
        {
            typeof(ICollection<>).MakeGenericType(typeof(KeyValuePair<,>).MakeGenericType(shape.Key!, shape.Element)).GetMethod("Clear")!.Invoke(target, null);
        }

        foreach (var (key, value) in entries) indexer.SetValue(target, value, [key]);
        return definition == typeof(ImmutableDictionary<,>)
            ? typeof(ImmutableDictionary).GetMethods().Single(static m => m.Name == nameof(ImmutableDictionary.CreateRange) && m.GetParameters().Length == 1)
                .MakeGenericMethod(shape.Key!, shape.Element).Invoke(null, [target])!
            : target;
    }

    // Keys of a configuration compare without case, so those of a dictionary of texts do too.
    private static object NewDictionary(CollectionShape shape)
    {
        var type = typeof(Dictionary<,>).MakeGenericType(shape.Key!, shape.Element);
        return shape.Key == typeof(string) ? Activator.CreateInstance(type, StringComparer.OrdinalIgnoreCase)! : Activator.CreateInstance(type)!;
    }

    private static object Make(Type definition, Type element) => Activator.CreateInstance(definition.MakeGenericType(element))!;

    private static object Static(Type type, string method, Type element, Array elements) =>
        type.GetMethods().Single(m => m.Name == method && m.GetParameters() is [var only] && only.ParameterType.IsGenericType && only.ParameterType.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            .MakeGenericMethod(element).Invoke(null, [elements])!;
}
