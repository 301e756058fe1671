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
            if (_log is null)
            {
                _log = new RunLog(planned);
                foreach (var record in _later) _log.Apply(record);
            }

            return _log;
        }
    }

    internal void Apply(JournalRecord record)
    {
        if (record.Kind == JournalKinds.RunEnded) IsOpen = record.Data.GetProperty("state").GetString() == nameof(RunState.NeedsAttention);
        else if (record.Kind == JournalKinds.RunResumed) IsOpen = true;

        _later.Add(record);
        _log?.Apply(record);
    }
}
