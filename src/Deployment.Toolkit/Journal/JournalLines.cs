namespace Deployment.Toolkit.Journal;

/// <summary>A journal with its lines, as they move from one place to another.</summary>
/// <param name="Content">What they say.</param>
/// <param name="Archive">What stands in the place of a part that went to an archive; <see langword="null"/> when none did.</param>
/// <param name="Bytes">What was read.</param>
internal sealed record JournalLines(JournalContent Content, JournalArchive? Archive, byte[] Bytes)
{
    /// <summary>All of them: those that stayed when others around them went, then those that follow one another.</summary>
    /// <remarks>Between the two, lines may still lie that went: whoever archives was stopped, or gave files whole.</remarks>
    internal byte[] Whole() => Join([.. Archive?.Stayed ?? [], Bytes.AsMemory((Archive?.Rest ?? 0)..Content.BytesHere)]);

    /// <summary>Those behind a number of records, which is not less than what went to an archive.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Behind(long records)
    {
        var skipped = Content.Records.Take((int)(records - Content.Before)).Sum(static record => (long)record.Length);
        var bytes = Bytes.AsMemory(((Archive?.Rest ?? 0) + (int)skipped)..Content.BytesHere);
        var lines = new List<ReadOnlyMemory<byte>>();
        for (int start = 0, length; start < bytes.Length; start += length)
        {
            length = bytes.Span[start..].IndexOf((byte)'\n') + 1;
            lines.Add(bytes.Slice(start, length));
        }

        return lines;
    }

    internal static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        var bytes = new byte[lines.Sum(static line => line.Length)];
        var length = 0;
        foreach (var line in lines)
        {
            line.CopyTo(bytes.AsMemory(length));
            length += line.Length;
        }

        return bytes;
    }
}
