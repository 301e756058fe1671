using System.Diagnostics.Metrics;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Monitoring;

/// <summary>
/// The gauge of a running host: how long until something is due about each secret. The meter ends with its host, and so do its readings.
/// </summary>
internal sealed class SecretsMeter(SecretsDue due, LedgerCache ledgers) : IHostedService, IDisposable
{
    internal Meter Meter { get; } = new(Telemetry.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Telemetry.Quietly(() =>
            Meter.CreateObservableGauge(
                "deployment.secret.remaining",
                Observe,
                "s",
                "How long until a secret is to be renewed, retired or replaced, by secret and duty; below zero when that is over."
            )
        );
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => Meter.Dispose();

    private List<Measurement<double>> Observe()
    {
        try
        {
            var (now, environment) = (due.Now, due.Environment.Name.ToLowerInvariant());
            return
            [
                .. due.Scheduled(ledgers.ReadAtOnce(), now)
                    .Select(secret => new Measurement<double>(
                        (secret.At - now).TotalSeconds,
                        new("deployment.environment.name", environment),
                        new("deployment.secret.name", secret.Name),
                        new("deployment.secret.duty", secret.Duty.ToString().ToLowerInvariant())
                    )),
            ];
        }
        // A journal or file that cannot be read is the health check's to say; a reading of meters must not fail for it.
        catch (Exception e) when (e is DeploymentException || DiskFault.Is(e))
        {
            return [];
        }
    }
}
