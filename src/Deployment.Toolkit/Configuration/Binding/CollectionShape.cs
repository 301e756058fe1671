using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Deployment.Toolkit.Configuration.Binding;

/// <summary>A type that is a list, a set or a dictionary to the binder.</summary>
[RequiresUnreferencedCode("Looks at the interfaces of types.")]
internal sealed record CollectionShape(Type Type, Type Element, Type? Key)
{
    private static readonly Type[] Readable =
        [typeof(IEnumerable<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>), typeof(ICollection<>), typeof(IList<>), typeof(List<>), typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(IImmutableList<>)];

    private static readonly Type[] Sets = [typeof(ISet<>), typeof(IReadOnlySet<>), typeof(HashSet<>), typeof(ImmutableHashSet<>)];

    private static readonly Type[] Dictionaries =
        [typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(Dictionary<,>), typeof(ImmutableDictionary<,>)];

    internal bool IsSet => Type.IsGenericType && Sets.Contains(Type.GetGenericTypeDefinition());

    internal static CollectionShape? Of(Type type)
    {
        if (type == typeof(string) || type == typeof(byte[])) return null;
        if (type.IsArray) return type.GetArrayRank() == 1 ? new CollectionShape(type, type.GetElementType()!, null) : null;
        if (type.IsGenericType)
        {
            var definition = type.GetGenericTypeDefinition();
            var arguments = type.GetGenericArguments();
            if (Dictionaries.Contains(definition)) return new CollectionShape(type, arguments[1], arguments[0]);
            if (Readable.Contains(definition) || Sets.Contains(definition)) return new CollectionShape(type, arguments[0], null);
        }

        // A collection class of the app's own is filled through the interface that it implements.
        foreach (var face in type.GetInterfaces().Where(static face => face.IsGenericType))
        {
            if (face.GetGenericTypeDefinition() == typeof(IDictionary<,>)) return new CollectionShape(type, face.GetGenericArguments()[1], face.GetGenericArguments()[0]);
        }

        var collection = Array.Find(type.GetInterfaces(), static face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(ICollection<>));
        return collection is null ? null : new CollectionShape(type, collection.GetGenericArguments()[0], null);
    }
}
