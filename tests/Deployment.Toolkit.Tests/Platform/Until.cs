using System.Diagnostics;

namespace Deployment.Toolkit.Tests.Platform;

/// <summary>Waits for what the operating system does in its own time, and fails at a deadline.</summary>
internal static class Until
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    internal static async Task TrueAsync(Func<bool> condition, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Deadline, $"Not within {Deadline.TotalSeconds:0} s: {what}");
            await Task.Delay(10);
        }
    }
}
