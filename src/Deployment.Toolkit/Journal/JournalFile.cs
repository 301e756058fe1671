using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Journal;

/// <summary>A journal in a file, under a lock of the operating system that dies with the process.</summary>
/// <param name="paths">Where the environment's files lie.</param>
/// <param name="segmentBytes">From which size on a file is sealed and the next one begun.</param>
internal sealed class JournalFile(JournalPaths paths, long segmentBytes = JournalFile.SegmentBytes) : JournalStore
{
    internal const long SegmentBytes = 16 * 1024 * 1024;

    internal override string Title => paths.Journal;

    internal override string? File => paths.Journal;

    internal override JournalPaths Local => paths;

    internal override string KeyTitle => $"'{paths.Key}'";

    internal override ValueTask<JournalKey?> ReadKeyAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(JournalKey.Read(PrivateFile.ReadAll(paths.Key), $"File '{paths.Key}'"));

    // Lines that stayed, and none behind them: whoever brought them in was stopped, or files are missing.
    internal override JournalHead? ReadHead() =>
        base.ReadHead()
        ?? (!HasLines && PrivateFile.ReadAll(paths.Stayed) is { } stayed ? JournalHead.TryFrom(stayed, $"'{paths.Stayed}'") : null);

    internal override ValueTask<byte[]> ReadAsync(long after, CancellationToken cancellationToken) =>
        Read(() =>
        {
            // Once more where files went to an archive meanwhile.
            var files = Files;
            byte[] bytes;
            for (var before = files; ; before = files)
            {
                var stayed = PrivateFile.ReadAll(paths.Stayed);
                bytes = before.ReadAll();
                if (stayed is not null && bytes.Length > 0)
                    bytes = [.. stayed, .. bytes];
                files = Files;
                if (files.Start == before.Start)
                    break;
            }

            return after == 0 ? bytes : bytes[StartOf(bytes, after)..];
        });

    internal override ValueTask<JournalPage> ReadPageAsync(RecordPlace before, int lines, CancellationToken cancellationToken) =>
        Read(() => Files.ReadPage(before.Start, lines));

    internal override ValueTask<IReadOnlyList<byte[]>> ReadLinesAsync(
        IReadOnlyList<RecordPlace> places,
        CancellationToken cancellationToken
    ) =>
        Read<IReadOnlyList<byte[]>>(() =>
        {
            var files = Files;
            var stayed = places.Any(place => place.Start < files.Start) ? Stayed() : [];
            return
            [
                .. places.Select(place =>
                    place.Start < files.Start ? stayed.GetValueOrDefault(place.Sequence) ?? [] : files.Read(place.Start, place.Length)
                ),
            ];
        });

    // A file goes to an archive whole.
    internal override long CutAt(JournalContent content, long wanted)
    {
        var ends = Files.Segments.SkipLast(1).Select(static segment => segment.End).ToHashSet();
        return content.Records.LastOrDefault(record => record.Sequence <= wanted && ends.Contains(record.End))?.Sequence ?? 0;
    }

    private Dictionary<long, byte[]> Stayed()
    {
        var bytes = PrivateFile.ReadAll(paths.Stayed) ?? [];
        var lines = new Dictionary<long, byte[]>();
        for (int start = 0, length; (length = bytes.AsSpan(start).IndexOf((byte)'\n') + 1) > 0; start += length)
            lines[JournalLine.SequenceOf(bytes.AsSpan(start, length))] = bytes[start..(start + length)];
        return lines;
    }

    /// <summary>Whether there is anything in it; where a part went to an archive, its first file is not there any more.</summary>
    internal bool HasLines => Files is { } files && files.End > files.Start;

    private JournalFiles Files => JournalFiles.Of(paths.Journal);

    private ValueTask<T> Read<T>(Func<T> read)
    {
        try
        {
            return ValueTask.FromResult(read());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DeploymentException.Refused(
                Codes.JournalNotWritable,
                $"Journal '{Title}' cannot be read: {Sentence.Of(e)} Let the deploying user read and write it.",
                e
            );
        }
    }

    internal override ValueTask<JournalWriter?> TryOpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            paths.EnsureFolder();
            return ValueTask.FromResult<JournalWriter?>(
                FileLock.TryAcquire(paths.Lock) is { } taken ? new JournalFileWriter(paths, taken, segmentBytes) : null
            );
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw paths.NotWritable(e);
        }
    }

    internal override ValueTask<bool> IsHeldAsync(CancellationToken cancellationToken) => ValueTask.FromResult(FileLock.IsHeld(paths.Lock));

    internal override ValueTask<string> StampAsync(CancellationToken cancellationToken)
    {
        return ValueTask.FromResult(
            Files.Segments is [.., var last]
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{System.IO.File.GetLastWriteTimeUtc(last.Path).Ticks} {last.Number} {last.End}"
                )
                : ""
        );
    }

    internal override ValueTask<DeploymentMessage?> WhyNotWritableAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(WhyNotWritable());

    private DeploymentMessage? WhyNotWritable()
    {
        paths.CheckFolder();
        using (PrivateFile.Open(paths.Lock, write: false)) { }

        var reason =
            WriteAccess.WhyNotIn(paths.Folder)
            ?? WriteAccess.WhyNotTo(paths.Lock)
            ?? WriteAccess.WhyNotTo(Files.Segments is [.., var last] ? last.Path : paths.Journal);
        return reason is null
            ? null
            : new DeploymentMessage(
                Codes.JournalNotWritable,
                $"Journal folder '{paths.Folder}' cannot be written: {reason} Nothing was changed. Let the deploying user write there, "
                    + $"or name another folder with the setting Deployment:Directory."
            );
    }

    private static int StartOf(ReadOnlySpan<byte> bytes, long after)
    {
        var start = 0;
        for (; after > 0; after--)
        {
            var end = bytes[start..].IndexOf((byte)'\n');
            if (end < 0)
                return bytes.Length;
            start += end + 1;
        }

        return start;
    }
}
