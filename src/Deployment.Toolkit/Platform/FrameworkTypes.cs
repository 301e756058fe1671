using System.Collections.Concurrent;
using System.Reflection;

namespace Deployment.Toolkit.Platform;

/// <summary>
/// Tells types of .NET itself from those of apps and packages. An options class may hold a <see cref="Type"/>, a callback or a folder;
/// what those hold is no configuration, and walking into them reaches the whole runtime.
/// </summary>
internal static class FrameworkTypes
{
    // The keys that .NET and its extensions are signed with. By key and not by place: an app in a single file has no places.
    private static readonly HashSet<string> Keys = new(StringComparer.OrdinalIgnoreCase)
    {
        "7cec85d7bea7798e",
        "b77a5c561934e089",
        "b03f5f7f11d50a3a",
        "cc7b13ffcd2ddd51",
        "adb9793829ddae60",
        "31bf3856ad364e35",
    };

    private static readonly ConcurrentDictionary<Assembly, bool> Known = new();

    internal static bool Contains(Type type)
    {
        while (type.HasElementType)
            type = type.GetElementType()!;
        return typeof(Delegate).IsAssignableFrom(type)
            || typeof(MemberInfo).IsAssignableFrom(type)
            || Known.GetOrAdd(
                type.Assembly,
                static assembly => assembly.GetName().GetPublicKeyToken() is { Length: > 0 } key && Keys.Contains(Convert.ToHexString(key))
            );
    }
}
