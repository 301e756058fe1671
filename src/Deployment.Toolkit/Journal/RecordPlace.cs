using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Deployment.Toolkit.Journal;

/// <summary>Where a record's line stands: the same in every store, so that it is found wherever the journal moves.</summary>
/// <param name="Sequence">The record's number.</param>
/// <param name="Start">Bytes of all lines before it.</param>
/// <param name="Length">Its own, with its end.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordPlace(long Sequence, long Start, int Length)
{
    /// <summary>Behind the last line, wherever that is.</summary>
    internal static RecordPlace End { get; } = new(long.MaxValue, long.MaxValue, 0);

    internal static RecordPlace Of(JournalRecord record) => new(record.Sequence, record.End - record.Length, record.Length);

    /// <exception cref="JsonException">It is none.</exception>
    internal static RecordPlace Parse(string text) =>
        text.Split(' ') is [var sequence, var start, var length]
        && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
        && bytes > 0
            ? new RecordPlace(number, at, bytes)
            : throw new JsonException($"It names a place that is none: '{text}'.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence} {Start} {Length}");
}

/// <summary>Lines that follow one another.</summary>
/// <param name="Bytes">The lines, each with its end; the journal's last may lack it.</param>
/// <param name="Start">Bytes of all lines before them.</param>
/// <param name="IsFirst">Whether no line stands right before them.</param>
internal sealed record JournalPage(byte[] Bytes, long Start, bool IsFirst);
