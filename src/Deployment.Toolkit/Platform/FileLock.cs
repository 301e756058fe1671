namespace Deployment.Toolkit.Platform;

/// <summary>A lock on a file that one process of the machine holds, and that the operating system frees when that process ends, however it ends.</summary>
/// <remarks>
/// Unix: flock, not the FileShare of .NET, which a setting can switch off and which passes over file systems that refuse it. The file stays
/// when the lock is freed: deleting it would let two processes lock two files of one name.
/// </remarks>
internal sealed class FileLock : IDisposable
{
    private const int ExclusiveAtOnce = 2 | 4, SharedAtOnce = 1 | 4, ReadWriteForAll = 0x1B6;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream? _stream;
    private int _file;

    private FileLock(int file) => _file = file;

    private FileLock(FileStream stream) => (_stream, _file) = (stream, -1);

    /// <summary>Takes the lock, or returns null when it is held, be it by this process.</summary>
    /// <exception cref="IOException">The file can't be opened, or its file system has no locks.</exception>
    internal static FileLock? TryAcquire(string path)
    {
        if (OperatingSystem.IsWindows())
            return TryAcquireOnWindows(path);

        var file = Open(path);
        int error;
        while (LibC.Lock(file, ExclusiveAtOnce) != 0)
        {
            error = LibC.LastError;
            if (error == LibC.Interrupted)
                continue;
            _ = LibC.Close(file);
            return error == LibC.WouldBlock
                ? null
                : throw LibC.Failed($"The lock file '{path}' can't be locked, so nothing would keep two runs apart; put it on a file system that has flock", error);
        }

        return new FileLock(file);
    }

    /// <summary>Whether somebody holds the lock now, be it this process. Looking makes no file, and two who look don't see each other.</summary>
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
        _stream?.Dispose();
        if (Interlocked.Exchange(ref _file, -1) is var file and >= 0)
            _ = LibC.Close(file);
    }

    // O_CREAT needs open's third, variable argument, which can't be passed on every platform; creat does without.
    private static int Open(string path)
    {
        var created = false;
        while (true)
        {
            var file = LibC.OpenExisting(path, write: true);
            if (file >= 0)
                return file;
            if (LibC.LastError == LibC.Interrupted)
                continue;
            if (created || LibC.LastError != LibC.NoSuchFile)
                throw LibC.Failed($"The lock file '{path}' can't be opened", LibC.LastError);
            file = LibC.Create(path, ReadWriteForAll);
            if (file < 0)
                throw LibC.Failed($"The lock file '{path}' can't be created", LibC.LastError);
            _ = LibC.Close(file);
            created = true;
        }
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
