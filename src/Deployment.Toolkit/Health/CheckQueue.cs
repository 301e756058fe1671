namespace Deployment.Toolkit.Health;

/// <summary>Runs that threads take one after the other.</summary>
internal sealed class CheckQueue(int most)
{
    // Longer than another thread takes to wake up.
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    private readonly CheckRun[] _runs = new CheckRun[most];
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private int _count;
    private int _taken;

    /// <summary>How many runs nobody has taken.</summary>
    internal int Left => Math.Max(0, _count - Volatile.Read(ref _taken));

    /// <summary>Whether some have left their thread and have yet to end.</summary>
    internal bool GoOn { get; private set; }

    internal void Add(CheckRun run) => _runs[_count++] = run;

    /// <summary>Begins one after the other, in the context of who asked, until none is left.</summary>
    internal void Work()
    {
        var next = Interlocked.Increment(ref _taken) - 1;
        if (next >= _count)
            return;

        var now = _runs[next].Now;
        var began = now;
        var isHelped = false;
        for (; next < _count; next = Interlocked.Increment(ref _taken) - 1)
        {
            var run = _runs[next];
            run.BeganAt = now;
            if (_context is not null)
                ExecutionContext.Run(_context, static run => ((CheckRun)run!).Begin(), run);
            else
                run.Begin();
            GoOn |= !run.IsAnswered;
            now = run.LeftAt;
            if (!isHelped && run.Check.Around.Time.GetElapsedTime(began, now) > Soon)
            {
                isHelped = true;
                CheckThreads.Help(this);
            }
        }
    }
}
