using System.Runtime.InteropServices;
using System.Text;

namespace Deployment.Toolkit.Platform;

/// <summary>What the C library tells of files, and opening them without following a link.</summary>
internal static unsafe partial class LibC
{
    internal const int NoSuchDeviceOrAddress = 6,
        AccessDenied = 13,
        NotAFolder = 20,
        IsAFolder = 21;

    internal static int TooManyLinks => OperatingSystem.IsLinux() ? 40 : 62;

    // Two families of numbers on Linux; ppc64le has those of ARM, all others that .NET runs on the generic ones.
    private static int NoFollow =>
        !OperatingSystem.IsLinux() ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le
            ? 0x8000
        : 0x20000;

    private static int NonBlocking => OperatingSystem.IsLinux() ? 0x800 : 4;

    /// <summary>
    /// Opens what exists unless its name is a symbolic link; −1 when it can't. It doesn't wait: a pipe that somebody put there would have
    /// it wait for ever.
    /// </summary>
    internal static int OpenWithoutFollowing(string path, bool write) => Open(path, (write ? 2 : 0) | CloseOnExec | NoFollow | NonBlocking);

    /// <summary>Opens for reading, through links, and waits for nobody; −1 when it can't.</summary>
    internal static int OpenToRead(string path) => Open(path, CloseOnExec | NonBlocking);

    /// <summary>The path without any link in it; null when there is none.</summary>
    internal static string? RealPath(string path)
    {
        const int longest = 4096;
        var resolved = stackalloc byte[longest + 1];
        return RealPath(path, resolved) == 0 ? null : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(resolved));
    }

    [LibraryImport(Library, EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, byte* resolved);

    /// <summary>
    /// Owner, kind, mode and names of an open file; <see langword="null"/> off Linux, where the call's answer differs by platform.
    /// </summary>
    internal static FileFacts? FactsOf(int file)
    {
        const int EmptyPath = 0x1000;
        return FactsOf(file, "", EmptyPath);
    }

    /// <summary>The same of what a name stands for, or of the link that it is.</summary>
    internal static FileFacts? FactsOf(string path, bool follow)
    {
        const int WorkingFolder = -100,
            OfTheLink = 0x100;
        return FactsOf(WorkingFolder, path, follow ? 0 : OfTheLink);
    }

    /// <summary>Device and inode of what a name stands for; <see langword="null"/> off Linux, where the call's answer differs by
    /// platform.</summary>
    internal static (uint Major, uint Minor, ulong Inode)? PlaceOf(string path)
    {
        const int WorkingFolder = -100,
            Inode = 32,
            Major = 136,
            Minor = 140;
        const uint OnlyInode = 0x100;
        var answer = stackalloc byte[256];
        return OperatingSystem.IsLinux() && StatX(WorkingFolder, path, 0, OnlyInode, answer) == 0
            ? (*(uint*)(answer + Major), *(uint*)(answer + Minor), *(ulong*)(answer + Inode))
            : null;
    }

    private static FileFacts? FactsOf(int folder, string path, int flags)
    {
        const uint KindModeNamesOwner = 0x1 | 0x2 | 0x4 | 0x8;
        const int Names = 16,
            User = 20,
            Mode = 28;
        var answer = stackalloc byte[256];
        return OperatingSystem.IsLinux() && StatX(folder, path, flags, KindModeNamesOwner, answer) == 0
            ? new FileFacts(*(uint*)(answer + User), *(ushort*)(answer + Mode), *(uint*)(answer + Names))
            : null;
    }

    /// <summary>The user as whom this process acts.</summary>
    [LibraryImport(Library, EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    /// <summary>What is asked of a file before it is trusted.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct FileFacts(uint Owner, uint Mode, uint Names)
    {
        private const uint KindMask = 0xF000,
            Regular = 0x8000,
            Folder = 0x4000,
            Link = 0xA000;

        internal bool IsRegular => (Mode & KindMask) == Regular;

        internal bool IsFolder => (Mode & KindMask) == Folder;

        internal bool IsLink => (Mode & KindMask) == Link;
    }
}
