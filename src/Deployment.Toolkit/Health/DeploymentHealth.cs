using Deployment.Toolkit.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit;

/// <summary>
/// The health of the running app as a platform asks for it: whether it lives, is ready, has started. Its checks are those of
/// <c>AddHealthChecks()</c>.
/// </summary>
public sealed class DeploymentHealth
{
    private const string Live = "live";
    private const string Ready = "ready";
    internal const string Startup = "startup";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly HealthRunner _runner;
    private volatile bool _hasStarted;

    internal DeploymentHealth(HealthRunner runner) => _runner = runner;

    /// <summary>What is known of every check, without asking it.</summary>
    public IReadOnlyList<CheckedHealth> Checks => [.. _runner.Registered.Select(_runner.Known)];

    /// <summary>Asks the checks of a probe, those whose last answer is older than their policy's maximum age.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The report, at the latest when every check has answered or is over its timeout.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<HealthProbeReport> CheckAsync(HealthProbe probe, CancellationToken cancellationToken = default) =>
        CheckAsync(probe, null, cancellationToken);

    /// <summary>Asks again and again until a probe passes.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for as long as the token allows.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The report that passes.</returns>
    /// <exception cref="HealthTimeoutException">It did not pass in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<HealthProbeReport> WaitForHealthyAsync(
        HealthProbe probe,
        TimeSpan timeout,
        CancellationToken cancellationToken = default
    )
    {
        var started = _runner.Time.GetTimestamp();
        while (true)
        {
            var left = Left();
            var report = await CheckAsync(probe, left > Pause ? left : Pause, cancellationToken).ConfigureAwait(false);
            if (report.Passes)
                return report;
            left = Left();
            if (left <= TimeSpan.Zero)
                throw new HealthTimeoutException(timeout, report);

            await Task.Delay(Pause < left ? Pause : left, _runner.Time, cancellationToken).ConfigureAwait(false);
        }

        // No more than a timer takes.
        TimeSpan Left()
        {
            if (timeout == Timeout.InfiniteTimeSpan)
                return HealthCheckPolicy.Longest;
            var left = timeout - _runner.Time.GetElapsedTime(started);
            return left < HealthCheckPolicy.Longest ? left : HealthCheckPolicy.Longest;
        }
    }

    internal async Task<HealthProbeReport> CheckAsync(HealthProbe probe, TimeSpan? within, CancellationToken cancellationToken)
    {
        var began = _runner.Time.GetTimestamp();
        // What warms up is waited for; later it is no longer asked.
        List<HealthCheckRegistration> starting =
            probe == HealthProbe.Ready && !_hasStarted ? [.. _runner.Registered.Where(static check => Has(check, Startup))] : [];
        var registered = _runner.Registered.Where(Belongs(probe)).Union(starting).ToList();
        await _runner.AskAsync(registered, null, new HealthCheckPolicy().Timeout, within, cancellationToken).ConfigureAwait(false);

        var checks = registered.ConvertAll(_runner.Known);
        var passes = checks.TrueForAll(check => Passes(check, probe));
        if (probe == HealthProbe.Startup)
        {
            // One that fails meanwhile takes nothing back.
            if (passes)
                _hasStarted = true;
            passes = _hasStarted;
        }
        else if (starting.Count > 0 && starting.TrueForAll(check => Passes(_runner.Known(check), HealthProbe.Startup)))
        {
            _hasStarted = true;
        }

        var worst = checks
            .Select(static check => HealthRunner.Counted(check.Status, check.Role))
            .DefaultIfEmpty(HealthStatus.Healthy)
            .Min();
        return new HealthProbeReport
        {
            Probe = probe,
            Passes = passes,
            Status =
                !passes ? HealthStatus.Unhealthy
                : worst == HealthStatus.Unhealthy ? HealthStatus.Degraded
                : worst,
            Checks = checks,
            TotalDuration = _runner.Time.GetElapsedTime(began),
        };
    }

    private static bool Passes(CheckedHealth check, HealthProbe probe) =>
        check.Role != HealthCheckRole.Required
        || check.State is HealthCheckState.Up or HealthCheckState.Doubtful
        // Nobody restarts what is starting.
        || (probe == HealthProbe.Live && check.State is HealthCheckState.Starting or HealthCheckState.Unknown);

    private Func<HealthCheckRegistration, bool> Belongs(HealthProbe probe) =>
        probe switch
        {
            HealthProbe.Live => static check => Has(check, Live),
            HealthProbe.Startup when _runner.Registered.Any(static check => Has(check, Startup)) => static check => Has(check, Startup),
            _ => static check => Has(check, Ready) || !(Has(check, Live) || Has(check, Startup)),
        };

    private static bool Has(HealthCheckRegistration check, string tag) => check.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase);
}
