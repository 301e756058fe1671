using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Figures;

/// <summary>A release that went live, and what became of it.</summary>
internal sealed class Change(RunLog run, DateTimeOffset liveAt, bool isUnplanned)
{
    internal string Run { get; } = run.Id;

    internal Release Release { get; } = run.Plan.Release;

    internal Release? Previous { get; } = run.Plan.PreviousRelease;

    internal DateTimeOffset LiveAt { get; } = liveAt;

    internal bool IsUnplanned { get; } = isUnplanned;

    internal bool HasFailed => DetectedAt is not null;

    /// <summary>When something was done about it first.</summary>
    internal DateTimeOffset? DetectedAt { get; private set; }

    internal DateTimeOffset? RecoveredAt { get; set; }

    internal void Fail(DateTimeOffset at, TimeSpan within)
    {
        if (at >= LiveAt && at - LiveAt <= within && !(DetectedAt <= at))
            DetectedAt = at;
    }
}

/// <summary>Follows an environment's runs: what went live, which of it failed, and when something good was live again.</summary>
internal sealed class ChangeLog
{
    /// <summary>What is done about a release later than that is not laid to its deployment.</summary>
    internal static readonly TimeSpan AttributeFor = TimeSpan.FromDays(7);

    private readonly List<Change> _changes = [];

    // What was verified, when; null for a release that went live before the first run that is known.
    private readonly List<(DateTimeOffset At, Change? Change)> _verified = [];
    private Change? _serving;

    private ChangeLog() { }

    internal IReadOnlyList<Change> Changes => _changes;

    /// <summary>Rollbacks that ended.</summary>
    internal List<RunLog> Rollbacks { get; } = [];

    /// <summary>Runs that were to bring a release, and ended.</summary>
    internal List<RunLog> Attempts { get; } = [];

    /// <param name="runs">An environment's runs, oldest first.</param>
    /// <param name="holds">Releases that people put on hold.</param>
    internal static ChangeLog Of(IEnumerable<RunLog> runs, IReadOnlyList<(Release Release, DateTimeOffset At)> holds)
    {
        var log = new ChangeLog();
        foreach (var run in runs.Where(static run => run.Plan.MigrationsOnly != true && run.State != RunState.Unfinished))
        {
            if (run.Plan.Kind == RunKind.Up)
                log.Bring(run);
            else if (run.Plan.Kind == RunKind.Rollback)
                log.TakeBack(run);
        }

        foreach (var (release, at) in holds)
            log._changes.FindLast(change => change.Release == release && change.LiveAt <= at)?.Fail(at, AttributeFor);
        foreach (var change in log._changes.Where(static change => change is { HasFailed: true, RecoveredAt: null }))
            change.RecoveredAt = log.GoodAfter(change);
        return log;
    }

    private void Bring(RunLog run)
    {
        Attempts.Add(run);
        if (run.Find(DeploymentSteps.Activate)?.DoneAt is not { } liveAt)
            return;

        var isHotfix = run.Plan.Reason is not null;
        if (run.Plan.Reason is { } reason)
            foreach (var change in _changes.Where(change => Names(reason, change)))
                change.Fail(run.StartedAt, AttributeFor);

        var fresh = new Change(run, liveAt, isHotfix || WasDeployed(run.Plan));
        _changes.Add(fresh);
        if (run.Direction == StepDirection.Back)
        {
            fresh.Fail(run.TurnedAt ?? run.LastRecordAt, TimeSpan.MaxValue);
            if (run.State == RunState.RolledBack)
                fresh.RecoveredAt = run.LastRecordAt;
        }
        else if (run.State == RunState.Succeeded)
        {
            _serving = fresh;
            _verified.Add((run.LastRecordAt, fresh));
        }
    }

    private void TakeBack(RunLog run)
    {
        Rollbacks.Add(run);
        _serving?.Fail(run.StartedAt, AttributeFor);
        if (run.State != RunState.Succeeded)
            return;

        _serving = _changes.FindLast(change => change.Release == run.Plan.Release);
        _verified.Add((run.LastRecordAt, _serving));
    }

    private bool WasDeployed(DeploymentPlan plan) =>
        _changes
            .Select(static change => change.Release)
            .Concat(plan.PreviousRelease is { } previous ? [previous] : [])
            .Any(earlier => plan.Release.Commit is { } commit ? earlier.Commit == commit : earlier == plan.Release);

    private DateTimeOffset? GoodAfter(Change failed)
    {
        foreach (var (at, change) in _verified)
        {
            if (at > failed.LiveAt && change != failed && change?.HasFailed != true)
                return at;
        }

        return null;
    }

    private static bool Names(string reason, Change change) =>
        HasWord(reason, change.Run) || HasWord(reason, change.Release.Version) || HasWord(reason, change.Release.ToString());

    // 1.4.0 is not named by 1.4.0-rc.1 or by 11.4.0.
    private static bool HasWord(string text, string word)
    {
        for (
            var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase);
            at >= 0;
            at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase)
        )
        {
            var end = at + word.Length;
            // A version may be followed by the end of a sentence, not by more of a version.
            if (
                (at == 0 || !IsPart(text[at - 1]) || (text[at - 1] is 'v' or 'V' && (at == 1 || !IsPart(text[at - 2]))))
                && (end == text.Length || !IsPart(text[end]) || (text[end] == '.' && (end + 1 == text.Length || !IsPart(text[end + 1]))))
            )
                return true;
        }

        return false;
    }

    private static bool IsPart(char c) => char.IsLetterOrDigit(c) || c is '.' or '-' or '+' or '_';
}
