using System.Security.Cryptography;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Says who can open the file from here on and under which data key. Each is signed by a recipient of the header before it, so that the
/// last one leads back to the first, the root.
/// </summary>
internal sealed record SealedHeader
{
    /// <summary>Counts the data keys, from 1.</summary>
    internal required long Epoch { get; init; }

    /// <summary>Says which data key it is, before anything is opened.</summary>
    internal required byte[] Commitment { get; init; }

    /// <summary>
    /// The name of a file beside this one that holds its private key for everybody; <see langword="null"/> for all but development.
    /// </summary>
    internal string? DevelopmentKey { get; init; }

    /// <summary>The hashes of the headers that this one follows: none for the root, two where branches were merged.</summary>
    internal IReadOnlyList<byte[]> Before { get; init; } = [];

    /// <summary>Recipients that the first header before this one does not have. Copies of the data key stand elsewhere.</summary>
    internal IReadOnlyList<Recipient> Added { get; init; } = [];

    internal IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>All whose signed proposals count without anybody's look at them.</summary>
    internal IReadOnlyList<Proposer> Proposers { get; init; } = [];

    /// <summary>The recipient that signed it.</summary>
    internal required string By { get; init; }

    internal byte[] Signature { get; init; } = [];

    /// <summary>What is signed: everything that the header says, with all recipients there are by it.</summary>
    internal byte[] Hash(string file, string environment, IReadOnlyList<Recipient> recipients)
    {
        var fields = new FieldWriter("header")
            .Text(file)
            .Text(environment)
            .Number(Epoch)
            .Bytes(Commitment)
            .Text(DevelopmentKey)
            .Number(Before.Count);
        foreach (var before in Before)
            fields.Bytes(before);
        fields.Number(recipients.Count);
        foreach (var recipient in recipients)
            recipient.Describe(fields);
        fields.Number(Proposers.Count);
        foreach (var proposer in Proposers)
            fields.Text(proposer.Name).Bytes(proposer.SigningKey);
        return SHA256.HashData(fields.Text(By).Written);
    }
}

/// <summary>Somebody whose proposals count by themselves; opens nothing.</summary>
internal sealed record Proposer(string Name, byte[] SigningKey);

/// <summary>How things stand by a header.</summary>
internal sealed record HeaderState(SealedHeader Header, byte[] Hash, IReadOnlyList<Recipient> Recipients)
{
    internal Recipient? Find(string name)
    {
        foreach (var recipient in Recipients)
        {
            if (recipient.Name == name)
                return recipient;
        }

        return null;
    }
}
