using System.Text.Json;

namespace Deployment.Toolkit.Journal;

/// <summary>
/// A run's records, put together only when somebody asks: most commands want to know of old runs no more than that they have ended, and a
/// process that finds nothing to do should not first read every plan that ever was.
/// </summary>
internal sealed class RunRecords(JournalRecord planned)
{
    private readonly JournalRecord _planned = planned;
    private readonly List<JournalRecord> _later = [];
    private string? _state;
    private RunLog? _log;

    internal bool IsOpen { get; private set; } = true;

    internal bool HasSucceeded => !IsOpen && _state == nameof(RunState.Succeeded);

    /// <summary>The number of its first record.</summary>
    internal long Sequence => _planned.Sequence;

    internal IEnumerable<JournalRecord> Records => [_planned, .. _later];

    /// <summary><see langword="null"/> when this release knows none of that name.</summary>
    internal RunKind? Kind { get; } = Enum.TryParse<RunKind>(InPlan(planned, "kind"), ignoreCase: true, out var kind) ? kind : null;

    internal string? Secret { get; } = InPlan(planned, "secret");

    /// <summary>The databases that it is about; one without a name where the app has one.</summary>
    internal IReadOnlyList<string> Databases { get; } = DatabasesIn(planned);

    /// <summary>Whether it is about the database and the code.</summary>
    internal bool IsOfRelease => Kind is RunKind.Up or RunKind.Rollback or RunKind.Restore;

    internal RunLog Log
    {
        get
        {
            if (Volatile.Read(ref _log) is { } known)
                return known;

            // Whole before anybody else sees it: a ledger is asked by many threads, and half a run looks like an unfinished one.
            var log = new RunLog(_planned);
            foreach (var record in _later)
                log.Apply(record);
            return Interlocked.CompareExchange(ref _log, log, null) ?? log;
        }
    }

    internal void Apply(JournalRecord record)
    {
        if (record.Kind == JournalKinds.RunEnded)
        {
            _state = record.Data.GetProperty("state").GetString();
            IsOpen = _state == nameof(RunState.NeedsAttention);
        }
        else if (record.Kind == JournalKinds.RunResumed)
        {
            IsOpen = true;
        }

        _later.Add(record);
        _log?.Apply(record);
    }

    private static IReadOnlyList<string> DatabasesIn(JournalRecord planned) =>
        planned.Data.TryGetProperty("plan", out var plan)
        && plan.ValueKind == JsonValueKind.Object
        && plan.TryGetProperty("databases", out var databases)
        && databases.ValueKind == JsonValueKind.Array
            ?
            [
                .. databases
                    .EnumerateArray()
                    .Select(static database =>
                        database.ValueKind == JsonValueKind.Object
                        && database.TryGetProperty("name", out var name)
                        && name.ValueKind == JsonValueKind.String
                            ? name.GetString()!
                            : ""
                    ),
            ]
            : [""];

    private static string? InPlan(JournalRecord planned, string name) =>
        planned.Data.TryGetProperty("plan", out var plan)
        && plan.ValueKind == JsonValueKind.Object
        && plan.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
