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
    private static readonly Queue<CheckBatch> Waiting = new();
    private static readonly Timer Watcher = new(static _ => Watch(), null, Timeout.Infinite, Timeout.Infinite);
    private static int s_threads;
    private static int s_idle;
    private static (CheckBatch? Batch, int Left) s_seen;
    private static bool s_isWatched;

    /// <summary>Begins its runs soon.</summary>
    internal static void Begin(CheckBatch batch)
    {
        lock (Gate)
        {
            Waiting.Enqueue(batch);
            var wanted = Math.Min(batch.Left, Eager);
            for (var i = Math.Min(wanted, s_idle); i > 0; i--)
                Monitor.Pulse(Gate);
            for (var i = s_idle; i < wanted && s_threads < Eager; i++)
                Start();
            if (s_isWatched)
                return;

            s_isWatched = true;
            s_seen = (batch, batch.Left);
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
            var first = First();
            s_isWatched = first is not null;
            if (first is null)
            {
                s_seen = default;
                return;
            }

            var now = (first, first.Left);
            if (s_seen == now)
            {
                for (var i = Waiting.Sum(static batch => batch.Left); i > 0; i--)
                    Start();
            }

            s_seen = now;
            Watcher.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    private static void Work()
    {
        while (Take() is { } batch)
        {
            while (batch.Next() is { } run)
            {
                if (batch.Context is { } context)
                    ExecutionContext.Run(context, static run => ((CheckRun)run!).Begin(), run);
                else
                    run.Begin();
            }
        }
    }

    private static CheckBatch? Take()
    {
        lock (Gate)
        {
            while (true)
            {
                if (First() is { } first)
                    return first;

                s_idle++;
                var isCalled = Monitor.Wait(Gate, IdleFor);
                s_idle--;
                if (isCalled || Waiting.Count > 0)
                    continue;

                s_threads--;
                return null;
            }
        }
    }

    private static CheckBatch? First()
    {
        while (Waiting.TryPeek(out var first))
        {
            if (first.Left > 0)
                return first;
            Waiting.Dequeue();
        }

        return null;
    }
}
