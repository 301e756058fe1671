using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>A sealed file on disk: read whole, written whole.</summary>
internal sealed class SealedStore(string path)
{
    internal string Path { get; } = System.IO.Path.GetFullPath(path);

    internal bool Exists => File.Exists(Path);

    /// <exception cref="DeploymentException">It is not there, or is no sealed file.</exception>
    internal SealedFile Read() => SealedFileReader.Read(Bytes(), Path);

    /// <exception cref="DeploymentException">It is not there, or can't be read.</exception>
    internal byte[] Bytes()
    {
        try
        {
            return RegularFile.Read(Path, SealedFormat.LongestFile);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw DeploymentException.Refused(
                Codes.SealedFileInvalid,
                $"There is no sealed file '{Path}'. Make it with 'deploy secrets init'."
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DeploymentException.Refused(
                Codes.SealedFileInvalid,
                $"Sealed file '{Path}' can't be read: {Sentence.Of(e)} Mend that and run the command again."
            );
        }
    }

    /// <summary>Holds other processes off from reading to writing.</summary>
    internal async Task<T> LockedAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        if (!Directory.Exists(folder))
            throw DeploymentException.Refused(
                Codes.SealedFileInvalid,
                $"There is no folder '{folder}' for sealed file '{System.IO.Path.GetFileName(Path)}'. Make it, or name another file."
            );

        EnsureWritable();
        using var held =
            await FolderLock.TryAcquireAsync(folder, cancellationToken).ConfigureAwait(false)
            ?? throw DeploymentException.Refused(
                Codes.SealedFileBusy,
                $"Sealed file '{Path}' is being changed by another process that does not finish. Look what holds the folder, then run "
                    + $"the command again."
            );
        return await work().ConfigureAwait(false);
    }

    /// <exception cref="DeploymentException">Nothing can be written there, as far as can be told beforehand.</exception>
    internal void EnsureWritable() => FileRefusal.EnsureWritable(Path);

    internal async Task WriteAsync(SealedFile file, CancellationToken cancellationToken)
    {
        var bytes = SealedFileWriter.Write(file);
        if (bytes.Length > SealedFormat.LongestFile)
            throw DeploymentException.Refused(
                Codes.SecretInvalid,
                $"Sealed file '{Path}' would have {bytes.Length} bytes, more than the {SealedFormat.LongestFile} that one may have. "
                    + $"Nothing was written."
            );
        Boundary.Reached("sealed file: before");
        // Through a link, as a mounted folder has them: renaming over the link would leave its target as it was.
        await FileRefusal
            .WriteAsync(
                Path,
                () =>
                    DurableFile.WriteAsync(
                        RegularFile.EnsureInside(Path),
                        bytes,
                        cancellationToken,
                        reached: static moment => Boundary.Reached($"sealed file: {moment}")
                    )
            )
            .ConfigureAwait(false);
        Boundary.Reached("sealed file: after");
    }
}
