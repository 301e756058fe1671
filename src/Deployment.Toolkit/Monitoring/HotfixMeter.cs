using System.Diagnostics.Metrics;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Monitoring;

/// <summary>
/// The gauge of a running host: how long until what each hotfix skipped has to have followed. An environment that nothing is promoted into
/// has none, and its journal is not read for it.
/// </summary>
internal sealed class HotfixMeter(DeploymentPartsFactory factory, LedgerCache ledgers, TimeProvider time) : IHostedService, IDisposable
{
    internal Meter Meter { get; } = new(Telemetry.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Telemetry.Quietly(() =>
            Meter.CreateObservableGauge(
                "deployment.hotfix.remaining",
                Observe,
                "s",
                "How long until what a hotfix skipped has to have followed, by release; below zero when that is over. Gone when it has followed."
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
            var environment = factory.Environment;
            if (environment.PromotedFrom is null)
                return [];

            var now = time.GetUtcNow();
            return
            [
                // The same release twice is one series: what is due first counts.
                .. ledgers
                    .ReadAtOnce()
                    .Promotion.Debts.GroupBy(static debt => debt.Due.Release.Version, StringComparer.Ordinal)
                    .Select(debts => new Measurement<double>(
                        (debts.Min(static debt => debt.Due.Until) - now).TotalSeconds,
                        new("deployment.environment.name", environment.Name.ToLowerInvariant()),
                        new("deployment.release.version", debts.Key)
                    )),
            ];
        }
        // A journal that cannot be read is told where it is asked for; a reading of meters must not fail for it.
        catch (Exception e) when (e is DeploymentException || DiskFault.Is(e))
        {
            return [];
        }
    }
}
