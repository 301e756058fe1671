using System.Runtime.Versioning;

namespace Deployment.Toolkit.Platform;

/// <summary>Folders that only the user who deploys may enter.</summary>
/// <remarks>
/// Unix: mode 0700. One of another user, or that others may write, is refused: what lies in it may be theirs. A link is followed only where
/// this user, or root, made it. Off Linux the owner can't be asked for; there only an owner, or root, gets past the change of the mode.
/// Windows: <see cref="WindowsFolderAccess"/>.
/// </remarks>
internal static class PrivateFolder
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the folder, durably, and sees to it that nobody else may enter.</summary>
    /// <param name="folder">The folder; those above it get the usual mode.</param>
    /// <param name="isShared">Whether one that is there already is used for other things too, and so may be read by others.</param>
    /// <exception cref="DeploymentException">It is another user's, or others may write it.</exception>
    internal static void Ensure(string folder, bool isShared = false)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(folder))
        {
            var parent = Path.GetDirectoryName(folder)!;
            DurableFile.CreateDirectory(parent);
            Create(folder);
            DurableFile.FlushDirectory(parent);
        }

        Check(folder);
        if (isShared)
            return;

        if (OperatingSystem.IsWindows())
            WindowsFolderAccess.Restrict(folder);
        else
            Tighten(folder);
    }

    /// <summary>Refuses a folder that others could have put something in; one that isn't there is none.</summary>
    /// <exception cref="DeploymentException">It is another user's, or others may write it.</exception>
    internal static void Check(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(folder);
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder))
            return;

        var mine = LibC.EffectiveUser();
        if (LibC.FactsOf(folder, follow: false) is { IsLink: true } link && link.Owner != mine && link.Owner != 0)
            throw UnsafePath.LinkOf(folder, link.Owner);
        if (LibC.FactsOf(folder, follow: true) is { } facts && facts.Owner != mine)
            throw UnsafePath.Foreign(folder, facts.Owner);
        var mode = File.GetUnixFileMode(folder);
        if ((mode & UnsafePath.OthersWrite) != UnixFileMode.None)
            throw UnsafePath.Writable(folder, mode);
    }

    private static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
            WindowsFolderAccess.Create(folder);
        else
            // From the start: between a folder that all may enter and its change somebody could slip in.
            Directory.CreateDirectory(folder, Mode);
    }

    [UnsupportedOSPlatform("windows")]
    private static void Tighten(string folder)
    {
        var mode = File.GetUnixFileMode(folder);
        if (mode == Mode)
            return;

        Set(folder, Mode);
        // One that was open has files from before in it, which keep their modes until each is opened again.
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is not null)
                continue;
            if (entry is DirectoryInfo)
            {
                // What others could write is refused by whoever uses it, so it must not look as if it had been closed all along.
                if ((entry.UnixFileMode & UnsafePath.OthersWrite) == UnixFileMode.None)
                    Tighten(entry.FullName);
            }
            else
                Set(entry.FullName, PrivateFile.Mode);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void Set(string path, UnixFileMode mode)
    {
        try
        {
            File.SetUnixFileMode(path, mode);
        }
        catch (UnauthorizedAccessException)
        {
            throw UnsafePath.Foreign(path, null);
        }
    }
}
