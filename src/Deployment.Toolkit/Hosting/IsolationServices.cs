using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Isolation;
using Deployment.Toolkit.Monitoring;
using Deployment.Toolkit.Secrecy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Hosting;

/// <summary>What looks at how environments are kept apart.</summary>
internal static class IsolationServices
{
    internal static void Add(IServiceCollection services)
    {
        services.AddSingleton(static services => new IsolationLook(
            services.GetRequiredService<DeploymentPartsFactory>(),
            services.GetRequiredService<IConfiguration>(),
            services.GetRequiredService<ConfigurationRecorder>(),
            services.GetRequiredService<ConfigurationStates>(),
            services.GetRequiredService<SecretReading>()
        ));
        services.AddSingleton(static services => new DeploymentIsolation(
            services.GetRequiredService<DeploymentPartsFactory>(),
            services.GetRequiredService<IsolationLook>()
        ));
    }
}
