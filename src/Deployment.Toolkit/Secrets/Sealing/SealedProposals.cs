using System.Security.Cryptography;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Values handed in by somebody who need not be able to open the file: sealed for each recipient, outside of the seal. One is bound to the
/// version that it would become, and no version comes twice; a commitment binds all copies to one value.
/// </summary>
internal static class SealedProposals
{
    internal const int IdSize = 8;

    /// <summary>Random bytes in front of the value in each copy, which open the commitment.</summary>
    internal const int OpeningSize = 32;

    internal static SealedFile Add(
        SealedFile file,
        string name,
        Secret value,
        SealedValidity validity,
        string by,
        SigningKey? signer,
        DateTimeOffset now
    )
    {
        if (file.Proposals.Count == SealedFormat.MostProposals)
            throw DeploymentException.Refused(
                Codes.ProposalInvalid,
                $"There are {SealedFormat.MostProposals} proposals, as many as there may be. Have some of them accepted or rejected first."
            );

        var spelled = SealedEdits.Versions(file, name) is [var first, ..] ? first.Name : name;
        var entry = new SealedEntry(
            spelled,
            SealedEdits.Next(file, name),
            EntryState.Proposed,
            SealedFormat.Whole(validity.NotBefore),
            SealedFormat.Whole(validity.ExpiresAt)
        );
        var padded = PaddedValue.Pad(value);
        byte[] plain = [.. RandomNumberGenerator.GetBytes(OpeningSize), .. padded];
        try
        {
            var draft = new SealedProposal(
                RandomNumberGenerator.GetHexString(2 * IdSize, lowercase: true),
                entry,
                SealedFormat.Whole(now)!.Value,
                by
            )
            {
                SigningKey = signer?.PublicKey ?? [],
            };
            draft = draft with { Commitment = CommitmentTo(file.Scope, draft, plain) };
            draft = draft with { Signature = signer?.Sign(SignedHash(file.Scope, draft)) ?? [] };
            return file with { Proposals = Sorted([.. file.Proposals, Wrap(file, draft, plain)]) };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>The proposals that became stale by a change, taken out.</summary>
    internal static IReadOnlyList<SealedProposal> Fresh(SealedFile file) => [.. file.Proposals.Where(proposal => IsFresh(file, proposal))];

    internal static bool IsFresh(SealedFile file, SealedProposal proposal) =>
        SealedEdits.Next(file, proposal.Entry.Name) == proposal.Entry.Version && !file.Settled.Any(settled => settled.Id == proposal.Id);

    /// <exception cref="DeploymentException">There is none of that id, or it is stale.</exception>
    internal static SealedProposal Choose(SealedFile file, string id)
    {
        if (file.Proposals.FirstOrDefault(proposal => proposal.Id == id) is { } found)
        {
            if (IsFresh(file, found))
                return found;

            throw DeploymentException.Refused(
                Codes.ProposalInvalid,
                file.Settled.FirstOrDefault(settled => settled.Id == id) is { } settled
                    ? $"Proposal '{found.Entry.Name}' ({id}) was {(settled.IsAccepted ? "accepted" : "rejected")} already, and none "
                        + $"counts twice. Have it proposed again."
                    : $"Proposal '{found.Entry.Name}' ({id}) was made for version {found.Entry.Version}, and the secret has moved on "
                        + $"since. Have it proposed again."
            );
        }

        var ofName = Fresh(file).Where(proposal => string.Equals(proposal.Entry.Name, id, StringComparison.OrdinalIgnoreCase)).ToList();
        throw DeploymentException.Refused(
            Codes.ProposalInvalid,
            ofName.Count == 0
                ? $"There is no proposal '{id}'.{Suggestion.Sentence(id, file.Proposals.Select(static proposal => proposal.Id))} "
                    + $"'deploy secrets list' shows those that there are."
                : $"A proposal is named by its id, so that the one is taken that was looked at. For '{ofName[0].Entry.Name}' there is "
                    + $"{string.Join("; ", ofName.Select(proposal => $"{proposal.Id}, by {ProposerOf(file, proposal)}, at {SealedFormat.Time(proposal.At)}"))}."
        );
    }

    /// <summary>Takes the proposal out and remembers what became of it under the seal.</summary>
    internal static SealedFile Settle(SealedFile file, SealedProposal proposal, bool isAccepted)
    {
        var settled = file.Settled.Append(new SettledProposal(proposal.Id, proposal.Entry.Name, proposal.Entry.Version, isAccepted));
        // What a later version has made stale cannot come back anyhow; it is kept for whoever looks while there is room.
        if (file.Settled.Count >= SealedFormat.MostSettled)
            settled = settled.Where(one => one.Version >= SealedEdits.Next(file, one.Name) || one.Id == proposal.Id);
        return file with { Settled = Sorted(settled), Proposals = [.. file.Proposals.Where(other => other.Id != proposal.Id)] };
    }

    /// <summary>The value, opened with the key of one of the recipients.</summary>
    /// <exception cref="DeploymentException">It has no copy for that key, was changed, comes from another file, or has not one value for
    /// all.</exception>
    internal static Secret Open(OpenedFile opened, SealedProposal proposal, string path)
    {
        try
        {
            return PaddedValue.Unpad(Unwrap(opened, proposal, path)[OpeningSize..]);
        }
        catch (CryptographicException)
        {
            throw DeploymentException.Refused(
                Codes.ProposalInvalid,
                $"Sealed file '{path}': proposal '{proposal.Entry.Name}' ({proposal.Id}) holds no value. Reject it with 'deploy secrets "
                    + $"reject {proposal.Id}'."
            );
        }
    }

    /// <summary>Proposals that this key opens, made anew for another set of recipients; those that it cannot open are left out.</summary>
    internal static IReadOnlyList<SealedProposal> Carry(OpenedFile opened, SealedFile to)
    {
        var carried = new List<SealedProposal>();
        foreach (var proposal in Fresh(opened.File))
        {
            try
            {
                var plain = Unwrap(opened, proposal, to.Environment);
                carried.Add(Wrap(to, proposal, plain));
                CryptographicOperations.ZeroMemory(plain);
            }
            catch (DeploymentException)
            {
                // Nobody's loss but the proposer's, who is told by whoever rekeys.
            }
        }

        return Sorted(carried);
    }

    internal static bool IsSignedBySigner(FileScope scope, SealedProposal proposal) =>
        SigningKey.Verify(proposal.SigningKey, SignedHash(scope, proposal), proposal.Signature);

    /// <summary>Who handed it in: the name is a claim, the signature is not.</summary>
    internal static string ProposerOf(SealedFile file, SealedProposal proposal)
    {
        if (!proposal.IsSigned)
            return $"{proposal.By} (not signed: anybody can give that name)";
        if (file.Recipients.FirstOrDefault(recipient => recipient.SigningKey.AsSpan().SequenceEqual(proposal.SigningKey)) is { } recipient)
            return $"{proposal.By} (signed by recipient {recipient.Name})";
        if (ListedBy(file, proposal) is { } proposer)
            return $"{proposal.By} (signed by proposer {proposer.Name})";
        return $"{proposal.By} (signed with a key that the file does not list)";
    }

    /// <summary>The proposer of the file that signed it, if one did: such a proposal may count by itself.</summary>
    internal static Proposer? ListedBy(SealedFile file, SealedProposal proposal) =>
        file.Header.Proposers.FirstOrDefault(proposer => proposer.SigningKey.AsSpan().SequenceEqual(proposal.SigningKey));

    internal static IReadOnlyList<SealedProposal> Sorted(IEnumerable<SealedProposal> proposals) =>
        [
            .. proposals
                .OrderBy(static proposal => proposal.Entry.Name, StringComparer.Ordinal)
                .ThenBy(static proposal => proposal.Id, StringComparer.Ordinal),
        ];

    internal static IReadOnlyList<SettledProposal> Sorted(IEnumerable<SettledProposal> settled) =>
        [.. settled.OrderBy(static settled => settled.Id, StringComparer.Ordinal)];

    private static byte[] Unwrap(OpenedFile opened, SealedProposal proposal, string path)
    {
        if (proposal.Copies.FirstOrDefault(copy => copy.Recipient == opened.By.Name) is not { } copy)
        {
            throw DeploymentException.Refused(
                Codes.ProposalInvalid,
                $"Sealed file '{path}': proposal '{proposal.Entry.Name}' ({proposal.Id}) was not made for '{opened.By.Name}'. Another "
                    + $"recipient may accept it, or have it proposed again."
            );
        }

        byte[] plain;
        try
        {
            plain = Hpke.Open(opened.PrivateKey, copy.Encapsulated, Info(opened.File, proposal, opened.By), [], copy.Box);
        }
        catch (CryptographicException)
        {
            throw DeploymentException.Refused(
                Codes.ProposalInvalid,
                $"Sealed file '{path}': proposal '{proposal.Entry.Name}' ({proposal.Id}) does not open: it was changed, or made for "
                    + $"another file, environment or epoch. Have it proposed again."
            );
        }

        if (
            plain.Length > OpeningSize
            && CryptographicOperations.FixedTimeEquals(CommitmentTo(opened.File.Scope, proposal, plain), proposal.Commitment)
        )
            return plain;

        throw DeploymentException.Refused(
            Codes.ProposalInvalid,
            $"Sealed file '{path}': proposal '{proposal.Entry.Name}' ({proposal.Id}) holds another value for '{opened.By.Name}' than "
                + $"the one that it commits itself to, so its recipients were given different ones. Reject it with 'deploy secrets "
                + $"reject {proposal.Id}'."
        );
    }

    private static SealedProposal Wrap(SealedFile file, SealedProposal draft, byte[] plain)
    {
        var wrapped = draft with
        {
            Copies =
            [
                .. file.Recipients.Select(recipient =>
                {
                    var (encapsulated, box) = Hpke.Seal(recipient.PublicKey, Info(file, draft, recipient), [], plain);
                    return new ProposalCopy(recipient.Name, encapsulated, box);
                }),
            ],
        };
        return wrapped with { Digest = SealedFileWriter.DigestOf(wrapped) };
    }

    private static ReadOnlySpan<byte> Info(SealedFile file, SealedProposal proposal, Recipient recipient) =>
        DataKey.Describe(file.Scope.Bind("proposal").Text(proposal.Id).Bytes(recipient.PublicKey), proposal.Entry).Written;

    // Neither is bound to the epoch: whoever rekeys makes the copies anew and can do neither for the proposer.
    private static byte[] CommitmentTo(FileScope scope, SealedProposal proposal, ReadOnlySpan<byte> plain) =>
        SHA256.HashData(
            DataKey.Describe((scope with { Epoch = 0 }).Bind("proposed value").Text(proposal.Id), proposal.Entry).Bytes(plain).Written
        );

    private static byte[] SignedHash(FileScope scope, SealedProposal proposal) =>
        SHA256.HashData(
            DataKey
                .Describe((scope with { Epoch = 0 }).Bind("proposal signature").Text(proposal.Id), proposal.Entry)
                .Time(proposal.At)
                .Text(proposal.By)
                .Bytes(proposal.Commitment)
                .Bytes(proposal.SigningKey)
                .Written
        );
}
