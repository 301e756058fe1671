using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Hosting;

/// <summary>Takes the lock, freezes plans and drives runs, on behalf of one command.</summary>
internal sealed class RunLauncher(DeploymentPartsFactory factory, DeploymentParts parts, DeploymentRequest? request, OwnSteps own)
{
    private static readonly TimeSpan AnchorLimit = TimeSpan.FromSeconds(30);

    private readonly ObservedProgress _progress = new(request?.Progress, parts.Redactor, factory.Logger);

    internal async Task<JournalSession> LockAsync(string verb, CancellationToken cancellationToken)
    {
        var session = await LockWait
            .TakeAsync(
                factory.StoreOf(parts.Environment),
                parts.Environment.Name,
                verb,
                Operator,
                LockTimeout,
                factory.Time,
                _progress,
                JournalKey.Throwaway,
                cancellationToken
            )
            .ConfigureAwait(false);
        if (session.CutTornTail)
            Log.TornTailCut(factory.Logger, parts.Environment.Name);
        return session;
    }

    private TimeSpan LockTimeout => request?.LockTimeout ?? factory.LockTimeout;

    /// <summary>Tells whoever watches, whose faults stay theirs.</summary>
    internal IProgress<DeploymentProgress> Progress => _progress;

    internal async Task<StepCatalog> CatalogAsync(JournalSession? session) =>
        StepCatalog.Build(BuiltInSteps.Of(parts with { LockTimeout = LockTimeout }, session), await own.MakeAsync().ConfigureAwait(false));

    /// <summary>Freezes a plan into the journal and executes it.</summary>
    internal async Task<DeploymentResult> StartAsync(
        JournalSession session,
        StepCatalog catalog,
        DeploymentPlan plan,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        plan = PlanHash.Seal(await PlannedPlace.WithAsync(plan, parts, session.Ledger.JournalId, cancellationToken).ConfigureAwait(false));
        var id = RunIds.New(factory.Time);
        // Before the run is there: nobody breaks the glass and leaves nothing to be reviewed.
        if (plan.Bypass is { IsBreakGlass: true } glass)
            await new GlassReview(factory, parts.Environment)
                .BreakAsync(session, id, plan.Release, glass.Reason, Operator)
                .ConfigureAwait(false);
        await session
            .AppendAsync(
                id,
                JournalKinds.RunPlanned,
                new RunPlanned(plan, By, parts.Recorder.Record(session.Ledger.Key))
                {
                    Claimed = Operator.Claimed,
                    Source = await SourceHeadAsync(plan, cancellationToken).ConfigureAwait(false),
                },
                JournalJson.Default.RunPlanned
            )
            .ConfigureAwait(false);
        return await DriveAsync(session, catalog, session.Ledger.Find(id)!, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Goes on with a run wherever it stands.</summary>
    internal async Task<DeploymentResult> DriveAsync(
        JournalSession session,
        StepCatalog catalog,
        RunLog run,
        CancellationToken cancellationToken
    )
    {
        await own.DisposeAsync().ConfigureAwait(false);
        _progress.Report(new DeploymentProgress { Kind = ProgressKind.RunStarted, Text = $"run {run.Id}: {Title(run.Plan)}" });
        factory.NoticesOf(parts.Environment).Begin(session.Ledger);
        var executor = new RunExecutor(parts, catalog, session, run, _progress, factory.Logger);
        var result = await ExecuteAsync(session, executor, run, cancellationToken).ConfigureAwait(false);
        await new RunTraces(factory, parts.Environment)
            .LeaveAsync(session, run, parts.Databases, parts.Tenants, KeepAsync)
            .ConfigureAwait(false);
        await AnchorAsync(session, run).ConfigureAwait(false);
        return result;
    }

    private async Task<DeploymentResult> ExecuteAsync(
        JournalSession session,
        RunExecutor executor,
        RunLog run,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await AgreeAsync(session, run, cancellationToken).ConfigureAwait(false);
            await executor.RunAsync(cancellationToken).ConfigureAwait(false);
            return Result(run, OutcomeOf(run.State), run.Messages);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Result(
                run,
                DeploymentOutcome.Cancelled,
                [new DeploymentMessage(Codes.RunInterrupted, $"Run {run.Id} was interrupted. {RunWays.Of(run)}.", MessageSeverity.Warning)]
            );
        }
        catch (DeploymentException e)
        {
            return Result(run, e.Outcome, e.Messages);
        }
#pragma warning disable CA1031 // Whatever it is, the run has begun and is not finished, which nobody further out can tell.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.RunStopped(factory.Logger, run.Id, StackText.Of(e, parts.Redactor.Redact));
            return Result(
                run,
                DeploymentOutcome.NeedsAttention,
                [
                    parts.Redactor.Redact(
                        new DeploymentMessage(
                            Codes.UnexpectedError,
                            $"Run {run.Id} stopped at an error that nobody expected: {e.GetType().FullName}: {Sentence.Of(e)} "
                                + $"{StackText.Where} It is not finished. {RunWays.Of(run)}."
                        )
                    ),
                ]
            );
        }
    }

    // The journal counts on what the plan found, however the run ends.
    private async Task AgreeAsync(JournalSession session, RunLog run, CancellationToken cancellationToken)
    {
        if (run.Plan.Kind != RunKind.Up || run.Direction == StepDirection.Back)
            return;

        var head = session.Head;
        var writer = new MigrationWriter(run.Id, run.Plan.Release.ToString(), head.Journal!, session.Fence, head.Count, head.Hash);
        foreach (var each in parts.Databases)
            await AgreedHistory
                .EnsureAsync(
                    each.Database,
                    each.Migrations,
                    writer,
                    MigrationRunner.RequestOf(run.Id, LockTimeout, factory.Time, Waiting),
                    cancellationToken
                )
                .ConfigureAwait(false);

        void Waiting(string line) => _progress.Report(new DeploymentProgress { Kind = ProgressKind.Waiting, Text = line });
    }

    // The environment that a release comes from is where its journal's end would be cut off to undo what was said of the release there.
    private async Task<JournalHeads?> SourceHeadAsync(DeploymentPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Kind != RunKind.Up || parts.Environment.PromotedFrom is not { } name)
            return null;

        var source = factory.Model.Environments.Get(name);
        var ledger = (await factory.ReadLedgerAsync(source, cancellationToken).ConfigureAwait(false));
        return new JournalHeads(source.Name, ledger.JournalId, ledger.Count, ledger.LastHash);
    }

    private async Task AnchorAsync(JournalSession session, RunLog run)
    {
        var (journal, records, hash, _) = session.Head;
        // A run that changed nothing or is not finished leaves the database alone.
        foreach (var each in run.State == RunState.Succeeded ? parts.Databases : [])
        {
            await KeepAsync("the database's history", token => HistoryHead.KeepAsync(each.Database, journal!, records, hash, token))
                .ConfigureAwait(false);
        }

        var head = new AnchoredHead
        {
            Environment = parts.Environment.Name,
            Journal = journal!,
            Records = records,
            Hash = hash,
        };
        foreach (var anchor in factory.Model.Anchors)
            await KeepAsync(anchor.Name, token => anchor.KeepAsync(head, token)).ConfigureAwait(false);
    }

    private async Task KeepAsync(string name, Func<CancellationToken, Task> keep)
    {
        using var limit = new CancellationTokenSource(AnchorLimit, factory.Time);
        try
        {
            await keep(limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The run has ended, and an older anchor misses fewer records but none that are there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.AnchorNotKept(factory.Logger, name, parts.Redactor.Redact($"{e.GetType().Name}: {Sentence.Of(e)}"));
        }
    }

    /// <summary>Takes up an open run again, for a verb.</summary>
    internal Task ResumeAsync(JournalSession session, RunLog run, string verb, bool acceptsDataLoss) =>
        session.AppendAsync(run.Id, JournalKinds.RunResumed, new RunResumed(verb, By, acceptsDataLoss), JournalJson.Default.RunResumed);

    /// <summary>What a person found out about steps in doubt. Nothing is recorded yet: one mark that is wrong refuses all.</summary>
    /// <exception cref="DeploymentException">With every mark that is wrong.</exception>
    internal IReadOnlyList<StepResolved> Marks(RunLog run, RecoveryRequest request)
    {
        var faults = new List<DeploymentMessage>();
        var doubted = run.Steps.Where(static step => IsInDoubt(step)).Select(static step => $"'{step.Planned.Name}'").ToList();
        foreach (var name in request.MarkDone.Intersect(request.MarkNotDone, StringComparer.Ordinal))
            faults.Add(
                new DeploymentMessage(
                    Codes.StepUnknown,
                    $"Step '{name}' of run {run.Id} is marked done and not done at once. Nothing was recorded. Leave out the mark that "
                        + $"is wrong."
                )
            );
        foreach (
            var name in request
                .MarkDone.Concat(request.MarkNotDone)
                .Distinct(StringComparer.Ordinal)
                .Where(name => run.Find(name) is not { } step || !IsInDoubt(step))
        )
        {
            faults.Add(
                new DeploymentMessage(
                    Codes.StepUnknown,
                    $"Step '{name}' of run {run.Id} is not in doubt. Nothing was recorded. "
                        + $"{(doubted.Count == 0 ? "No step is: leave the mark out." : $"In doubt is {string.Join(", ", doubted)}: mark that.")}"
                )
            );
        }

        if (faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);

        return [.. Of(request.MarkDone, ProbeOutcome.Done), .. Of(request.MarkNotDone, ProbeOutcome.NotDone)];

        IEnumerable<StepResolved> Of(IReadOnlyList<string> names, ProbeOutcome outcome) =>
            names.Distinct(StringComparer.Ordinal).Select(name => new StepResolved(name, run.Direction, outcome, By));
    }

    private static bool IsInDoubt(StepLog step) => step.State is StepState.InDoubt or StepState.RevertInDoubt || step.Abandoned;

    internal static DeploymentOutcome OutcomeOf(RunState state) =>
        state switch
        {
            RunState.Succeeded => DeploymentOutcome.Succeeded,
            RunState.RolledBack => DeploymentOutcome.RolledBack,
            RunState.Failed => DeploymentOutcome.Failed,
            _ => DeploymentOutcome.NeedsAttention,
        };

    /// <summary>Who acts, with what they claim.</summary>
    internal JournalHolder Operator => OperatorOf(factory, request);

    internal static JournalHolder OperatorOf(DeploymentPartsFactory factory, DeploymentRequest? request) =>
        request?.ClaimedOperator is { } claimed ? factory.Operator with { Claimed = OperatorClaim.Checked(claimed) } : factory.Operator;

    /// <summary>Who acts, for people.</summary>
    internal string By => Operator.Operator;

    private static int Migrations(DeploymentPlan plan) =>
        plan.Migrations.Count + (plan.Tenants?.Sum(static tenants => tenants.Migrations.Count) ?? 0);

    private static string Title(DeploymentPlan plan) =>
        plan.Kind switch
        {
            RunKind.Up when plan.MigrationsOnly == true => $"{Migrations(plan)} migrations to {plan.Environment}, without a release",
            RunKind.Rollback when plan.MigrationsOnly == true =>
                $"{Migrations(plan)} migrations back in {plan.Environment}, without a release",
            RunKind.Up => $"release {plan.Release} to {plan.Environment}",
            RunKind.Rollback => $"{plan.Environment} back from {plan.PreviousRelease} to {plan.Release}",
            RunKind.Renew => $"a new '{plan.Secret}' for {plan.Environment}",
            RunKind.Retire => $"the end of what '{plan.Secret}' was before in {plan.Environment}",
            _ => $"restore backup {plan.Backup ?? plan.Databases?[0].Backup} in {plan.Environment}",
        };

    private DeploymentResult Result(RunLog run, DeploymentOutcome outcome, IReadOnlyList<DeploymentMessage> messages) =>
        new()
        {
            Outcome = outcome,
            Environment = parts.Environment.Name,
            Messages = messages,
            Plan = run.Plan,
            Run = run.ToRun(),
        };
}
