using Microsoft.Win32.SafeHandles;

namespace Deployment.Toolkit.Platform;

/// <summary>
/// Reads files that may come from anybody. Devices and pipes have no length and no end, and a link can lead anywhere: only a regular file
/// is read, only as far as it may be long, and only where no link leads out of its folder.
/// </summary>
internal static class RegularFile
{
    /// <summary>The whole content.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">How many bytes it may have.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">It is none that is read, or is too long; the message says which.</exception>
    internal static byte[] Read(string path, int most)
    {
        EnsureInside(path);
        using var handle = Open(path);
        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        if (!stream.CanSeek || stream.Length > most)
            throw new IOException(
                stream.CanSeek ? $"it has {stream.Length} bytes, more than the {most} that one may have" : "it is no regular file"
            );

        // A file that grows meanwhile ends where it may end.
        var bytes = new byte[(int)stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Where a link in the file's own folder leads; the path itself when it is none.</summary>
    /// <exception cref="IOException">It leads out of the folder.</exception>
    internal static string EnsureInside(string path)
    {
        if (new FileInfo(path).LinkTarget is null)
            return path;

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var target = OperatingSystem.IsWindows()
            ? File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName
            : LibC.RealPath(path) ?? throw new FileNotFoundException($"'{path}' is a link to nothing.");
        var real = OperatingSystem.IsWindows() ? folder : LibC.RealPath(folder) ?? folder;
        return target.StartsWith(Path.TrimEndingDirectorySeparator(real) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? target
            : throw new IOException($"it is a link that leads out of its folder, to '{target}'");
    }

    private static SafeFileHandle Open(string path)
    {
        if (OperatingSystem.IsWindows())
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

        var file = LibC.OpenToRead(path);
        if (file < 0)
        {
            var error = LibC.LastError;
            throw File.Exists(path)
                ? LibC.Failed($"'{path}' can't be opened", error)
                : new FileNotFoundException($"There is no file '{path}'.");
        }

        var handle = new SafeFileHandle(file, ownsHandle: true);
        if (LibC.FactsOf(file)?.IsRegular != false)
            return handle;

        handle.Dispose();
        throw new IOException("it is no regular file");
    }
}
