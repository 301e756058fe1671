using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Journal;

/// <summary>What a journal of which a part went to an archive has in that part's place.</summary>
/// <param name="Base">How the environment stood there, and the records that stayed.</param>
/// <param name="Rest">Where the lines go on behind it.</param>
/// <param name="Stayed">The lines of the records that stayed.</param>
internal sealed record JournalArchive(JournalBase Base, int Rest, IReadOnlyList<ReadOnlyMemory<byte>> Stayed)
{
    private static ReadOnlySpan<byte> Mark => ",\"kind\":\"journalArchived\",\"data\":{"u8;

    /// <summary>Finds the last archive that a journal's lines name; <see langword="null"/> when they name none.</summary>
    /// <exception cref="DeploymentException">Records that had stayed are missing or were changed.</exception>
    internal static JournalArchive? Find(JournalStore store, byte[] bytes, JournalKey? key)
    {
        if (Last(bytes) is not { } record)
            return null;

        var archived = RunLog.Read(record, RecordData.JournalArchived);
        var state = archived.State;
        var lines = new Dictionary<long, ReadOnlyMemory<byte>>();
        var stayed = state.Places.Select(static place => place.Sequence).ToHashSet();
        for (int start = 0, length; (length = bytes.AsSpan(start).IndexOf((byte)'\n') + 1) > 0; start += length)
        {
            var sequence = JournalLine.SequenceOf(bytes.AsSpan(start, length));
            if (stayed.Contains(sequence))
                lines.TryAdd(sequence, bytes.AsMemory(start, length));
            if (sequence != state.Records + 1)
                continue;

            if (lines.Count != stayed.Count)
                throw Lacks(store, archived);

            IReadOnlyList<ReadOnlyMemory<byte>> staying = [.. state.Places.Select(place => lines[place.Sequence])];
            return JournalTail.Take(state, staying, key) is { } standing
                ? new JournalArchive(new JournalBase(state, standing), start, staying)
                : throw Lacks(store, archived);
        }

        // What goes on behind it is gone: the chain says so.
        return null;
    }

    private static JournalRecord? Last(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Span.LastIndexOf(Mark) is >= 0 and var at)
        {
            var start = bytes.Span[..at].LastIndexOf((byte)'\n') + 1;
            var length = bytes.Span[start..].IndexOf((byte)'\n');
            if (length >= 0 && JournalLine.Read(bytes.Slice(start, length)).Record is { Kind: JournalKinds.JournalArchived } record)
                return record;
            bytes = bytes[..start];
        }

        return null;
    }

    private static DeploymentException Lacks(JournalStore store, JournalArchived archived) =>
        DeploymentException.Refused(
            Codes.JournalChainBroken,
            $"Journal '{store.Title}' lacks records that stayed in it when those up to {archived.To} went to archive '{archived.File}', or "
                + $"they were changed. {store.PutBack}; then 'deploy verify-journal' tells whether it is whole."
        );
}
