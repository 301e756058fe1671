using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit;

/// <summary>Rules of the app's own.</summary>
public static class PolicyDeploymentExtensions
{
    /// <summary>
    /// Adds a rule that releases have to keep to: over the configuration, the plan, or anything that code can ask. It is asked like a gate,
    /// by <c>check</c>, <c>plan</c> and <c>up</c>; an exception or silence keeps the release out.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">What it says, as reports show it: <c>no debug switches</c>. One of a name.</param>
    /// <param name="rule">Returns what breaks it and what to do; <see langword="null"/> when nothing does.</param>
    /// <param name="configure">Says where it counts, where it only warns, and who is let off.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddPolicy(
        this DeploymentBuilder builder,
        string name,
        Func<PolicyContext, string?> rule,
        Action<PolicyOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(rule);
        return Add(builder, name, rule, (context, _) => ValueTask.FromResult(rule(context)), configure);
    }

    /// <inheritdoc cref="AddPolicy(DeploymentBuilder, string, Func{PolicyContext, string}, Action{PolicyOptions})"/>
    public static DeploymentBuilder AddPolicy(
        this DeploymentBuilder builder,
        string name,
        Func<PolicyContext, CancellationToken, ValueTask<string?>> rule,
        Action<PolicyOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(rule);
        return Add(builder, name, rule, rule, configure);
    }

    private static DeploymentBuilder Add(
        DeploymentBuilder builder,
        string name,
        object key,
        Func<PolicyContext, CancellationToken, ValueTask<string?>> rule,
        Action<PolicyOptions>? configure
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var options = new PolicyOptions();
        configure?.Invoke(options);
        var environments = builder.Registrations.Of<DeclaredEnvironments>();
        if (
            builder.Declarations.Add(
                $"policy {name}",
                $"Policy '{name}'",
                nameof(AddPolicy),
                new Registration.Declared("rule", "code", key)
            )
        )
            builder
                .Registrations.Of<List<PromotionGateRegistration>>()
                .Add(
                    new PromotionGateRegistration(
                        $"policy: {name}",
                        services => new PolicyGate(name, rule, options, () => environments.Graph, services),
                        options.Gate
                    )
                );
        return builder;
    }
}
