using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Preflight;

namespace Deployment.Toolkit;

/// <content>Runs that depend on what is there, and bring no release of their own.</content>
public sealed partial class Deployer
{
    /// <param name="left">What it is to leave, and nothing else; <see langword="null"/> for what is there when it is asked.</param>
    /// <param name="request">The release to go back to, accepted data loss, and whether to plan only.</param>
    /// <param name="cancellationToken">Interrupts; the run can be resumed.</param>
    private Task<DeploymentResult> RollbackFromAsync(VerifiedRelease? left, RollbackRequest request, CancellationToken cancellationToken)
    {
        Release? target = null;
        return StartOtherAsync("rollback", RunKind.Rollback, request, Overtaking.LastEnded, PlanAsync, cancellationToken);

        async Task<DeploymentPlan> PlanAsync(DeploymentParts parts, StepCatalog catalog, EnvironmentLedger ledger)
        {
            if (left is not null && ledger.Current?.Record.Sequence != left.Record.Sequence && ledger.LastRun is { } ended)
                throw Overtaking.By(ended);

            var plan = await new RollbackPlanner(parts, new Planner(parts), catalog)
                .PlanAsync(ledger, request.To, request.AcceptDataLoss, cancellationToken)
                .ConfigureAwait(false);
            // Holds are no runs: one that comes meanwhile would send it further back than anybody saw.
            if (plan.Release != (target ??= plan.Release))
                throw DeploymentException.Refused(
                    Codes.NoRollbackTarget,
                    $"This rollback was to go to release {target}, and would go to {plan.Release} now, because of a hold that came or went "
                        + $"meanwhile. Nothing was begun. Look at 'deploy rollback --environment {plan.Environment} --dry-run', and run it "
                        + "again if that is wanted."
                );
            return plan;
        }
    }

    private Task<DeploymentResult> StartOtherAsync(
        string verb,
        RunKind kind,
        PlannableRequest request,
        Func<EnvironmentLedger, RunLog?> lastRun,
        Func<DeploymentParts, StepCatalog, EnvironmentLedger, Task<DeploymentPlan>> makePlan,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            async environment =>
            {
                var parts = _factory.Create(null);
                await using var own = OwnSteps();
                var launcher = Launcher(parts, request, own);
                var journal = await _factory.LookAsync(environment, cancellationToken).ConfigureAwait(false);
                await EnsureMayBeginAsync(
                        new Intention(_factory, environment, kind, journal)
                        {
                            Release = parts.Release,
                            Parts = parts,
                            IsLook = request.DryRun,
                        },
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                // Over a run that is under way nothing can be planned: it is waited for.
                if (journal.UnderWay is null)
                {
                    var plan = await makePlan(parts, await launcher.CatalogAsync(null).ConfigureAwait(false), journal.Ledger)
                        .ConfigureAwait(false);
                    if (request.DryRun)
                        return new DeploymentResult
                        {
                            Outcome = DeploymentOutcome.Succeeded,
                            Environment = environment.Name,
                            Plan = plan,
                        };
                }

                await using var session = await launcher.LockAsync(verb, cancellationToken).ConfigureAwait(false);
                if (lastRun(session.Ledger) is { } ended && ended.Id != lastRun(journal.Ledger)?.Id)
                    throw Overtaking.By(ended);

                var locked = new LedgerView(session.Ledger, IsLocked: true);
                await EnsureMayBeginAsync(
                        new Intention(_factory, environment, kind, locked)
                        {
                            Release = parts.Release,
                            Parts = parts,
                            HasLock = true,
                        },
                        cancellationToken
                    )
                    .ConfigureAwait(false);

                var catalog = await launcher.CatalogAsync(session).ConfigureAwait(false);
                return await launcher
                    .StartAsync(session, catalog, await makePlan(parts, catalog, session.Ledger).ConfigureAwait(false), cancellationToken)
                    .ConfigureAwait(false);
            },
            cancellationToken
        );

    private static async Task EnsureMayBeginAsync(Intention intention, CancellationToken cancellationToken)
    {
        var findings = new Findings(intention.Factory.Model.Dialect);
        await PreflightChecks.AskAsync(intention, findings, cancellationToken).ConfigureAwait(false);
        if (findings.HasErrors)
            throw new DeploymentException(DeploymentOutcome.Refused, findings.Errors);
    }
}
