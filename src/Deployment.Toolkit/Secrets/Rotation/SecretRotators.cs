using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Rotation;

/// <summary>A secret whose issuer the app knows.</summary>
internal sealed record RotatorRegistration(string Secret, TimeSpan RotateEvery, Type Type, Func<IServiceProvider, ISecretRotator> Create);

/// <summary>The registered rotators, by secret. The schedule stands here, so that nobody has to reach an issuer to tell what is due.</summary>
internal sealed class SecretRotators
{
    // Ten years are no schedule any more, and what is added to a date must not overflow it.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    private readonly Dictionary<string, RotatorRegistration> _all = new(StringComparer.OrdinalIgnoreCase);

    internal IReadOnlyCollection<RotatorRegistration> All => _all.Values;

    internal RotatorRegistration? Find(string secret) => _all.GetValueOrDefault(secret);

    /// <exception cref="DeploymentException">The name is none, the time is none, or another rotator has the secret.</exception>
    internal void Add(RotatorRegistration added)
    {
        if (!Configuration.SecretReference.IsName(added.Secret))
            throw DeploymentException.Refused(Codes.RegistrationInvalid, $"'{added.Secret}' is no secret's name. Give AddSecretRotator<{added.Type.Name}> the name as after secret://.");
        if (added.RotateEvery <= TimeSpan.Zero || added.RotateEvery > Longest)
            throw DeploymentException.Refused(Codes.RegistrationInvalid, $"Secret '{added.Secret}' is to be rotated every {added.RotateEvery:c}. Give AddSecretRotator a time above zero and to {Longest.Days} days at most.");
        if (_all.TryGetValue(added.Secret, out var earlier) && (earlier.Type != added.Type || earlier.RotateEvery != added.RotateEvery))
        {
            throw DeploymentException.Refused(
                Codes.RegistrationInvalid,
                $"Secret '{added.Secret}' has rotator {earlier.Type.Name} every {earlier.RotateEvery:c} and {added.Type.Name} every {added.RotateEvery:c}. Keep one of the calls of AddSecretRotator.");
        }

        _all[added.Secret] = added;
    }
}
