namespace Deployment.Toolkit.Health;

/// <summary>
/// Threads on which checks begin. One that blocks before its first await takes one of these: on the pool, a few of them would take the
/// app's own requests, and the timers that end a check's time, along. What has always left its thread at once begins on a thread of the
/// pool, which is there already; there is one such thread at a time in a process, whatever it is held by.
/// </summary>
internal static class CheckThreads
{
    /// <summary>How long a thread may be held before others take its place.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    // There are never more at work than there are checks, as none runs twice at once.
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(20);
    private static readonly int Eager = Environment.ProcessorCount;

    private static readonly object Gate = new();
    private static readonly Queue<CheckQueue> Waiting = new();
    private static readonly Timer Watcher = new(static _ => Watch(), null, Timeout.Infinite, Timeout.Infinite);
    private static readonly Queue<CheckQueue> Quick = new();
    private static readonly PoolThread OnPool = new();
    private static int s_threads;
    private static int s_idle;
    private static (CheckQueue? Queue, int Left) s_seen;
    private static bool s_isWatched;
    private static bool s_isOnPool;
    private static bool s_isPoolHeld;

    /// <summary>Begins runs soon.</summary>
    internal static void Begin(CheckQueue runs)
    {
        lock (Gate)
        {
            Add(runs);
            Wake(Math.Min(runs.Left, Eager));
        }
    }

    /// <summary>Begins runs of checks that have always left their thread at once.</summary>
    internal static void BeginQuick(CheckQueue runs)
    {
        lock (Gate)
        {
            Add(runs);
            // A pool of one thread has none to spare.
            if (s_isPoolHeld || Eager == 1)
            {
                Wake(Math.Min(runs.Left, Eager));
                return;
            }

            Quick.Enqueue(runs);
            if (s_isOnPool)
                return;

            s_isOnPool = true;
        }

        // Where the asker is on the pool it is his own thread, as soon as he waits.
        ThreadPool.UnsafeQueueUserWorkItem(OnPool, preferLocal: true);
    }

    /// <summary>Has other threads begin what one doesn't get to soon.</summary>
    internal static void Help(CheckQueue runs)
    {
        lock (Gate)
            Wake(Math.Min(runs.Left, Eager));
    }

    private static void Add(CheckQueue runs)
    {
        // What has been begun meanwhile need not wait for the watcher to be forgotten.
        First();
        Waiting.Enqueue(runs);
        if (s_isWatched)
            return;

        s_isWatched = true;
        s_seen = (runs, runs.Left);
        Watcher.Change(Patience, Timeout.InfiniteTimeSpan);
    }

    private static void StopWatching()
    {
        s_isWatched = false;
        s_seen = default;
        Watcher.Change(Timeout.Infinite, Timeout.Infinite);
    }

    private static void Wake(int wanted)
    {
        for (var i = Math.Min(wanted, s_idle); i > 0; i--)
            Monitor.Pulse(Gate);
        for (var i = s_idle; i < wanted && s_threads < Eager; i++)
            Start();
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
                s_isPoolHeld = s_isOnPool;
                for (var i = Waiting.Sum(static runs => runs.Left); i > 0; i--)
                    Start();
            }

            s_seen = now;
            Watcher.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    private static void Work()
    {
        while (Take() is { } runs)
            runs.Work();
    }

    private static CheckQueue? Take()
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

    private static CheckQueue? First()
    {
        while (Waiting.TryPeek(out var first))
        {
            if (first.Left > 0)
                return first;
            Waiting.Dequeue();
        }

        return null;
    }

    /// <summary>The one thread of the pool that is lent.</summary>
    private sealed class PoolThread : IThreadPoolWorkItem
    {
        public void Execute()
        {
            var goOn = false;
            while (true)
            {
                CheckQueue? runs;
                lock (Gate)
                {
                    s_isPoolHeld = false;
                    s_isOnPool = Quick.TryDequeue(out runs);
                    // Where all have ended the next who asks may come at once, and set the watcher's timer anew each time.
                    if (runs is null && goOn && First() is null)
                        StopWatching();
                }

                if (runs is null)
                    return;
                runs.Work();
                goOn = runs.GoOn;
            }
        }
    }
}
