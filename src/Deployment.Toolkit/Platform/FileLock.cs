using Microsoft.Win32.SafeHandles;

namespace Deployment.Toolkit.Platform;

/// <summary>
/// A lock on a file that one process of the machine holds, and that the operating system frees when that process ends, however it ends.
/// </summary>
/// <remarks>
/// Unix: flock, not the FileShare of .NET, which a setting can switch off and which passes over file systems that refuse it. The file stays
/// when the lock is freed: deleting it would let two processes lock two files of one name. Nobody else may open it: whoever can holds it
/// too.
/// </remarks>
internal sealed class FileLock : IDisposable
{
    private const int ExclusiveAtOnce = 2 | 4,
        SharedAtOnce = 1 | 4,
        Free = 8;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly IDisposable _file;

    private FileLock(IDisposable file) => _file = file;

    /// <summary>Takes the lock, or returns null when it is held, be it by this process.</summary>
    /// <exception cref="IOException">The file can't be opened, or its file system has no locks.</exception>
    internal static FileLock? TryAcquire(string path)
    {
        if (OperatingSystem.IsWindows())
            return TryAcquireOnWindows(path);

        var file = PrivateFile.OpenOrCreateHandle(path);
        while (LibC.Lock((int)file.DangerousGetHandle(), ExclusiveAtOnce) != 0)
        {
            var error = LibC.LastError;
            if (error == LibC.Interrupted)
                continue;
            file.Dispose();
            return error == LibC.WouldBlock
                ? null
                : throw LibC.Failed(
                    $"The lock file '{path}' can't be locked, so nothing would keep two runs apart; put it on a file system that has flock",
                    error
                );
        }

        return new FileLock(file);
    }

    /// <summary>
    /// Whether somebody holds the lock now, be it this process. Looking makes no file, and two who look don't see each other.
    /// </summary>
    internal static bool IsHeld(string path)
    {
        if (OperatingSystem.IsWindows())
            return IsHeldOnWindows(path);

        // What can't be opened can't be waited for either: whoever takes the lock says why.
        var file = LibC.OpenExisting(path, write: false);
        if (file < 0)
            return false;
        var isHeld = LibC.Lock(file, SharedAtOnce) != 0 && LibC.LastError == LibC.WouldBlock;
        _ = LibC.Close(file);
        return isHeld;
    }

    /// <summary>Frees the lock.</summary>
    public void Dispose()
    {
        // Closing frees it only when nothing else has the file open by the same opening, as a child has from its fork until it runs its own
        // program.
        if (_file is SafeFileHandle { IsClosed: false } file)
            _ = LibC.Lock((int)file.DangerousGetHandle(), Free);
        _file.Dispose();
    }

    private static FileLock? TryAcquireOnWindows(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException held) when (held.HResult == SharingViolation)
        {
            return null;
        }
    }

    private static bool IsHeldOnWindows(string path)
    {
        try
        {
            using var look = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (IOException held)
        {
            return held.HResult == SharingViolation;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
