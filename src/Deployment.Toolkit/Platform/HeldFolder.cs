namespace Deployment.Toolkit.Platform;

/// <summary>
/// A folder for what only this process needs, for as long as it needs it. A process that was killed leaves it behind, and nobody who holds
/// its lock: whoever comes next takes it away.
/// </summary>
internal sealed class HeldFolder : IDisposable
{
    private const string LockExtension = ".lock";

    private readonly FileLock _held;

    private HeldFolder(string path, FileLock held) => (Path, _held) = (path, held);

    /// <summary>The folder.</summary>
    internal string Path { get; }

    /// <summary>Makes one that only this user may enter, with a name of its own.</summary>
    /// <param name="place">Where.</param>
    /// <param name="prefix">What its name begins with.</param>
    internal static HeldFolder Make(string place, string prefix)
    {
        PrivateFolder.Ensure(place);
        while (true)
        {
            var path = System.IO.Path.Combine(place, prefix + System.IO.Path.GetRandomFileName());
            // Beside the folder and before it: nobody who sweeps finds a folder that isn't held, and it can be deleted while it is.
            if (FileLock.TryAcquire(path + LockExtension) is not { } held)
                continue;

            try
            {
                PrivateFolder.Ensure(path);
                return new HeldFolder(path, held);
            }
            catch
            {
                held.Dispose();
                File.Delete(path + LockExtension);
                throw;
            }
        }
    }

    /// <summary>Takes away what killed processes left.</summary>
    internal static void Sweep(string place, string prefix)
    {
        if (!Directory.Exists(place))
            return;

        foreach (var left in Directory.EnumerateDirectories(place, prefix + "*"))
        {
            using (var taken = FileLock.TryAcquire(left + LockExtension))
            {
                if (taken is null)
                    continue;
                if (Directory.Exists(left))
                    Directory.Delete(left, recursive: true);
            }

            File.Delete(left + LockExtension);
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
        _held.Dispose();
        File.Delete(Path + LockExtension);
    }
}
