using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>What a verb works with.</summary>
/// <param name="Services">The host's services.</param>
/// <param name="Parse">The arguments.</param>
/// <param name="Environment">What <c>--environment</c> says; <see langword="null"/> when it was not given.</param>
/// <param name="Progress">Is told what happens.</param>
internal sealed record VerbContext(
    IServiceProvider Services,
    ParseResult Parse,
    string? Environment,
    IProgress<DeploymentProgress> Progress
)
{
    /// <summary>The host's environment.</summary>
    internal required string HostEnvironment { get; init; }

    /// <summary>Where values are read from.</summary>
    internal required Terminal Terminal { get; init; }

    internal SealedSecrets Secrets => Services.GetRequiredService<DeploymentPartsFactory>().SealedSecrets;

    internal Deployer Deployer => Services.GetRequiredService<Deployer>();

    internal ConfigurationInspector Configuration => Services.GetRequiredService<ConfigurationInspector>();

    internal DeploymentPromotion Promotion => Services.GetRequiredService<DeploymentPromotion>();

    internal DeploymentHistory History => Services.GetRequiredService<DeploymentHistory>();

    internal DeploymentEvidence Evidence => Services.GetRequiredService<DeploymentEvidence>();

    internal DeploymentNotifications Notifications => Services.GetRequiredService<DeploymentNotifications>();

    internal DeploymentIsolation Isolation => Services.GetRequiredService<DeploymentIsolation>();

    internal DeploymentDatabase Database => Services.GetRequiredService<DeploymentDatabase>();
}
