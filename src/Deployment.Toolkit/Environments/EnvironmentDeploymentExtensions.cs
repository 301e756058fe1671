using Deployment.Toolkit.Environments;

namespace Deployment.Toolkit;

/// <summary>Where an app is deployed to.</summary>
public static class EnvironmentDeploymentExtensions
{
    /// <summary>Declares the environments. Without it they are Development → Staging → Production, the last protected.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Adds the environments.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddEnvironments(this DeploymentBuilder builder, Action<EnvironmentsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Registrations.Of<DeclaredEnvironments>().Declare(configure);
        builder.Registrations.Tell<DeclaredEnvironments>();
        return builder;
    }
}
