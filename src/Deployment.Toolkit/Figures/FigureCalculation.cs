using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Figures;

/// <summary>Makes figures of what a journal tells.</summary>
internal sealed class FigureCalculation(ChangeLog log, DateTimeOffset from, DateTimeOffset to)
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>Reads of a journal what figures need, from its end back, and counts.</summary>
    /// <param name="store">The journal.</param>
    /// <param name="environment">Whose it is.</param>
    /// <param name="window">How far back.</param>
    /// <param name="now">Until when.</param>
    /// <param name="commits">Tells dates of commits; <see langword="null"/> where nobody asks for lead times.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<DeliveryFigures> ReadAsync(
        JournalStore store,
        string environment,
        TimeSpan window,
        DateTimeOffset now,
        CommitDates? commits,
        CancellationToken cancellationToken
    )
    {
        var from = now - window;
        var runs = new List<RunLog>();
        var holds = new List<(Release, DateTimeOffset)>();
        var (first, isWhole) = ((DateTimeOffset?)null, true);
        await foreach (var run in RunsBackward.ReadAsync(store, cancellationToken, beside: Beside).ConfigureAwait(false))
        {
            // Runs follow one another, so nothing before this one reaches into the window.
            if (run.LastRecordAt < from)
            {
                isWhole = false;
                break;
            }

            runs.Add(run);
        }

        runs.Reverse();
        if (isWhole && first > from)
            from = first.Value;
        return await new FigureCalculation(ChangeLog.Of(runs, holds), from, now)
            .CountAsync(environment, commits, cancellationToken)
            .ConfigureAwait(false);

        void Beside(JournalRecord record)
        {
            first = record.Time;
            if (record is { Kind: JournalKinds.ReleaseHeld, Run: null })
                holds.Add((RunLog.Read(record, RecordData.ReleaseHeld).Release, record.Time));
        }
    }

    internal async Task<DeliveryFigures> CountAsync(string environment, CommitDates? commits, CancellationToken cancellationToken)
    {
        var attempts = log.Attempts.Where(run => run.StartedAt >= from).ToList();
        var changes = log.Changes.Where(change => change.LiveAt >= from).ToList();
        var failed = changes.Where(static change => change.HasFailed).ToList();
        var recovered = failed.Where(static change => change.RecoveredAt is not null).ToList();
        var recoveries = recovered.Select(static change => change.RecoveredAt!.Value - change.LiveAt).Order().ToList();
        var rollbacks = log.Rollbacks.Where(run => run.StartedAt >= from).ToList();
        var succeeded = rollbacks.Where(static run => run.State == RunState.Succeeded).ToList();
        var unplanned = changes.Count(static change => change.IsUnplanned) + rollbacks.Count;
        var (leads, basis) = await LeadsAsync(changes, commits, cancellationToken).ConfigureAwait(false);
        return new DeliveryFigures
        {
            Environment = environment,
            From = from,
            To = to,
            Attempts = attempts.Count,
            SuccessPercent = Share(attempts.Count(static run => run.State == RunState.Succeeded), attempts.Count),
            MedianDuration = Median(attempts.Select(static run => run.LastRecordAt - run.StartedAt)),
            Deployments = changes.Count,
            DeploymentsPerWeek = to - from >= Week ? changes.Count / ((to - from) / Week) : null,
            LeadTime = Median(leads),
            LeadTimeBasis = basis,
            LeadTimeCommits = leads.Count,
            FailedChanges = failed.Count,
            ChangeFailurePercent = Share(failed.Count, changes.Count),
            Recovery = Median(recoveries),
            RecoveryOfNineInTen = recoveries.Count == 0 ? null : recoveries[(int)Math.Ceiling(0.9 * recoveries.Count) - 1],
            RecoveryAfterDetection = Median(recovered.Select(static change => change.RecoveredAt!.Value - change.DetectedAt!.Value)),
            NotRecovered = failed.Count - recovered.Count,
            Unplanned = unplanned,
            ReworkPercent = Share(unplanned, changes.Count + rollbacks.Count),
            Rollbacks = rollbacks.Count,
            RollbackSuccessPercent = Share(succeeded.Count, rollbacks.Count),
            RollbackDuration = Median(succeeded.Select(static run => run.LastRecordAt - run.StartedAt)),
        };
    }

    private static async Task<(IReadOnlyList<TimeSpan> Leads, LeadTimeBasis Basis)> LeadsAsync(
        IReadOnlyList<Change> changes,
        CommitDates? commits,
        CancellationToken cancellationToken
    )
    {
        var leads = new List<TimeSpan>();
        var basis = LeadTimeBasis.None;
        foreach (var change in changes)
        {
            if (commits is null || change.Release.Commit is not { } commit)
                continue;

            var dates = change.Previous?.Commit is { } previous
                ? await commits.BetweenAsync(previous, commit, cancellationToken).ConfigureAwait(false)
                : null;
            if (dates is null && (dates = await commits.OfAsync(commit, cancellationToken).ConfigureAwait(false)) is not null)
                basis = LeadTimeBasis.ReleaseCommit;
            if (dates is null or { Count: 0 })
                continue;

            if (basis == LeadTimeBasis.None)
                basis = LeadTimeBasis.EveryCommit;
            // A clock that was wrong makes no release older than its own commits.
            leads.AddRange(dates.Select(made => made < change.LiveAt ? change.LiveAt - made : TimeSpan.Zero));
        }

        return (leads, basis);
    }

    private static double? Share(int part, int whole) => whole == 0 ? null : 100d * part / whole;

    private static TimeSpan? Median(IEnumerable<TimeSpan> lengths)
    {
        var sorted = lengths.Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
