using System.Globalization;
using Deployment.Toolkit.Figures;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Testing;

namespace Deployment.Toolkit.Tests.Figures;

/// <summary>A journal in which every moment is chosen, so that figures over it can be worked out by hand.</summary>
internal sealed class WrittenHistory
{
    internal static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // A record is written seven seconds after the moment that is set.
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(7);

    private static readonly string[] s_steps = ["activate", "verify-health", "mark-verified"];

    private readonly WrittenJournal _journal = new(JournalKey.Make(JournalKey.Throwaway(), 0, JournalLine.NoHash), summarizes: false);
    private readonly List<(Release, DateTimeOffset)> _holds = [];
    private Release? _current;
    private int _runs;

    /// <summary>A run that begins at an hour, is live after ten minutes, and ends after twenty.</summary>
    internal string Up(double hour, string release, RunState end = RunState.Succeeded, bool activates = true, string? reason = null, bool migrationsOnly = false) =>
        Run(RunKind.Up, hour, Written(release), end, activates, reason, migrationsOnly);

    // A journal may have been written by something that held to no form.
    private static Release Written(string text) => text.Split('+', 2) is [var version, var commit] ? new Release(version, commit) : new Release(text);

    internal string Rollback(double hour, string release, RunState end = RunState.Succeeded) =>
        Run(RunKind.Rollback, hour, Release.Parse(release), end, activates: end == RunState.Succeeded, null, migrationsOnly: false);

    internal WrittenHistory Hold(double hour, string release)
    {
        _holds.Add((Release.Parse(release), At(hour)));
        return this;
    }

    internal Task<DeliveryFigures> CountAsync(double fromHour, double toHour, CommitDates? commits = null) =>
        new FigureCalculation(ChangeLog.Of(_journal.Ledger.Runs, _holds), At(fromHour), At(toHour)).CountAsync("Production", commits, TestContext.Current.CancellationToken);

    internal static DateTimeOffset At(double hour) => Start + TimeSpan.FromHours(hour);

    private string Run(RunKind kind, double hour, Release release, RunState end, bool activates, string? reason, bool migrationsOnly)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"run-{++_runs:000}");
        var plan = new DeploymentPlan
        {
            Kind = kind,
            Environment = "Production",
            Release = release,
            PreviousRelease = _current,
            Steps = [.. s_steps.Select(static step => new PlannedStep { Name = step, Effect = step })],
            MigrationsOnly = migrationsOnly ? true : null,
            Reason = reason,
        };
        Add(hour, id, JournalKinds.RunPlanned, new RunPlanned(plan, "me@host"), JournalJson.Default.RunPlanned);
        if (activates)
            Done(hour + 1 / 6d, id, "activate", true);
        if (end == RunState.Unfinished)
            return id;

        if (end != RunState.Succeeded)
            Done(hour + 0.2, id, "verify-health", false);
        if (end == RunState.RolledBack)
            Add(hour + 0.25, id, JournalKinds.RunTurned, new RunTurned("unhealthy"), JournalJson.Default.RunTurned);
        if (end == RunState.Succeeded)
            _current = release;
        Add(hour + 1 / 3d, id, JournalKinds.RunEnded, new RunEnded(end, []), JournalJson.Default.RunEnded);
        return id;
    }

    private void Done(double hour, string run, string step, bool succeeded) =>
        Add(hour, run, JournalKinds.StepResult, new StepResult(step, StepDirection.Forward, 1, succeeded, 1), JournalJson.Default.StepResult);

    private void Add<T>(double hour, string run, string kind, T data, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        _journal.Now = At(hour) - s_step;
        _journal.Add(run, kind, data, type);
    }
}
