namespace Deployment.Toolkit.Health;

/// <summary>
/// Ends the time of runs. One timer for all of a host, set for the first that is due: nearly every run ends before, and has nothing to
/// take back.
/// </summary>
internal sealed class CheckDeadlines(TimeProvider time, Func<long, long> endOverdue)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private long _due = long.MaxValue;

    /// <summary>Has what is due then ended. Called when the run is there to be found.</summary>
    /// <param name="due">A timestamp.</param>
    internal void Watch(long due)
    {
        lock (_gate)
        {
            if (_due <= due)
                return;

            _due = due;
            // A timer counts whole milliseconds, and is not to come early.
            var left = TimeSpan.FromMilliseconds(Math.Ceiling(time.GetElapsedTime(time.GetTimestamp(), due).TotalMilliseconds));
            left = left < Least ? Least : left;
            if (_timer is not null)
                _timer.Change(left, Timeout.InfiniteTimeSpan);
            else
                _timer = CreateTimer(left);
        }
    }

    private ITimer CreateTimer(TimeSpan left)
    {
        // It is nobody's: who happened to ask first would be kept alive with all that is his.
        var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        try
        {
            return time.CreateTimer(static me => ((CheckDeadlines)me!).End(), this, left, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            flow.Dispose();
        }
    }

    private void End()
    {
        // First: who begins a run from here on sets it anew, and those that began before are found.
        lock (_gate)
            _due = long.MaxValue;
        var next = endOverdue(time.GetTimestamp());
        if (next != long.MaxValue)
            Watch(next);
    }
}
