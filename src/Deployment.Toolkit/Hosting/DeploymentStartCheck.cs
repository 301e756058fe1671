using Deployment.Toolkit.Preflight;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Hosting;

/// <summary>
/// Fails a normal start with one report: environments that are declared wrongly or don't know the host's, and every fault of the
/// configuration. The check is made while the host makes its hosted services, this one first; .NET's own comes after their constructors.
/// </summary>
internal sealed class DeploymentStartCheck : IHostedService
{
    private DeploymentStartCheck() { }

    /// <summary>Checks.</summary>
    /// <exception cref="DeploymentException">With every fault.</exception>
    internal static DeploymentStartCheck Run(IServiceProvider services)
    {
        var faults = StartFindings.Errors(services);
        return faults.Count == 0 ? new DeploymentStartCheck() : throw new DeploymentException(DeploymentOutcome.Refused, faults);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
