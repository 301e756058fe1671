using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>
/// Writes down what is owed once a rollback has gone back: of hotfixes that it leaves nothing, of those that are live again what has not
/// followed by a release that stands below. Read off what is live, so that no order of hotfixes, promotions and rollbacks loses any.
/// </summary>
internal static class ReturningHotfixes
{
    internal static async Task FollowAsync(JournalSession session, Release release, RunLog rollback)
    {
        var ledger = session.Ledger;
        var owed = ledger.Promotion.Debts.Select(static debt => debt.Due.Release).ToHashSet();
        var standing = Standing(ledger, release, owed);
        foreach (var entry in standing.Where(each => !owed.Contains(each)).Select(ledger.EntryOf).OfType<RunLog>())
        {
            var bypass = entry.Plan.Bypass!;
            var due = new HotfixDue(
                entry.Id,
                entry.Plan.Release,
                bypass.Reason,
                bypass.ApprovedBy,
                bypass.Bypassed,
                bypass.MustFollow,
                // While it was not live nothing ran out: it has as long as at first.
                rollback.StartedAt + (bypass.Until!.Value - entry.StartedAt),
                entry.StartedBy
            );
            await session.AppendAsync(rollback.Id, JournalKinds.HotfixDue, due, JournalJson.Default.HotfixDue).ConfigureAwait(false);
        }

        List<string> left =
        [
            .. ledger.Promotion.Debts.Where(debt => !standing.Contains(debt.Due.Release)).Select(static debt => debt.Due.Run),
        ];
        if (left.Count > 0)
            await session
                .AppendAsync(
                    rollback.Id,
                    JournalKinds.HotfixPaid,
                    new HotfixPaid(left, release, rollback.StartedBy),
                    JournalJson.Default.HotfixPaid
                )
                .ConfigureAwait(false);
    }

    // From the release that is live then down to the first that entered through all gates; the lowest first, as they entered.
    private static List<Release> Standing(EnvironmentLedger ledger, Release release, HashSet<Release> owed)
    {
        var below = ledger.WayBack.Select(static verified => verified.Evidence.Release).ToList();
        var at = below.IndexOf(release);
        // One that was left before, and comes back, stands on top of what is live.
        IEnumerable<Release> stack = at < 0 ? below.Append(release) : below.Take(at + 1);
        var found = new List<Release>();
        foreach (var each in stack.Reverse())
        {
            var bypass = ledger.EntryOf(each)?.Plan.Bypass;
            if (bypass is null && !owed.Contains(each))
                break;
            if (owed.Contains(each) || bypass is { IsHotfix: true, Until: not null })
                found.Insert(0, each);
        }

        return found;
    }
}
