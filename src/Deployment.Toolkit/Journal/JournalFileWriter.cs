using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Journal;

/// <summary>The lock of a journal's file, and the file.</summary>
internal sealed class JournalFileWriter(JournalPaths paths, FileLock taken, long segmentBytes) : JournalWriter
{
    private FileStream? _stream;
    private string _path = paths.Journal;
    private int _number = 1;
    private long _start;
    private long _length;

    internal override ValueTask BeginAsync(long length, CancellationToken cancellationToken)
    {
        try
        {
            Cut(length);
            // Somebody goes on without the lines that belong to these.
            if (length == 0)
                File.Delete(paths.Stayed);
            var (number, isNew) = (1, length == 0);
            if (JournalFiles.Of(paths.Journal).Segments is [.., var last])
            {
                (_path, number, _start) = (last.Path, last.Number, last.Start);
                // Where a holder ends is where a file may end: what one holder writes is then in one file.
                if (last.Length >= segmentBytes)
                {
                    _path = JournalFiles.PathBehind(paths.Journal, number, length);
                    (number, _start, isNew) = (number + 1, length, true);
                }
            }

            _number = number;
            _stream = PrivateFile.OpenOrCreate(_path);
            Boundary.Reached("journal: file made");
            // Also when an earlier process made the file and died before its name was on disk.
            if (isNew || _stream.Length == 0)
                DurableFile.FlushDirectory(paths.Folder);
            _length = length - _start;
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

    internal override ValueTask AppendManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines) => AppendAsync(JournalLines.Join(lines));

    internal override ValueTask FoundAsync(
        PresentState state,
        IReadOnlyList<ReadOnlyMemory<byte>> staying,
        IReadOnlyList<ReadOnlyMemory<byte>> lines
    )
    {
        _stream!.Dispose();
        // Emptied when this began.
        foreach (var segment in JournalFiles.Of(paths.Journal).Segments)
            File.Delete(segment.Path);
        // Alone they are no journal: whoever finds them misses the rest.
        PrivateFile.Write(paths.Stayed, JournalLines.Join(staying));
        Boundary.Reached("import: staying lines kept");
        var rest = JournalLines.Join(lines);
        (_number, _start, _length) = (2, state.Bytes, rest.Length);
        _path = JournalFiles.PathBehind(paths.Journal, 1, _start);
        PrivateFile.Write(_path, rest);
        _stream = PrivateFile.OpenOrCreate(_path);
        return ValueTask.CompletedTask;
    }

    internal override ValueTask DropAsync(PresentState state, IReadOnlyList<ReadOnlyMemory<byte>> staying)
    {
        PrivateFile.Write(paths.Stayed, JournalLines.Join(staying));
        Boundary.Reached("archive: staying lines kept");
        // The oldest first, so that those that are left go on behind one another.
        foreach (
            var segment in JournalFiles.Of(paths.Journal).Segments.Where(segment => segment.End <= state.Bytes && segment.Path != _path)
        )
        {
            File.Delete(segment.Path);
            Boundary.Reached("archive: file removed");
        }

        DurableFile.FlushDirectory(paths.Folder);
        return ValueTask.CompletedTask;
    }

    // Who took the lock over has appended its own record first.
    internal override ValueTask<string?> LostAsync(CancellationToken cancellationToken)
    {
        var file = new FileInfo(_path);
        return ValueTask.FromResult(
            !file.Exists ? "removed"
            : file.Length != _length || HasNext() ? "written by another process"
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

    // Or has begun the next file with it.
    private bool HasNext() => File.Exists(JournalFiles.PathBehind(paths.Journal, _number, _start + _length));

    private void Cut(long length)
    {
        foreach (var segment in JournalFiles.Of(paths.Journal).Segments.Reverse().Where(segment => segment.End > length))
        {
            using var stream = PrivateFile.OpenOrCreate(segment.Path);
            stream.SetLength(Math.Max(0, length - segment.Start));
        }
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
