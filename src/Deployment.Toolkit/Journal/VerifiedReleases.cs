namespace Deployment.Toolkit.Journal;

/// <summary>A release that was verified, with when and by which run.</summary>
internal sealed record VerifiedRelease(ReleaseVerified Evidence, string Run, DateTimeOffset Time)
{
    internal required JournalRecord Record { get; init; }
}

/// <summary>The releases that were verified, in their order, and which of them tell the present.</summary>
internal sealed class VerifiedReleases
{
    /// <summary>How many releases a summary carries on, from the last one back.</summary>
    internal const int Kept = 10;

    private readonly List<VerifiedRelease> _all = [];

    // Of each release the last time, the oldest first. Whatever comes next, the last few need no more to be known than the last few.
    private readonly List<VerifiedRelease> _recent = [];

    // Behind an archive not every time that a release was verified is here, so which of them a rollback has left is.
    private readonly HashSet<long> _left = [];

    internal IReadOnlyList<VerifiedRelease> All => _all;

    internal VerifiedRelease? Current => _all.Count == 0 ? null : _all[^1];

    /// <summary>When the present release was verified first without another in between.</summary>
    internal VerifiedRelease? Since { get; private set; }

    internal void Add(VerifiedRelease verified)
    {
        var release = verified.Evidence.Release;
        if (Current?.Evidence.Release != release)
            Since = verified;
        _all.Add(verified);
        _recent.RemoveAll(earlier => earlier.Evidence.Release == release);
        _recent.Add(verified);
        if (_recent.Count > Kept)
            _recent.RemoveAt(0);
    }

    /// <summary>None of these stands below the present one.</summary>
    internal void Leave(IEnumerable<long> sequences) => _left.UnionWith(sequences);

    /// <summary>What tells the present.</summary>
    internal IEnumerable<JournalRecord> Standing =>
        _recent.Select(static verified => verified.Record).Concat(Since is null ? [] : [Since.Record]);

    /// <summary>
    /// The releases that stand below the present one, which is last: what a rollback goes back to, step by step. Going back to a release,
    /// by a rollback or by deploying it again, leaves all that came after it; so a second rollback never goes forward to what the first one
    /// left.
    /// </summary>
    internal IReadOnlyList<VerifiedRelease> WayBack
    {
        get
        {
            var below = new List<VerifiedRelease>();
            foreach (var verified in _all.Where(verified => !_left.Contains(verified.Record.Sequence)))
            {
                if (below.FindIndex(earlier => earlier.Evidence.Release == verified.Evidence.Release) is >= 0 and var at)
                    below.RemoveRange(at, below.Count - at);
                below.Add(verified);
            }

            return below;
        }
    }
}
