using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health;

/// <summary>A registered check: never running twice at once, with its last answer, its state, and its history.</summary>
internal sealed class WatchedCheck(HealthCheckRegistration registration, CheckSurroundings around) : IDisposable
{
    private const int MostObservations = 100;

    private readonly Lock _gate = new();
    private readonly CheckStateMachine _states = new(around.Began);
    private readonly Queue<HealthObservation> _history = new();
    private IReadOnlyList<HealthObservation>? _shown;
    private CheckRun? _run;
    private HealthReportEntry? _last;
    private long _lastAt;
    private (HealthCheckState From, HealthCheckState To)? _change;

    // What it threw last: it is asked again and again, and the log needs to hear of it once.
    private string? _thrown;

    internal HealthCheckRegistration Registration => registration;

    internal HealthCheckPolicy Policy => around.Policies(registration.Name);

    internal bool IsFailing
    {
        get
        {
            lock (_gate)
                return _states.IsFailing;
        }
    }

    /// <summary>Its answer: the last one if that is young enough, else that of the run under way, or of a new one.</summary>
    /// <param name="maximumAge">How old an answer may be; <see langword="null"/> for what the policy says.</param>
    /// <param name="defaultTimeout">For a check that names none.</param>
    /// <param name="batch">Waits for the run.</param>
    /// <param name="run">The run whose answer is to be waited for, where there is none yet.</param>
    internal HealthReportEntry? Ask(TimeSpan? maximumAge, TimeSpan defaultTimeout, CheckBatch batch, out CheckRun? run)
    {
        var policy = Policy;
        run = null;
        lock (_gate)
        {
            var age = maximumAge ?? policy.MaximumAge;
            if (_last is not null && age > TimeSpan.Zero && around.Time.GetElapsedTime(_lastAt) < age)
                return _last;
            if (_run is { OverdueSince: { } since })
                return Take(
                    Failure($"still running since {since.UtcDateTime:HH:mm:ss} UTC and not started again", TimeSpan.Zero),
                    isSure: true
                );
            if (_run is null)
            {
                _run = new CheckRun(this, around, TimeoutOf(policy, defaultTimeout));
                batch.Add(_run);
            }

            run = _run;
            run.Join(batch);
            return null;
        }
    }

    /// <summary>Waits for what is under way: what began before may have looked at what was there before.</summary>
    internal void AwaitEarlier(CheckBatch batch)
    {
        lock (_gate)
        {
            if (_run is { OverdueSince: null } earlier)
                earlier.Join(batch);
        }
    }

    /// <summary>What is said of it in a report that can't wait any longer.</summary>
    internal HealthReportEntry Pending(TimeSpan waited) =>
        Failure($"no answer yet after {waited.TotalSeconds:0.###} s; it is still running", waited);

    /// <summary>What is known of it; whether it fails for others is for those to say who know the others.</summary>
    internal CheckedHealth Snapshot()
    {
        lock (_gate)
        {
            var last = _last;
            return new CheckedHealth
            {
                Name = registration.Name,
                Status = _states.Status,
                LastStatus = last?.Status,
                State = _states.State,
                Since = _states.Since,
                Role = Policy.Role,
                Description = last?.Description ?? last?.Exception?.Message,
                Duration = last?.Duration ?? TimeSpan.Zero,
                Tags = [.. registration.Tags],
                IsFlapping = _states.IsFlapping,
                // Of many who look between two answers one copies it.
                History = _shown ??=
                    [.. _history],
            };
        }
    }

    /// <summary>How its state changed since this was last asked.</summary>
    internal (HealthCheckState From, HealthCheckState To)? TakeChange()
    {
        if (_change is null)
            return null;
        lock (_gate)
        {
            var change = _change;
            _change = null;
            return change;
        }
    }

    internal void Ended(CheckRun run, HealthCheckResult result)
    {
        HealthReportEntry? entry = null;
        lock (_gate)
        {
            _run = null;
            if (run.OverdueSince is null)
            {
                entry = Take(
                    new HealthReportEntry(result.Status, result.Description, run.Elapsed, result.Exception, result.Data, registration.Tags),
                    isSure: false
                );
                run.Keep(entry.Value);
            }
        }

        if (entry is { } answer)
            Tell(run, answer);
        else
            Telemetry.Add(Telemetry.HealthOrphans, -1, Tags());
    }

    internal void Overdue(CheckRun run, TimeSpan timeout)
    {
        HealthReportEntry entry;
        lock (_gate)
        {
            if (_run != run)
                return;

            run.OverdueSince = around.Time.GetUtcNow();
            entry = Take(Failure($"timed out after {timeout.TotalSeconds:0.###} s and may still be running", run.Elapsed), isSure: false);
            run.Keep(entry);
        }

        // Not before: what ends as soon as it is asked to would answer for itself, as if it had ended in time.
        run.Stop();
        try
        {
            Telemetry.Add(Telemetry.HealthOrphans, 1, Tags());
        }
        finally
        {
            Tell(run, entry);
        }
    }

    /// <summary>Asks what runs to end: the host does.</summary>
    public void Dispose()
    {
        CheckRun? run;
        lock (_gate)
            run = _run;
        run?.Stop();
    }

    private TimeSpan TimeoutOf(HealthCheckPolicy policy, TimeSpan defaultTimeout)
    {
        var own = registration.Timeout;
        if (own <= TimeSpan.Zero || own == Timeout.InfiniteTimeSpan)
            return policy.OwnTimeout ?? defaultTimeout;

        return own < HealthCheckPolicy.Longest ? own : HealthCheckPolicy.Longest;
    }

    private HealthReportEntry Take(HealthReportEntry entry, bool isSure)
    {
        var now = around.Time.GetUtcNow();
        var before = _states.State;
        _states.Observe(entry.Status, isSure, Policy, now);
        if (_states.State != before)
            _change = (_change?.From ?? before, _states.State);
        if (_history.Count == MostObservations)
            _history.Dequeue();
        _shown = null;
        _history.Enqueue(
            new HealthObservation
            {
                At = now,
                Status = entry.Status,
                Duration = entry.Duration,
            }
        );
        _last = entry;
        _lastAt = around.Time.GetTimestamp();
        return entry;
    }

    // Listeners of the log and of meters are foreign code: never called under the gate.
    private void Tell(CheckRun run, HealthReportEntry entry)
    {
        try
        {
            if (entry.Exception is not null && StackText.Of(entry.Exception, around.Redact) is var text && _thrown != text)
            {
                _thrown = text;
                Log.HealthCheckThrew(around.Logger, registration.Name, text);
            }

            var tags = Tags();
            tags.Add("deployment.health.check.status", entry.Status.ToString().ToLowerInvariant());
            Telemetry.Measure(Telemetry.HealthCheckDuration, entry.Duration.TotalSeconds, tags);
        }
        finally
        {
            // Whatever they do: somebody waits for the answer.
            run.Tell();
        }
    }

    private TagList Tags() => new() { { "deployment.health.check.name", registration.Name } };

    private HealthReportEntry Failure(FormattableString text, TimeSpan duration) =>
        new(registration.FailureStatus, text.ToString(CultureInfo.InvariantCulture), duration, null, null, registration.Tags);
}
