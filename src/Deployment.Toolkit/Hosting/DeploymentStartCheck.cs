using Deployment.Toolkit.Configuration.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Hosting;

/// <summary>
/// Fails a normal start with one report: environments that are declared wrongly or don't know the host's, and every fault of the
/// configuration. The check is made while the host makes its hosted services, this one first; .NET's own comes after their constructors.
/// </summary>
internal sealed class DeploymentStartCheck : IHostedService
{
    private DeploymentStartCheck()
    {
    }

    /// <summary>Checks.</summary>
    /// <exception cref="DeploymentException">With every fault.</exception>
    internal static DeploymentStartCheck Run(IServiceProvider services)
    {
        var environments = services.GetRequiredService<DeploymentModel>().Environments;
        var faults = environments.Validate().ToList();
        var name = services.GetRequiredService<IHostEnvironment>().EnvironmentName;
        if (environments.Find(name) is null) faults.Add(environments.Unknown(name));
        faults.AddRange(RegistrationFaults.Of(services.GetRequiredService<DeploymentModel>(), services));
        faults.AddRange(services.GetRequiredService<ConfigurationStore>().Current.Faults.Where(static fault => fault.Severity == MessageSeverity.Error));
        return faults.Count == 0
            ? new DeploymentStartCheck()
            : throw new DeploymentException(DeploymentOutcome.Refused, [.. faults.Distinct().Select(services.GetRequiredService<Secrets.SecretRedactor>().Redact)]);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
