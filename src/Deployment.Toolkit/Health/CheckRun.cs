using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health;

/// <summary>
/// One run of a check. Its answer is there at its deadline at the latest, whatever the check does: what goes on after that is an orphan.
/// </summary>
internal sealed class CheckRun
{
    private readonly CancellationTokenSource? _stop;
    private CheckBatch? _waiting;
    private List<CheckBatch>? _further;
    private HealthReportEntry _answer;
    private volatile bool _isAnswered;

    /// <summary>A run that is to be begun.</summary>
    internal CheckRun(WatchedCheck check, HealthCheckPolicy policy, TimeSpan timeout, CancellationTokenSource stop, CheckBatch batch)
    {
        (Check, Policy, Timeout, _stop) = (check, policy, timeout, stop);
        BeganAt = batch.Started;
        Due = batch.Started + (long)Math.Round(timeout.TotalSeconds * check.Around.Time.TimestampFrequency);
    }

    /// <summary>What stands for a run: there is an answer without one.</summary>
    internal CheckRun(WatchedCheck check, HealthCheckPolicy policy, in HealthReportEntry answer, long now)
    {
        (Check, Policy) = (check, policy);
        Keep(answer, now);
    }

    internal WatchedCheck Check { get; }

    internal TimeSpan Timeout { get; }

    /// <summary>The check's, as it was when this run was asked for.</summary>
    internal HealthCheckPolicy Policy { get; }

    internal bool IsAnswered => _isAnswered;

    /// <summary>The answer. Only once there is one.</summary>
    internal ref readonly HealthReportEntry Answer => ref _answer;

    /// <summary>When the answer came.</summary>
    internal long AnsweredAt { get; private set; }

    /// <summary>When its time is over.</summary>
    internal long Due { get; }

    /// <summary>When a thread took it.</summary>
    internal long BeganAt { get; set; }

    /// <summary>When it left that thread.</summary>
    internal long LeftAt { get; private set; }

    internal long Now => Check.Around.Time.GetTimestamp();

    /// <summary>Since when it is an orphan.</summary>
    internal DateTimeOffset? OverdueSince { get; set; }

    /// <summary>What the batch that began it says of the clock. Under the check's gate, and before there is an answer.</summary>
    internal DateTimeOffset At(long timestamp) => _waiting!.At(timestamp);

    internal void Begin()
    {
        var ended = RunAsync();
        // What ended on this thread has looked at the clock just now.
        LeftAt = ended.IsCompleted && OverdueSince is null ? AnsweredAt : Now;
        Check.Left(this);
    }

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
    internal void Keep(in HealthReportEntry answer, long now)
    {
        (_answer, AnsweredAt) = (answer, now);
        _isAnswered = true;
    }

    /// <summary>Tells those who wait.</summary>
    internal void Tell()
    {
        var (first, further) = (_waiting, _further);
        // The answer stays for a while.
        (_waiting, _further) = (null, null);
        first?.Told();
        foreach (var batch in further ?? [])
            batch.Told();
    }

    /// <summary>Asks it to end. Under the check's gate, where it is the check's run.</summary>
    // The flag is set at once; what the check registered on it runs elsewhere, and may hang.
    internal void Stop() => _ = _stop?.CancelAsync();

    /// <summary>What the check's next run may be stopped with; <see langword="null"/> when it needs another.</summary>
    internal CancellationTokenSource? TakeStop()
    {
        if (OverdueSince is null && _stop?.TryReset() == true)
            return _stop;

        _stop?.Dispose();
        return null;
    }

    // One method, so that what ends at once costs nothing and what doesn't is kept once.
    private async Task RunAsync()
    {
        HealthCheckResult result;
        try
        {
            using var span = Telemetry.Start("deployment.health.check");
            span.SetTag("deployment.health.check.name", Check.Registration.Name);
            var scope = new CheckScope(Check.Around.Scopes);
            await using (scope.ConfigureAwait(false))
            {
                result = await Check
                    .Registration.Factory(scope)
                    .CheckHealthAsync(new HealthCheckContext { Registration = Check.Registration }, _stop!.Token)
                    .ConfigureAwait(false);
            }

            if (result.Exception is { } thrown && StackText.Readable(thrown) is var readable && readable != thrown)
                result = new HealthCheckResult(result.Status, result.Description, readable, result.Data);
        }
        catch (Exception e)
        {
            // Also one that cancelled itself: nobody else did, and it has no answer.
            var readable = StackText.Readable(e);
            result = new HealthCheckResult(Check.Registration.FailureStatus, readable.Message, readable);
        }

        Check.Ended(this, result);
    }
}
