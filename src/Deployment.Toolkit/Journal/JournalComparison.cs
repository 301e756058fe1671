namespace Deployment.Toolkit.Journal;

/// <summary>Two journals side by side, by the records that both of them know: what went to an archive is known by its ends alone.</summary>
/// <param name="Same">The last record that is the same in both; 0 when none is.</param>
/// <param name="Other">The first that isn't; <see langword="null"/> when none is another.</param>
internal sealed record JournalComparison(long Same, long? Other)
{
    internal static JournalComparison Of(JournalContent one, JournalContent other)
    {
        var known = new Dictionary<long, string>();
        foreach (var (sequence, hash) in Hashes(one))
            known[sequence] = hash;

        var same = 0L;
        foreach (var (sequence, hash) in Hashes(other))
        {
            if (!known.TryGetValue(sequence, out var first))
                continue;
            if (first != hash)
                return new JournalComparison(same, sequence);
            same = sequence;
        }

        return new JournalComparison(same, null);
    }

    // A line's hash is of all its bytes, and vouches for those before it.
    private static IEnumerable<(long Sequence, string Hash)> Hashes(JournalContent content)
    {
        if (content.Base is { } before)
        {
            yield return (1, before.State.Journal);
            foreach (var record in before.Standing)
                yield return (record.Sequence, record.Hash);
            yield return (before.State.Records, before.State.Hash);
        }

        foreach (var record in content.Records)
            yield return (record.Sequence, record.Hash);
    }
}
