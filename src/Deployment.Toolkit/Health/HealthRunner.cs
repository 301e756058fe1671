using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Health;

/// <summary>
/// Asks the app's registered health checks, all at once: what .NET's own service does, without being held up by a check, or losing the
/// report to one. The host's endpoints, publishers and probes ask it, and the deployment's gate does.
/// </summary>
internal sealed class HealthRunner(
    IServiceScopeFactory scopes,
    IOptions<HealthCheckServiceOptions> registered,
    Func<string, HealthCheckPolicy> policies,
    TimeProvider time,
    ILogger logger,
    Func<string, string> redact,
    TimeSpan? reportWithin
) : HealthCheckService, IDisposable
{
    private static readonly HealthCheckPolicy Defaults = new();

    private readonly CheckSurroundings _around = new(scopes, policies, time, logger, redact);

    // By registration, so that two of one name are two checks.
    private readonly ConcurrentDictionary<HealthCheckRegistration, WatchedCheck> _watched = new();

    private readonly ConcurrentDictionary<string, WatchedCheck> _byName = new(StringComparer.OrdinalIgnoreCase);

    internal IEnumerable<HealthCheckRegistration> Registered => registered.Value.Registrations;

    internal TimeProvider Time => time;

    internal HealthCheckPolicy PolicyOf(HealthCheckRegistration check) => policies(check.Name);

    public override Task<HealthReport> CheckHealthAsync(
        Func<HealthCheckRegistration, bool>? predicate,
        CancellationToken cancellationToken = default
    ) =>
        AskAsync(
            [.. Registered.Where(check => predicate?.Invoke(check) != false)],
            null,
            Defaults.Timeout,
            reportWithin,
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
        var started = time.GetTimestamp();
        if (maximumAge == TimeSpan.Zero)
            await AwaitEarlierAsync(checks, cancellationToken).ConfigureAwait(false);
        var answers = new (HealthReportEntry? Entry, CheckRun? Run)[checks.Count];
        var batch = new CheckBatch();
        try
        {
            for (var i = 0; i < answers.Length; i++)
                answers[i].Entry = Watched(checks[i]).Ask(maximumAge, timeout, batch, out answers[i].Run);
        }
        finally
        {
            // Also when a policy can't be made: others may wait already for what was added before.
            batch.Begin();
        }

        await WaitAsync(batch.All, within ?? Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        TellChanges();

        var entries = new Dictionary<string, HealthReportEntry>(answers.Length, StringComparer.OrdinalIgnoreCase);
        var status = HealthStatus.Healthy;
        for (var i = 0; i < answers.Length; i++)
        {
            var entry = answers[i].Entry ?? answers[i].Run?.Answer ?? Watched(checks[i]).Pending(time.GetElapsedTime(started));
            if (!entries.TryAdd(checks[i].Name, entry))
            {
                entry = Twins(checks[i].Name);
                entries[checks[i].Name] = entry;
            }

            var counted = Counted(entry.Status, PolicyOf(checks[i]).Role);
            status = counted < status ? counted : status;
        }

        return new HealthReport(entries, status, time.GetElapsedTime(started));
    }

    /// <summary>What is known of a check, with what it fails for.</summary>
    internal CheckedHealth Known(HealthCheckRegistration check) => Watched(check).Snapshot() with { RootCauses = CausesOf(check.Name) };

    /// <summary>A status as it counts for the whole: unhealthy is degraded where the app serves without it.</summary>
    internal static HealthStatus Counted(HealthStatus status, HealthCheckRole role) =>
        role switch
        {
            HealthCheckRole.Advisory => HealthStatus.Healthy,
            HealthCheckRole.Optional when status == HealthStatus.Unhealthy => HealthStatus.Degraded,
            _ => status,
        };

    public void Dispose()
    {
        foreach (var check in _watched.Values)
            check.Dispose();
    }

    internal IReadOnlyList<string> CausesOf(string check) =>
        RootCauses.Of(check, name => policies(NameOf(name)).DependsOn, name => _byName.TryGetValue(name, out var one) && one.IsFailing);

    // Policies are found by the name as it was registered, whatever who depends on it has written.
    private string NameOf(string name) => _byName.TryGetValue(name, out var one) ? one.Registration.Name : name;

    private WatchedCheck Watched(HealthCheckRegistration check) =>
        _watched.GetOrAdd(
            check,
            static (registration, runner) =>
                runner._byName.GetOrAdd(registration.Name, new WatchedCheck(registration, runner._around)) is var named
                && named.Registration == registration
                    ? named
                    : new WatchedCheck(registration, runner._around),
            this
        );

    private Task AwaitEarlierAsync(IReadOnlyList<HealthCheckRegistration> checks, CancellationToken cancellationToken)
    {
        var earlier = new CheckBatch();
        foreach (var check in checks)
            Watched(check).AwaitEarlier(earlier);
        earlier.Begin();
        return earlier.All.WaitAsync(cancellationToken);
    }

    private async Task WaitAsync(Task all, TimeSpan within, CancellationToken cancellationToken)
    {
        try
        {
            await all.WaitAsync(within, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The report is made of what there is.
        }
    }

    // After all have answered: who fails with what it depends on is told from who fails alone.
    private void TellChanges()
    {
        foreach (var (_, check) in _watched)
        {
            if (check.TakeChange() is { } change && change.From != change.To)
                Tell(check, change.From, change.To);
        }
    }

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
                Log.HealthCheckChanged(logger, name, state);
            return;
        }

        var causes = CausesOf(name);
        if (causes.Count > 0)
            Log.HealthCheckFollows(logger, name, state, string.Join(", ", causes));
        else if (to == HealthCheckState.Down)
            Log.HealthCheckDown(logger, name, state, check.Snapshot().Description ?? "no reason given");
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
