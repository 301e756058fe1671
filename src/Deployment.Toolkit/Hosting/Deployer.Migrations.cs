using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Preflight;

namespace Deployment.Toolkit;

/// <content>Migrations without the release that they belong to.</content>
public sealed partial class Deployer
{
    /// <summary>
    /// Applies pending migrations and deploys nothing: with backup, lock, gates and journal as <see cref="UpAsync"/> does, which then finds
    /// them applied.
    /// </summary>
    /// <param name="request">How far, and why.</param>
    /// <param name="cancellationToken">Interrupts; the run can be resumed or aborted.</param>
    /// <returns>How it ended; with the plan alone for a dry run.</returns>
    public Task<DeploymentResult> MigrateUpAsync(MigrateUpRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync(
            async environment =>
            {
                EnsureWithoutRelease(environment, request.WithoutRelease, request.Reason, "up");
                var parts = _factory.Create(null);
                await using var own = OwnSteps();
                var launcher = Launcher(parts, request, own);
                var preflight = new UpPreflight(_factory, own, new MigrationScope(request.To, request.Reason, request.Database))
                {
                    Operator = launcher.Operator,
                };
                var journal = await _factory.LookAsync(environment, cancellationToken).ConfigureAwait(false);
                var answer = await preflight.AskAsync(parts, journal, hasLock: false, cancellationToken).ConfigureAwait(false);
                if (answer.Outcome != DeploymentOutcome.Succeeded || request.DryRun)
                    return Ended(answer);

                await using var session = await launcher.LockAsync("migrations up", cancellationToken).ConfigureAwait(false);
                answer = await preflight
                    .AskAsync(parts, new LedgerView(session.Ledger, IsLocked: true), hasLock: true, cancellationToken)
                    .ConfigureAwait(false);
                if (answer.Outcome != DeploymentOutcome.Succeeded)
                    return Ended(answer);

                var catalog = await launcher.CatalogAsync(session).ConfigureAwait(false);
                return await launcher.StartAsync(session, catalog, answer.Plan!, cancellationToken).ConfigureAwait(false);

                DeploymentResult Ended(UpAnswer told) =>
                    new()
                    {
                        Outcome = told.Outcome,
                        Environment = environment.Name,
                        Messages = told.Findings.HasErrors ? told.Findings.Errors : told.Findings.All,
                        Plan = told.Plan,
                    };
            },
            cancellationToken
        );
    }

    /// <summary>Undoes applied migrations by their ways back, newest first, while the release stays as it is.</summary>
    /// <param name="request">How far, why, and accepted data loss.</param>
    /// <param name="cancellationToken">Interrupts; the run can be resumed.</param>
    /// <returns>How it ended.</returns>
    public Task<DeploymentResult> MigrateDownAsync(MigrateDownRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return StartOtherAsync(
            "migrations down",
            RunKind.Rollback,
            request,
            Overtaking.LastEnded,
            (parts, catalog, ledger) =>
            {
                EnsureWithoutRelease(parts.Environment, request.WithoutRelease, request.Reason, $"down --to {request.To}");
                if (string.IsNullOrWhiteSpace(request.Reason))
                    throw DeploymentException.Refused(
                        Codes.MigrationsNotMoved,
                        "The reason is empty. Say why migrations are undone with --reason \"…\"; the journal keeps it."
                    );
                return request.Database is { } name && parts.TenantsOf(name) is { } fleet
                    ? new MigrateTenantsDownPlanner(fleet, parts, catalog, ledger).PlanAsync(
                        request.To,
                        request.Reason,
                        request.AcceptDataLoss,
                        cancellationToken
                    )
                    : new MigrateDownPlanner(parts.One(request.Database), catalog, ledger).PlanAsync(
                        request.To,
                        request.Reason,
                        request.AcceptDataLoss,
                        cancellationToken
                    );
            },
            cancellationToken
        );
    }

    private static void EnsureWithoutRelease(DeploymentEnvironment environment, bool isMeant, string? reason, string verb)
    {
        if (environment.IsProtected && (!isMeant || string.IsNullOrWhiteSpace(reason)))
            throw DeploymentException.Refused(
                Codes.MigrationsNotMoved,
                $"'{environment.Name}' is protected: its schema moves with a release, by 'deploy up' and 'deploy rollback'. Nothing was changed. To "
                    + $"move it alone, run 'deploy migrations {verb} --reason \"why\" --environment {environment.Name} --without-release'."
            );
    }
}
