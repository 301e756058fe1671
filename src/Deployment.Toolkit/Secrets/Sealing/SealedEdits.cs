using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>What can be done to an opened file. Each returns the new file, sealed.</summary>
internal static class SealedEdits
{
    /// <summary>A file without secrets, of the first epoch.</summary>
    internal static SealedFile New(SealedFile draft)
    {
        using var key = DataKey.Generate();
        return Seal(Rewrap(draft with { Lineage = Lineage.Seal(draft, key, []) }, key), key);
    }

    /// <summary>Computes commitment and seal anew.</summary>
    internal static SealedFile Seal(SealedFile draft, DataKey key)
    {
        var committed = draft with { Commitment = key.Commitment(draft) };
        return committed with { Seal = key.Seal(committed) };
    }

    /// <summary>The versions of a name replaced by others.</summary>
    internal static SealedFile Put(OpenedFile opened, string name, IEnumerable<SealedEntry> versions) =>
        opened.File with { Entries = Sorted(opened.File.Entries.Where(entry => entry.Name != name).Concat(versions)) };

    internal static SealedFile Set(OpenedFile opened, string name, Secret value, SealedValidity validity)
    {
        var spelled = Spelling(opened.File, name);
        var version = Versions(opened.File, spelled).LastOrDefault()?.Version ?? 0;
        return Put(opened, spelled, [New(opened, spelled, version + 1, value, validity)]);
    }

    internal static SealedFile Rotate(OpenedFile opened, string name, Secret value, TimeSpan grace, SealedValidity validity, DateTimeOffset now)
    {
        var versions = Versions(opened.File, name);
        if (versions is not [.., var current])
            throw DeploymentException.Refused(Codes.SecretUnknown, $"There is no secret '{name}' to rotate.{Suggestion.Sentence(name, Names(opened.File))} A new one is added with 'deploy secrets set {name}'.");

        var end = (validity.NotBefore > now ? validity.NotBefore.Value : now) + grace;
        var previous = current with { State = EntryState.Previous, Expires = SealedFormat.Whole(current.Expires < end ? current.Expires : end) };
        var kept = versions.Take(versions.Count - 1).Where(entry => entry.Expires > now).ToList();
        // Without grace nobody may read the old value any more, so it does not stay at all.
        if (previous.Expires > now) kept.Add(opened.Key.SealEntry(opened.File, previous, opened.Reveal(current)));
        return Put(opened, current.Name, [.. kept, New(opened, current.Name, current.Version + 1, value, validity)]);
    }

    internal static SealedFile Remove(OpenedFile opened, string name) => Versions(opened.File, name) is [var first, ..]
        ? Put(opened, first.Name, [])
        : throw DeploymentException.Refused(Codes.SecretUnknown, $"There is no secret '{name}' to remove.{Suggestion.Sentence(name, Names(opened.File))} 'deploy secrets list' shows those that there are.");

    /// <summary>A new data key for these recipients: every value is sealed anew.</summary>
    internal static SealedFile Rekey(OpenedFile opened, IReadOnlyList<Recipient> recipients, long epoch, IEnumerable<(long Epoch, byte[] Link)> links)
    {
        using var key = DataKey.Generate();
        var draft = opened.File with { Epoch = epoch, Recipients = recipients, Proposals = [] };
        draft = draft with
        {
            Lineage = Lineage.Seal(draft, key, links),
            Entries = [.. opened.File.Entries.Select(entry => key.SealEntry(draft, entry, opened.Reveal(entry)))],
        };
        return Seal(Rewrap(draft, key) with { Proposals = SealedProposals.Carry(opened, draft) }, key);
    }

    internal static SealedFile Rekey(OpenedFile opened, IReadOnlyList<Recipient> recipients) =>
        Rekey(opened, recipients, opened.File.Epoch + 1, LinksWith(opened));

    /// <summary>The links of all epochs up to the opened one.</summary>
    internal static IEnumerable<(long Epoch, byte[] Link)> LinksWith(OpenedFile opened) =>
        Lineage.Open(opened.File, opened.Key).Append((opened.File.Epoch, opened.Key.Link(opened.File)));

    internal static SealedFile AddRecipient(OpenedFile opened, Recipient added)
    {
        if (opened.File.Recipients.FirstOrDefault(recipient => recipient.Name == added.Name) is not null)
            throw DeploymentException.Refused(Codes.RecipientInvalid, $"There is a recipient '{added.Name}' already. Choose another name, or run 'deploy secrets recipients remove {added.Name}' first.");
        if (opened.File.Find(added.PublicKey) is { } twin)
            throw DeploymentException.Refused(Codes.RecipientInvalid, $"That key is recipient '{twin.Name}' already, so '{added.Name}' would change nothing.");
        if (opened.File.Recipients.Count == SealedFormat.MostRecipients)
            throw DeploymentException.Refused(Codes.RecipientInvalid, $"There are {SealedFormat.MostRecipients} recipients, as many as there may be. Remove one before '{added.Name}' is added.");

        return opened.File with { Recipients = Sorted([.. opened.File.Recipients, opened.Key.WrapFor(opened.File, added)]) };
    }

    internal static List<SealedEntry> Versions(SealedFile file, string name) => [.. file.Entries.Where(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase))];

    internal static IEnumerable<string> Names(SealedFile file) => file.Entries.Select(static entry => entry.Name).Distinct(StringComparer.Ordinal);

    internal static IReadOnlyList<SealedEntry> Sorted(IEnumerable<SealedEntry> entries) => [.. entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal).ThenBy(static entry => entry.Version)];

    internal static IReadOnlyList<Recipient> Sorted(IEnumerable<Recipient> recipients) => [.. recipients.OrderBy(static recipient => recipient.Name, StringComparer.Ordinal)];

    internal static SealedEntry New(OpenedFile opened, string name, long version, Secret value, SealedValidity validity) => opened.Key.SealEntry(
        opened.File, new SealedEntry(name, version, EntryState.Current, SealedFormat.Whole(validity.NotBefore), SealedFormat.Whole(validity.ExpiresAt)), value);

    /// <summary>References are looked up without case, as configuration is; so a name has one spelling.</summary>
    private static string Spelling(SealedFile file, string name) => Versions(file, name) is [var first, ..] ? first.Name : name;

    private static SealedFile Rewrap(SealedFile draft, DataKey key) => draft with { Recipients = [.. draft.Recipients.Select(recipient => key.WrapFor(draft, recipient))] };
}
