using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Preflight;

/// <summary>
/// Nothing begins beside a run that has not ended. An <c>up</c> of the same release takes an interrupted one up where it stopped.
/// </summary>
internal sealed class OpenRunCheck : PreflightCheck
{
    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<DeploymentMessage>>(Find(intention) is { } found ? [found] : []);

    internal static DeploymentMessage? Find(Intention intention) =>
        intention.Journal.Ledger.OpenRun is { } run ? Find(intention, run) : null;

    /// <summary>Whether an <c>up</c> of the release goes on with the run instead of beginning one.</summary>
    internal static bool IsTakenUp(RunLog run, Intention intention) =>
        intention is { Kind: RunKind.Up, IsMigrationsOnly: false }
        && run.Plan.MigrationsOnly != true
        && run.Plan.Kind == RunKind.Up
        && run.Plan.Release == intention.Release
        && run.State != RunState.NeedsAttention;

    private static DeploymentMessage Find(Intention intention, RunLog run)
    {
        var environment = run.Plan.Environment;
        var subject = $"{RunMessages.Title(run)} in '{environment}'";
        if (!intention.HasLock && intention.Journal.Holder is { } holder)
        {
            // While it can still end one way or the other, who looks gets no other answer; who begins waits for the lock.
            return new DeploymentMessage(
                Codes.RunUnfinished,
                $"{subject} is under way: the lock is held by {holder}. Nothing was begun. Wait until it has ended; 'deploy status "
                    + $"--environment {environment}' shows how far it is.",
                intention.IsLook ? MessageSeverity.Error : MessageSeverity.Warning
            );
        }

        if (IsTakenUp(run, intention))
        {
            return new DeploymentMessage(
                Codes.RunUnfinished,
                $"{subject} is not finished: it was interrupted. 'deploy up --environment {environment}' goes on with it where it "
                    + $"stopped{(RunWays.MayAbort(run) ? $"; 'deploy abort --environment {environment}' goes back" : "")}.",
                MessageSeverity.Warning
            );
        }

        return new DeploymentMessage(
            Codes.RunUnfinished,
            $"{subject} {(run.State == RunState.NeedsAttention ? "stopped half way and needs attention" : "is not finished: it was interrupted")}. Nothing was begun. "
                + $"{RunWays.Of(run)}; 'deploy status --environment {environment}' tells more."
        );
    }
}
