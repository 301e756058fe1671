namespace Deployment.Toolkit.Health;

/// <summary>The runs that one question begins, which threads take one after the other, and the waiting for them.</summary>
internal sealed class CheckBatch
{
    private readonly List<CheckRun> _runs = [];
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;

    // One for whoever still adds.
    private int _awaited = 1;

    internal ExecutionContext? Context { get; } = ExecutionContext.Capture();

    /// <summary>How many runs nobody has taken.</summary>
    internal int Left => Math.Max(0, _runs.Count - Volatile.Read(ref _taken));

    /// <summary>Adds a run that is to be begun.</summary>
    internal void Add(CheckRun run) => _runs.Add(run);

    /// <summary>Has its end wait for a run, its own or another's.</summary>
    internal void Await() => Interlocked.Increment(ref _awaited);

    /// <summary>Says that a run has its answer.</summary>
    internal void Told()
    {
        if (Interlocked.Decrement(ref _awaited) == 0)
            _all.TrySetResult();
    }

    internal CheckRun? Next() => Interlocked.Increment(ref _taken) is var next && next <= _runs.Count ? _runs[next - 1] : null;

    /// <summary>Ends when every run that is awaited has its answer.</summary>
    internal Task All => _all.Task;

    /// <summary>Begins what was added.</summary>
    internal void Begin()
    {
        // Before they wait for a thread: that time counts, too.
        foreach (var run in _runs)
            run.SetDeadline();
        if (_runs.Count > 0)
            CheckThreads.Begin(this);
        Told();
    }
}
