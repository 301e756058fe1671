namespace Deployment.Toolkit.Health;

/// <summary>The runs that one question begins, and the waiting for them and for those of others.</summary>
internal sealed class CheckBatch(CheckSurroundings around, CheckDeadlines deadlines)
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started = around.Time.GetTimestamp();
    private readonly DateTimeOffset _startedAt = around.Time.GetUtcNow();
    private long _firstDue = long.MaxValue;

    // One for whoever still adds.
    private int _awaited = 1;

    // What has always begun at once, and what may block.
    private CheckQueue? _quick;
    private CheckQueue? _others;

    /// <summary>Since when its runs' time counts: waiting for a thread is part of it.</summary>
    internal long Started => _started;

    /// <summary>The clock's time at a timestamp: asked for once, not for each run.</summary>
    internal DateTimeOffset At(long timestamp) => _startedAt + around.Time.GetElapsedTime(_started, timestamp);

    /// <summary>Adds a run that is to be begun.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isQuick">Whether its check is known to leave its thread soon.</param>
    /// <param name="most">How many there may be.</param>
    internal void Add(CheckRun run, bool isQuick, int most)
    {
        _firstDue = Math.Min(_firstDue, run.Due);
        (isQuick ? (_quick ??= new CheckQueue(most)) : (_others ??= new CheckQueue(most))).Add(run);
    }

    /// <summary>Has its end wait for a run, its own or another's.</summary>
    internal void Await() => Interlocked.Increment(ref _awaited);

    /// <summary>Says that a run has its answer.</summary>
    internal void Told()
    {
        if (Interlocked.Decrement(ref _awaited) == 0)
            _all.TrySetResult();
    }

    /// <summary>Ends when every run that is awaited has its answer.</summary>
    internal Task All => _all.Task;

    /// <summary>Begins what was added.</summary>
    internal void Begin()
    {
        // Before they wait for a thread.
        if (_firstDue != long.MaxValue)
            deadlines.Watch(_firstDue);
        if (_others is not null)
            CheckThreads.Begin(_others);
        if (_quick is not null)
            CheckThreads.BeginQuick(_quick);
        Told();
    }
}
