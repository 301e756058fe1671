using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Promotion;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit;

/// <summary>What must hold before a release may enter an environment.</summary>
public static class PromotionDeploymentExtensions
{
    /// <summary>Adds a gate of your own to the promotion order and holds. Registered twice with the same options, it is one gate.</summary>
    /// <typeparam name="TGate">The gate, made with the app's services, in a scope of its own, each time that it is asked, and disposed
    /// after it.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Says how long it may take.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddPromotionGate<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TGate>(
        this DeploymentBuilder builder,
        Action<PromotionGateOptions>? configure = null
    )
        where TGate : PromotionGate
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Add<TGate>(builder, typeof(TGate), static services => ActivatorUtilities.CreateInstance<TGate>(services), configure);
    }

    /// <summary>
    /// Adds a gate that you make yourself, so that there can be several of a class. Two different functions are two gates.
    /// </summary>
    /// <typeparam name="TGate">The gate.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="create">Makes it from the services of a scope of its own, each time that it is asked; it is disposed after it.</param>
    /// <param name="configure">Says how long it may take.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddPromotionGate<TGate>(
        this DeploymentBuilder builder,
        Func<IServiceProvider, TGate> create,
        Action<PromotionGateOptions>? configure = null
    )
        where TGate : PromotionGate
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(create);
        return Add<TGate>(builder, create, create, configure);
    }

    private static DeploymentBuilder Add<TGate>(
        DeploymentBuilder builder,
        object key,
        Func<IServiceProvider, PromotionGate> create,
        Action<PromotionGateOptions>? configure
    )
    {
        var options = new PromotionGateOptions();
        configure?.Invoke(options);
        var name = typeof(TGate).Name;
        if (builder.Declarations.Add(key, $"Promotion gate {name}", $"AddPromotionGate<{name}>", options.Declared))
            builder.Registrations.Of<List<PromotionGateRegistration>>().Add(new PromotionGateRegistration(name, create, options));
        return builder;
    }
}
