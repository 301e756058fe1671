namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>A sealed file as it stands on disk: nothing of it is trusted before <see cref="OpenedFile"/> has checked it.</summary>
internal sealed record SealedFile
{
    /// <summary>A random name of the file, so that nothing of one file passes in another.</summary>
    internal required string Id { get; init; }

    internal required string Environment { get; init; }

    /// <summary>Counts the data keys, from 1.</summary>
    internal required long Epoch { get; init; }

    /// <summary>The name of a file beside this one that holds its private key for everybody; <see langword="null"/> for all but development.</summary>
    internal string? DevelopmentKey { get; init; }

    /// <summary>Whether a proposal counts without anybody's look at it.</summary>
    internal bool AcceptsProposals { get; init; }

    internal byte[] Commitment { get; init; } = [];

    internal byte[] Lineage { get; init; } = [];

    internal required IReadOnlyList<Recipient> Recipients { get; init; }

    /// <summary>By name, then version.</summary>
    internal IReadOnlyList<SealedEntry> Entries { get; init; } = [];

    internal byte[] Seal { get; init; } = [];

    internal IReadOnlyList<SealedProposal> Proposals { get; init; } = [];

    internal Recipient? Find(ReadOnlySpan<byte> publicKey)
    {
        foreach (var recipient in Recipients)
        {
            if (publicKey.SequenceEqual(recipient.PublicKey)) return recipient;
        }

        return null;
    }

    /// <summary>What binds a part to this file, environment and epoch.</summary>
    internal FieldWriter Bind(string purpose) => new FieldWriter(purpose).Text(Id).Text(Environment).Number(Epoch);
}

/// <summary>Where a recipient's private key comes from.</summary>
internal enum RecipientKind
{
    /// <summary>A key pair of its own.</summary>
    P256,

    /// <summary>256 random bits, from which the pair is derived.</summary>
    Raw,

    /// <summary>Words, from which the pair is derived by PBKDF2.</summary>
    Passphrase,
}

/// <summary>Somebody who can open the file, and the data key as it was sealed for them.</summary>
internal sealed record Recipient(string Name, RecipientKind Kind, byte[] PublicKey)
{
    internal byte[] Salt { get; init; } = [];

    internal int Iterations { get; init; }

    internal byte[] Encapsulated { get; init; } = [];

    internal byte[] WrappedKey { get; init; } = [];

    internal bool IsSameAs(Recipient other) =>
        Name == other.Name && Kind == other.Kind && Iterations == other.Iterations && PublicKey.AsSpan().SequenceEqual(other.PublicKey) && Salt.AsSpan().SequenceEqual(other.Salt);
}

/// <summary>Which of a secret's versions an entry is.</summary>
internal enum EntryState
{
    Current,
    Previous,
    Proposed,
}

/// <summary>One version of one secret.</summary>
internal sealed record SealedEntry(string Name, long Version, EntryState State, DateTimeOffset? NotBefore, DateTimeOffset? Expires)
{
    /// <summary>Nonce, ciphertext, tag.</summary>
    internal byte[] Box { get; init; } = [];

    internal bool IsReadableAt(DateTimeOffset time) => (NotBefore is not { } begin || time >= begin) && (Expires is not { } end || time < end);
}

/// <summary>A value that somebody without a key has handed in.</summary>
internal sealed record SealedProposal(string Id, SealedEntry Entry)
{
    /// <summary>One copy for each recipient that there was.</summary>
    internal IReadOnlyList<ProposalCopy> Copies { get; init; } = [];

    /// <summary>SHA-256 of the rest: damage shows although nothing seals this section.</summary>
    internal byte[] Digest { get; init; } = [];
}

/// <summary>A proposal's value for one recipient.</summary>
internal sealed record ProposalCopy(string Recipient, byte[] Encapsulated, byte[] Box);
