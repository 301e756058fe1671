using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Hosting;

/// <summary>Fails a normal start when the environments are declared wrongly or the host runs in one that isn't declared.</summary>
internal sealed class DeploymentStartCheck(DeploymentModel model, IHostEnvironment environment) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var faults = model.Environments.Validate().ToList();
        if (model.Environments.Find(environment.EnvironmentName) is null) faults.Add(model.Environments.Unknown(environment.EnvironmentName));
        return faults.Count == 0 ? Task.CompletedTask : throw new DeploymentException(DeploymentOutcome.Refused, faults);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
