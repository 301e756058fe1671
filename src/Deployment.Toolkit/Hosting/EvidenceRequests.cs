using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit;

/// <summary>What to vouch for, and where to write it.</summary>
public sealed record ExportEvidenceRequest
{
    /// <summary>The file; one that is there is replaced.</summary>
    public required string File { get; init; }

    /// <summary>
    /// A release that was verified there, as version or version+commit; <see langword="null"/> for the one that is live.
    /// </summary>
    public string? Release { get; init; }

    /// <summary>For how long the bundle is good. Default 14 days; at most 365.</summary>
    public TimeSpan ValidFor { get; init; } = EvidenceExport.DefaultValidity;

    /// <summary>
    /// The key to sign with; <see langword="null"/> for the one that this process signs proposals of secrets with. It stays the caller's.
    /// </summary>
    public SealedKey? Key { get; init; }
}

/// <summary>A key by which bundles are known.</summary>
public sealed record EvidenceKeyInfo
{
    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>The environment that it speaks for; <see langword="null"/> for the key that this process would sign with.</summary>
    public string? Environment { get; init; }

    /// <summary>The SHA-256 of its SubjectPublicKeyInfo, in lower-case hexadecimal.</summary>
    public required string KeyId { get; init; }

    /// <summary>The public key in PEM.</summary>
    public required string PublicKey { get; init; }

    /// <summary>Whether the app declares it with <c>TrustEvidenceOf</c>, and not the journal.</summary>
    public bool IsDeclared { get; init; }
}

/// <summary>A bundle that was imported.</summary>
public sealed record ImportedEvidence
{
    /// <summary>The environment that it speaks for.</summary>
    public required string Environment { get; init; }

    /// <summary>The release that is verified there.</summary>
    public required Release Release { get; init; }

    /// <summary>By which run.</summary>
    public required string Run { get; init; }

    /// <summary>When (UTC).</summary>
    public required DateTimeOffset VerifiedAt { get; init; }

    /// <summary>Until when the bundle is good (UTC).</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What the key is called that signed it.</summary>
    public required string Key { get; init; }

    /// <summary>The SHA-256 of the bundle.</summary>
    public required string Sha256 { get; init; }

    /// <summary>How many records the journal there had.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was imported (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>By whom.</summary>
    public required string By { get; init; }
}
