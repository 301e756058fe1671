namespace Deployment.Toolkit.Journal;

/// <summary>The end of a journal, and what stands before it.</summary>
/// <param name="Bytes">The lines.</param>
/// <param name="Base">What stands before them; <see langword="null"/> when they are all.</param>
internal sealed record JournalTail(byte[] Bytes, JournalBase? Base)
{
    /// <summary>
    /// As many lines are read at first: the newest summary is nearly always among them. A journal of no more is checked whole.
    /// </summary>
    internal const int Page = JournalSession.SummarizedAfter + 32;

    /// <summary>How many times as many are read where it isn't.</summary>
    internal const int Growth = 8;

    private static ReadOnlySpan<byte> Mark => ",\"kind\":\"stateSummarized\",\"data\":{"u8;

    /// <summary>Reads from the newest summary on.</summary>
    /// <returns>
    /// The end; <see langword="null"/> where the key doesn't vouch for a summary, or not all is there that it names. Then only the whole
    /// tells.
    /// </returns>
    internal static async ValueTask<JournalTail?> ReadAsync(
        JournalStore store,
        JournalKey key,
        int page,
        CancellationToken cancellationToken
    )
    {
        for (var lines = page; ; lines *= Growth)
        {
            var read = await store.ReadPageAsync(RecordPlace.End, lines, cancellationToken).ConfigureAwait(false);
            if (read.Start == 0)
                return new JournalTail(read.Bytes, null);
            if (Find(read.Bytes) is { } line)
            {
                return
                    StateIn(read, line, key) is { } state
                    && await StandingAsync(store, state, read, key, cancellationToken).ConfigureAwait(false) is { } standing
                    ? new JournalTail(read.Bytes[line.Start..], new JournalBase(state, standing))
                    : null;
            }

            if (read.IsFirst)
                return null;
        }
    }

    /// <summary>The records that a state names; <see langword="null"/> when they are not those.</summary>
    internal static IReadOnlyList<JournalRecord>? Take(PresentState state, IReadOnlyList<ReadOnlyMemory<byte>> lines, JournalKey? key)
    {
        var records = new List<JournalRecord>(lines.Count);
        foreach (var (place, line) in state.Places.Zip(lines))
        {
            if (line.Length != place.Length || JournalLine.Read(line[..^1]).Record is not { } record || record.Sequence != place.Sequence)
                return null;

            records.Add(
                record with
                {
                    IsAuthentic = record.Mac is { } mac && key?.Fits(JournalLine.BeforeMac(line.Span[..^1]), mac) == true,
                    End = place.Start + place.Length,
                    Length = place.Length,
                }
            );
        }

        return records.Count == state.Standing.Count && PresentState.HashOf(records) == state.StandingHash ? records : null;
    }

    private static (int Start, int End)? Find(ReadOnlySpan<byte> bytes)
    {
        while (bytes.LastIndexOf(Mark) is >= 0 and var at)
        {
            var start = bytes[..at].LastIndexOf((byte)'\n') + 1;
            var length = bytes[at..].IndexOf((byte)'\n');
            // One that was never finished is cut off; the one before it counts.
            if (length >= 0)
                return (start, at + length);
            bytes = bytes[..start];
        }

        return null;
    }

    private static PresentState? StateIn(JournalPage page, (int Start, int End) line, JournalKey key)
    {
        var bytes = page.Bytes.AsMemory(line.Start..line.End);
        if (
            JournalLine.Read(bytes).Record is not { Kind: JournalKinds.StateSummarized, Mac: { } mac } record
            || !key.Fits(JournalLine.BeforeMac(bytes.Span), mac)
        )
            return null;

        var state = RunLog.Read(
            record,
            static data =>
            {
                var read = RecordData.PresentState(data);
                _ = read.Places;
                return read;
            }
        );
        return
            state.Records == record.Sequence - 1
            && state.Hash == record.PreviousHash
            && state.Bytes == page.Start + line.Start
            && state.KeyId == key.Id
            ? state
            : null;
    }

    private static async ValueTask<IReadOnlyList<JournalRecord>?> StandingAsync(
        JournalStore store,
        PresentState state,
        JournalPage page,
        JournalKey key,
        CancellationToken cancellationToken
    )
    {
        var before = state.Places.Where(place => place.Start < page.Start).ToList();
        var read = await store.ReadLinesAsync(before, cancellationToken).ConfigureAwait(false);
        var here = state.Places.Skip(before.Count).ToList();
        if (here.Exists(place => place.Start - page.Start > page.Bytes.Length - place.Length))
            return null;
        return Take(
            state,
            [
                .. read.Select(static line => (ReadOnlyMemory<byte>)line),
                .. here.Select(place => (ReadOnlyMemory<byte>)page.Bytes.AsMemory((int)(place.Start - page.Start), place.Length)),
            ],
            key
        );
    }
}
