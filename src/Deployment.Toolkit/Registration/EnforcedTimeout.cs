namespace Deployment.Toolkit.Registration;

/// <summary>How a piece of foreign code ended.</summary>
internal enum CallEnd
{
    // First, so that an end that nobody set is none that went well.
    Threw,
    Completed,
    TimedOut,

    /// <summary>It went on after its timeout or cancellation; it may still be running.</summary>
    Abandoned,
    Cancelled,
}

/// <summary>
/// Calls foreign code so that it cannot hold the engine: cancellation is asked for first and, when that is ignored, the call is left
/// behind.
/// </summary>
internal static class EnforcedTimeout
{
    // A command's whole group gets five seconds between SIGTERM and SIGKILL; this must be longer than that.
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    internal static async Task<(CallEnd End, Exception? Error)> CallAsync(
        Func<CancellationToken, Task> call,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // On the pool: code that blocks before its first await would otherwise block this method too.
        var work = Task.Run(() => call(stop.Token), CancellationToken.None);
        var timedOut = false;
        if (await Task.WhenAny(work, DelayAsync(timeout, time, stop.Token)).ConfigureAwait(false) != work)
        {
            timedOut = !cancellationToken.IsCancellationRequested;
            await stop.CancelAsync().ConfigureAwait(false);
            if (await Task.WhenAny(work, Task.Delay(Grace, time, CancellationToken.None)).ConfigureAwait(false) != work)
            {
                Observe(work);
                return (CallEnd.Abandoned, null);
            }
        }

        await stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await work.ConfigureAwait(false);
            return (timedOut ? CallEnd.TimedOut : CallEnd.Completed, null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (CallEnd.Cancelled, null);
        }
        catch (OperationCanceledException) when (timedOut)
        {
            return (CallEnd.TimedOut, null);
        }
        catch (Exception e)
        {
            return (timedOut ? CallEnd.TimedOut : CallEnd.Threw, e);
        }
    }

    // Ends without an exception: it is only ever raced against.
    private static async Task DelayAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken) =>
        await Task.Delay(timeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    // Its outcome is reported as abandoned already; an exception that comes after that must not end the process.
    private static void Observe(Task work) =>
        _ = work.ContinueWith(
            static task => _ = task.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default
        );
}
