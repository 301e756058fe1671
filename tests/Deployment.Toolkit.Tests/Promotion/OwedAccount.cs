namespace Deployment.Toolkit.Tests.Promotion;

/// <summary>What hotfixes of one place owe, told by which releases stand below the live one and how each of them entered last.</summary>
internal sealed class OwedAccount
{
    internal static readonly TimeSpan Within = TimeSpan.FromHours(48);

    private readonly List<Release> _stack = [];
    private readonly Dictionary<Release, (string Run, bool IsHotfix, bool IsClean)> _entered = [];
    private readonly List<(string Run, Release Release, DateTimeOffset Until)> _owed = [];

    internal IReadOnlyList<(string Run, DateTimeOffset Until)> Owed => [.. _owed.Select(static debt => (debt.Run, debt.Until))];

    internal bool MayGoBack(Release release) => _entered.ContainsKey(release) && _stack[^1] != release;

    internal void Enter(string run, Release release, bool isHotfix, bool isClean, DateTimeOffset now)
    {
        GoLive(release);
        _entered[release] = (run, isHotfix, isClean);
        if (isHotfix) _owed.Add((run, release, now + Within));
        if (isClean) _owed.Clear();
    }

    internal void RollBack(Release release, DateTimeOffset now)
    {
        GoLive(release);
        List<(string Run, Release Release, DateTimeOffset Until)> back = [];
        var owing = new HashSet<Release>();
        foreach (var each in Enumerable.Reverse(_stack))
        {
            var (run, isHotfix, isClean) = _entered[each];
            var isOwed = _owed.Exists(debt => debt.Release == each);
            if (isClean && !isOwed) break;
            if (isOwed || isHotfix) owing.Add(each);
            if (isHotfix && !isOwed) back.Insert(0, (run, each, now + Within));
        }

        _owed.RemoveAll(debt => !owing.Contains(debt.Release));
        _owed.AddRange(back);
    }

    // Whatever stood above it is left.
    private void GoLive(Release release)
    {
        if (_stack.IndexOf(release) is >= 0 and var at) _stack.RemoveRange(at, _stack.Count - at);
        _stack.Add(release);
    }
}
