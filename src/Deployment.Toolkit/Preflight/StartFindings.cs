using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Secrets.Masking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Preflight;

/// <summary>
/// What keeps an app from starting and a deployment from beginning, told by both in the same words: environments, configuration, connection
/// string.
/// </summary>
internal static class StartFindings
{
    /// <summary>Every error at a start, secrets masked; what it names to run next runs in another shell, too.</summary>
    internal static IReadOnlyList<DeploymentMessage> Errors(IServiceProvider services)
    {
        var model = services.GetRequiredService<DeploymentModel>();
        var environments = model.Environments;
        var faults = environments.Validate().ToList();
        var name = services.GetRequiredService<IHostEnvironment>().EnvironmentName;
        if (environments.Find(name) is null)
            faults.Add(environments.Unknown(name));
        faults.AddRange(RegistrationFaults.Of(model, services));
        faults.AddRange(services.GetRequiredService<ConfigurationStore>().Current.Faults);
        faults.AddRange(ConfigurationCheck.Registered(services));
        faults.AddRange(Database(services));
        var redactor = services.GetRequiredService<SecretRedactor>();
        var declared = environments.Find(name)?.Name;
        return
        [
            .. faults
                .Where(static fault => fault.Severity == MessageSeverity.Error)
                .Distinct()
                .Select(fault => NamedCommands.Complete(redactor.Redact(fault), declared)),
        ];
    }

    /// <summary>Whether the databases that the app names can be named to a driver; none is opened.</summary>
    internal static IReadOnlyList<DeploymentMessage> Database(IServiceProvider services)
    {
        var faults = new List<DeploymentMessage>();
        foreach (var declared in services.GetRequiredService<DeploymentModel>().Databases.All)
        {
            try
            {
                declared.Connect(services).Dispose();
            }
            catch (DeploymentException e)
            {
                faults.AddRange(e.Messages);
            }
        }

        return faults;
    }
}
