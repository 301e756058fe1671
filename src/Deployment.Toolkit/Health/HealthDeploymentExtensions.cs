using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit;

/// <summary>What a deployment waits for.</summary>
public static class HealthDeploymentExtensions
{
    /// <summary>Says which health checks a deployment waits for. Without it: all that the app registered.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Says it; <see langword="null"/> for all of them and the usual limits.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddHealthGate(this DeploymentBuilder builder, Action<HealthGateOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        configure ??= static _ => { };
        var said = new HealthGateOptions();
        configure(said);
        foreach (var time in said.Times)
            builder.Declarations.Add("health gate: " + time.What, "The health gate", $"AddHealthGate that set {time.What}", time);
        builder.Host.Services.Configure(configure);
        return builder;
    }
}
