using System.Runtime.CompilerServices;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Journal;

/// <summary>Reads the runs of a journal from the newest back, and of the journal no more than somebody asks for.</summary>
internal static class RunsBackward
{
    private const int LinesAtFirst = 256;
    private const int MostLines = 8192;

    internal static async IAsyncEnumerable<RunLog> ReadAsync(
        JournalStore store,
        [EnumeratorCancellation] CancellationToken cancellationToken,
        int lines = LinesAtFirst,
        Action<JournalRecord>? beside = null
    )
    {
        var present = (await JournalReader.ReadPresentAsync(store, cancellationToken).ConfigureAwait(false)).EnsureIntact();
        var later = new Dictionary<string, List<JournalRecord>>(StringComparer.Ordinal);
        var (before, hash) = (new RecordPlace(present.Count + 1, present.ValidLength, 0), present.LastHash);
        for (var isFirst = present.Count == 0; !isFirst; lines = Math.Min(lines * 2, MostLines))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await store.ReadPageAsync(before, lines, cancellationToken).ConfigureAwait(false);
            var records = Parse(page, before, hash) ?? throw await WhyAsync(store, cancellationToken).ConfigureAwait(false);
            for (var i = records.Count - 1; i >= 0; i--)
            {
                var record = records[i];
                beside?.Invoke(record);
                if (record.Run is not { } run)
                    continue;
                if (record.Kind != JournalKinds.RunPlanned)
                {
                    if (!later.TryGetValue(run, out var of))
                        later[run] = of = [];
                    of.Add(record);
                    continue;
                }

                var told = new RunRecords(record);
                if (later.Remove(run, out var rest))
                    for (var j = rest.Count - 1; j >= 0; j--)
                        told.Apply(rest[j]);
                yield return told.Log;
            }

            isFirst = page.IsFirst;
            (before, hash) = (RecordPlace.Of(records[0]), records[0].PreviousHash);
        }
    }

    /// <summary>The records of a page; <see langword="null"/> when they are not those that stand before a place.</summary>
    private static List<JournalRecord>? Parse(JournalPage page, RecordPlace before, string lastHash)
    {
        var records = new List<JournalRecord>();
        for (int start = 0, length; start < page.Bytes.Length; start += length + 1)
        {
            length = page.Bytes.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0 || JournalLine.Read(page.Bytes.AsMemory(start, length)).Record is not { } record)
                return null;
            if (records is [.., var last] && (record.PreviousHash != last.Hash || record.Sequence != last.Sequence + 1))
                return null;
            records.Add(record with { End = page.Start + start + length + 1, Length = length + 1 });
        }

        return records is [.., var end] && end.Hash == lastHash && end.Sequence == before.Sequence - 1 ? records : null;
    }

    // All of it says which record is not as it was.
    private static async Task<DeploymentException> WhyAsync(JournalStore store, CancellationToken cancellationToken)
    {
        (await JournalReader.ReadAsync(store, cancellationToken).ConfigureAwait(false)).EnsureIntact();
        return DeploymentException.Refused(
            Codes.JournalChainBroken,
            $"Journal '{store.Title}' changed while it was read. Nothing was changed by this command. Run it again."
        );
    }
}
