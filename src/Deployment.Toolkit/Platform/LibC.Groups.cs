using System.Runtime.InteropServices;

namespace Deployment.Toolkit.Platform;

internal static unsafe partial class LibC
{
    /// <summary>Whether this process is in a group: by its effective one, or by another.</summary>
    internal static bool IsInGroup(uint group)
    {
        if (EffectiveGroup() == group)
            return true;

        var count = Groups(0, null);
        if (count <= 0)
            return false;

        var groups = new uint[count];
        fixed (uint* first = groups)
            count = Groups(count, first);
        return count > 0 && groups.AsSpan(0, count).Contains(group);
    }

    [LibraryImport(Library, EntryPoint = "getegid")]
    private static partial uint EffectiveGroup();

    [LibraryImport(Library, EntryPoint = "getgroups", SetLastError = true)]
    private static partial int Groups(int size, uint* groups);
}
