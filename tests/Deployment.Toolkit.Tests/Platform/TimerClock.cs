using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Deployment.Toolkit.Tests.Platform;

/// <summary>A clock that only the test moves, and that tells when a timer was made: moved before that, it would pass the timer by.</summary>
internal sealed class TimerClock : FakeTimeProvider
{
    private readonly ConcurrentDictionary<TimeSpan, SemaphoreSlim> _made = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Made(dueTime).Release();
        return timer;
    }

    internal async Task TimersAsync(int count, TimeSpan due)
    {
        for (var i = 0; i < count; i++) await Made(due).WaitAsync(TestContext.Current.CancellationToken);
    }

    private SemaphoreSlim Made(TimeSpan due) => _made.GetOrAdd(due, static _ => new SemaphoreSlim(0));
}
