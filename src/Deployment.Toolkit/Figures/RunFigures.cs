namespace Deployment.Toolkit.Figures;

/// <summary>What the runs of an environment say of how it is deployed to, by the four measures of DORA and how rollbacks went.</summary>
internal sealed record RunFigures
{
    /// <summary>How many runs brought a release.</summary>
    internal required int Deployments { get; init; }

    /// <summary>How many of them are verified, of a hundred; <see langword="null"/> when there is none.</summary>
    internal required double? SuccessRate { get; init; }

    /// <summary>How many of a hundred failed or were taken back later by a rollback.</summary>
    internal required double? ChangeFailureRate { get; init; }

    /// <summary>The middle of how long they took.</summary>
    internal required TimeSpan? MedianDuration { get; init; }

    /// <summary>How many rollbacks there were.</summary>
    internal required int Rollbacks { get; init; }

    /// <summary>How many of a hundred rollbacks succeeded.</summary>
    internal required double? RollbackSuccessRate { get; init; }

    /// <summary>The middle of the time from a deployment that failed, or the beginning of a rollback, to the next verified
    /// release.</summary>
    internal required TimeSpan? TimeToRestore { get; init; }

    /// <param name="runs">An environment's runs, oldest first.</param>
    /// <param name="since">Only those that began then or later.</param>
    internal static RunFigures Of(IEnumerable<DeploymentRun> runs, DateTimeOffset since)
    {
        var all = runs.Where(run => run.StartedAt >= since).ToList();
        var ended = all.Where(static run => run is { Kind: RunKind.Up, State: not RunState.Unfinished }).ToList();
        var rollbacks = all.Where(static run => run is { Kind: RunKind.Rollback, State: not RunState.Unfinished }).ToList();
        var succeeded = ended.Where(static run => run.State == RunState.Succeeded).ToList();
        // A rollback takes back what was verified last before it, once.
        var takenBack = rollbacks
            .Where(static run => run.State == RunState.Succeeded)
            .Select(back => succeeded.LastOrDefault(run => run.LastRecordAt <= back.StartedAt)?.Id)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Count();
        return new RunFigures
        {
            Deployments = ended.Count,
            SuccessRate = Share(succeeded.Count, ended.Count),
            ChangeFailureRate = Share(ended.Count - succeeded.Count + takenBack, ended.Count),
            MedianDuration = Median(ended.Select(static run => run.LastRecordAt - run.StartedAt)),
            Rollbacks = rollbacks.Count,
            RollbackSuccessRate = Share(rollbacks.Count(static run => run.State == RunState.Succeeded), rollbacks.Count),
            TimeToRestore = Median(Outages(all)),
        };
    }

    // One outage lasts until something is verified, whatever failed on the way.
    private static IEnumerable<TimeSpan> Outages(IEnumerable<DeploymentRun> runs)
    {
        DateTimeOffset? down = null;
        foreach (var run in runs.Where(static run => run.Kind is RunKind.Up or RunKind.Rollback && run.State != RunState.Unfinished))
        {
            if (run.State != RunState.Succeeded || run.Kind == RunKind.Rollback)
                down ??= run.StartedAt;
            if (run.State != RunState.Succeeded || down is not { } since)
                continue;
            yield return run.LastRecordAt - since;
            down = null;
        }
    }

    private static double? Share(int part, int whole) => whole == 0 ? null : 100d * part / whole;

    private static TimeSpan? Median(IEnumerable<TimeSpan> lengths)
    {
        var sorted = lengths.Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
