using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases;

/// <summary>A backup's file: the content as it is, or packed.</summary>
/// <param name="path">Where it lies.</param>
/// <param name="packing">What the content passes through; <see langword="null"/> where it is as it is.</param>
internal sealed class BackupFile(string path, BackupPacking? packing = null)
{
    /// <summary>What the names of folders begin with in which unpacked content lies.</summary>
    internal const string ScratchPrefix = "unpacked-";

    private const int BufferSize = 128 * 1024;

    internal string Path => path;

    /// <summary>Whether the file is the content, so that a program may have it.</summary>
    internal bool IsPlain => packing is null;

    /// <summary>Opens the file, made anew for this user alone, to fill it.</summary>
    internal Stream OpenToWrite()
    {
        PrivateFile.CreateAnew(path);
        Stream file = new BufferedStream(PrivateFile.OpenOrCreate(path), BufferSize);
        return packing is null ? file : packing.Pack(file);
    }

    /// <summary>Opens the content.</summary>
    internal Stream OpenToRead()
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize);
        return packing is null ? file : packing.Unpack(file);
    }

    /// <summary>A folder beside the file in which content may lie unpacked; it goes with the process, or with the next one.</summary>
    internal HeldFolder MakeScratch()
    {
        var place = System.IO.Path.GetDirectoryName(path)!;
        HeldFolder.Sweep(place, ScratchPrefix);
        return HeldFolder.Make(place, ScratchPrefix);
    }

    /// <summary>Fills a file, which is there, with the content.</summary>
    internal async Task UnpackAsync(string to, CancellationToken cancellationToken)
    {
        await using var content = OpenToRead();
        await using var file = PrivateFile.OpenOrCreate(to);
        await content.CopyToAsync(file, BufferSize, cancellationToken).ConfigureAwait(false);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Reads the content to its end, which packed content has only where nothing of it was changed.</summary>
    internal async Task ReadToEndAsync(CancellationToken cancellationToken)
    {
        await using var content = OpenToRead();
        await content.CopyToAsync(Stream.Null, BufferSize, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fills the file with the content of another.</summary>
    internal async Task PackAsync(string from, CancellationToken cancellationToken)
    {
        await using var content = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize);
        await using var file = OpenToWrite();
        await content.CopyToAsync(file, BufferSize, cancellationToken).ConfigureAwait(false);
    }
}
