namespace Deployment.Toolkit.Secrets;

/// <summary>Where one version of a sealed secret stands.</summary>
public enum SealedSecretState
{
    /// <summary>The newest.</summary>
    Current,

    /// <summary>An older one that stays readable until its grace ends.</summary>
    Previous,

    /// <summary>Handed in by somebody who cannot open the file, and not accepted yet.</summary>
    Proposed,
}

/// <summary>What a sealed file shows of one version of a secret to everybody, without any key.</summary>
public sealed record SealedSecretInfo
{
    /// <summary>The secret.</summary>
    public required string Name { get; init; }

    /// <summary>Counts from 1.</summary>
    public required long Version { get; init; }

    /// <summary>Where it stands.</summary>
    public required SealedSecretState State { get; init; }

    /// <summary>From when on it is good; <see langword="null"/> for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Until when it is readable; <see langword="null"/> for no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What to accept a proposal by; <see langword="null"/> for the others.</summary>
    public string? Proposal { get; init; }

    /// <summary>Who handed a proposal in, and whether somebody's signature says so; <see langword="null"/> for the others.</summary>
    public string? Proposer { get; init; }

    /// <summary>When it was proposed, as its proposer says; <see langword="null"/> for the others.</summary>
    public DateTimeOffset? ProposedAt { get; init; }
}

/// <summary>Somebody who can open a sealed file, or whose proposals count in it by themselves.</summary>
public sealed record SealedRecipientInfo
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary><c>p256</c>, <c>raw</c> or <c>passphrase</c>; <c>proposer</c> for somebody who opens nothing.</summary>
    public required string Kind { get; init; }

    /// <summary>What is sealed for and signatures are known by; of a proposer the latter alone.</summary>
    public required string PublicKey { get; init; }
}
