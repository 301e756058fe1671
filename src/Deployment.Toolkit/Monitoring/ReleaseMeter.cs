using System.Diagnostics.Metrics;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Monitoring;

/// <summary>
/// The gauge <c>deployment.info</c> of a running host: always 1, with the release that runs. What else the app measures is joined with it,
/// so that a dashboard shows by release what got worse.
/// </summary>
internal sealed class ReleaseMeter(DeploymentPartsFactory factory) : IHostedService, IDisposable
{
    private readonly Meter _meter = new(Telemetry.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Telemetry.Quietly(() =>
            _meter.CreateObservableGauge("deployment.info", Observe, "{release}", "Always 1: the release that runs, as attributes.")
        );
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private Measurement<long>[] Observe()
    {
        try
        {
            var release = factory.ReleaseOf(null);
            return
            [
                new Measurement<long>(
                    1,
                    new("deployment.environment.name", factory.Environment.Name.ToLowerInvariant()),
                    new("deployment.release.version", release.Version),
                    new("vcs.ref.head.revision", release.Commit ?? "")
                ),
            ];
        }
        catch (DeploymentException)
        {
            // An app whose version is none says so where it is deployed.
            return [];
        }
    }
}
