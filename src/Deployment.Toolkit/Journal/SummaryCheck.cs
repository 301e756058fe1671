using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Journal;

/// <summary>
/// Compares each summary with what all records before it tell. A summary is believed on the key's word; who has the key may write one that
/// says something else.
/// </summary>
internal static class SummaryCheck
{
    internal static DeploymentMessage? Find(JournalStore store, JournalContent content)
    {
        DeploymentMessage? found = null;
        EnvironmentLedger.Replay(
            content,
            (ledger, record) =>
            {
                if (found is null && record.Kind == JournalKinds.StateSummarized)
                    found = Compare(store, ledger, record);
            }
        );
        return found;
    }

    private static DeploymentMessage? Compare(JournalStore store, EnvironmentLedger ledger, JournalRecord record) =>
        RunLog.Read(record, RecordData.PresentState).Says(PresentState.Of(ledger))
            ? null
            : new DeploymentMessage(
                Codes.JournalSummaryWrong,
                $"Record {record.Sequence} of journal '{store.Title}' sums up what stands before it, and the records there say "
                    + "something else: whoever wrote it had the journal's key and was not the engine. "
                    + $"{store.PutBack}; then 'deploy verify-journal' tells whether it is whole."
            )
            {
                File = store.File,
                Line = (int)Math.Min(record.Sequence, int.MaxValue),
            };
}
