using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Deployment.Toolkit.Platform;

/// <summary>Files that only the user who deploys may read or write, whatever the umask says.</summary>
/// <remarks>
/// A file is opened without following a link in its last place, and refused when it isn't a regular file of this user with this one name:
/// whoever could plant something there would else have a deployment by root truncate any file. What the owner has opened to others is
/// closed to them. Off Linux the owner can't be asked for; there only an owner, or root, gets past the change of the mode.
/// On Windows the folder's list of who may enter is inherited: see <see cref="PrivateFolder"/>.
/// </remarks>
internal static class PrivateFile
{
    internal const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const FileShare Everything = FileShare.ReadWrite | FileShare.Delete;

    /// <summary>Opens a file that is there.</summary>
    /// <returns>The stream, unbuffered; <see langword="null"/> when there is no such file.</returns>
    /// <exception cref="DeploymentException">It is a link, another user's, or no file.</exception>
    /// <exception cref="IOException">It can't be opened.</exception>
    internal static FileStream? Open(string path, bool write)
    {
        var access = write ? FileAccess.ReadWrite : FileAccess.Read;
        if (OperatingSystem.IsWindows())
            return OpenOnWindows(path, access);

        return OpenHandle(path, write) is { } handle ? new FileStream(handle, access, bufferSize: 0) : null;
    }

    /// <summary>Opens a file to read and write, made empty when it isn't there.</summary>
    internal static FileStream OpenOrCreate(string path)
    {
        while (true)
        {
            if (Open(path, write: true) is { } stream)
                return stream;

            CreateEmpty(path);
        }
    }

    /// <summary>The same as a bare file of the C library, for locks.</summary>
    internal static SafeFileHandle OpenOrCreateHandle(string path)
    {
        while (true)
        {
            if (OpenHandle(path, write: true) is { } handle)
                return handle;

            CreateEmpty(path);
        }
    }

    /// <summary>The content of a file; <see langword="null"/> when there is none.</summary>
    internal static byte[]? ReadAll(string path)
    {
        using var stream = Open(path, write: false);
        if (stream is null)
            return null;

        var bytes = new byte[stream.Length];
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
            Array.Resize(ref bytes, read);
        return bytes;
    }

    /// <summary>Replaces a file as <see cref="DurableFile.WriteAsync"/> does, but always as this user's and for this user alone.</summary>
    internal static Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        DurableFile.WritePrivateAsync(path, content, cancellationToken);

    /// <summary>The same at once, for a file that is written by one holder of a lock alone.</summary>
    internal static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".tmp";
        // What a killed process left.
        File.Delete(temporary);
        using (var stream = OpenOrCreate(temporary))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        DurableFile.Replace(temporary, path);
    }

    /// <summary>Makes an empty file in the place of what a killed process left under the name.</summary>
    internal static void CreateAnew(string path)
    {
        File.Delete(path);
        OpenOrCreate(path).Dispose();
    }

    // CreateNew follows no link. Sharing everything: on Unix .NET would turn less into a lock, which the lock's own would meet.
    private static void CreateEmpty(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = Everything,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Mode;
        try
        {
            using var made = new FileStream(path, options);
            // A umask may take bits away, were they the owner's own.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(made.SafeFileHandle, Mode);
        }
        catch (IOException e) when (NameTaken.Is(e) || IsLocked(e))
        {
            // Another process was first, or a link leads nowhere: opening it says which. Or it was made here, and another took the lock on
            // it before .NET could take its own, which even sharing everything asks for.
        }
    }

    private static bool IsLocked(IOException refused) => !OperatingSystem.IsWindows() && refused.HResult == LibC.WouldBlock;

    private static SafeFileHandle? OpenHandle(string path, bool write)
    {
        int file;
        while ((file = LibC.OpenWithoutFollowing(path, write)) < 0)
        {
            var error = LibC.LastError;
            if (error == LibC.Interrupted)
                continue;
            if (error == LibC.NoSuchFile)
                return null;
            if (error == LibC.TooManyLinks)
                throw UnsafePath.Link(path);
            if (error is LibC.IsAFolder or LibC.NoSuchDeviceOrAddress)
                throw UnsafePath.NoFile(path);
            if (error == LibC.AccessDenied && LibC.FactsOf(path, follow: false) is { } other && other.Owner != LibC.EffectiveUser())
                throw UnsafePath.Foreign(path, other.Owner);
            if (error == LibC.AccessDenied && Path.GetDirectoryName(path) is { } folder)
                throw UnsafePath.Closed(path, folder);
            throw LibC.Failed($"'{path}' can't be opened", error);
        }

        var handle = new SafeFileHandle(file, ownsHandle: true);
        try
        {
            Check(handle, file, path);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void Check(SafeFileHandle handle, int file, string path)
    {
        if (LibC.FactsOf(file) is { } facts)
        {
            if (!facts.IsRegular)
                throw UnsafePath.NoFile(path);
            if (facts.Owner != LibC.EffectiveUser())
                throw UnsafePath.Foreign(path, facts.Owner);
            if (facts.Names > 1)
                throw UnsafePath.Names(path, facts.Names);
        }

#pragma warning disable CA1416 // Windows has a way of its own, above.
        var mode = File.GetUnixFileMode(handle);
        if (mode == Mode)
            return;

        try
        {
            File.SetUnixFileMode(handle, Mode);
        }
        catch (UnauthorizedAccessException)
        {
            throw UnsafePath.Foreign(path, null);
        }
        catch (IOException) when ((mode & UnsafePath.Others) == UnixFileMode.None)
        {
            // A file system that is mounted to read only: nobody else could read the file before, so nothing is to be mended.
        }
#pragma warning restore CA1416
    }

    [SupportedOSPlatform("windows")]
    private static FileStream? OpenOnWindows(string path, FileAccess access)
    {
        try
        {
            if (File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint))
                throw UnsafePath.Link(path);
            return new FileStream(path, FileMode.Open, access, Everything, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
