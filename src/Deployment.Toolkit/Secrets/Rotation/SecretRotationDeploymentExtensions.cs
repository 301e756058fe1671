using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Rotation;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit;

/// <summary>How secrets are renewed.</summary>
public static class SecretRotationDeploymentExtensions
{
    /// <summary>
    /// Says how a secret of the sealed file is renewed at its issuer, so that <c>deploy secrets renew</c> can do it, and how often. When it
    /// is due, <c>deploy status</c>, the health check <c>secrets</c> and the gauge <c>deployment.secret.remaining</c> say so. Implies
    /// <c>AddSealedSecrets</c>.
    /// </summary>
    /// <typeparam name="TRotator">The rotator, made with the app's services when a renewal needs it, and by <c>deploy check</c> and
    /// <c>plan</c>, which say when it can't be.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="secret">The secret's name, as after <c>secret://</c>.</param>
    /// <param name="rotateEvery">How long after one renewal the next is due; at most ten years.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is none, or the time is not above zero and to ten years at most.</exception>
    public static DeploymentBuilder AddSecretRotator<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TRotator
    >(this DeploymentBuilder builder, string secret, TimeSpan rotateEvery)
        where TRotator : SecretRotator
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(secret);
        SecretRotators.EnsureValid(secret, rotateEvery);
        if (
            builder.Declarations.Add(
                "rotator:" + secret,
                $"The rotator of secret '{secret}'",
                nameof(AddSecretRotator),
                new Declared("it", typeof(TRotator).Name, typeof(TRotator)),
                Declared.Of("its schedule", rotateEvery)
            )
        )
            builder
                .Registrations.Of<SecretRotators>()
                .Add(
                    new RotatorRegistration(
                        secret,
                        rotateEvery,
                        typeof(TRotator),
                        static services => ActivatorUtilities.CreateInstance<TRotator>(services)
                    )
                );
        return builder.AddSealedSecrets();
    }
}
