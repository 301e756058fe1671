using Deployment.Toolkit.Inspection;

namespace Deployment.Toolkit;

/// <summary>What <c>deploy config parity</c> is told.</summary>
public static class ParityDeploymentExtensions
{
    /// <summary>
    /// Declares keys, with everything below them, that are meant to differ from environment to environment or to be set in some only, so
    /// that <c>deploy config parity</c> stays quiet about them. Members of options carry <see cref="DiffersByEnvironmentAttribute"/>
    /// instead.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="keys">The keys, for example <c>Logging</c>.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder DiffersByEnvironment(this DeploymentBuilder builder, params IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys)
            builder.Registrations.Of<DifferingKeys>().Add(key);
        return builder;
    }
}
