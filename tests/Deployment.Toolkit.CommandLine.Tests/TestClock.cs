namespace Deployment.Toolkit.CommandLine.Tests;

/// <summary>A clock that stands still; timers go by the machine's, but for those that a test skips.</summary>
internal sealed class TestClock : TimeProvider
{
    private long _ticks = new DateTime(2026, 11, 21, 3, 43, 51, DateTimeKind.Utc).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    /// <summary>Pauses of these lengths are over at once, and the clock shows a time that is later by as much.</summary>
    internal HashSet<TimeSpan> Skipped { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (!Skipped.Contains(dueTime)) return base.CreateTimer(callback, state, dueTime, period);
        Advance(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    internal void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
