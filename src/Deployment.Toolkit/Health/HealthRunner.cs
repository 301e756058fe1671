using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Health;

/// <summary>
/// Asks the app's registered health checks, all at once: what .NET's own service does, without being held up by a check, or losing the
/// report to one. The host's endpoints, publishers and probes ask it, and the deployment's gate does.
/// </summary>
internal sealed class HealthRunner : HealthCheckService, IDisposable
{
    private static readonly HealthCheckPolicy Defaults = new();

    private readonly IOptions<HealthCheckServiceOptions> _registered;
    private readonly CheckSurroundings _around;
    private readonly WatchedChecks _checks;
    private readonly CheckDeadlines _deadlines;
    private readonly TimeSpan? _reportWithin;

    internal HealthRunner(IOptions<HealthCheckServiceOptions> registered, CheckSurroundings around, TimeSpan? reportWithin)
    {
        (_registered, _around, _reportWithin) = (registered, around, reportWithin);
        _checks = new WatchedChecks(around);
        _deadlines = new CheckDeadlines(around.Time, _checks.EndOverdue);
    }

    internal IEnumerable<HealthCheckRegistration> Registered => _registered.Value.Registrations;

    internal TimeProvider Time => _around.Time;

    internal HealthCheckPolicy PolicyOf(HealthCheckRegistration check) => _around.Policies(check.Name);

    public override Task<HealthReport> CheckHealthAsync(
        Func<HealthCheckRegistration, bool>? predicate,
        CancellationToken cancellationToken = default
    ) =>
        AskAsync(
            predicate is null ? [.. Registered] : [.. Registered.Where(predicate)],
            null,
            Defaults.Timeout,
            _reportWithin,
            cancellationToken
        );

    /// <param name="checks">Those that are asked.</param>
    /// <param name="maximumAge">How old an answer may be; <see langword="null"/> for what each check's policy says.</param>
    /// <param name="timeout">For those that name none.</param>
    /// <param name="within">When the report is made, whoever has answered; <see langword="null"/> waits for each timeout.</param>
    /// <param name="cancellationToken">Ends the waiting, not the checks: others may wait for them, too.</param>
    internal async Task<HealthReport> AskAsync(
        IReadOnlyList<HealthCheckRegistration> checks,
        TimeSpan? maximumAge,
        TimeSpan timeout,
        TimeSpan? within,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (maximumAge == TimeSpan.Zero)
            await AwaitEarlierAsync(checks, cancellationToken).ConfigureAwait(false);
        var runs = new CheckRun[checks.Count];
        var batch = new CheckBatch(_around, _deadlines);
        try
        {
            for (var i = 0; i < runs.Length; i++)
                runs[i] = _checks.Of(checks[i]).Ask(maximumAge, timeout, batch, runs.Length);
        }
        finally
        {
            // Also when a policy can't be made: others may wait already for what was added before.
            batch.Begin();
        }

        try
        {
            await batch.All.WaitAsync(within ?? Timeout.InfiniteTimeSpan, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The report is made of what there is.
        }

        foreach (var (check, from, to) in _checks.TakeChanges())
            Tell(check, from, to);
        return Report(checks, runs, Time.GetElapsedTime(batch.Started));
    }

    private static HealthReport Report(IReadOnlyList<HealthCheckRegistration> checks, CheckRun[] runs, TimeSpan took)
    {
        var entries = new Dictionary<string, HealthReportEntry>(runs.Length, StringComparer.OrdinalIgnoreCase);
        var status = HealthStatus.Healthy;
        for (var i = 0; i < runs.Length; i++)
        {
            var run = runs[i];
            var entry = run.IsAnswered ? run.Answer : run.Check.Pending(took);
            if (!entries.TryAdd(checks[i].Name, entry))
            {
                entry = Twins(checks[i].Name);
                entries[checks[i].Name] = entry;
            }

            var counted = Counted(entry.Status, run.Policy.Role);
            status = counted < status ? counted : status;
        }

        return new HealthReport(entries, status, took);
    }

    /// <summary>What is known of a check, with what it fails for.</summary>
    internal CheckedHealth Known(HealthCheckRegistration check) => _checks.Of(check).Snapshot() with { RootCauses = CausesOf(check.Name) };

    /// <summary>A status as it counts for the whole: unhealthy is degraded where the app serves without it.</summary>
    internal static HealthStatus Counted(HealthStatus status, HealthCheckRole role) =>
        role switch
        {
            HealthCheckRole.Advisory => HealthStatus.Healthy,
            HealthCheckRole.Optional when status == HealthStatus.Unhealthy => HealthStatus.Degraded,
            _ => status,
        };

    public void Dispose() => _checks.Dispose();

    internal IReadOnlyList<string> CausesOf(string check) =>
        RootCauses.Of(check, name => _around.Policies(NameOf(name)).DependsOn, name => _checks.Of(name)?.IsFailing == true);

    // Policies are found by the name as it was registered, whatever who depends on it has written.
    private string NameOf(string name) => _checks.Of(name)?.Registration.Name ?? name;

    private Task AwaitEarlierAsync(IReadOnlyList<HealthCheckRegistration> checks, CancellationToken cancellationToken)
    {
        var earlier = new CheckBatch(_around, _deadlines);
        foreach (var check in checks)
            _checks.Of(check).AwaitEarlier(earlier);
        earlier.Begin();
        return earlier.All.WaitAsync(cancellationToken);
    }

    // After all have answered: who fails with what it depends on is told from who fails alone.
    private void Tell(WatchedCheck check, HealthCheckState from, HealthCheckState to)
    {
        var name = check.Registration.Name;
        var state = to.ToString().ToLowerInvariant();
        Telemetry.Count(
            Telemetry.HealthChanges,
            new TagList { { "deployment.health.check.name", name }, { "deployment.health.check.state", state } }
        );
        if (to is not (HealthCheckState.Down or HealthCheckState.Doubtful))
        {
            if (from != HealthCheckState.Unknown)
                Log.HealthCheckChanged(_around.Logger, name, state);
            return;
        }

        var causes = CausesOf(name);
        if (causes.Count > 0)
            Log.HealthCheckFollows(_around.Logger, name, state, string.Join(", ", causes));
        else if (to == HealthCheckState.Down)
            Log.HealthCheckDown(_around.Logger, name, state, check.Snapshot().Description ?? "no reason given");
    }

    // A start is refused over them; who asks without one gets to see why the others are not enough.
    private static HealthReportEntry Twins(string name) =>
        new(
            HealthStatus.Unhealthy,
            string.Create(CultureInfo.InvariantCulture, $"several health checks are named '{name}', and names compare without case"),
            TimeSpan.Zero,
            null,
            null
        );
}
