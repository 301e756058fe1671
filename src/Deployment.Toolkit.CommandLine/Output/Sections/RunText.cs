namespace Deployment.Toolkit.CommandLine.Output;

internal static class RunText
{
    internal static void Steps(Page page, DeploymentRun run, string indent = "  ")
    {
        page.Line();
        var rows = new List<Shown[]>(run.Steps.Count);
        foreach (var step in run.Steps)
        {
            var duration = step.Attempts == 0 ? "" : Format.Duration(step.DurationSeconds);
            rows.Add([
                $"{Mark(page, step.State)}  {step.Name}",
                duration,
                $"{Word(step, run.IsUnderWay)}{(step.Attempts > 1 && step.State is not (StepState.Reverted or StepState.RevertFailed) ? $" ({step.Attempts} attempts)" : "")}",
            ]);
        }

        page.Rows(rows, indent);
    }

    /// <summary>Everything that the journal keeps of a run, for whoever asks what happened.</summary>
    internal static void Whole(Page page, DeploymentRun run)
    {
        page.Line($"Run {run.Id} in {run.Environment}: {Format.Words(run.Kind)}, {State(page.Ink, run)}");
        page.Line();
        var rows = new List<Shown[]>
        {
            (Shown[])["release", run.Release.ToString()],
            (Shown[])["before", run.PreviousRelease?.ToString() ?? page.Dash],
        };
        if ((run.Plan?.Backup ?? (run.Kind == RunKind.Restore ? run.Plan?.Databases?[0].Backup : null)) is { } backup)
            rows.Add(["backup", backup]);
        if (run.Plan?.Secret is { } secret)
            rows.Add(["secret", secret]);
        rows.Add(["started", $"{Format.Second(run.StartedAt)} by {run.StartedBy}"]);
        foreach (var resumption in run.Resumptions)
            rows.Add(["taken up", $"{Format.Second(resumption.At)} by {resumption.By} (deploy {resumption.Verb})"]);
        rows.Add([
            "last record",
            $"{Format.Second(run.LastRecordAt)}, after {Format.Duration((run.LastRecordAt - run.StartedAt).TotalSeconds)}",
        ]);
        page.Rows(rows);
        if (run.Plan is { } plan)
            PlanText.Write(page, plan, isWhole: true);
        page.Title("What became of it");
        foreach (var step in run.Steps)
        {
            var attempts = step.Attempts == 0 ? "" : $"  {Format.Duration(step.DurationSeconds)}, {Format.Count(step.Attempts, "attempt")}";
            page.Line($"  {Mark(page, step.State)}  {step.Name}: {Word(step, run.IsUnderWay)}{page.Ink.Faint(attempts)}");
            if (step.Error is { } error)
                page.Line($"     {page.Ink.Bad("error")}: {error}");
            if (step.WayBackError is { } stuck)
                page.Line($"     {page.Ink.Bad("way back")}: {stuck}");
            foreach (var line in step.Output)
                page.Line($"     | {line}");
            Tenants(page, step);
        }

        TextReport.Messages(page, run.Messages, isFirst: false);
    }

    // Those with which all is well are counted; --output json names each.
    private static void Tenants(Page page, RunStep step)
    {
        const int shown = 20;
        foreach (var group in step.Tenants.GroupBy(static tenant => tenant.Outcome).OrderBy(static group => group.Key))
        {
            page.Line($"     {Format.Count(group.Count(), "tenant")} {Format.Words(group.Key)}");
            var named = group.Where(static tenant =>
                tenant.Error is not null || tenant.Outcome is not (TenantOutcome.Migrated or TenantOutcome.Reverted)
            );
            foreach (var tenant in named.Take(shown))
                page.Line($"       {tenant.Id}{(tenant.Error is { } error ? $": {error}" : "")}");
            if (named.Count() > shown)
                page.Line($"       and {named.Count() - shown} more; --output json has them all");
        }
    }

    internal static void Table(Page page, IReadOnlyList<DeploymentRun> runs)
    {
        var rows = new List<Shown[]>(runs.Count + 1) { (Shown[])["RUN", "KIND", "RELEASE", "STATE", "STARTED", "DURATION", "BY"] };
        foreach (var run in runs)
        {
            rows.Add([
                run.Id,
                Format.Words(run.Kind),
                run.Release.ToString(),
                State(page.Ink, run),
                Format.Minute(run.StartedAt),
                Format.Duration((run.LastRecordAt - run.StartedAt).TotalSeconds),
                run.StartedBy,
            ]);
        }

        page.Rows(rows, "");
    }

    internal static Shown State(Ink ink, DeploymentRun run) =>
        run.State switch
        {
            _ when run.IsUnderWay => ink.Warn("under way"),
            RunState.Succeeded => ink.Good(Format.Words(run.State)),
            RunState.Failed => ink.Bad(Format.Words(run.State)),
            _ => ink.Warn(Format.Words(run.State)),
        };

    private static Shown Mark(Page page, StepState state) =>
        state switch
        {
            StepState.Done => page.Good,
            StepState.Reverted => page.Back,
            StepState.Failed or StepState.RevertFailed => page.Bad,
            StepState.Pending => page.Idle,
            _ => page.Doubt,
        };

    private static string Word(RunStep step, bool isUnderWay) =>
        step.State switch
        {
            StepState.InDoubt when isUnderWay => $"under way: {step.Effect}",
            StepState.RevertInDoubt when isUnderWay => "being taken back",
            StepState.Done => step.Effect,
            StepState.Pending => "not begun",
            StepState.Reverted when step.HadNoEffect => step.Error is null ? "had no effect" : "failed; had no effect",
            StepState.Reverted => step.Error is null ? "undone" : "failed; undone",
            StepState.Kept => step.Error is null ? "done; no way back, so it stays" : "failed; no way back, so what it did stays",
            StepState.Tolerated => "failed; the run went on",
            StepState.InDoubt => "interrupted: whether it is done is in doubt",
            StepState.RevertInDoubt => "its way back was interrupted and is in doubt",
            StepState.RevertFailed => "its way back failed",
            _ => "failed",
        };
}
