using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Execution;

/// <summary>What a run needs next.</summary>
internal enum RunMove
{
    /// <summary>Do the step.</summary>
    Execute,

    /// <summary>Find out what became of a step that was interrupted on the way forward.</summary>
    Probe,

    /// <summary>Find out what there is to take back of a step that failed or was interrupted.</summary>
    ProbeBack,

    /// <summary>Take the step back.</summary>
    Revert,

    /// <summary>Begin the way back, because of the step.</summary>
    Turn,

    /// <summary>Stop for a person, because of the step.</summary>
    Stop,

    /// <summary>Every step is where it should be.</summary>
    End,
}

/// <summary>
/// Decides from a run's records alone what comes next. It is the same decision in the process that began the run and in one that finds it
/// after a crash, which is why recovery has no code of its own.
/// </summary>
internal static class RunDecision
{
    internal static (RunMove Move, StepLog? Step) Next(RunLog run) => run.Direction == StepDirection.Forward ? Forward(run) : Back(run);

    /// <summary>Whether the run may turn to go back.</summary>
    internal static bool MayTurn(RunLog run) =>
        MayTurn(run.Plan.Kind, run.Steps.Select(static step => (step.Planned, step.State, step.Attempts)));

    /// <inheritdoc cref="MayTurn(RunLog)"/>
    internal static bool MayTurn(RunKind kind, IEnumerable<(PlannedStep Planned, StepState State, int Attempts)> steps) =>
        kind is RunKind.Up or RunKind.Renew
            ? !steps.Any(static step => step is { Planned.Irreversible: not null, State: StepState.Done or StepState.Tolerated })
            : !steps.Any(static step => step is { Planned.ChangesNothing: false, Attempts: > 0 });

    internal static RunState EndState(RunLog run) =>
        run.Direction == StepDirection.Forward ? RunState.Succeeded
        : run.Steps.Any(static step => step.MayHaveChangedSomething) ? RunState.RolledBack
        : RunState.Failed;

    private static (RunMove, StepLog?) Forward(RunLog run)
    {
        foreach (var step in run.Steps)
        {
            switch (step.State)
            {
                case StepState.Pending:
                    return (RunMove.Execute, step);
                case StepState.InDoubt:
                    return (step.Planned.ChangesNothing ? RunMove.Execute : RunMove.Probe, step);
                case StepState.Failed:
                    return (MayTurn(run) ? RunMove.Turn : RunMove.Stop, step);
            }
        }

        return (RunMove.End, null);
    }

    private static (RunMove, StepLog?) Back(RunLog run)
    {
        foreach (var step in run.StepsBack.Where(static step => !step.Planned.ChangesNothing))
        {
            switch (step.State)
            {
                case StepState.Done:
                    return (RunMove.Revert, step);
                case StepState.InDoubt or StepState.Failed or StepState.Tolerated or StepState.RevertInDoubt:
                case StepState.Pending when step.MayHaveEffect:
                    return (RunMove.ProbeBack, step);
                case StepState.RevertFailed:
                    return (RunMove.Stop, step);
            }
        }

        return (RunMove.End, null);
    }
}
