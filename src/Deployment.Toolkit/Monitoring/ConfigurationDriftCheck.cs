using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Monitoring;

/// <summary>Degraded while the running host's configuration is another than the one that its release was verified with.</summary>
internal sealed class ConfigurationDriftCheck(LedgerCache ledgers, ConfigurationStates states) : IHealthCheck
{
    internal const string Name = "configuration-drift";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var ledger = await ledgers.ReadAsync(cancellationToken).ConfigureAwait(false);
        // While a deployment is under way the configuration is meant to be another already, and its own gate asks this check.
        if (ledger.OpenRun is not null)
            return HealthCheckResult.Healthy("a run is not finished");
        if (states.Drift(ledger) is not { } drift)
            return HealthCheckResult.Healthy("no release is verified yet");

        var differing = drift
            .Changes.Where(static change => change.Kind != ConfigurationChangeKind.Unknown)
            .Select(static change => change.Key)
            .ToList();
        var unknown = drift.Changes.Count - differing.Count;
        return differing.Count == 0
            ? HealthCheckResult.Healthy(
                unknown == 0
                    ? $"as {drift.From} was verified"
                    : $"{unknown} values cannot be compared with {drift.From}: the journal's key is not here; the others are as they were"
            )
            : new HealthCheckResult(
                context.Registration.FailureStatus,
                $"other than {drift.From} was verified with: {string.Join(", ", differing)}"
            );
    }
}
