namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// A sealed file as it stands on disk. Its headers were verified back to its root when it was read; whose root that is,
/// <see cref="RootTrust"/> says, and nothing else of it is trusted before <see cref="OpenedFile"/> has checked it.
/// </summary>
internal sealed record SealedFile
{
    /// <summary>A random name of the file, so that nothing of one file passes in another.</summary>
    internal required string Id { get; init; }

    internal required string Environment { get; init; }

    internal required HeaderChain Chain { get; init; }

    /// <summary>Those of the last header, by name, each with its copy of the data key.</summary>
    internal IReadOnlyList<Recipient> Recipients { get; init; } = [];

    /// <summary>By name, then version.</summary>
    internal IReadOnlyList<SealedEntry> Entries { get; init; } = [];

    /// <summary>The highest number that a name ever had, where it is none that stands there: no number comes twice. By name.</summary>
    internal IReadOnlyList<SpentVersion> Spent { get; init; } = [];

    /// <summary>Proposals that were accepted or rejected, by id.</summary>
    internal IReadOnlyList<SettledProposal> Settled { get; init; } = [];

    internal byte[] Seal { get; init; } = [];

    internal IReadOnlyList<SealedProposal> Proposals { get; init; } = [];

    /// <summary>What is wrong with lines of proposals that were left out.</summary>
    internal IReadOnlyList<string> Ignored { get; init; } = [];

    internal SealedHeader Header => Chain.Head.Header;

    internal long Epoch => Header.Epoch;

    internal FileScope Scope => new(Id, Environment, Epoch);

    internal Recipient? Find(ReadOnlySpan<byte> publicKey)
    {
        foreach (var recipient in Recipients)
        {
            if (publicKey.SequenceEqual(recipient.PublicKey))
                return recipient;
        }

        return null;
    }
}

/// <summary>What binds a part to its file, environment and epoch.</summary>
internal readonly record struct FileScope(string Id, string Environment, long Epoch)
{
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

/// <summary>Somebody who can open the file and sign for it, and the data key as it was sealed for them.</summary>
internal sealed record Recipient(string Name, RecipientKind Kind, byte[] PublicKey, byte[] SigningKey)
{
    internal byte[] Salt { get; init; } = [];

    internal int Iterations { get; init; }

    internal byte[] Encapsulated { get; init; } = [];

    internal byte[] WrappedKey { get; init; } = [];

    /// <summary>Who it is, as headers name it.</summary>
    internal Recipient WithoutCopy => this with { Encapsulated = [], WrappedKey = [] };

    internal bool IsSameAs(Recipient other) =>
        Name == other.Name
        && Kind == other.Kind
        && Iterations == other.Iterations
        && PublicKey.AsSpan().SequenceEqual(other.PublicKey)
        && SigningKey.AsSpan().SequenceEqual(other.SigningKey)
        && Salt.AsSpan().SequenceEqual(other.Salt);

    internal FieldWriter Describe(FieldWriter fields) =>
        fields.Text(Name).Text(SealedFileWriter.Word(Kind)).Bytes(PublicKey).Bytes(SigningKey).Bytes(Salt).Number(Iterations);
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

    internal bool IsReadableAt(DateTimeOffset time) =>
        (NotBefore is not { } begin || time >= begin) && (Expires is not { } end || time < end);
}

/// <summary>A version that was taken out.</summary>
internal sealed record SpentVersion(string Name, long Version);

/// <summary>What became of a proposal.</summary>
internal sealed record SettledProposal(string Id, string Name, long Version, bool IsAccepted);

/// <summary>A value that somebody has handed in, who need not be able to open the file.</summary>
internal sealed record SealedProposal(string Id, SealedEntry Entry, DateTimeOffset At, string By)
{
    /// <summary>The public key of whoever signed it; empty when nobody did.</summary>
    internal byte[] SigningKey { get; init; } = [];

    internal byte[] Signature { get; init; } = [];

    /// <summary>Fixes the one value that every copy has to open to.</summary>
    internal byte[] Commitment { get; init; } = [];

    /// <summary>One copy for each recipient that there was.</summary>
    internal IReadOnlyList<ProposalCopy> Copies { get; init; } = [];

    /// <summary>SHA-256 of the rest: damage shows although nothing seals this section.</summary>
    internal byte[] Digest { get; init; } = [];

    internal bool IsSigned => SigningKey.Length > 0;
}

/// <summary>A proposal's value for one recipient.</summary>
internal sealed record ProposalCopy(string Recipient, byte[] Encapsulated, byte[] Box);
