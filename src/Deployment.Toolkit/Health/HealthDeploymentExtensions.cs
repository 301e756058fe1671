using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit;

/// <summary>What a deployment waits for.</summary>
public static class HealthDeploymentExtensions
{
    /// <summary>Says which health checks a deployment waits for. Without it: all that the app registered.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Says it.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddHealthGate(this DeploymentBuilder builder, Action<HealthGateOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var said = new HealthGateOptions();
        configure(said);
        foreach (var time in said.Times)
            builder.Declarations.Add("health gate: " + time.What, "The health gate", $"AddHealthGate that set {time.What}", time);
        builder.Host.Services.Configure(configure);
        return builder;
    }
}
