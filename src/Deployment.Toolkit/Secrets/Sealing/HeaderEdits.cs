using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>Changes of who can open the file and under which key: each adds a header that is signed by whoever makes it.</summary>
internal static class HeaderEdits
{
    /// <summary>A file without secrets, of the first epoch.</summary>
    internal static SealedFile New(string id, string environment, SealedFileSettings? settings, Recipient first, P256PrivateKey privateKey)
    {
        using var key = DataKey.Generate();
        var scope = new FileScope(id, environment, 1);
        var root = new SealedHeader
        {
            Epoch = 1,
            Commitment = key.Commitment(scope),
            DevelopmentKey = settings?.DevelopmentKey,
            By = first.Name,
        };
        var chain = HeaderChain.Begin(id, environment, root, [first], privateKey.Signing);
        return SealedEdits.Seal(
            new SealedFile
            {
                Id = id,
                Environment = environment,
                Chain = chain,
                Recipients = [key.WrapFor(scope, first)],
            },
            key
        );
    }

    /// <summary>A new data key for these recipients: every value is sealed anew.</summary>
    /// <param name="opened">The file.</param>
    /// <param name="header">What the new header says besides its epoch and key.</param>
    /// <param name="recipients">Who can open it from here on.</param>
    /// <param name="merged">Another branch that ends in the new header.</param>
    internal static SealedFile Rekey(OpenedFile opened, SealedHeader header, IReadOnlyList<Recipient> recipients, SealedFile? merged = null)
    {
        var epoch = Math.Max(opened.File.Epoch, merged?.Epoch ?? 0) + 1;
        if (epoch > SealedFormat.MostEpochs)
            throw DeploymentException.Refused(
                Codes.SealedFileInvalid,
                $"The sealed file of '{opened.File.Environment}' had {SealedFormat.MostEpochs} data keys, as many as a file may have. "
                    + $"Begin a new one with 'deploy secrets init'."
            );

        using var key = DataKey.Generate();
        var scope = opened.File.Scope with { Epoch = epoch };
        var draft = opened.File with
        {
            Chain = Sign(opened, header with { Epoch = epoch, Commitment = key.Commitment(scope) }, recipients, merged?.Chain),
            Recipients = [.. recipients.Select(recipient => key.WrapFor(scope, recipient))],
            Entries = [.. opened.File.Entries.Select(entry => key.SealEntry(scope, entry, opened.Reveal(entry)))],
            Proposals = [],
        };
        return SealedEdits.Seal(draft with { Proposals = SealedProposals.Carry(opened, draft) }, key);
    }

    /// <summary>Other recipients under the same data key: everybody who had it before has to be among them.</summary>
    internal static SealedFile Join(
        OpenedFile opened,
        SealedHeader header,
        IReadOnlyList<Recipient> recipients,
        SealedFile? merged = null
    ) =>
        opened.File with
        {
            Chain = Sign(opened, header, recipients, merged?.Chain),
            Recipients =
            [
                .. recipients.Select(recipient =>
                    opened.File.Recipients.FirstOrDefault(recipient.IsSameAs) ?? opened.Key.WrapFor(opened.File.Scope, recipient)
                ),
            ],
        };

    internal static SealedFile AddRecipient(OpenedFile opened, Recipient added)
    {
        var recipients = opened.File.Recipients;
        if (recipients.Any(recipient => recipient.Name == added.Name))
            throw DeploymentException.Refused(
                Codes.RecipientInvalid,
                $"There is a recipient '{added.Name}' already. Choose another name, or run 'deploy secrets recipients remove "
                    + $"{added.Name}' first."
            );
        if (opened.File.Find(added.PublicKey) is { } twin)
            throw DeploymentException.Refused(
                Codes.RecipientInvalid,
                $"That key is recipient '{twin.Name}' already, so '{added.Name}' would change nothing."
            );
        if (recipients.Count == SealedFormat.MostRecipients)
            throw DeploymentException.Refused(
                Codes.RecipientInvalid,
                $"There are {SealedFormat.MostRecipients} recipients, as many as there may be. Remove one before '{added.Name}' is added."
            );
        if (recipients.Sum(static recipient => (long)recipient.Iterations) + added.Iterations > SealedFormat.MostIterations)
            throw DeploymentException.Refused(
                Codes.RecipientInvalid,
                $"The passphrases of the recipients take {SealedFormat.MostIterations} iterations together at most, and '{added.Name}' "
                    + $"would be one too many. Remove one, or give '{added.Name}' a key."
            );

        return Join(opened, opened.File.Header, Sorted([.. recipients, added]));
    }

    internal static SealedFile AddProposer(OpenedFile opened, Proposer added)
    {
        var proposers = opened.File.Header.Proposers;
        if (proposers.Any(proposer => proposer.Name == added.Name))
            throw DeploymentException.Refused(
                Codes.RecipientInvalid,
                $"There is a proposer '{added.Name}' already. Choose another name, or run 'deploy secrets proposers remove "
                    + $"{added.Name}' first."
            );
        if (proposers.Count == SealedFormat.MostRecipients)
            throw DeploymentException.Refused(
                Codes.RecipientInvalid,
                $"There are {SealedFormat.MostRecipients} proposers, as many as there may be. Remove one before '{added.Name}' is added."
            );

        return Join(
            opened,
            opened.File.Header with
            {
                Proposers = [.. proposers.Append(added).OrderBy(static proposer => proposer.Name, StringComparer.Ordinal)],
            },
            opened.File.Recipients
        );
    }

    internal static SealedFile RemoveProposer(OpenedFile opened, string name)
    {
        var proposers = opened.File.Header.Proposers;
        return proposers.Any(proposer => proposer.Name == name)
            ? Join(
                opened,
                opened.File.Header with
                {
                    Proposers = [.. proposers.Where(proposer => proposer.Name != name)],
                },
                opened.File.Recipients
            )
            : throw DeploymentException.Refused(
                Codes.RecipientInvalid,
                $"There is no proposer '{name}' to "
                    + $"remove.{Suggestion.Sentence(name, proposers.Select(static proposer => proposer.Name))} 'deploy secrets "
                    + $"proposers list' shows those that there are."
            );
    }

    internal static IReadOnlyList<Recipient> Sorted(IEnumerable<Recipient> recipients) =>
        [.. recipients.OrderBy(static recipient => recipient.Name, StringComparer.Ordinal)];

    private static HeaderChain Sign(OpenedFile opened, SealedHeader header, IReadOnlyList<Recipient> recipients, HeaderChain? merged)
    {
        var chain = opened.File.Chain;
        if (chain.States.Count + (merged?.States.Count ?? 0) >= SealedFormat.MostHeaders)
            throw DeploymentException.Refused(
                Codes.SealedFileInvalid,
                $"The sealed file of '{opened.File.Environment}' has {SealedFormat.MostHeaders} headers, as many as a file may have. "
                    + $"Begin a new one with 'deploy secrets init'."
            );

        return chain.Append(header with { By = opened.By.Name }, recipients, opened.PrivateKey.Signing, merged);
    }
}
