namespace Deployment.Toolkit.Health;

/// <summary>
/// Threads on which checks begin. One that blocks before its first await takes one of these: on the pool, a few of them would take the
/// app's own requests, and the timers that end a check's time, along.
/// </summary>
internal sealed class CheckThreads
{
    /// <summary>Those of the process. There are never more at work than there are checks, as none runs twice at once.</summary>
    internal static readonly CheckThreads Shared = new();

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(20);
    private static readonly int Eager = Environment.ProcessorCount;

    private readonly object _gate = new();
    private readonly Queue<(ExecutionContext? Context, Action Work)> _waiting = new();
    private readonly Timer _watch;
    private int _threads;
    private int _idle;
    private long _taken;
    private long _seen;
    private bool _isWatched;

    private CheckThreads() => _watch = new Timer(static threads => ((CheckThreads)threads!).Watch(), this, Timeout.Infinite, Timeout.Infinite);

    /// <summary>Runs it soon. It must not throw.</summary>
    internal void Run(Action work)
    {
        var context = ExecutionContext.Capture();
        lock (_gate)
        {
            _waiting.Enqueue((context, work));
            if (_idle > 0)
                Monitor.Pulse(_gate);
            else if (_threads < Eager)
                Start();
            if (_isWatched || _waiting.Count <= _idle)
                return;

            _isWatched = true;
            _seen = _taken;
            _watch.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    private void Start()
    {
        _threads++;
        new Thread(Work) { IsBackground = true, Name = "Health checks" }.UnsafeStart();
    }

    // Nothing was begun for a while although something waits: those at work are blocked.
    private void Watch()
    {
        lock (_gate)
        {
            if (_taken == _seen)
            {
                for (var i = _waiting.Count; i > 0; i--)
                    Start();
            }

            _seen = _taken;
            _isWatched = _waiting.Count > 0;
            if (_isWatched)
                _watch.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    private void Work()
    {
        while (Take() is { } next)
        {
            if (next.Context is { } context)
                ExecutionContext.Run(context, static work => ((Action)work!)(), next.Work);
            else
                next.Work();
        }
    }

    private (ExecutionContext? Context, Action Work)? Take()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                _idle++;
                var isCalled = Monitor.Wait(_gate, IdleFor);
                _idle--;
                if (isCalled || _waiting.Count > 0)
                    continue;

                _threads--;
                return null;
            }

            _taken++;
            return _waiting.Dequeue();
        }
    }
}
