using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Execution;

/// <summary>What a run says when it ends or stops: what happened, what was undone, and where the way forward lies.</summary>
internal static class RunMessages
{
    /// <summary>Names a run to people, with what it is of.</summary>
    internal static string Title(RunLog run) =>
        $"Run {run.Id} ({run.Plan.Kind.ToString().ToLowerInvariant()} of release {run.Plan.Release})";

    internal static IReadOnlyList<DeploymentMessage> Tolerated(RunLog run) =>
        [
            .. run
                .Steps.Where(static step => step.State == StepState.Tolerated)
                .Select(static step => step.Errors[0] with { Severity = MessageSeverity.Warning }),
            .. TenantMessages.Gone(run),
        ];

    internal static IReadOnlyList<DeploymentMessage> Undone(RunLog run, RunState state)
    {
        var undone = Names(run, static step => step.State == StepState.Reverted && !step.HadNoEffect);
        var kept = string.Join(", ", run.StepsBack.Where(static step => step.State == StepState.Kept).Select(TenantMessages.Kept));
        var what =
            state == RunState.Failed ? "Nothing had been changed."
            : (undone.Length, kept.Length) is (0, 0) ? "There was nothing to undo."
            : undone.Length == 0 ? "Nothing was undone."
            : $"Undone: {undone}.";
        if (kept.Length > 0)
            what += $" Not undone, because there is no way back: {kept}.";
        var now = run.Plan.PreviousRelease is { } previous
            ? $"Environment '{run.Plan.Environment}' has release {previous} as before"
            : $"Environment '{run.Plan.Environment}' has no verified release, as before";
        var command = CommandOf(run.Plan) is { } known ? $"'{known}'" : "the command";
        var again = $"Mend the cause and run {command} again; 'deploy history' keeps the whole story.";
        return
        [
            .. Errors(run),
            .. TenantMessages.Gone(run),
            new DeploymentMessage(
                Codes.RunRolledBack,
                run.Plan.Secret is not null
                        ? $"Run {run.Id} of secret '{run.Plan.Secret}' did not succeed. {what} Environment '{run.Plan.Environment}' has the "
                            + $"secret as before. {again}"
                    : run.Plan.MigrationsOnly == true ? $"Run {run.Id} of migrations did not succeed. {what} {again}"
                    : run.Plan.Kind == RunKind.Up ? $"Run {run.Id} of release {run.Plan.Release} did not succeed. {what} {now}. {again}"
                    : $"Run {run.Id}, a {run.Plan.Kind.ToString().ToLowerInvariant()}, did not succeed. {what} {now}. {again}"
            ),
        ];
    }

    // What was taken back by a rollback that never began is said by name: the same one without a name may have come to be another.
    private static string? CommandOf(DeploymentPlan plan) =>
        plan.Kind switch
        {
            RunKind.Renew => $"deploy secrets renew {plan.Secret} --environment {plan.Environment}",
            RunKind.Retire => $"deploy secrets retire {plan.Secret} --environment {plan.Environment}",
            RunKind.Up => $"deploy {(plan.MigrationsOnly == true ? "migrations up" : "up")} --environment {plan.Environment}",
            RunKind.Rollback when plan.MigrationsOnly != true =>
                $"deploy rollback --environment {plan.Environment} --to {plan.Release.Version}"
                    + $"{(plan.Release.Commit is { } commit ? $"+{commit}" : "")}{(plan.AcceptsDataLoss ? " --accept-data-loss" : "")}",
            _ => null,
        };

    private static string Names(RunLog run, Func<StepLog, bool> which) =>
        string.Join(", ", run.StepsBack.Where(which).Select(static step => step.Planned.Name));

    internal static DeploymentMessage InDoubt(RunLog run, StepLog step, string? why) =>
        new(
            Codes.StepInDoubt,
            $"Step '{step.Planned.Name}' of run {run.Id} was interrupted, and it cannot be told whether its effect "
                + $"({step.Planned.Effect}) is there"
                + $"{(why is null ? "" : ": " + why.TrimEnd('.'))}. Look at it, then say what you found: 'deploy resume --environment "
                + $"{run.Plan.Environment} --mark-done \"{step.Planned.Name}\"' or "
                + $"'deploy resume --environment {run.Plan.Environment} --mark-not-done \"{step.Planned.Name}\"'; 'deploy abort "
                + $"--environment {run.Plan.Environment}' takes the same marks."
        );

    internal static IReadOnlyList<DeploymentMessage> RevertFailed(RunLog run, StepLog step)
    {
        // Where its error names the command already, perhaps with an option that is needed, a second one would only be in doubt.
        var isNamed =
            step.Errors is [.., var last]
            && (
                last.Text.Contains("'deploy abort", StringComparison.Ordinal)
                || last.Text.Contains("'deploy resume", StringComparison.Ordinal)
            );
        return
        [
            .. Errors(run),
            new DeploymentMessage(
                Codes.RevertFailed,
                $"The way back of step '{step.Planned.Name}' of run {run.Id} failed, and the run stopped there. "
                    + (
                        isNamed
                            ? "What is said of it above goes on with the way back."
                            : $"Mend the cause, then run 'deploy abort --environment {run.Plan.Environment}' to go on with the way back."
                    )
            ),
        ];
    }

    internal static IReadOnlyList<DeploymentMessage> OnlyForward(RunLog run, StepLog step)
    {
        var why =
            run.Plan.Kind == RunKind.Retire ? "what a secret was before is ended for good"
            : run.Plan.Kind is not (RunKind.Up or RunKind.Renew) ? "a rollback or restore is not itself rolled back"
            : (run.PointOfNoReturn ?? step) is { } point ? $"step '{point.Planned.Name}' cannot be taken back: {point.Planned.Irreversible}"
            : "";
        return
        [
            .. Errors(run),
            new DeploymentMessage(
                Codes.OnlyForward,
                $"Step '{step.Planned.Name}' of run {run.Id} failed past its point of no return ({why}). "
                    + (
                        IsInParts(run, step)
                            ? "Mend the cause, then go on with "
                                + $"'deploy resume --environment {run.Plan.Environment}'; or let "
                                + $"'deploy abort --environment {run.Plan.Environment}' take back each tenant of which "
                                + "all can be taken back, and leave the others as they are, by name."
                            : "Only the way forward is left: mend the cause, then run "
                                + $"'deploy resume --environment {run.Plan.Environment}'."
                    )
            ),
        ];
    }

    /// <param name="run">The run.</param>
    /// <param name="step">Where it stopped.</param>
    /// <param name="known">What the step's own records say of its effect.</param>
    /// <param name="reason">Why that can't be taken back.</param>
    internal static DeploymentException MayNotTurn(RunLog run, StepLog step, string? known, string reason) =>
        DeploymentException.Refused(
            Codes.OnlyForward,
            $"Run {run.Id} cannot be taken back: step '{step.Planned.Name}' "
                + $"{(step.State == StepState.InDoubt ? "was interrupted" : "failed")}, "
                + $"{known ?? "some of its effect may be there"}, and it cannot be taken back: {reason.TrimEnd('.')}. "
                + $"{(step.State == StepState.InDoubt ? "Run" : "Mend the cause, then run")} "
                + $"'deploy resume --environment {run.Plan.Environment}'."
        );

    internal static DeploymentMessage Contradicted(RunLog run, StepResolved mark, string objection, string verb) =>
        new(
            Codes.StepUnknown,
            $"Step '{mark.Step}' of run {run.Id} is marked {(mark.Outcome == ProbeOutcome.Done ? "done" : "not done")}, and "
                + $"{objection}. Nothing was recorded. Leave the mark out: 'deploy {verb} --environment {run.Plan.Environment}'."
        );

    internal static DeploymentException StepMissing(RunLog run, StepLog step) =>
        DeploymentException.NeedsAttention(
            Codes.StepUnknown,
            $"Run {run.Id} of release {run.Plan.Release} has a step '{step.Planned.Name}', which this binary does not have. Run 'deploy "
                + $"resume' or 'deploy abort' with the binary of release {run.Plan.Release}."
        );

    // Of one that stands in the databases of some tenants only the others have a way back.
    private static bool IsInParts(RunLog run, StepLog step) =>
        run.Plan.Kind == RunKind.Up && run.PointOfNoReturn is null && step.Tenants.Count > 0;

    private static IEnumerable<DeploymentMessage> Errors(RunLog run) => run.Steps.SelectMany(static step => step.Errors).Distinct();
}
