using Deployment.Toolkit.Journal;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Hosting;

/// <summary>Degraded while the running host's configuration is another than the one that its release was verified with.</summary>
internal sealed class ConfigurationDriftCheck(DeploymentPartsFactory factory, ConfigurationStates states) : IHealthCheck
{
    internal const string Name = "configuration-drift";

    private readonly Lock _gate = new();
    private (DateTime Written, long Length) _stamp;
    private EnvironmentLedger? _ledger;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var ledger = Ledger();
        // While a deployment is under way the configuration is meant to be another already, and its own gate asks this check.
        if (ledger.OpenRun is not null) return Task.FromResult(HealthCheckResult.Healthy("a run is not finished"));
        if (states.Drift(ledger) is not { } drift) return Task.FromResult(HealthCheckResult.Healthy("no release is verified yet"));

        return Task.FromResult(drift.Changes.Count == 0
            ? HealthCheckResult.Healthy($"as {drift.From} was verified")
            : new HealthCheckResult(context.Registration.FailureStatus, $"other than {drift.From} was verified with: {string.Join(", ", drift.Changes.Select(static change => change.Key))}"));
    }

    // Probes come every few seconds, and a journal grows for years.
    private EnvironmentLedger Ledger()
    {
        var environment = factory.Environment;
        var file = new FileInfo(factory.PathsOf(environment).Journal);
        var stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        lock (_gate)
        {
            if (_ledger is null || _stamp != stamp) (_ledger, _stamp) = (factory.ReadLedger(environment), stamp);
            return _ledger;
        }
    }
}
