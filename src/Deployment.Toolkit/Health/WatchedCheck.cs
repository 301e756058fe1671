using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health;

/// <summary>A registered check: never running twice at once, with its last answer, its state, and its history.</summary>
internal sealed class WatchedCheck(HealthCheckRegistration registration, CheckSurroundings around) : IDisposable
{
    private const int RunsToBeQuick = 3;

    private readonly Lock _gate = new();
    private readonly CheckStateMachine _states = new(around.Began);
    private readonly CheckHistory _history = new();
    private IReadOnlyList<HealthObservation>? _shown;
    private CheckRun? _run;
    private CheckRun? _last;
    private CancellationTokenSource? _spareStop;
    private int _quickRuns;
    private (HealthCheckState From, HealthCheckState To)? _change;

    // What it threw last: it is asked again and again, and the log needs to hear of it once.
    private string? _thrown;

    internal HealthCheckRegistration Registration => registration;

    internal CheckSurroundings Around => around;

    internal bool IsFailing
    {
        get
        {
            lock (_gate)
                return _states.IsFailing;
        }
    }

    /// <summary>The run that has its answer or will have it: the last one if young enough, else the one under way, or a new one.</summary>
    /// <param name="maximumAge">How old an answer may be; <see langword="null"/> for what the policy says.</param>
    /// <param name="defaultTimeout">For a check that names none.</param>
    /// <param name="batch">Waits for the run.</param>
    /// <param name="most">How many the batch may ask.</param>
    internal CheckRun Ask(TimeSpan? maximumAge, TimeSpan defaultTimeout, CheckBatch batch, int most)
    {
        var policy = around.Policies(registration.Name);
        lock (_gate)
        {
            var age = maximumAge ?? policy.MaximumAge;
            if (age > TimeSpan.Zero && _last is { } last && around.Time.GetElapsedTime(last.AnsweredAt) < age)
                return last;
            if (_run is { OverdueSince: { } since })
            {
                var entry = Failure($"still running since {since.UtcDateTime:HH:mm:ss} UTC and not started again", TimeSpan.Zero);
                var now = around.Time.GetTimestamp();
                var noRun = new CheckRun(this, policy, entry, now);
                Take(noRun, entry, now, around.Time.GetUtcNow(), isSure: true);
                return noRun;
            }

            var run = _run;
            if (run is null)
            {
                _run = run = new CheckRun(
                    this,
                    policy,
                    TimeoutOf(policy, defaultTimeout),
                    _spareStop ?? new CancellationTokenSource(),
                    batch
                );
                _spareStop = null;
                batch.Add(run, Volatile.Read(ref _quickRuns) >= RunsToBeQuick, most);
            }

            run.Join(batch);
            return run;
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
            var last = _last?.Answer;
            return new CheckedHealth
            {
                Name = registration.Name,
                Status = _states.Status,
                LastStatus = last?.Status,
                State = _states.State,
                Since = _states.Since,
                Role = around.Policies(registration.Name).Role,
                Description = last?.Description ?? last?.Exception?.Message,
                Duration = last?.Duration ?? TimeSpan.Zero,
                Tags = [.. registration.Tags],
                IsFlapping = _states.IsFlapping,
                // Of many who look between two answers one copies it.
                History = _shown ??=
                    _history.Shown(),
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

    /// <summary>Says that a run has left its thread: whether it ended or waits for something.</summary>
    internal void Left(CheckRun run)
    {
        if (around.Time.GetElapsedTime(run.BeganAt, run.LeftAt) >= CheckThreads.Patience)
            Volatile.Write(ref _quickRuns, 0);
        else if (_quickRuns < RunsToBeQuick)
            Volatile.Write(ref _quickRuns, _quickRuns + 1);
    }

    internal void Ended(CheckRun run, in HealthCheckResult result)
    {
        var now = around.Time.GetTimestamp();
        bool isInTime;
        lock (_gate)
        {
            _run = null;
            isInTime = run.OverdueSince is null;
            if (isInTime)
            {
                Take(
                    run,
                    new HealthReportEntry(
                        result.Status,
                        result.Description,
                        around.Time.GetElapsedTime(run.BeganAt, now),
                        result.Exception,
                        result.Data,
                        registration.Tags
                    ),
                    now,
                    run.At(now),
                    isSure: false
                );
            }

            _spareStop = run.TakeStop();
        }

        if (isInTime)
            Tell(run);
        else
            Telemetry.Add(Telemetry.HealthOrphans, -1, Tags());
    }

    /// <summary>Ends the time of the run under way if it is over.</summary>
    /// <returns>When it will be; <see cref="long.MaxValue"/> where nothing is to be waited for.</returns>
    internal long EndOverdue(long now)
    {
        CheckRun run;
        lock (_gate)
        {
            if (_run is not { OverdueSince: null } late)
                return long.MaxValue;
            if (late.Due > now)
                return late.Due;

            run = late;
            var at = around.Time.GetUtcNow();
            run.OverdueSince = at;
            // The time that it waited for a thread is part of it.
            var took = run.Timeout + around.Time.GetElapsedTime(run.Due, now);
            Take(
                run,
                Failure($"timed out after {run.Timeout.TotalSeconds:0.###} s and may still be running", took),
                now,
                at,
                isSure: false
            );
            // Not before: what ends as soon as it is asked to would answer for itself, as if it had ended in time.
            run.Stop();
        }

        // Whoever listens may hang, and other runs are due.
        ThreadPool.UnsafeQueueUserWorkItem(static late => late.Check.TellOverdue(late), run, preferLocal: false);
        return long.MaxValue;
    }

    /// <summary>Asks what runs to end: the host does.</summary>
    public void Dispose()
    {
        lock (_gate)
            _run?.Stop();
    }

    private void TellOverdue(CheckRun run)
    {
        try
        {
            Telemetry.Add(Telemetry.HealthOrphans, 1, Tags());
        }
        finally
        {
            Tell(run);
        }
    }

    private TimeSpan TimeoutOf(HealthCheckPolicy policy, TimeSpan defaultTimeout)
    {
        var own = registration.Timeout;
        if (own <= TimeSpan.Zero || own == Timeout.InfiniteTimeSpan)
            return policy.OwnTimeout ?? defaultTimeout;

        return own < HealthCheckPolicy.Longest ? own : HealthCheckPolicy.Longest;
    }

    private void Take(CheckRun run, in HealthReportEntry entry, long now, DateTimeOffset at, bool isSure)
    {
        var before = _states.State;
        _states.Observe(entry.Status, isSure, run.Policy, at);
        if (_states.State != before)
        {
            _change = (_change?.From ?? before, _states.State);
            around.NoteChange();
        }

        _history.Add(at, entry.Status, entry.Duration);
        _shown = null;
        _last = run;
        run.Keep(entry, now);
    }

    // Listeners of the log and of meters are foreign code: never called under the gate.
    private void Tell(CheckRun run)
    {
        try
        {
            if (run.Answer.Exception is not null && StackText.Of(run.Answer.Exception, around.Redact) is var text && _thrown != text)
            {
                _thrown = text;
                Log.HealthCheckThrew(around.Logger, registration.Name, text);
            }

            if (Telemetry.HealthCheckDuration is { Enabled: true })
            {
                var tags = Tags();
                tags.Add("deployment.health.check.status", run.Answer.Status.ToString().ToLowerInvariant());
                Telemetry.Measure(Telemetry.HealthCheckDuration, run.Answer.Duration.TotalSeconds, tags);
            }
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
