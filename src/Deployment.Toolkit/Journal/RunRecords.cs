namespace Deployment.Toolkit.Journal;

/// <summary>
/// A run's records, put together only when somebody asks: most commands want to know of old runs no more than that they have ended, and a
/// process that finds nothing to do should not first read every plan that ever was.
/// </summary>
internal sealed class RunRecords(JournalRecord planned)
{
    private readonly List<JournalRecord> _later = [];
    private RunLog? _log;

    internal bool IsOpen { get; private set; } = true;

    internal RunLog Log
    {
        get
        {
            if (Volatile.Read(ref _log) is { } known)
                return known;

            // Whole before anybody else sees it: a ledger is asked by many threads, and half a run looks like an unfinished one.
            var log = new RunLog(planned);
            foreach (var record in _later)
                log.Apply(record);
            return Interlocked.CompareExchange(ref _log, log, null) ?? log;
        }
    }

    internal void Apply(JournalRecord record)
    {
        if (record.Kind == JournalKinds.RunEnded)
            IsOpen = record.Data.GetProperty("state").GetString() == nameof(RunState.NeedsAttention);
        else if (record.Kind == JournalKinds.RunResumed)
            IsOpen = true;

        _later.Add(record);
        _log?.Apply(record);
    }
}
