using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.FluentValidation;
using FluentValidation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Deployment.Toolkit;

/// <summary>Lets FluentValidation validators judge options.</summary>
public static class FluentValidationDeploymentExtensions
{
    /// <summary>
    /// Runs a validator over options that <c>AddValidatedOptions</c> binds. Its faults stand in the same report as all others, with the
    /// key's place; <see cref="Severity.Warning"/> and <see cref="Severity.Info"/> refuse nothing. Registering it again does nothing.
    /// </summary>
    /// <typeparam name="TOptions">The options type.</typeparam>
    /// <typeparam name="TValidator">The validator, made with the app's services, in a scope of its own. Its rules must be synchronous:
    /// options are bound while the host starts.</typeparam>
    /// <param name="deployment">The deployment's builder.</param>
    /// <returns>The same builder.</returns>
    public static DeploymentBuilder AddFluentValidator<
        TOptions,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TValidator
    >(this DeploymentBuilder deployment)
        where TOptions : class
        where TValidator : class, IValidator<TOptions>
    {
        ArgumentNullException.ThrowIfNull(deployment);
        deployment.Host.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IOptionsRule<TOptions>, FluentOptionsRule<TOptions, TValidator>>()
        );
        return deployment;
    }
}
