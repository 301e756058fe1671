using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Merges two descendants of one file by what their entries mean: a name that one side alone changed is taken from it. Where both did, and
/// differently, our side stays and the name is reported. All three were opened, and both sides lead back to the origin: see
/// <see cref="MergeSides"/>.
/// </summary>
internal sealed class SealedMerge(OpenedFile origin, OpenedFile ours, OpenedFile theirs)
{
    private readonly List<string> _conflicts = [];

    internal IReadOnlyList<string> Conflicts => _conflicts;

    /// <exception cref="DeploymentException">Whoever merges is no recipient on both sides, and so cannot sign for both.</exception>
    internal SealedFile Merge()
    {
        var (isOurs, isRekeyed) = Host();
        var (host, other) = isOurs ? (ours, theirs) : (theirs, ours);
        var entries = SealedEdits.Sorted(MergeEntries().Select(entry => Carry(entry, host)));
        var draft = host.File with { Entries = entries, Spent = MergeSpent(entries), Settled = MergeSettled(), Proposals = [] };
        // Else the other side has no header that the host does not have, so who can open the file is what the host says.
        if (!host.File.Chain.Has(other.File.Chain.Head.Hash))
        {
            if (other.File.Chain.Head.Find(host.By.Name)?.IsSameAs(host.By) != true)
            {
                throw DeploymentException.Failed(
                    Codes.MergeUnverified,
                    $"The two sides of the sealed file can't be merged with the key of '{host.By.Name}': that recipient is on one side "
                        + $"alone, and a header that joins both is signed by somebody on both. Have another recipient merge. Nothing "
                        + $"was written."
                );
            }

            var header = host.File.Header with
            {
                Proposers = MergeProposers(),
                DevelopmentKey = Pick(
                    origin.File.Header.DevelopmentKey,
                    ours.File.Header.DevelopmentKey,
                    theirs.File.Header.DevelopmentKey,
                    "developmentKey"
                ),
            };
            draft = isRekeyed
                ? HeaderEdits.Rekey(host.With(draft), header, MergeRecipients(), other.File)
                : HeaderEdits.Join(host.With(draft), header, MergeRecipients(), other.File);
            if (isRekeyed)
                return draft with { Proposals = MergeProposals(draft) };
        }

        return SealedEdits.Seal(draft with { Proposals = MergeProposals(draft) }, host.Key);
    }

    // The data key of the side that changed it; when both did, neither may stay: each could still open what the other took away.
    private (bool IsOurs, bool IsRekeyed) Host()
    {
        if (HaveSameKey(ours, theirs))
            return (!theirs.File.Chain.Has(ours.File.Chain.Head.Hash), false);
        return (HaveSameKey(origin, ours), HaveSameKey(origin, theirs)) switch
        {
            (true, _) => (false, false),
            (_, true) => (true, false),
            _ => (true, true),
        };
    }

    private IReadOnlyList<Recipient> MergeRecipients()
    {
        var merged = new List<Recipient>();
        foreach (var name in Union(static file => file.Recipients.Select(static recipient => recipient.Name), StringComparer.Ordinal))
        {
            Recipient? Of(OpenedFile side) => side.File.Recipients.FirstOrDefault(recipient => recipient.Name == name);
            if (Choose(Of(origin), Of(ours), Of(theirs), static (a, b) => a.IsSameAs(b), $"recipient {name}") is { } chosen)
                merged.Add(chosen);
        }

        return HeaderEdits.Sorted(merged);
    }

    private IReadOnlyList<Proposer> MergeProposers()
    {
        var merged = new List<Proposer>();
        foreach (var name in Union(static file => file.Header.Proposers.Select(static proposer => proposer.Name), StringComparer.Ordinal))
        {
            Proposer? Of(OpenedFile side) => side.File.Header.Proposers.FirstOrDefault(proposer => proposer.Name == name);
            if (
                Choose(
                    Of(origin),
                    Of(ours),
                    Of(theirs),
                    static (a, b) => a.SigningKey.AsSpan().SequenceEqual(b.SigningKey),
                    $"proposer {name}"
                ) is
                { } chosen
            )
                merged.Add(chosen);
        }

        return [.. merged.OrderBy(static proposer => proposer.Name, StringComparer.Ordinal)];
    }

    private IEnumerable<Placed> MergeEntries()
    {
        foreach (var name in Union(static file => SealedEdits.Names(file), StringComparer.OrdinalIgnoreCase))
        {
            List<Placed>? Of(OpenedFile side) =>
                SealedEdits.Versions(side.File, name) is { Count: > 0 } versions
                    ? [.. versions.Select(entry => new Placed(side, entry))]
                    : null;
            foreach (var entry in Choose(Of(origin), Of(ours), Of(theirs), AreSame, name) ?? [])
                yield return entry;
        }
    }

    // A number that one side gave is taken on both.
    private IReadOnlyList<SpentVersion> MergeSpent(IReadOnlyList<SealedEntry> entries)
    {
        var newest = entries
            .GroupBy(static entry => entry.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(
                static group => group.Key,
                static group => group.Max(static entry => entry.Version),
                StringComparer.OrdinalIgnoreCase
            );
        var names = Union(
            static file => SealedEdits.Names(file).Concat(file.Spent.Select(static spent => spent.Name)),
            StringComparer.OrdinalIgnoreCase
        );
        return SealedEdits.Sorted(
            names
                .Select(name => new SpentVersion(
                    name,
                    Math.Max(SealedEdits.Next(ours.File, name), SealedEdits.Next(theirs.File, name)) - 1
                ))
                .Where(spent => newest.GetValueOrDefault(spent.Name) < spent.Version)
        );
    }

    private IReadOnlyList<SettledProposal> MergeSettled() =>
        SealedProposals.Sorted(
            ours.File.Settled.Concat(theirs.File.Settled)
                .DistinctBy(static settled => settled.Id, StringComparer.Ordinal)
                .Take(SealedFormat.MostSettled)
        );

    private IReadOnlyList<SealedProposal> MergeProposals(SealedFile draft)
    {
        var merged = new List<SealedProposal>();
        foreach (var id in Union(static file => file.Proposals.Select(static proposal => proposal.Id), StringComparer.Ordinal))
        {
            SealedProposal? Of(OpenedFile side) => side.File.Proposals.FirstOrDefault(proposal => proposal.Id == id);
            var (one, other) = (Of(ours), Of(theirs));
            // Taken out by one side: accepted or rejected there, or thrown away.
            if (Of(origin) is not null && (one is null || other is null))
                continue;

            var (side, proposal) = one is null ? (theirs, other!) : (ours, one);
            if (!SealedProposals.IsFresh(draft, proposal))
                continue;
            if (side.File.Scope == draft.Scope && side.File.Header.Commitment.AsSpan().SequenceEqual(draft.Header.Commitment))
                merged.Add(proposal);
            else
                merged.AddRange(SealedProposals.Carry(side.With(side.File with { Proposals = [proposal] }), draft));
        }

        return SealedProposals.Sorted(merged.Take(SealedFormat.MostProposals));
    }

    private T? Choose<T>(T? before, T? one, T? other, Func<T, T, bool> areSame, string name)
        where T : class
    {
        bool Same(T? a, T? b) => a is null || b is null ? a is null && b is null : areSame(a, b);
        if (Same(one, other) || Same(before, other))
            return one;
        if (Same(before, one))
            return other;

        _conflicts.Add(name);
        return one;
    }

    private T Pick<T>(T before, T one, T other, string name)
    {
        var equality = EqualityComparer<T>.Default;
        if (equality.Equals(one, other) || equality.Equals(before, other))
            return one;
        if (equality.Equals(before, one))
            return other;

        _conflicts.Add(name);
        return one;
    }

    private List<string> Union(Func<SealedFile, IEnumerable<string>> names, StringComparer comparer) =>
        [.. names(ours.File).Concat(names(theirs.File)).Distinct(comparer)];

    // Under the host's own key its boxes stay as they are; a box of another side never does without its value having been opened.
    private static SealedEntry Carry(Placed placed, OpenedFile host) =>
        placed.Side == host || HaveSameKey(placed.Side, host)
            ? placed.Entry
            : host.Key.SealEntry(host.File.Scope, placed.Entry, placed.Side.Reveal(placed.Entry));

    private static bool AreSame(List<Placed> one, List<Placed> other) =>
        one.Count == other.Count && one.Zip(other).All(static pair => AreSame(pair.First, pair.Second));

    // By value, never by the bytes of a box: those can be copied by anybody.
    private static bool AreSame(Placed one, Placed other) =>
        one.Entry with { Box = other.Entry.Box } == other.Entry && one.Side.Reveal(one.Entry).Equals(other.Side.Reveal(other.Entry));

    private static bool HaveSameKey(OpenedFile one, OpenedFile other) =>
        one.File.Epoch == other.File.Epoch && one.File.Header.Commitment.AsSpan().SequenceEqual(other.File.Header.Commitment);

    private sealed record Placed(OpenedFile Side, SealedEntry Entry);
}
