using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit;

/// <summary>Sources of secrets of the app's own.</summary>
public static class SecretSourceDeploymentExtensions
{
    /// <summary>Adds a source of secrets of your own, such as a vault; it is asked after the built-in ones.</summary>
    /// <typeparam name="TSource">
    /// The source, made with the app's services once for the host, in a scope of its own, when it is first asked. It may take options:
    /// those are bound before any source is asked, so what they refer to must be in a built-in one.
    /// </typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Says what happens while it does not answer.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddSecretSource<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSource
    >(this DeploymentBuilder builder, Action<SecretSourceOptions>? configure = null)
        where TSource : class, ISecretSource
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new SecretSourceOptions();
        configure?.Invoke(options);
        var type = typeof(TSource);
        if (
            builder.Declarations.Add(
                "source:" + type.AssemblyQualifiedName,
                $"Secret source {type.Name}",
                $"AddSecretSource<{type.Name}>",
                Declared.Of(nameof(options.AllowFallback), options.AllowFallback)
            )
        )
            builder
                .Registrations.Of<List<SecretSourceRegistration>>()
                .Add(new SecretSourceRegistration(type, static services => ActivatorUtilities.CreateInstance<TSource>(services), options));
        return builder;
    }
}
