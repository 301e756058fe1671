using System.Runtime.InteropServices;

namespace Deployment.Toolkit.Platform;

// posix_spawn and its kin return the error's number and leave errno alone.
internal static unsafe partial class LibC
{
    /// <summary>More than any platform's posix_spawnattr_t, posix_spawn_file_actions_t and sigset_t, which are opaque.</summary>
    internal const int OpaqueSize = 1024;

    /// <summary>POSIX_SPAWN_SETPGROUP, SETSIGDEF and SETSIGMASK: the same numbers in glibc, musl and macOS.</summary>
    internal const short SpawnFlags = 0x02 | 0x04 | 0x08;

    [LibraryImport(Library, EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Spawn(int* process, string path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int InitActions(void* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    internal static partial int DestroyActions(void* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int AddOpen(void* actions, int file, string path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    internal static partial int AddDuplicate(void* actions, int file, int asFile);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int AddChangeDirectory(void* actions, string path);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    internal static partial int InitAttributes(void* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    internal static partial int DestroyAttributes(void* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int SetFlags(void* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setpgroup")]
    internal static partial int SetGroup(void* attributes, int group);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    internal static partial int SetDefaultSignals(void* attributes, void* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    internal static partial int SetSignalMask(void* attributes, void* signals);

    [LibraryImport(Library, EntryPoint = "sigemptyset")]
    internal static partial int ClearSignals(void* signals);

    [LibraryImport(Library, EntryPoint = "sigaddset")]
    internal static partial int AddSignal(void* signals, int signal);
}
