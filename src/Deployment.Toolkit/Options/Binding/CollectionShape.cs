using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Options.Binding;

/// <summary>A type that is a list, a set or a dictionary to the binder.</summary>
[RequiresUnreferencedCode("Looks at the interfaces of types.")]
internal sealed record CollectionShape(Type Type, Type Element, Type? Key)
{
    private static readonly Type[] Lists =
    [
        typeof(IEnumerable<>),
        typeof(IReadOnlyCollection<>),
        typeof(IReadOnlyList<>),
        typeof(ICollection<>),
        typeof(IList<>),
        typeof(ISet<>),
        typeof(IReadOnlySet<>),
        typeof(IImmutableList<>),
        typeof(IImmutableSet<>),
        typeof(IImmutableQueue<>),
        typeof(IImmutableStack<>),
        typeof(ImmutableArray<>),
        typeof(Memory<>),
        typeof(ReadOnlyMemory<>),
    ];

    internal Type? Definition => Type.IsGenericType ? Type.GetGenericTypeDefinition() : null;

    internal static CollectionShape? Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string) || type == typeof(byte[]) || type.IsByRefLike)
            return null;
        if (type.IsArray)
            return type.GetArrayRank() == 1 ? new CollectionShape(type, type.GetElementType()!, null) : null;

        var faces = type.IsInterface ? [type, .. type.GetInterfaces()] : type.GetInterfaces();
        // A collection class of the app's own is filled through the interface that it implements.
        if ((Face(faces, typeof(IDictionary<,>)) ?? Face(faces, typeof(IReadOnlyDictionary<,>))) is { } dictionary)
            return new CollectionShape(type, dictionary.GetGenericArguments()[1], dictionary.GetGenericArguments()[0]);
        if (type.IsGenericType && Lists.Contains(type.GetGenericTypeDefinition()))
            return new CollectionShape(type, type.GetGenericArguments()[0], null);
        if (Face(faces, typeof(ICollection<>)) is { } collection)
            return new CollectionShape(type, collection.GetGenericArguments()[0], null);

        // Queues and stacks of .NET; a class of the app's own that can be enumerated may be anything.
        return
            FrameworkTypes.Contains(type)
            && !type.IsInterface
            && Face(faces, typeof(IEnumerable<>)) is { } items
            && type is { IsGenericType: true }
            ? new CollectionShape(type, items.GetGenericArguments()[0], null)
            : null;
    }

    private static Type? Face(Type[] faces, Type definition) =>
        Array.Find(faces, face => face.IsGenericType && face.GetGenericTypeDefinition() == definition);
}
