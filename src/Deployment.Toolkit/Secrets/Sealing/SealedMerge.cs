namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Merges two descendants of one file by what their entries mean: a name that one side alone changed is taken from it. Where both did, and
/// differently, our side stays and the name is reported.
/// </summary>
internal sealed class SealedMerge(OpenedFile origin, OpenedFile ours, OpenedFile theirs)
{
    private readonly List<string> _conflicts = [];

    internal IReadOnlyList<string> Conflicts => _conflicts;

    internal SealedFile Merge()
    {
        var recipients = MergeRecipients();
        var (isOurs, isRekeyed) = Host();
        var host = isOurs ? ours : theirs;
        var draft = host.File with
        {
            AcceptsProposals = Pick(origin.File.AcceptsProposals, ours.File.AcceptsProposals, theirs.File.AcceptsProposals, "acceptsProposals"),
            DevelopmentKey = Pick(origin.File.DevelopmentKey, ours.File.DevelopmentKey, theirs.File.DevelopmentKey, "developmentKey"),
        };
        draft = draft with { Entries = SealedEdits.Sorted(MergeEntries().Select(entry => Carry(entry, host))) };
        if (!isRekeyed)
        {
            draft = draft with { Recipients = [.. recipients.Select(recipient => host.File.Recipients.FirstOrDefault(recipient.IsSameAs) ?? host.Key.WrapFor(draft, recipient))] };
            return SealedEdits.Seal(draft with { Proposals = MergeProposals(draft) }, host.Key);
        }

        var rekeyed = SealedEdits.Rekey(
            host.With(draft with { Proposals = [] }), recipients, Math.Max(ours.File.Epoch, theirs.File.Epoch) + 1, SealedEdits.LinksWith(ours).Concat(SealedEdits.LinksWith(theirs)));
        return rekeyed with { Proposals = MergeProposals(rekeyed) };
    }

    // The data key of the side that changed it; when both did, neither may stay: each could still open what the other took away.
    private (bool IsOurs, bool IsRekeyed) Host()
    {
        if (HaveSameKey(ours, theirs)) return (true, false);
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
            if (Choose(Of(origin), Of(ours), Of(theirs), static (a, b) => a.IsSameAs(b), $"recipient {name}") is { } chosen) merged.Add(chosen);
        }

        return SealedEdits.Sorted(merged);
    }

    private IEnumerable<Placed> MergeEntries()
    {
        foreach (var name in Union(static file => SealedEdits.Names(file), StringComparer.OrdinalIgnoreCase))
        {
            List<Placed>? Of(OpenedFile side) => SealedEdits.Versions(side.File, name) is { Count: > 0 } versions ? [.. versions.Select(entry => new Placed(side, entry))] : null;
            foreach (var entry in Choose(Of(origin), Of(ours), Of(theirs), AreSame, name) ?? []) yield return entry;
        }
    }

    private IReadOnlyList<SealedProposal> MergeProposals(SealedFile draft)
    {
        var merged = new List<SealedProposal>();
        foreach (var id in Union(static file => file.Proposals.Select(static proposal => proposal.Id), StringComparer.Ordinal))
        {
            SealedProposal? Of(OpenedFile side) => side.File.Proposals.FirstOrDefault(proposal => proposal.Id == id);
            var (one, other) = (Of(ours), Of(theirs));
            // Taken out by one side: accepted there, or thrown away.
            if (Of(origin) is not null && (one is null || other is null)) continue;

            var (side, proposal) = one is null ? (theirs, other!) : (ours, one);
            if (!SealedProposals.IsFresh(draft, proposal)) continue;
            if (side.File.Epoch == draft.Epoch && side.File.Commitment.AsSpan().SequenceEqual(draft.Commitment)) merged.Add(proposal);
            else merged.AddRange(SealedProposals.Carry(side.With(side.File with { Proposals = [proposal] }), draft));
        }

        return SealedProposals.Sorted(merged);
    }

    private T? Choose<T>(T? before, T? one, T? other, Func<T, T, bool> areSame, string name)
        where T : class
    {
        bool Same(T? a, T? b) => a is null || b is null ? a is null && b is null : areSame(a, b);
        if (Same(one, other) || Same(before, other)) return one;
        if (Same(before, one)) return other;

        _conflicts.Add(name);
        return one;
    }

    private T Pick<T>(T before, T one, T other, string name)
    {
        var equality = EqualityComparer<T>.Default;
        if (equality.Equals(one, other) || equality.Equals(before, other)) return one;
        if (equality.Equals(before, one)) return other;

        _conflicts.Add(name);
        return one;
    }

    private List<string> Union(Func<SealedFile, IEnumerable<string>> names, StringComparer comparer) => [.. names(ours.File).Concat(names(theirs.File)).Distinct(comparer)];

    private static SealedEntry Carry(Placed placed, OpenedFile host) =>
        placed.Side == host || HaveSameKey(placed.Side, host) ? placed.Entry : host.Key.SealEntry(host.File, placed.Entry, placed.Side.Reveal(placed.Entry));

    private static bool AreSame(List<Placed> one, List<Placed> other) => one.Count == other.Count && one.Zip(other).All(static pair => AreSame(pair.First, pair.Second));

    private static bool AreSame(Placed one, Placed other) =>
        one.Entry with { Box = other.Entry.Box } == other.Entry && (one.Entry.Box.AsSpan().SequenceEqual(other.Entry.Box) || one.Side.Reveal(one.Entry).Equals(other.Side.Reveal(other.Entry)));

    private static bool HaveSameKey(OpenedFile one, OpenedFile other) => one.File.Epoch == other.File.Epoch && one.File.Commitment.AsSpan().SequenceEqual(other.File.Commitment);

    private sealed record Placed(OpenedFile Side, SealedEntry Entry);
}
