using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Journal;

/// <summary>What a journal file holds.</summary>
/// <param name="Records">The records up to the first fault.</param>
/// <param name="ValidLength">The length in bytes of those records, with what stands before them.</param>
/// <param name="TornBytes">How many bytes of an append that was never finished follow them.</param>
/// <param name="Fault">The first fault; with it, what follows cannot be trusted.</param>
/// <param name="Trust">By what the records are known to be the engine's.</param>
internal sealed record JournalContent(
    IReadOnlyList<JournalRecord> Records,
    long ValidLength,
    long TornBytes,
    DeploymentMessage? Fault,
    JournalTrust Trust
)
{
    /// <summary>What stands before the records; <see langword="null"/> when they begin with the first.</summary>
    internal JournalBase? Base { get; init; }

    /// <summary>How many of the bytes that were read are whole lines.</summary>
    internal int BytesHere { get; init; }

    /// <summary>Reads all of it, where these are only its end.</summary>
    internal Func<JournalContent>? ReadAll { get; init; }

    /// <summary>Whether nothing of it is here, and it is perhaps in a database that another environment's configuration names.</summary>
    internal bool IsElsewhere { get; init; }

    /// <summary>What the last command left beside the journal of how far it had come.</summary>
    internal JournalHead? Head { get; init; }

    /// <summary>How many records went to an archive, or are summed up, before these.</summary>
    internal long Before => Base?.State.Records ?? 0;

    /// <summary>How many records there are, with those before these.</summary>
    internal long Count => Before + Records.Count;

    /// <summary>The hash of the first record, which names the journal; <see langword="null"/> when there is none.</summary>
    internal string? JournalId => Base?.State.Journal ?? (Records is [var first, ..] ? first.Hash : null);

    /// <summary>What stands beside the journal, in its key's file too, and names records that are not there.</summary>
    internal IEnumerable<JournalHead> LostHeads =>
        ((JournalHead?[])[Trust.Key?.Made, Head]).OfType<JournalHead>().Where(head => !head.IsIn(this));

    internal string LastHash => Records.Count > 0 ? Records[^1].Hash : Base?.State.Hash ?? JournalLine.NoHash;

    /// <summary>The content, unless it holds a fault: nothing is decided over a journal that cannot be trusted.</summary>
    internal JournalContent EnsureIntact() => Fault is null ? this : throw new DeploymentException(DeploymentOutcome.Refused, [Fault]);

    /// <summary>The content as it was when it had so many records.</summary>
    /// <exception cref="DeploymentException">It has them no more.</exception>
    internal JournalContent UpTo(long count, string hash)
    {
        var kept = (int)(count - Before);
        if (kept > 0 && kept <= Records.Count && Records[kept - 1].Hash == hash)
            return this with { Records = [.. Records.Take(kept)] };

        throw DeploymentException.Refused(
            Codes.JournalChainBroken,
            $"The journal had {count} records a moment ago, and they are there no more: it was replaced or cut off meanwhile. Nothing was "
                + "changed. Run 'deploy verify-journal'."
        );
    }
}

/// <summary>Reads a journal without its lock; a writer may append meanwhile.</summary>
internal static class JournalReader
{
    /// <summary>
    /// Reads what tells how the environment stands: the end, from the newest summary on, whose chain and MACs are checked.
    /// </summary>
    /// <remarks>A summary counts on the word of the key alone. Whatever isn't as it should be is told by all of it.</remarks>
    internal static async ValueTask<JournalContent> ReadPresentAsync(
        JournalStore store,
        CancellationToken cancellationToken,
        int page = JournalTail.Page
    )
    {
        await using var together = store.LookTogether();
        var (key, head) = await ReadBesideAsync(store, cancellationToken).ConfigureAwait(false);
        if (key is not null && await JournalTail.ReadAsync(store, key, page, cancellationToken).ConfigureAwait(false) is { } tail)
        {
            var content = Parse(store, tail.Bytes, new JournalTrust(key, tail.Base?.State.KeyId), head, tail.Base);
            if (content.Fault is null && (await ReadBesideAsync(store, cancellationToken).ConfigureAwait(false)).Key?.Id == key.Id)
                return tail.Base is null ? content : content with { ReadAll = () => ReadAtOnce(store) };
        }

        return await ReadAsync(store, cancellationToken).ConfigureAwait(false);
    }

    // A ledger is asked at once; of all that there was only by what few commands do.
    private static JournalContent ReadAtOnce(JournalStore store) =>
        ReadAsync(store, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    internal static async ValueTask<JournalContent> ReadAsync(JournalStore store, CancellationToken cancellationToken) =>
        (await ReadLinesAsync(store, cancellationToken).ConfigureAwait(false)).Content;

    /// <summary>Reads all of it, and its lines.</summary>
    internal static async ValueTask<JournalLines> ReadLinesAsync(JournalStore store, CancellationToken cancellationToken)
    {
        await using var together = store.LookTogether();
        // The head before the journal, which only grows; and again when a key was made meanwhile, which says how far the journal was then.
        while (true)
        {
            var (key, head) = await ReadBesideAsync(store, cancellationToken).ConfigureAwait(false);
            var bytes = await store.ReadAsync(0, cancellationToken).ConfigureAwait(false);
            if ((await ReadBesideAsync(store, cancellationToken).ConfigureAwait(false)).Key?.Id == key?.Id)
            {
                try
                {
                    var archive = JournalArchive.Find(store, bytes, key);
                    var trust = new JournalTrust(key, archive?.Base.State.KeyId);
                    return new JournalLines(Parse(store, bytes, trust, head, archive?.Base, archive?.Rest ?? 0), archive, bytes);
                }
                catch (DeploymentException e)
                {
                    return new JournalLines(new JournalContent([], 0, 0, e.Messages[0], new JournalTrust(key)) { Head = head }, null, []);
                }
            }
        }
    }

    private static async ValueTask<(JournalKey? Key, JournalHead? Head)> ReadBesideAsync(
        JournalStore store,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var key = await store.ReadKeyAsync(cancellationToken).ConfigureAwait(false);
            return (key, key is null && store.MayLieElsewhere ? null : store.ReadHead());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DeploymentException.Refused(
                Codes.JournalNotWritable,
                $"Journal '{store.Title}' cannot be read: {Sentence.Of(e)} Let the deploying user read and write it.",
                e
            );
        }
    }

    /// <param name="store">Where they are from, for messages.</param>
    /// <param name="bytes">Lines.</param>
    /// <param name="trust">By what they are known.</param>
    /// <param name="head">What stands beside the journal.</param>
    /// <param name="before">What stands before the first.</param>
    /// <param name="start">Where that begins.</param>
    internal static JournalContent Parse(
        JournalStore store,
        byte[] bytes,
        JournalTrust trust,
        JournalHead? head,
        JournalBase? before,
        int start = 0
    )
    {
        var records = new List<JournalRecord>();
        var previousHash = before?.State.Hash ?? JournalLine.NoHash;
        var (count, bytesBefore) = (before?.State.Records ?? 0, (before?.State.Bytes ?? 0) - start);
        while (start < bytes.Length)
        {
            var length = bytes.AsSpan(start).IndexOf((byte)'\n');
            var isLast = length < 0 || start + length + 1 == bytes.Length;
            // An append is one write, finished before anything depends on it. What has no line end, or holds blocks that never
            // reached the disk (zeros), was never finished.
            if (length < 0 || (isLast && TornBlocks.Has(bytes, start)))
                return End(bytes.Length - start);

            var (record, fault) = JournalLine.Read(bytes.AsMemory(start, length));
            fault ??=
                record!.Sequence != count + records.Count + 1
                    ? $"has number {record.Sequence} where {count + records.Count + 1} belongs: records are missing, doubled or moved"
                : record.PreviousHash != previousHash ? "does not follow the record before it: that one was replaced"
                : null;
            if (fault is not null)
                return new JournalContent(
                    records,
                    bytesBefore + start,
                    0,
                    Broken(
                        store,
                        count + records.Count + 1,
                        fault,
                        record is not null || fault.StartsWith("was", StringComparison.Ordinal)
                            ? Codes.JournalChainBroken
                            : Codes.JournalRecordUnreadable
                    ),
                    trust
                );

            (record, fault) = trust.Take(record!, bytes.AsSpan(start, length));
            if (fault is not null)
                return new JournalContent(
                    records,
                    bytesBefore + start,
                    0,
                    Broken(store, count + records.Count + 1, fault, Codes.JournalForged),
                    trust
                );

            start += length + 1;
            records.Add(record with { End = bytesBefore + start, Length = length + 1 });
            previousHash = record.Hash;
        }

        return End(0);

        JournalContent End(int torn)
        {
            var content = new JournalContent(records, bytesBefore + start, torn, null, trust)
            {
                Head = head,
                Base = before,
                BytesHere = start,
                IsElsewhere = store.MayLieElsewhere && trust.Key is null && before is null && records.Count == 0,
            };
            return content with { Fault = JournalHead.Fault(store, content, content.LostHeads) };
        }
    }

    private static DeploymentMessage Broken(JournalStore store, long line, string fault, string code)
    {
        var intact = line == 1 ? "No record before it is left" : $"Records 1 to {line - 1} are intact";
        return new DeploymentMessage(
            code,
            $"Record {line} of journal '{store.Title}' {fault}. {intact}. {store.PutBack}; "
                + "then 'deploy verify-journal' tells whether it is whole."
        )
        {
            File = store.File,
            Line = (int)Math.Min(line, int.MaxValue),
        };
    }
}
