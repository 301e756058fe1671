using System.Security.Cryptography;

namespace Deployment.Toolkit.Platform;

/// <summary>Files that survive a power cut: after a crash there is the old content or the new, whole.</summary>
/// <remarks>Windows has no flush of a folder: there a rename may be undone by a power cut, though never half done.</remarks>
internal static class DurableFile
{
    /// <summary>Writes a file beside <paramref name="path"/>, flushes it and renames it over.</summary>
    /// <remarks>
    /// The replaced file's Unix mode is kept, and its owner as far as the user may. What a killed process leaves behind is named
    /// <c>.{name}.{random}.tmp</c>. Cancellation counts until the rename.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="content">Its new content.</param>
    /// <param name="cancellationToken">Cancels until the rename.</param>
    /// <param name="creation">The Unix mode of a file that is not there yet; the process's default when it is null.</param>
    /// <param name="reached">Is told each moment at which something has changed on disk.</param>
    internal static Task WriteAsync(
        string path,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken,
        UnixFileMode? creation = null,
        Action<string>? reached = null
    ) =>
        PutAsync(
            path,
            content,
            static (temporary, path) =>
            {
                Rename(temporary, path);
                return true;
            },
            creation,
            reached,
            cancellationToken
        );

    /// <summary>The same, but the file is this user's and for this user alone, whatever it was before.</summary>
    internal static Task WritePrivateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        PutAsync(
            path,
            content,
            static (temporary, path) =>
            {
                Rename(temporary, path);
                return true;
            },
            PrivateFile.Mode,
            reached: null,
            cancellationToken,
            keepsAccess: false
        );

    /// <summary>Makes a file, whole, unless there is one already: of several that try at once, one does.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its content.</param>
    /// <param name="cancellationToken">Cancels until the file is there.</param>
    /// <param name="creation">Its Unix mode; the process's default when it is null.</param>
    /// <returns>Whether it was made.</returns>
    internal static Task<bool> TryCreateAsync(
        string path,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken,
        UnixFileMode? creation = null
    ) => PutAsync(path, content, TryLink, creation, reached: null, cancellationToken);

    private static async Task<bool> PutAsync(
        string path,
        ReadOnlyMemory<byte> content,
        Func<string, string, bool> put,
        UnixFileMode? creation,
        Action<string>? reached,
        CancellationToken cancellationToken,
        bool keepsAccess = true
    )
    {
        bool isPut;
        path = Path.GetFullPath(path);
        var temporary = Path.Combine(
            Path.GetDirectoryName(path)!,
            $".{Path.GetFileName(path)}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp"
        );
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = 0,
            };
            var mode = keepsAccess && !OperatingSystem.IsWindows() && File.Exists(path) ? File.GetUnixFileMode(path) : creation;
            // From the start, so that a private file's new content is at no moment open to others.
            if (!OperatingSystem.IsWindows() && mode is { } first)
                options.UnixCreateMode = first;
            await using (var stream = new FileStream(temporary, options))
            {
                reached?.Invoke("created");
                await stream.WriteAsync(content, cancellationToken);
                reached?.Invoke("written");
                if (keepsAccess)
                    CopyOwner(path, temporary);
                if (!OperatingSystem.IsWindows() && mode is { } kept)
                    File.SetUnixFileMode(stream.SafeFileHandle, kept);
                RandomAccess.FlushToDisk(stream.SafeFileHandle);
                reached?.Invoke("flushed");
            }

            cancellationToken.ThrowIfCancellationRequested();
            isPut = put(temporary, path);
            reached?.Invoke("renamed");
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        if (!isPut)
            TryDelete(temporary);
        FlushDirectory(Path.GetDirectoryName(path)!);
        return isPut;
    }

    // Not File.Move without overwriting: on Unix it looks whether the file is there and then renames, so the later of two would win.
    private static bool TryLink(string temporary, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                File.Move(temporary, path);
                return true;
            }
            catch (IOException e) when (NameTaken.Is(e))
            {
                return false;
            }
        }

        if (LibC.Link(temporary, path) == 0)
        {
            TryDelete(temporary);
            return true;
        }

        var error = LibC.LastError;
        if (error == LibC.AlreadyThere)
            return false;
        if (error == LibC.NotPermitted || error == LibC.NotSupported || error == LibC.NotImplemented)
            return TryReserve(temporary, path);
        throw LibC.Failed($"'{path}' can't be made", error);
    }

    /// <summary>
    /// Takes the name with an empty file first: for file systems without hard links, where a process killed right then leaves that one
    /// behind.
    /// </summary>
    internal static bool TryReserve(string temporary, string path)
    {
        try
        {
            new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write }).Dispose();
        }
        catch (IOException e) when (NameTaken.Is(e))
        {
            return false;
        }

        Rename(temporary, path);
        return true;
    }

    /// <summary>
    /// Gives a file the Unix mode of another one, if that is there, and its owner as far as the user may. Does nothing on Windows.
    /// </summary>
    internal static void CopyAccess(string original, string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(original))
            return;
        CopyOwner(original, path);
        File.SetUnixFileMode(path, File.GetUnixFileMode(original));
    }

    // Whoever deploys as root must not take the app's own files from it.
    private static void CopyOwner(string original, string path)
    {
        if (!File.Exists(original) || LibC.OwnerOf(original) is not var (user, group) || LibC.OwnerOf(path) == (user, group))
            return;
        // Only root gives files away. Anybody else may still keep a group that they are in.
        if (LibC.ChangeOwner(path, user, group) != 0)
            _ = LibC.ChangeOwner(path, uint.MaxValue, group);
    }

    /// <summary>The SHA-256 of a file's content, in lower case.</summary>
    /// <param name="file">The file.</param>
    /// <param name="flush">Whether the content is to be on the disk by then.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    internal static async Task<string> HashAsync(string file, bool flush, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(
            file,
            FileMode.Open,
            flush ? FileAccess.ReadWrite : FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        if (flush)
            stream.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Renames a file, folder or symbolic link over what is there, and flushes the folders that saw it.</summary>
    /// <exception cref="IOException">Also when the two stand on different file systems: copying would not be one step.</exception>
    internal static void Replace(string source, string destination)
    {
        Rename(source, destination);
        var to = Path.GetDirectoryName(Path.GetFullPath(destination))!;
        var from = Path.GetDirectoryName(Path.GetFullPath(source))!;
        FlushDirectory(to);
        if (from != to)
            FlushDirectory(from);
    }

    /// <summary>Creates the folder and those above it that are missing, each flushed into its parent.</summary>
    internal static void CreateDirectory(string directory)
    {
        var missing = new Stack<string>();
        for (
            var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
            !Directory.Exists(folder);
            folder = Path.GetDirectoryName(folder)!
        )
            missing.Push(folder);
        foreach (var folder in missing)
        {
            Directory.CreateDirectory(folder);
            FlushDirectory(Path.GetDirectoryName(folder)!);
        }
    }

    /// <summary>Makes the folder's entries durable: what was created, renamed and deleted in it. Does nothing on Windows.</summary>
    internal static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = LibC.OpenExisting(directory, write: false);
        if (folder < 0)
            throw LibC.Failed($"The folder '{directory}' can't be opened to flush it", LibC.LastError);
        try
        {
            // Some network and FUSE file systems know no flush of a folder and say so; there is nothing more to do on them.
            if (LibC.Flush(folder) != 0 && LibC.LastError is var error && error != LibC.Invalid && error != LibC.NotSupported)
                throw LibC.Failed($"The folder '{directory}' can't be flushed to disk", error);
        }
        finally
        {
            _ = LibC.Close(folder);
        }
    }

    // Not File.Move: across file systems it copies, and a crash then leaves half a file.
    private static void Rename(string source, string destination)
    {
        if (OperatingSystem.IsWindows())
            File.Move(source, destination, overwrite: true);
        else if (LibC.Rename(source, destination) != 0)
            throw LibC.Failed($"'{source}' can't be renamed to '{destination}'", LibC.LastError);
    }

    /// <summary>Deletes a file that was given up; what stands in the way is not worth a failure of its own.</summary>
    internal static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The failure that brought us here says more, and the name tells what the file is.
        }
    }
}
