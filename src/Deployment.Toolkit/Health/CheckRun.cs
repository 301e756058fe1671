using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health;

/// <summary>
/// One run of a check. Its answer is there at its deadline at the latest, whatever the check does: what goes on after that is an orphan.
/// </summary>
internal sealed class CheckRun : IDisposable
{
    private readonly WatchedCheck _check;
    private readonly CheckSurroundings _around;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _timeout;
    private readonly long _started;
    private ITimer? _deadline;
    private CheckBatch? _waiting;
    private List<CheckBatch>? _further;
    private HealthReportEntry _answer;
    private volatile bool _isAnswered;

    internal CheckRun(WatchedCheck check, CheckSurroundings around, TimeSpan timeout)
    {
        (_check, _around, _timeout) = (check, around, timeout);
        _started = around.Time.GetTimestamp();
    }

    /// <summary>The answer; <see langword="null"/> while there is none.</summary>
    internal HealthReportEntry? Answer => _isAnswered ? _answer : null;

    internal TimeSpan Elapsed => _around.Time.GetElapsedTime(_started);

    /// <summary>Since when it is an orphan.</summary>
    internal DateTimeOffset? OverdueSince { get; set; }

    internal void SetDeadline() =>
        _deadline = _around.Time.CreateTimer(
            static run => ((CheckRun)run!)._check.Overdue((CheckRun)run, ((CheckRun)run)._timeout),
            this,
            _timeout,
            System.Threading.Timeout.InfiniteTimeSpan
        );

    internal void Begin() => _ = RunAsync();

    /// <summary>Lets somebody wait for the answer. Under the check's gate, and before there is one.</summary>
    internal void Join(CheckBatch batch)
    {
        batch.Await();
        if (_waiting is null)
            _waiting = batch;
        else
            (_further ??= []).Add(batch);
    }

    /// <summary>Keeps the answer. Under the check's gate: from here on nobody joins.</summary>
    internal void Keep(in HealthReportEntry answer)
    {
        _answer = answer;
        _isAnswered = true;
    }

    /// <summary>Tells those who wait.</summary>
    internal void Tell()
    {
        _waiting?.Told();
        foreach (var batch in _further ?? [])
            batch.Told();
    }

    private async Task RunAsync()
    {
        HealthCheckResult result;
        try
        {
            result = await AskAsync().ConfigureAwait(false);
            if (result.Exception is { } thrown && StackText.Readable(thrown) is var readable && readable != thrown)
                result = new HealthCheckResult(result.Status, result.Description, readable, result.Data);
        }
        catch (Exception e)
        {
            // Also one that cancelled itself: nobody else did, and it has no answer.
            var readable = StackText.Readable(e);
            result = new HealthCheckResult(_check.Registration.FailureStatus, readable.Message, readable);
        }

        _deadline?.Dispose();
        try
        {
            _check.Ended(this, result);
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _deadline?.Dispose();
        _stop.Dispose();
    }

    private async Task<HealthCheckResult> AskAsync()
    {
        using var span = Telemetry.Start("deployment.health.check");
        span.SetTag("deployment.health.check.name", _check.Registration.Name);
        var scope = _around.Scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var instance = _check.Registration.Factory(scope.ServiceProvider);
            return await instance
                .CheckHealthAsync(new HealthCheckContext { Registration = _check.Registration }, _stop.Token)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Asks it to end.</summary>
    internal void Stop()
    {
        try
        {
            // The flag is set at once; what the check registered on it runs elsewhere, and may hang.
            _ = _stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended just now.
        }
    }
}
