using System.Security.Cryptography;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Values handed in by somebody who cannot open the file: sealed for each recipient, outside of the seal. One is bound to the version
/// that it would become, so that it counts once and an old one cannot be played in again.
/// </summary>
internal static class SealedProposals
{
    internal const int IdSize = 8;

    internal static SealedFile Add(SealedFile file, string name, Secret value, SealedValidity validity)
    {
        var versions = SealedEdits.Versions(file, name);
        var entry = new SealedEntry(
            versions is [var first, ..] ? first.Name : name, (versions.LastOrDefault()?.Version ?? 0) + 1, EntryState.Proposed, SealedFormat.Whole(validity.NotBefore), SealedFormat.Whole(validity.ExpiresAt));
        return file with { Proposals = Sorted([.. file.Proposals, Make(file, RandomNumberGenerator.GetHexString(2 * IdSize, lowercase: true), entry, value)]) };
    }

    /// <summary>The proposals that became stale by a change, taken out.</summary>
    internal static IReadOnlyList<SealedProposal> Fresh(SealedFile file) => [.. file.Proposals.Where(proposal => IsFresh(file, proposal))];

    internal static bool IsFresh(SealedFile file, SealedProposal proposal) => (SealedEdits.Versions(file, proposal.Entry.Name).LastOrDefault()?.Version ?? 0) + 1 == proposal.Entry.Version;

    /// <exception cref="DeploymentException">There is none, more than one, or only a stale one.</exception>
    internal static SealedProposal Choose(SealedFile file, string nameOrId)
    {
        var found = file.Proposals.Where(proposal => proposal.Id == nameOrId || string.Equals(proposal.Entry.Name, nameOrId, StringComparison.OrdinalIgnoreCase)).ToList();
        if (found.Count == 0) throw DeploymentException.Refused(Codes.ProposalInvalid, $"There is no proposal '{nameOrId}'.{Suggestion.Sentence(nameOrId, file.Proposals.Select(static proposal => proposal.Entry.Name))} 'deploy secrets list' shows those that there are.");

        var fresh = found.FindAll(proposal => IsFresh(file, proposal));
        return fresh.Count switch
        {
            1 => fresh[0],
            0 => throw DeploymentException.Refused(
                Codes.ProposalInvalid, $"Proposal '{found[0].Entry.Name}' ({found[0].Id}) was made for version {found[0].Entry.Version}, and the secret has moved on since. Have it proposed again."),
            _ => throw DeploymentException.Refused(
                Codes.ProposalInvalid, $"There are {fresh.Count} proposals for '{fresh[0].Entry.Name}'. Accept one by its id: {string.Join(", ", fresh.Select(static proposal => proposal.Id))}."),
        };
    }

    /// <summary>The value, opened with the key of one of the recipients.</summary>
    /// <exception cref="DeploymentException">It has no copy for that key, or was changed, or comes from another file or epoch.</exception>
    internal static Secret Open(OpenedFile opened, SealedProposal proposal, string path)
    {
        try
        {
            if (proposal.Copies.FirstOrDefault(copy => copy.Recipient == opened.By.Name) is { } copy)
                return PaddedValue.Unpad(Hpke.Open(opened.PrivateKey, copy.Encapsulated, Info(opened.File, proposal, opened.By), [], copy.Box));
        }
        catch (CryptographicException)
        {
            throw DeploymentException.Refused(
                Codes.ProposalInvalid, $"Sealed file '{path}': proposal '{proposal.Entry.Name}' ({proposal.Id}) does not open: it was changed, or made for another file, environment or epoch. Have it proposed again.");
        }

        throw DeploymentException.Refused(
            Codes.ProposalInvalid, $"Sealed file '{path}': proposal '{proposal.Entry.Name}' ({proposal.Id}) was not made for '{opened.By.Name}'. Another recipient may accept it, or have it proposed again.");
    }

    /// <summary>Proposals that this key opens, made anew for another set of recipients; those that it cannot open are left out.</summary>
    internal static IReadOnlyList<SealedProposal> Carry(OpenedFile opened, SealedFile to)
    {
        var carried = new List<SealedProposal>();
        foreach (var proposal in Fresh(opened.File))
        {
            try
            {
                carried.Add(Make(to, proposal.Id, proposal.Entry, Open(opened, proposal, to.Environment)));
            }
            catch (DeploymentException)
            {
                // Nobody's loss but the proposer's, who is told by whoever rekeys.
            }
        }

        return Sorted(carried);
    }

    internal static IReadOnlyList<SealedProposal> Sorted(IEnumerable<SealedProposal> proposals) =>
        [.. proposals.OrderBy(static proposal => proposal.Entry.Name, StringComparer.Ordinal).ThenBy(static proposal => proposal.Id, StringComparer.Ordinal)];

    private static SealedProposal Make(SealedFile file, string id, SealedEntry entry, Secret value)
    {
        var padded = PaddedValue.Pad(value);
        try
        {
            var proposal = new SealedProposal(id, entry);
            proposal = proposal with
            {
                Copies = [.. file.Recipients.Select(recipient =>
                {
                    var (encapsulated, box) = Hpke.Seal(recipient.PublicKey, Info(file, proposal, recipient), [], padded);
                    return new ProposalCopy(recipient.Name, encapsulated, box);
                })],
            };
            return proposal with { Digest = SealedFileWriter.DigestOf(proposal) };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    private static ReadOnlySpan<byte> Info(SealedFile file, SealedProposal proposal, Recipient recipient) =>
        DataKey.Describe(file.Bind("proposal").Text(proposal.Id).Bytes(recipient.PublicKey), proposal.Entry).Written;
}
