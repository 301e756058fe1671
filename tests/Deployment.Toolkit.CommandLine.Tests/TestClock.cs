namespace Deployment.Toolkit.CommandLine.Tests;

/// <summary>A clock that stands still but for timers, which fire at once.</summary>
internal sealed class TestClock : TimeProvider
{
    private long _ticks = new DateTime(2026, 11, 21, 3, 43, 51, DateTimeKind.Utc).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    internal void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
