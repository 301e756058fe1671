using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Journal;

/// <summary>The lock of a journal's file, and the file.</summary>
internal sealed class JournalFileWriter(JournalPaths paths, FileLock taken) : JournalWriter
{
    private FileStream? _stream;
    private long _length;

    internal override ValueTask BeginAsync(long length, CancellationToken cancellationToken)
    {
        try
        {
            _stream = PrivateFile.OpenOrCreate(paths.Journal);
            // Also when an earlier process made the file and died before its name was on disk.
            if (length == 0)
                DurableFile.FlushDirectory(paths.Folder);
            _stream.SetLength(length);
            _length = length;
            return ValueTask.CompletedTask;
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw paths.NotWritable(e);
        }
    }

    internal override ValueTask KeepKeyAsync(JournalKey key)
    {
        PrivateFile.Write(paths.Key, key.Content.Span);
        return ValueTask.CompletedTask;
    }

    internal override ValueTask AppendAsync(ReadOnlyMemory<byte> line)
    {
        try
        {
            Write(line.Span);
            _length += line.Length;
            return ValueTask.CompletedTask;
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            CutBack();
            throw;
        }
    }

    internal override ValueTask AppendManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        var bytes = new byte[lines.Sum(static line => line.Length)];
        var length = 0;
        foreach (var line in lines)
        {
            line.CopyTo(bytes.AsMemory(length));
            length += line.Length;
        }

        return AppendAsync(bytes);
    }

    // Who took the lock over has appended its own record first.
    internal override ValueTask<string?> LostAsync(CancellationToken cancellationToken)
    {
        var file = new FileInfo(paths.Journal);
        return ValueTask.FromResult(
            !file.Exists ? "removed"
            : file.Length != _length ? "written by another process"
            : null
        );
    }

    internal override bool IsRefusal(Exception exception) => DiskFault.Is(exception);

    public override ValueTask DisposeAsync()
    {
        _stream?.Dispose();
        taken.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Write(ReadOnlySpan<byte> line)
    {
        var stream = _stream!;
        stream.Position = _length;
        if (Boundary.Observer is not null)
        {
            // The crash tests also die between the two halves, which is what a torn append looks like.
            stream.Write(line[..(line.Length / 2)]);
            Boundary.Reached("append: torn");
            stream.Write(line[(line.Length / 2)..]);
        }
        else
        {
            stream.Write(line);
        }

        stream.Flush(flushToDisk: true);
    }

    private void CutBack()
    {
        try
        {
            _stream!.SetLength(_length);
        }
        catch (IOException)
        {
            // The half line that is left has no end; the next holder cuts it.
        }
    }
}
