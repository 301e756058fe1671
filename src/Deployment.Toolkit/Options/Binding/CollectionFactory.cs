using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;

namespace Deployment.Toolkit.Options.Binding;

/// <summary>
/// Makes collections of bound elements, or fills the one that a property without a setter holds. What can be made by nothing that is known
/// here ends in a <see cref="NotSupportedException"/>.
/// </summary>
[RequiresUnreferencedCode("Makes collections by reflection.")]
[RequiresDynamicCode("Makes collections by reflection.")]
internal static class CollectionFactory
{
    private static readonly Dictionary<Type, (Type Maker, string Method)> Makers = new()
    {
        [typeof(ImmutableArray<>)] = (typeof(ImmutableArray), nameof(ImmutableArray.CreateRange)),
        [typeof(ImmutableList<>)] = (typeof(ImmutableList), nameof(ImmutableList.CreateRange)),
        [typeof(IImmutableList<>)] = (typeof(ImmutableList), nameof(ImmutableList.CreateRange)),
        [typeof(ImmutableHashSet<>)] = (typeof(ImmutableHashSet), nameof(ImmutableHashSet.CreateRange)),
        [typeof(IImmutableSet<>)] = (typeof(ImmutableHashSet), nameof(ImmutableHashSet.CreateRange)),
        [typeof(ImmutableSortedSet<>)] = (typeof(ImmutableSortedSet), nameof(ImmutableSortedSet.CreateRange)),
        [typeof(ImmutableQueue<>)] = (typeof(ImmutableQueue), nameof(ImmutableQueue.CreateRange)),
        [typeof(IImmutableQueue<>)] = (typeof(ImmutableQueue), nameof(ImmutableQueue.CreateRange)),
        [typeof(ImmutableStack<>)] = (typeof(ImmutableStack), nameof(ImmutableStack.CreateRange)),
        [typeof(IImmutableStack<>)] = (typeof(ImmutableStack), nameof(ImmutableStack.CreateRange)),
        [typeof(FrozenSet<>)] = (typeof(FrozenSet), nameof(FrozenSet.ToFrozenSet)),
        [typeof(ImmutableDictionary<,>)] = (typeof(ImmutableDictionary), nameof(ImmutableDictionary.CreateRange)),
        [typeof(IImmutableDictionary<,>)] = (typeof(ImmutableDictionary), nameof(ImmutableDictionary.CreateRange)),
        [typeof(ImmutableSortedDictionary<,>)] = (typeof(ImmutableSortedDictionary), nameof(ImmutableSortedDictionary.CreateRange)),
        [typeof(FrozenDictionary<,>)] = (typeof(FrozenDictionary), nameof(FrozenDictionary.ToFrozenDictionary)),
    };

    /// <summary>Makes a list, set or array, or fills <paramref name="existing"/>, which a property without a setter keeps.</summary>
    internal static object List(CollectionShape shape, List<object?> elements, object? existing)
    {
        var typed = Array.CreateInstance(shape.Element, elements.Count);
        for (var i = 0; i < elements.Count; i++)
        {
            // What could not be bound is a fault already; a hole of the element's default keeps the others' places.
            if (elements[i] is { } element)
                typed.SetValue(element, i);
        }

        if (existing is not null)
            return Fill(existing, shape, typed, clear: true);
        if (shape.Type.IsArray)
            return typed;
        if (shape.Definition is { } definition && Makers.TryGetValue(definition, out var maker))
            return Static(maker, [shape.Element], typed);
        if (shape.Type.IsInterface)
            return Fitting(shape.Type, [Make(typeof(List<>), shape.Element), Make(typeof(HashSet<>), shape.Element)], shape, typed)
                ?? throw Unmakable();
        if (IsFillable(shape) && shape.Type.GetConstructor(Type.EmptyTypes) is not null)
            return Fill(Activator.CreateInstance(shape.Type)!, shape, typed, clear: false);

        // A collection that is made of another one: ReadOnlyCollection, Queue, ArraySegment.
        return new[]
            {
                typed,
                Make(typeof(List<>), shape.Element),
                Make(typeof(HashSet<>), shape.Element),
                Make(typeof(ObservableCollection<>), shape.Element),
            }
                .Select(source => Wrap(shape.Type, source is Array ? source : Fill(source, shape, typed, clear: false)))
                .FirstOrDefault(static made => made is not null)
            ?? throw Unmakable();
    }

    /// <summary>
    /// Makes a dictionary that begins with the defaults of <paramref name="existing"/>, unless the configuration clears it.
    /// </summary>
    internal static object Dictionary(
        CollectionShape shape,
        List<(object Key, object? Value)> entries,
        object? existing,
        bool canReplace,
        bool clear
    )
    {
        var face = typeof(IDictionary<,>).MakeGenericType(shape.Key!, shape.Element);
        if (existing is not null && !canReplace && !face.IsInstanceOfType(existing))
            throw Unmakable();

        var isOwn = shape.Definition is { } own && Makers.ContainsKey(own);
        // Defaults may be shared by all instances of the type: they are copied, not added to.
        var target =
            existing is not null && !canReplace ? existing
            : shape.Type.IsInterface
            || isOwn
            || shape.Definition == typeof(Dictionary<,>)
            || shape.Type.GetConstructor(Type.EmptyTypes) is null
            || !face.IsAssignableFrom(shape.Type)
                ? NewDictionary(shape)
            : Activator.CreateInstance(shape.Type)!;
        var indexer = face.GetProperty("Item")!;
        if (existing is IEnumerable defaults && !ReferenceEquals(target, existing) && !clear)
        {
            foreach (var (key, value) in Pairs(defaults))
                indexer.SetValue(target, value, [key]);
        }
        else if (ReferenceEquals(target, existing) && clear)
        {
            typeof(ICollection<>)
                .MakeGenericType(typeof(KeyValuePair<,>).MakeGenericType(shape.Key!, shape.Element))
                .GetMethod("Clear")!
                .Invoke(target, null);
        }

        foreach (var (key, value) in entries)
            indexer.SetValue(target, value ?? DefaultOf(shape.Element), [key]);
        if (shape.Type.IsInstanceOfType(target))
            return target;

        return isOwn
            ? Static(Makers[shape.Definition!], [shape.Key!, shape.Element], target)
            : Wrap(shape.Type, target) ?? throw Unmakable();
    }

    /// <summary>What a dictionary holds by default, so that a configured part of an entry changes that part alone.</summary>
    internal static Dictionary<object, object?>? Defaults(CollectionShape shape, object? existing)
    {
        if (existing is not IEnumerable pairs || ScalarReader.IsScalar(shape.Element))
            return null;

        var defaults = new Dictionary<object, object?>(shape.Key == typeof(string) ? new KeysWithoutCase() : null);
        foreach (var (key, value) in Pairs(pairs))
            defaults[key] = value;
        return defaults;
    }

    private static IEnumerable<(object Key, object? Value)> Pairs(IEnumerable pairs)
    {
        foreach (var pair in pairs)
        {
            var type = pair.GetType();
            yield return (type.GetProperty("Key")!.GetValue(pair)!, type.GetProperty("Value")!.GetValue(pair));
        }
    }

    private static bool IsFillable(CollectionShape shape) =>
        typeof(ICollection<>).MakeGenericType(shape.Element).IsAssignableFrom(shape.Type);

    private static object Fill(object target, CollectionShape shape, Array elements, bool clear)
    {
        var face = typeof(ICollection<>).MakeGenericType(shape.Element);
        if (!face.IsInstanceOfType(target) || (bool)face.GetProperty("IsReadOnly")!.GetValue(target)! || target is Array)
            throw Unmakable();

        if (clear)
            face.GetMethod("Clear")!.Invoke(target, null);
        var add = face.GetMethod("Add")!;
        foreach (var element in elements)
            add.Invoke(target, [element]);
        return target;
    }

    private static object? Fitting(Type face, object[] candidates, CollectionShape shape, Array elements) =>
        Array.Find(candidates, face.IsInstanceOfType) is { } candidate ? Fill(candidate, shape, elements, clear: false) : null;

    private static object? Wrap(Type type, object source) =>
        type.IsAbstract
            ? null
            : Array
                .Find(
                    type.GetConstructors(),
                    constructor => constructor.GetParameters() is [var only] && only.ParameterType.IsInstanceOfType(source)
                )
                ?.Invoke([source]);

    // Keys of a configuration compare without case, so those of a dictionary of texts do too.
    private static object NewDictionary(CollectionShape shape)
    {
        var type = typeof(Dictionary<,>).MakeGenericType(shape.Key!, shape.Element);
        return shape.Key == typeof(string)
            ? Activator.CreateInstance(type, StringComparer.OrdinalIgnoreCase)!
            : Activator.CreateInstance(type)!;
    }

    private static object Make(Type definition, Type element) => Activator.CreateInstance(definition.MakeGenericType(element))!;

    private static object Static((Type Maker, string Method) maker, Type[] arguments, object source)
    {
        var methods = maker
            .Maker.GetMethods()
            .Where(method =>
                method.Name == maker.Method && method.IsGenericMethodDefinition && method.GetGenericArguments().Length == arguments.Length
            )
            .Select(method => method.MakeGenericMethod(arguments))
            .Where(method =>
                method.GetParameters() is [var first, ..] && IsSequence(first.ParameterType) && first.ParameterType.IsInstanceOfType(source)
            )
            .ToList();
        var plain = methods.Find(static method => method.GetParameters().Length == 1);
        if (plain is not null)
            return plain.Invoke(null, [source])!;

        var compared = methods.Find(static method => method.GetParameters().Length == 2) ?? throw Unmakable();
        var isText = maker.Maker == typeof(FrozenDictionary) && arguments[0] == typeof(string);
        return compared.Invoke(null, [source, isText ? StringComparer.OrdinalIgnoreCase : null])!;
    }

    private static bool IsSequence(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>);

    private static object? DefaultOf(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    private static NotSupportedException Unmakable() => new("it can neither be made nor changed by a binder");

    private sealed class KeysWithoutCase : IEqualityComparer<object>
    {
        public new bool Equals(object? x, object? y) => string.Equals((string?)x, (string?)y, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode(object obj) => StringComparer.OrdinalIgnoreCase.GetHashCode((string)obj);
    }
}
