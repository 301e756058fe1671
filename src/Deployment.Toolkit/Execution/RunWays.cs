using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Execution;

/// <summary>Which commands an open run is ended by: whoever names one to people asks here, so that what is named also works.</summary>
internal static class RunWays
{
    /// <summary>The commands, the way forward first.</summary>
    internal static IReadOnlyList<string> Commands(DeploymentRun run)
    {
        var (resume, abort) = (Resume(run.Environment), Abort(run.Environment));
        return run.IsGoingBack ? [abort]
            : MayAbort(run) ? [resume, abort]
            : [resume];
    }

    /// <summary>What to do, as a sentence that isn't ended yet.</summary>
    internal static string Of(DeploymentRun run) =>
        run.IsGoingBack ? $"Let it go on with its way back by '{Abort(run.Environment)}'"
        : MayAbort(run) ? $"Go on with '{Resume(run.Environment)}', or go back with '{Abort(run.Environment)}'"
        : run.Kind is RunKind.Up or RunKind.Renew
            ? $"Go on with '{Resume(run.Environment)}': it is past its point of no return, and only the way forward is left"
        : $"Go on with '{Resume(run.Environment)}': a {Word(run.Kind)} that has begun can only be finished";

    /// <inheritdoc cref="Of(DeploymentRun)"/>
    internal static string Of(RunLog run) => Of(run.ToRun());

    /// <summary>Whether an abort takes the run back, or goes on with that.</summary>
    internal static bool MayAbort(RunLog run) => run.Direction == StepDirection.Back || MayAbort(run.ToRun());

    private static bool MayAbort(DeploymentRun run)
    {
        var planned = (run.Plan?.Steps ?? []).ToDictionary(static step => step.Name, StringComparer.Ordinal);
        var steps = run
            .Steps.Where(step => planned.ContainsKey(step.Name))
            .Select(step => (Step: step, Planned: planned[step.Name]))
            .ToList();
        return RunDecision.MayTurn(run.Kind, steps.Select(static each => (each.Planned, each.Step.State, each.Step.Attempts)))
            // Its probe did not say that nothing of it is there; of tenants each goes back that can.
            && !steps.Exists(static each =>
                each is { Planned.Irreversible: not null, Step: { State: StepState.Failed, Tenants.Count: 0 } }
            );
    }

    private static string Word(RunKind kind) => kind == RunKind.Retire ? "retirement" : kind.ToString().ToLowerInvariant();

    private static string Resume(string environment) => $"deploy resume --environment {environment}";

    private static string Abort(string environment) => $"deploy abort --environment {environment}";
}
