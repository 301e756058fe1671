using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Keeps two processes from changing sealed files of one folder at once, so that neither loses what the other wrote. On Unix the folder
/// itself is locked: a lock file would lie in everybody's repository.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private const int ExclusiveAtOnce = 2 | 4;
    private const string WindowsFile = ".secrets.lock";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10),
        Pause = TimeSpan.FromMilliseconds(25);

    private readonly FileStream? _file;
    private int _folder;

    private FolderLock(int folder, FileStream? file) => (_folder, _file) = (folder, file);

    /// <returns>The lock, or null when another process held it all the time.</returns>
    internal static async Task<FolderLock?> TryAcquireAsync(string folder, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Pause)
        {
            if (TryAcquire(folder) is { } taken)
                return taken;
            await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    public void Dispose()
    {
        _file?.Dispose();
        if (Interlocked.Exchange(ref _folder, -1) is var folder and >= 0)
            _ = LibC.Close(folder);
    }

    private static FolderLock? TryAcquire(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                return new FolderLock(
                    -1,
                    new FileStream(
                        Path.Combine(folder, WindowsFile),
                        FileMode.OpenOrCreate,
                        FileAccess.ReadWrite,
                        FileShare.None,
                        1,
                        FileOptions.DeleteOnClose
                    )
                );
            }
            catch (IOException)
            {
                return null;
            }
        }

        var handle = LibC.OpenExisting(folder, write: false);
        if (handle < 0)
            throw LibC.Failed($"The folder '{folder}' can't be opened", LibC.LastError);
        while (LibC.Lock(handle, ExclusiveAtOnce) != 0)
        {
            var error = LibC.LastError;
            if (error == LibC.Interrupted)
                continue;
            if (error == LibC.WouldBlock)
            {
                _ = LibC.Close(handle);
                return null;
            }

            // Some network file systems lock files alone: there, two changes at once are not kept apart, and each is whole all the same.
            break;
        }

        return new FolderLock(handle, null);
    }
}
