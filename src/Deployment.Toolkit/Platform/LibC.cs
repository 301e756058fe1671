using System.Runtime.InteropServices;

namespace Deployment.Toolkit.Platform;

/// <summary>
/// The C library's calls that .NET has no own ones for. Unix only. None with variable arguments: their convention differs by platform.
/// </summary>
internal static unsafe partial class LibC
{
    internal const int NotPermitted = 1,
        NoSuchFile = 2,
        NoSuchProcess = 3,
        Interrupted = 4,
        NotAnExecutable = 8,
        AlreadyThere = 17,
        Invalid = 22;
    internal const int Terminate = 15,
        Kill = 9;

    private const string Library = "libc";

    internal static int Continue => OperatingSystem.IsLinux() ? 18 : 19;

    internal static int WouldBlock => OperatingSystem.IsLinux() ? 11 : 35;

    internal static int NotSupported => OperatingSystem.IsLinux() ? 95 : 45;

    internal static int NotImplemented => OperatingSystem.IsLinux() ? 38 : 78;

    private static int CloseOnExec => OperatingSystem.IsLinux() ? 0x80000 : 0x1000000;

    internal static int LastError => Marshal.GetLastPInvokeError();

    internal static IOException Failed(string what, int error) => new($"{what}: {Describe(error)}.");

    internal static string Describe(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} (errno {error})";

    /// <summary>Opens what exists; −1 when it can't.</summary>
    internal static int OpenExisting(string path, bool write) => Open(path, (write ? 2 : 0) | CloseOnExec);

    /// <summary>
    /// Who owns a file; <see langword="null"/> when that can't be told: off Linux, where the call's answer differs by platform.
    /// </summary>
    internal static (uint User, uint Group)? OwnerOf(string path)
    {
        // statx(2): relative to the working folder, user and group asked for. The answer's layout is the same on every architecture.
        const int WorkingFolder = -100,
            User = 20,
            Group = 24;
        const uint UserAndGroup = 0x8 | 0x10;
        var answer = stackalloc byte[256];
        return OperatingSystem.IsLinux() && StatX(WorkingFolder, path, 0, UserAndGroup, answer) == 0
            ? (*(uint*)(answer + User), *(uint*)(answer + Group))
            : null;
    }

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint wanted, byte* answer);

    [LibraryImport(Library, EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "creat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Create(string path, uint mode);

    [LibraryImport(Library, EntryPoint = "close")]
    internal static partial int Close(int file);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Flush(int file);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    internal static partial int Lock(int file, int operation);

    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string source, string destination);

    [LibraryImport(Library, EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Link(string source, string name);

    [LibraryImport(Library, EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Access(string path, int mode);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int file, byte* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    internal static partial int SendSignal(int process, int signal);

    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    internal static partial int WaitPid(int process, int* status, int options);

    [LibraryImport(Library, EntryPoint = "waitid", SetLastError = true)]
    internal static partial int WaitId(int kind, int id, int* information, int options);

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int File;
        internal short Wanted;
        internal short Found;
    }
}
