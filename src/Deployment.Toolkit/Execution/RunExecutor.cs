using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Steps;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Execution;

/// <summary>
/// Drives a run from wherever its records say that it is to an end state, writing every intent before and every result after.
/// </summary>
internal sealed class RunExecutor(
    DeploymentParts parts,
    StepCatalog catalog,
    JournalSession session,
    RunLog run,
    IProgress<DeploymentProgress> progress,
    ILogger logger
)
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromMinutes(1);

    private readonly StepAttempts _attempts = new(parts, session, run, progress, logger);

    /// <summary>Goes on until the run has ended.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the interruption is recorded and the run can be resumed or
    /// aborted.</exception>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        using var telemetry = RunTelemetry.Begin(run, parts.Time);
        Log.RunStarted(logger, run.Id, run.Plan.Kind, run.Plan.Release, run.Plan.Environment, session.Fence);
        try
        {
            while (run.State == RunState.Unfinished)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await MoveAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            telemetry.WasCancelled = true;
            await session
                .AppendAsync(run.Id, JournalKinds.RunInterrupted, new RunInterrupted("cancelled"), JournalJson.Default.RunInterrupted)
                .ConfigureAwait(false);
            throw;
        }

        Log.RunEnded(logger, run.Id, run.State);
    }

    private async Task MoveAsync(CancellationToken cancellationToken)
    {
        var (move, step) = RunDecision.Next(run);
        switch (move)
        {
            case RunMove.Execute:
                await _attempts.RunAsync(step!, Entry(step!), StepDirection.Forward, cancellationToken).ConfigureAwait(false);
                break;
            case RunMove.Probe:
                await ProbeForwardAsync(step!, cancellationToken).ConfigureAwait(false);
                break;
            case RunMove.ProbeBack:
                await ProbeBackAsync(step!, cancellationToken).ConfigureAwait(false);
                break;
            case RunMove.Revert:
                await _attempts.RunAsync(step!, Entry(step!), StepDirection.Back, cancellationToken).ConfigureAwait(false);
                break;
            case RunMove.Turn:
                await TurnBecauseAsync(step!, cancellationToken).ConfigureAwait(false);
                break;
            case RunMove.Stop:
                await EndAsync(RunState.NeedsAttention, StopMessages(step!)).ConfigureAwait(false);
                break;
            case RunMove.End:
                var state = RunDecision.EndState(run);
                await EndAsync(state, state == RunState.Succeeded ? RunMessages.Tolerated(run) : RunMessages.Undone(run, state))
                    .ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Turns the run to go back.</summary>
    internal async Task TurnAsync(string reason)
    {
        await session
            .AppendAsync(run.Id, JournalKinds.RunTurned, new RunTurned(reason), JournalJson.Default.RunTurned)
            .ConfigureAwait(false);
        progress.Report(new DeploymentProgress { Kind = ProgressKind.GoingBack, Text = reason });
    }

    // An irreversible step that failed may have had its effect all the same; then only the way forward is left.
    private async Task TurnBecauseAsync(StepLog step, CancellationToken cancellationToken)
    {
        if (
            step.Planned.Irreversible is null
            || await ProbeAsync(step, cancellationToken).ConfigureAwait(false) is (ProbeOutcome.NotDone, _)
        )
            await TurnAsync($"step '{step.Planned.Name}' failed").ConfigureAwait(false);
        else
            await EndAsync(RunState.NeedsAttention, StopMessages(step)).ConfigureAwait(false);
    }

    /// <summary>
    /// Finds out what became of the step that the run stopped at, so that it can be decided whether the run may still turn. Nothing is
    /// recorded.
    /// </summary>
    /// <returns>What is to be recorded when the run goes on; <see langword="null"/> when nothing was found out.</returns>
    /// <exception cref="DeploymentException">The step cannot be taken back, and its effect may be there.</exception>
    internal async Task<StepResolved?> SettleAsync(CancellationToken cancellationToken)
    {
        if (run.Direction == StepDirection.Back || RunDecision.Next(run).Step is not { Planned.ChangesNothing: false } step)
            return null;

        var isInDoubt = step.State == StepState.InDoubt;
        if (!isInDoubt && (step.Planned.Irreversible is null || !step.MayHaveEffect))
            return null;

        var (outcome, why) = await ProbeAsync(step, cancellationToken).ConfigureAwait(false);
        if (isInDoubt && outcome == ProbeOutcome.Done)
            return new StepResolved(step.Planned.Name, StepDirection.Forward, outcome, "probe");
        if (
            step.Planned.Irreversible is not { } reason
            || outcome == ProbeOutcome.NotDone
            || (outcome == ProbeOutcome.Unknown && await MayGoBackAsync(step, cancellationToken).ConfigureAwait(false))
        )
            return null;

        var known = await ObjectionAsync(step, ProbeOutcome.NotDone, cancellationToken).ConfigureAwait(false);
        throw isInDoubt && known is null
            ? new DeploymentException(DeploymentOutcome.NeedsAttention, [RunMessages.InDoubt(run, step, why)])
            : RunMessages.MayNotTurn(run, step, known, reason);
    }

    /// <summary>What the records of a step say against a mark; <see langword="null"/> when nothing.</summary>
    internal Task<string?> ObjectionAsync(StepLog step, ProbeOutcome found, CancellationToken cancellationToken) =>
        AskAsync(
            step,
            async (own, context, token) => await own.ObjectionAsync(context, found, token).ConfigureAwait(false),
            static _ => null,
            cancellationToken
        );

    private Task<bool> MayGoBackAsync(StepLog step, CancellationToken cancellationToken) =>
        AskAsync(step, static (own, context, token) => own.MayGoBackAsync(context, token), static _ => false, cancellationToken);

    private async Task ProbeForwardAsync(StepLog step, CancellationToken cancellationToken)
    {
        var (outcome, why) = await ProbeAsync(step, cancellationToken).ConfigureAwait(false);
        if (outcome == ProbeOutcome.Unknown && !step.Planned.IsIdempotent)
            await EndAsync(RunState.NeedsAttention, [RunMessages.InDoubt(run, step, why)]).ConfigureAwait(false);
        else
            await ResolveAsync(step, StepDirection.Forward, outcome).ConfigureAwait(false);
    }

    private async Task ProbeBackAsync(StepLog step, CancellationToken cancellationToken)
    {
        var (outcome, why) = await ProbeAsync(step, cancellationToken).ConfigureAwait(false);
        // A step that threw was told to be one that its way back can deal with; one that was cut off in the middle was not asked.
        var wasCutOff = step.State is StepState.InDoubt or StepState.RevertInDoubt || step.Abandoned;
        if (outcome == ProbeOutcome.NotDone)
            await ResolveAsync(step, StepDirection.Back, outcome).ConfigureAwait(false);
        else if (
            step.Planned.Irreversible is not null
                ? outcome == ProbeOutcome.Done || !await MayGoBackAsync(step, cancellationToken).ConfigureAwait(false)
                : outcome == ProbeOutcome.Unknown && wasCutOff && !step.Planned.IsIdempotent
        )
            await EndAsync(RunState.NeedsAttention, [RunMessages.InDoubt(run, step, why)]).ConfigureAwait(false);
        else
            await _attempts.RunAsync(step, Entry(step), StepDirection.Back, cancellationToken).ConfigureAwait(false);
    }

    private Task<(ProbeOutcome Outcome, string? Why)> ProbeAsync(StepLog step, CancellationToken cancellationToken) =>
        AskAsync(
            step,
            static async (own, context, token) => (await own.ProbeAsync(context, token).ConfigureAwait(false), (string?)null),
            static why => (ProbeOutcome.Unknown, why),
            cancellationToken
        );

    private async Task<T> AskAsync<T>(
        StepLog step,
        Func<DeploymentStep, StepContext, CancellationToken, Task<T>> ask,
        Func<string, T> failed,
        CancellationToken cancellationToken
    )
    {
        var entry = Entry(step);
        T? answer = default;
        var (end, error) = await EnforcedTimeout
            .CallAsync(
                token => entry.UseAsync(async own => answer = await ask(own, _attempts.ContextOf(step, null), token).ConfigureAwait(false)),
                ProbeTimeout,
                parts.Time,
                cancellationToken
            )
            .ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (error is not null)
            Log.ProbeThrew(logger, run.Id, step.Planned.Name, StackText.Of(error, parts.Redactor.Redact));
        if (end == CallEnd.Completed)
            return answer!;

        return failed(
            error is null
                ? $"its probe did not answer within {ProbeTimeout.TotalSeconds} s"
                : parts.Redactor.Redact($"its probe failed: {error.GetType().Name}: {Sentence.Of(error)} {StackText.Where}")
        );
    }

    private Task ResolveAsync(StepLog step, StepDirection direction, ProbeOutcome outcome) =>
        session.AppendAsync(
            run.Id,
            JournalKinds.StepResolved,
            new StepResolved(step.Planned.Name, direction, outcome, "probe"),
            JournalJson.Default.StepResolved
        );

    private Task EndAsync(RunState state, IReadOnlyList<DeploymentMessage> messages) =>
        session.AppendAsync(
            run.Id,
            JournalKinds.RunEnded,
            new RunEnded(state, [.. messages.Select(parts.Redactor.Redact)]),
            JournalJson.Default.RunEnded
        );

    private IReadOnlyList<DeploymentMessage> StopMessages(StepLog step) =>
        step.State == StepState.RevertFailed ? RunMessages.RevertFailed(run, step) : RunMessages.OnlyForward(run, step);

    private CatalogStep Entry(StepLog step) => catalog.For(step.Planned) ?? throw RunMessages.StepMissing(run, step);
}
