namespace Deployment.Toolkit.Secrets.Rotation;

/// <summary>A secret whose issuer the app knows.</summary>
internal sealed record RotatorRegistration(string Secret, TimeSpan RotateEvery, Type Type, Func<IServiceProvider, SecretRotator> Create)
{
    internal string What => $"Rotator {Type.Name} of secret '{Secret}'";
}

/// <summary>
/// The registered rotators, by secret. The schedule stands here, so that nobody has to reach an issuer to tell what is due.
/// </summary>
internal sealed class SecretRotators
{
    // Ten years are no schedule any more, and what is added to a date must not overflow it.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    private readonly Dictionary<string, RotatorRegistration> _all = new(StringComparer.OrdinalIgnoreCase);

    internal IReadOnlyCollection<RotatorRegistration> All => _all.Values;

    internal RotatorRegistration? Find(string secret) => _all.GetValueOrDefault(secret);

    internal void Add(RotatorRegistration added) => _all[added.Secret] = added;

    /// <exception cref="ArgumentException">The name is none, or the time is no schedule.</exception>
    internal static void EnsureValid(string secret, TimeSpan rotateEvery)
    {
        if (!Secrecy.SecretReference.IsName(secret))
            throw new ArgumentException(
                $"'{secret}' is no secret's name. Give AddSecretRotator the name as after secret://: letters, digits, '-', '_' and '.'.",
                nameof(secret)
            );
        if (rotateEvery <= TimeSpan.Zero || rotateEvery > Longest)
            throw new ArgumentOutOfRangeException(
                nameof(rotateEvery),
                rotateEvery,
                $"Secret '{secret}' cannot be rotated that often. Give AddSecretRotator a time above zero and to {Longest.Days} days at "
                    + $"most."
            );
    }
}
