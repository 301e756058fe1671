using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Journal;

/// <summary>What a journal file holds.</summary>
/// <param name="Records">The records up to the first fault.</param>
/// <param name="ValidLength">The length in bytes of those records.</param>
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
    /// <summary>What the last command left beside the journal of how far it had come.</summary>
    internal JournalHead? Head { get; init; }

    /// <summary>What stands beside the journal, in its key's file too, and names records that are not there.</summary>
    internal IEnumerable<JournalHead> LostHeads =>
        ((JournalHead?[])[Trust.Key?.Made, Head]).OfType<JournalHead>().Where(head => !head.IsIn(Records));

    internal string LastHash => Records.Count == 0 ? JournalLine.NoHash : Records[^1].Hash;

    /// <summary>The content, unless it holds a fault: nothing is decided over a journal that cannot be trusted.</summary>
    internal JournalContent EnsureIntact() => Fault is null ? this : throw new DeploymentException(DeploymentOutcome.Refused, [Fault]);
}

/// <summary>Reads a journal without its lock; a writer may append meanwhile.</summary>
internal static class JournalReader
{
    internal static async ValueTask<JournalContent> ReadAsync(JournalStore store, CancellationToken cancellationToken)
    {
        // The head before the journal, which only grows; and again when a key was made meanwhile, which says how far the journal was then.
        while (true)
        {
            var (key, head) = await ReadBesideAsync(store, cancellationToken).ConfigureAwait(false);
            var bytes = await store.ReadAsync(0, cancellationToken).ConfigureAwait(false);
            if ((await ReadBesideAsync(store, cancellationToken).ConfigureAwait(false)).Key?.Id == key?.Id)
                return Parse(store, bytes, new JournalTrust(key), head);
        }
    }

    private static async ValueTask<(JournalKey? Key, JournalHead? Head)> ReadBesideAsync(
        JournalStore store,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (await store.ReadKeyAsync(cancellationToken).ConfigureAwait(false), store.ReadHead());
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

    private static JournalContent Parse(JournalStore store, byte[] bytes, JournalTrust trust, JournalHead? head)
    {
        var records = new List<JournalRecord>();
        var previousHash = JournalLine.NoHash;
        var start = 0;
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
                record!.Sequence != records.Count + 1
                    ? $"has number {record.Sequence} where {records.Count + 1} belongs: records are missing, doubled or moved"
                : record.PreviousHash != previousHash ? "does not follow the record before it: that one was replaced"
                : null;
            if (fault is not null)
                return new JournalContent(
                    records,
                    start,
                    0,
                    Broken(
                        store,
                        records.Count + 1,
                        fault,
                        record is not null || fault.StartsWith("was", StringComparison.Ordinal)
                            ? Codes.JournalChainBroken
                            : Codes.JournalRecordUnreadable
                    ),
                    trust
                );

            (record, fault) = trust.Take(record!, bytes.AsSpan(start, length));
            if (fault is not null)
                return new JournalContent(records, start, 0, Broken(store, records.Count + 1, fault, Codes.JournalForged), trust);

            records.Add(record);
            previousHash = record.Hash;
            start += length + 1;
        }

        return End(0);

        JournalContent End(int torn)
        {
            var content = new JournalContent(records, start, torn, null, trust) { Head = head };
            return content with { Fault = JournalHead.Fault(store, records, content.LostHeads) };
        }
    }

    private static DeploymentMessage Broken(JournalStore store, int line, string fault, string code)
    {
        var intact = line == 1 ? "No record before it is left" : $"Records 1 to {line - 1} are intact";
        return new DeploymentMessage(
            code,
            $"Record {line} of journal '{store.Title}' {fault}. {intact}. {store.PutBack}; "
                + "then 'deploy verify-journal' tells whether it is whole."
        )
        {
            File = store.File,
            Line = line,
        };
    }
}
