namespace Deployment.Toolkit.Health;

/// <summary>
/// Threads on which checks begin. One that blocks before its first await takes one of these: on the pool, a few of them would take the
/// app's own requests, and the timers that end a check's time, along.
/// </summary>
internal static class CheckThreads
{
    // There are never more at work than there are checks, as none runs twice at once.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(20);
    private static readonly int Eager = Environment.ProcessorCount;

    private static readonly object Gate = new();
    private static readonly Queue<(ExecutionContext? Context, Action Work)> Waiting = new();
    private static readonly Timer Watcher = new(static _ => Watch(), null, Timeout.Infinite, Timeout.Infinite);
    private static int s_threads;
    private static int s_idle;
    private static long s_taken;
    private static long s_seen;
    private static bool s_isWatched;

    /// <summary>Runs it soon. It must not throw.</summary>
    internal static void Run(Action work)
    {
        var context = ExecutionContext.Capture();
        lock (Gate)
        {
            Waiting.Enqueue((context, work));
            if (s_idle > 0)
                Monitor.Pulse(Gate);
            else if (s_threads < Eager)
                Start();
            if (s_isWatched || Waiting.Count <= s_idle)
                return;

            s_isWatched = true;
            s_seen = s_taken;
            Watcher.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    private static void Start()
    {
        s_threads++;
        new Thread(Work) { IsBackground = true, Name = "Health checks" }.UnsafeStart();
    }

    // Nothing was begun for a while although something waits: those at work are blocked.
    private static void Watch()
    {
        lock (Gate)
        {
            if (s_taken == s_seen)
            {
                for (var i = Waiting.Count; i > 0; i--)
                    Start();
            }

            s_seen = s_taken;
            s_isWatched = Waiting.Count > 0;
            if (s_isWatched)
                Watcher.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    private static void Work()
    {
        while (Take() is { } next)
        {
            if (next.Context is { } context)
                ExecutionContext.Run(context, static work => ((Action)work!)(), next.Work);
            else
                next.Work();
        }
    }

    private static (ExecutionContext? Context, Action Work)? Take()
    {
        lock (Gate)
        {
            while (Waiting.Count == 0)
            {
                s_idle++;
                var isCalled = Monitor.Wait(Gate, IdleFor);
                s_idle--;
                if (isCalled || Waiting.Count > 0)
                    continue;

                s_threads--;
                return null;
            }

            s_taken++;
            return Waiting.Dequeue();
        }
    }
}
