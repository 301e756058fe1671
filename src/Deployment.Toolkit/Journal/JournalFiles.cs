using System.Globalization;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Journal;

/// <summary>One file of a journal.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Number">The first has number 1.</param>
/// <param name="Start">Bytes of all lines in the files before it.</param>
/// <param name="Length">Its own.</param>
internal sealed record JournalSegment(string Path, int Number, long Start, long Length)
{
    internal long End => Start + Length;
}

/// <summary>
/// The files of a journal, read as one. Lines are appended to the last alone; the others are sealed: the first record of the next carries
/// the hash of their last. Behind the first, a file is named by its number and by the bytes before it.
/// </summary>
internal sealed class JournalFiles
{
    private const int Block = 128 * 1024;

    private JournalFiles(IReadOnlyList<JournalSegment> segments) => Segments = segments;

    internal IReadOnlyList<JournalSegment> Segments { get; }

    /// <summary>Bytes before the first line that is there.</summary>
    internal long Start => Segments.Count == 0 ? 0 : Segments[0].Start;

    internal long End => Segments.Count == 0 ? 0 : Segments[^1].End;

    /// <summary>The files that are there now.</summary>
    /// <param name="first">The first file's path, which may not be there any more.</param>
    internal static JournalFiles Of(string first)
    {
        var found = new List<(int Number, long Start, FileInfo File)>();
        if (new FileInfo(first) is { Exists: true } file)
            found.Add((1, 0, file));
        var folder = new DirectoryInfo(Path.GetDirectoryName(first)!);
        if (folder.Exists)
            found.AddRange(
                folder.EnumerateFiles(Path.GetFileNameWithoutExtension(first) + ".*.jsonl").Select(Named).OfType<(int, long, FileInfo)>()
            );
        found.Sort(static (one, other) => one.Number.CompareTo(other.Number));

        var segments = new List<JournalSegment>(found.Count);
        foreach (var (number, start, at) in found)
            segments.Add(new JournalSegment(at.FullName, number, segments.Count == 0 ? start : segments[^1].End, at.Length));
        return new JournalFiles(segments);
    }

    /// <summary>Whether a file is one of those that make a journal.</summary>
    internal static bool IsOne(string file) =>
        Path.GetFileName(file) is JournalPaths.JournalName or JournalPaths.StayedName
        || (
            Path.GetFileName(file) is { } name
            && name.StartsWith(Path.GetFileNameWithoutExtension(JournalPaths.JournalName) + ".", StringComparison.Ordinal)
            && name.EndsWith(".jsonl", StringComparison.Ordinal)
            && Named(new FileInfo(file)) is not null
        );

    /// <summary>The path of the file behind another.</summary>
    internal static string PathBehind(string first, int number, long start) =>
        Path.Combine(
            Path.GetDirectoryName(first)!,
            string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(first)}.{number + 1:D6}.{start:D13}.jsonl")
        );

    /// <summary>All lines.</summary>
    internal byte[] ReadAll()
    {
        if (Segments is [var only])
            return PrivateFile.ReadAll(only.Path) ?? [];

        using var all = new MemoryStream();
        foreach (var segment in Segments)
            all.Write(PrivateFile.ReadAll(segment.Path) ?? []);
        return all.ToArray();
    }

    /// <summary>The last lines before a place; fewer where there are no more.</summary>
    internal JournalPage ReadPage(long before, int lines)
    {
        var end = Math.Min(before, End);
        for (long length = Block; ; length *= 2)
        {
            var start = Math.Max(Start, end - length);
            var bytes = Read(start, (int)(end - start));
            if (StartOf(bytes, lines) is { } at)
                return new JournalPage(bytes[at..], start + at, IsFirst: false);
            if (start == Start)
                return new JournalPage(bytes, start, IsFirst: true);
        }
    }

    /// <summary>Bytes from a place on; fewer where there are no more.</summary>
    internal byte[] Read(long start, int length)
    {
        var bytes = new byte[length];
        var filled = 0;
        foreach (var segment in Segments)
        {
            var from = start + filled - segment.Start;
            if (filled == length || from < 0 || from >= segment.Length)
                continue;

            using var stream = PrivateFile.Open(segment.Path, write: false);
            if (stream is null)
                break;
            stream.Position = from;
            filled += stream.ReadAtLeast(
                bytes.AsSpan(filled, (int)Math.Min(length - filled, segment.Length - from)),
                (int)Math.Min(length - filled, segment.Length - from),
                throwOnEndOfStream: false
            );
        }

        return filled == length ? bytes : bytes[..filled];
    }

    private static (int, long, FileInfo)? Named(FileInfo file) =>
        Path.GetFileNameWithoutExtension(file.Name).Split('.') is [_, var number, var start]
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && at > 1
        && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? (at, bytes, file)
            : null;

    // Behind the end of the line before the first that is wanted. The last line may lack its end.
    private static int? StartOf(ReadOnlySpan<byte> bytes, int lines)
    {
        var rest = bytes is [.., (byte)'\n'] ? bytes[..^1] : bytes;
        for (; lines > 0; lines--)
        {
            var end = rest.LastIndexOf((byte)'\n');
            if (end < 0)
                return null;
            if (lines == 1)
                return end + 1;
            rest = rest[..end];
        }

        return null;
    }
}
