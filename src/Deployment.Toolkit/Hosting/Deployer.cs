using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Dependencies;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Preflight;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Secrets.Masking;
using Deployment.Toolkit.Steps;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit;

/// <summary>
/// Deploys the host's own environment: everything that the verbs do, as methods. What can go wrong comes back as a result; exceptions are
/// left for what nobody expected. Safe to call from many threads: the environment's lock puts calls in a row.
/// </summary>
public sealed partial class Deployer
{
    private readonly DeploymentPartsFactory _factory;
    private readonly ILogger _logger;

    internal Deployer(DeploymentPartsFactory factory, ILogger logger) => (_factory, _logger) = (factory, logger);

    /// <summary>
    /// Checks everything that can be checked without changing anything, and reports at once whatever <see cref="UpAsync"/> would refuse.
    /// </summary>
    /// <param name="request">The release.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Succeeded, or refused with all faults.</returns>
    public Task<DeploymentResult> CheckAsync(CheckRequest request, CancellationToken cancellationToken = default) =>
        LookAsync(
            async environment =>
            {
                await using var own = OwnSteps();
                var (answer, parts) = await new UpPreflight(_factory, own)
                    .LookAsync(environment, request.Release, request.SettingsOnly, cancellationToken)
                    .ConfigureAwait(false);
                if (!request.SettingsOnly)
                    answer.Findings.AddRange(JournalPlace.OfThisMachine.Find(_factory, environment));
                if (request.Online)
                    answer.Findings.AddRange(await OnlineAsync(parts, request.OnlineTimeout, cancellationToken).ConfigureAwait(false));
                return new DeploymentResult
                {
                    Outcome = answer.Findings.HasErrors ? DeploymentOutcome.Refused : DeploymentOutcome.Succeeded,
                    Environment = environment.Name,
                    Messages = answer.Findings.All,
                };
            },
            cancellationToken
        );

    /// <summary>Computes what <see cref="UpAsync"/> would do, with each gate's present answer; changes nothing.</summary>
    /// <param name="request">The release.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Succeeded or nothing to do, with the plan; refused with the plan and all reasons when it may not begin.</returns>
    public Task<DeploymentResult> PlanAsync(PlanRequest request, CancellationToken cancellationToken = default) =>
        LookAsync(
            async environment =>
            {
                await using var own = OwnSteps();
                var (answer, _) = await new UpPreflight(_factory, own)
                    .LookAsync(environment, request.Release, isSettingsOnly: false, cancellationToken)
                    .ConfigureAwait(false);
                return new DeploymentResult
                {
                    Outcome = answer.Outcome,
                    Environment = environment.Name,
                    Messages = answer.Findings.All,
                    Plan = answer.Plan,
                };
            },
            cancellationToken
        );

    /// <summary>Brings the release into the environment. An unfinished run of the same release is taken up where it stopped.</summary>
    /// <param name="request">The release, and how long to wait for the lock.</param>
    /// <param name="cancellationToken">Interrupts; the run can be resumed or aborted.</param>
    /// <returns>How it ended.</returns>
    public Task<DeploymentResult> UpAsync(UpRequest request, CancellationToken cancellationToken = default) =>
        RunAsync(environment => BringAsync(environment, request.Release, "up", request, cancellationToken), cancellationToken);

    /// <summary>Goes on with the unfinished run in the direction that it was going.</summary>
    /// <param name="request">Marks for steps in doubt, accepted data loss, and how long to wait for the lock.</param>
    /// <param name="cancellationToken">Interrupts again.</param>
    /// <returns>How it ended.</returns>
    public Task<DeploymentResult> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
        RecoverAsync("resume", request, static (_, _, _) => Task.FromResult<StepResolved?>(null), cancellationToken);

    /// <summary>Takes the unfinished run back, unless it is past its point of no return.</summary>
    /// <param name="request">Marks for steps in doubt, accepted data loss, and how long to wait for the lock.</param>
    /// <param name="cancellationToken">Interrupts again.</param>
    /// <returns>How it ended.</returns>
    public Task<DeploymentResult> AbortAsync(AbortRequest request, CancellationToken cancellationToken = default) =>
        RecoverAsync(
            "abort",
            request,
            static async (run, executor, token) =>
            {
                if (run.Direction == StepDirection.Back)
                    return null;

                var settled = await executor.SettleAsync(token).ConfigureAwait(false);
                if (settled is not null)
                    run.Try(settled);
                if (RunDecision.MayTurn(run))
                    return settled;

                var why = run.PointOfNoReturn is { } point
                    ? $"step '{point.Planned.Name}' is done, and {point.Planned.Irreversible}"
                    : "what was begun can only be finished";
                throw DeploymentException.Refused(
                    Codes.OnlyForward,
                    $"Run {run.Id} cannot be taken back: {why}. Run 'deploy resume --environment {run.Plan.Environment}'."
                );
            },
            cancellationToken
        );

    /// <summary>
    /// Brings the environment back to the newest verified release before the present one: code, schema and the app's own steps together.
    /// </summary>
    /// <param name="request">The release to go back to, accepted data loss, and whether to plan only.</param>
    /// <param name="cancellationToken">Interrupts; the run can be resumed.</param>
    /// <returns>How it ended. The release that was left is on hold afterwards.</returns>
    public Task<DeploymentResult> RollbackAsync(RollbackRequest request, CancellationToken cancellationToken = default) =>
        RollbackFromAsync(null, request, cancellationToken);

    /// <summary>Puts a backup in the live database's place, after a copy of the live one was taken.</summary>
    /// <param name="backup">The backup's name.</param>
    /// <param name="request">Accepted data loss, and whether to plan only.</param>
    /// <param name="cancellationToken">Interrupts; the run can be resumed.</param>
    /// <returns>How it ended.</returns>
    public Task<DeploymentResult> RestoreAsync(string backup, RestoreRequest request, CancellationToken cancellationToken = default) =>
        StartOtherAsync(
            "backup restore",
            RunKind.Restore,
            request,
            Overtaking.LastEnded,
            async (parts, catalog, ledger) =>
                await RestorePlanner
                    .MakeAsync(
                        await parts.OneAsync(request.Database, request.Tenant, cancellationToken).ConfigureAwait(false),
                        catalog,
                        ledger,
                        backup,
                        request.AcceptDataLoss,
                        cancellationToken
                    )
                    .ConfigureAwait(false),
            cancellationToken
        );

    /// <summary>
    /// Has a secret's issuer make a new one, seals it, tries it, puts the live release live again so that readers take it up, and ends the
    /// old one. When anything fails before that end, everything is taken back. Without an activator nobody here can make readers take it
    /// up: then the old one stays valid until <see cref="RetireSecretAsync"/>.
    /// </summary>
    /// <param name="secret">The secret, which has a rotator and stands in the sealed file.</param>
    /// <param name="request">The grace, whether to keep the old one, and whether to plan only.</param>
    /// <param name="cancellationToken">Interrupts; the run can be resumed or aborted.</param>
    /// <returns>How it ended.</returns>
    public Task<DeploymentResult> RenewSecretAsync(string secret, RenewSecretRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        return StartOtherAsync(
            "secrets renew",
            RunKind.Renew,
            request,
            ledger => ledger.LastOfSecret(secret),
            (parts, catalog, ledger) =>
                new RenewalPlanner(parts, catalog, ledger).RenewAsync(secret, request.Grace, request.KeepOld, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>Ends at its issuer what a secret was before its last renewal, when that was left valid.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="request">Whether to plan only.</param>
    /// <param name="cancellationToken">Interrupts; the run can be resumed.</param>
    /// <returns>How it ended.</returns>
    public Task<DeploymentResult> RetireSecretAsync(
        string secret,
        RetireSecretRequest request,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        return StartOtherAsync(
            "secrets retire",
            RunKind.Retire,
            request,
            ledger => ledger.LastOfSecret(secret),
            (parts, catalog, ledger) => new RenewalPlanner(parts, catalog, ledger).RetireAsync(secret, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>Asks the health checks that a deployment waits for, once.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The report, and whether a deployment would pass with it.</returns>
    public async Task<HealthGateReport> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        var health = _factory.Create(null).Health;
        var report = await health.LookAsync(cancellationToken).ConfigureAwait(false);
        return new HealthGateReport { Report = report, Passes = health.Passes(report) };
    }

    /// <summary>Brings a release into the environment, whatever the verb is called by which somebody wants that.</summary>
    private async Task<DeploymentResult> BringAsync(
        DeploymentEnvironment environment,
        string? release,
        string verb,
        DeploymentRequest request,
        CancellationToken cancellationToken,
        BypassRequest? bypass = null
    )
    {
        var parts = _factory.Create(release);
        await using var own = OwnSteps();
        var launcher = Launcher(parts, request, own);
        var preflight = new UpPreflight(_factory, own) { Operator = launcher.Operator, Bypass = bypass };
        var before = await preflight
            .AskAsync(
                parts,
                await _factory.LookAsync(environment, cancellationToken).ConfigureAwait(false),
                hasLock: false,
                cancellationToken
            )
            .ConfigureAwait(false);
        if (before.Outcome != DeploymentOutcome.Succeeded)
            return Ended(before);

        await using var session = await launcher.LockAsync(verb, cancellationToken).ConfigureAwait(false);
        // Another process may have been at work until the lock was free, so everything is looked at again.
        var answer = await preflight
            .AskAsync(parts, new LedgerView(session.Ledger, IsLocked: true), hasLock: true, cancellationToken)
            .ConfigureAwait(false);
        if (answer.Outcome != DeploymentOutcome.Succeeded)
            return Ended(answer);

        var catalog = await launcher.CatalogAsync(session).ConfigureAwait(false);
        if (session.Ledger.OpenRun is not { } open)
            return await launcher.StartAsync(session, catalog, answer.Plan!, cancellationToken).ConfigureAwait(false);

        EnsureKnown(open, catalog);
        if (open.Direction == StepDirection.Forward)
            await EnsureMigrationsAsync(open, parts, cancellationToken).ConfigureAwait(false);
        await PlannedPlace.EnsureAsync(open.Plan, parts, session.Ledger.JournalId, cancellationToken).ConfigureAwait(false);
        await launcher.ResumeAsync(session, open, verb, acceptsDataLoss: false).ConfigureAwait(false);
        return await launcher.DriveAsync(session, catalog, open, cancellationToken).ConfigureAwait(false);

        DeploymentResult Ended(UpAnswer refused) =>
            new()
            {
                Outcome = refused.Outcome,
                Environment = environment.Name,
                Messages = refused.IsNothingToDo && !refused.Findings.HasErrors ? refused.Findings.All : refused.Findings.Errors,
                Plan = refused.Plan,
            };
    }

    private async Task<IReadOnlyList<DeploymentMessage>> OnlineAsync(
        DeploymentParts? parts,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        if (limit <= TimeSpan.Zero || limit > TimeSpan.FromHours(1))
            return
            [
                new DeploymentMessage(
                    Codes.CommandLineInvalid,
                    $"The time limit of the online check is {limit:c}. Give one above zero and to one hour at most with --online-timeout."
                ),
            ];

        List<Dependency> all = [.. _factory.Model.Dependencies];
        if (parts is not null)
            all.InsertRange(0, parts.Databases.Select(static each => DatabaseDependency.Of(each.Database)));
        return await new DependencyProbe(
            _factory.Services,
            limit,
            _factory.Time,
            _logger,
            _factory.Services.GetRequiredService<SecretRedactor>().Redact
        )
            .RunAsync(all, cancellationToken)
            .ConfigureAwait(false);
    }

    private OwnSteps OwnSteps() => _factory.OwnSteps();

    private RunLauncher Launcher(DeploymentParts parts, DeploymentRequest request, OwnSteps own) => new(_factory, parts, request, own);

    private Task<DeploymentResult> LookAsync(
        Func<DeploymentEnvironment, Task<DeploymentResult>> work,
        CancellationToken cancellationToken
    ) => DeploymentGuard.RunAsync(_factory, work, cancellationToken, isLook: true);

    private Task<DeploymentResult> RunAsync(
        Func<DeploymentEnvironment, Task<DeploymentResult>> work,
        CancellationToken cancellationToken
    ) => DeploymentGuard.RunAsync(_factory, work, cancellationToken);
}
