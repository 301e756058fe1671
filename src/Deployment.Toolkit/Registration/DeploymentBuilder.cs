using Deployment.Toolkit.Registration;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit;

/// <summary>
/// Says what a deployment of this app consists of; each capability has its calls as extension methods. They may come in any order;
/// registering the same thing twice registers it once.
/// </summary>
public sealed class DeploymentBuilder
{
    internal DeploymentBuilder(IHostApplicationBuilder host, Registrations registrations) => (Host, Registrations) = (host, registrations);

    /// <summary>The host's builder.</summary>
    public IHostApplicationBuilder Host { get; }

    internal Registrations Registrations { get; }

    /// <summary>What must be said once, and what was said of it.</summary>
    internal Declarations Declarations => Registrations.Of<Declarations>();
}
