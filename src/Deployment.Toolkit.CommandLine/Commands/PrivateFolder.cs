using System.Security.Cryptography;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Commands;

/// <summary>A folder of this user alone in memory, gone when it is disposed: what is written there never reaches a disk.</summary>
internal sealed class PrivateFolder : IDisposable
{
    private PrivateFolder(string path) => Path = path;

    internal string Path { get; }

    /// <param name="places">Where memory may be, the best first.</param>
    /// <param name="mayBeOnDisk">Whether the folder for temporary files will do.</param>
    /// <exception cref="DeploymentException">There is no memory to write to.</exception>
    internal static PrivateFolder Make(IEnumerable<string?> places, bool mayBeOnDisk)
    {
        var place =
            places.FirstOrDefault(static place => place is { Length: > 0 } && IsMemory(place))
            ?? (
                mayBeOnDisk
                    ? System.IO.Path.GetTempPath()
                    : throw Refusal.Of(
                        Codes.EditorUnavailable,
                        "There is no memory-backed folder for the file with the secrets (XDG_RUNTIME_DIR or /dev/shm as tmpfs), and on "
                            + "a disk they could be found after they are deleted. Run 'deploy secrets set NAME' for each, or add "
                            + "--on-disk to take that risk."
                    )
            );
        var folder = System.IO.Path.Combine(place, $"deployment-toolkit-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new PrivateFolder(folder);
    }

    internal static bool IsMemory(string place) =>
        Directory.Exists(place) && OperatingSystem.IsLinux() && new DriveInfo(place).DriveFormat is "tmpfs" or "ramfs";

    public void Dispose()
    {
        // An editor's own copies lie beside the file.
        foreach (
            var file in Directory
                .EnumerateFiles(Path, "*", SearchOption.AllDirectories)
                .Where(static file => new FileInfo(file).LinkTarget is null)
        )
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
            stream.Write(new byte[stream.Length]);
            stream.Flush(flushToDisk: true);
        }

        Directory.Delete(Path, recursive: true);
    }
}
