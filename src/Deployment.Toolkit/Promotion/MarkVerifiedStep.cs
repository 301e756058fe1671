using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Promotion;

/// <summary>
/// Records the evidence that later promotions and rollbacks rest on. From then on only <c>deploy rollback</c> takes the release back.
/// </summary>
internal sealed class MarkVerifiedStep(
    ConfigurationRecorder recorder,
    SealedSecrets secrets,
    IReadOnlyList<VerifiedMigration> migrations,
    JournalSession? session
) : DeploymentStep
{
    public override string Name => DeploymentSteps.MarkVerified;

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            new StepDescription($"record {context.Release} as verified in {context.Environment.Name}")
            {
                Irreversible = "the release is verified then; 'deploy rollback' takes it back",
            }
        );

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Plan is { Kind: RunKind.Rollback, PreviousRelease: { } rejected } && session!.Ledger.HoldOf(rejected) is null)
        {
            var held = new ReleaseHeld(
                rejected,
                $"rolled back to {context.Release} by run {context.RunId}",
                session.Ledger.Find(context.RunId)!.StartedBy
            );
            await session.AppendAsync(context.RunId, JournalKinds.ReleaseHeld, held, JournalJson.Default.ReleaseHeld).ConfigureAwait(false);
        }

        if (secrets.TryEpoch(cancellationToken) is { } epoch && epoch != session!.Ledger.SecretsEpoch)
            await session
                .AppendAsync(context.RunId, JournalKinds.SecretsEpoch, epoch, JournalJson.Default.SecretsEpoch)
                .ConfigureAwait(false);

        await FollowAsync(session!, context.Plan, context.RunId).ConfigureAwait(false);
        var evidence = new ReleaseVerified(context.Release, context.Plan.SchemaAfter, recorder.Record(session!.Ledger.Key))
        {
            Migrations = MigrationsOf(context),
            Databases = context.Plan.Databases is { } databases
                ? [.. databases.Select(static database => new VerifiedDatabase(database.Name, database.SchemaAfter))]
                : null,
        };
        await session
            .AppendAsync(context.RunId, JournalKinds.ReleaseVerified, evidence, JournalJson.Default.ReleaseVerified)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Writes down what a hotfix owes, what a release that skips nothing has paid, and what of both a rollback changes: before it counts
    /// as verified, so that no hotfix ever does without.
    /// </summary>
    internal static async Task FollowAsync(JournalSession session, DeploymentPlan plan, string run)
    {
        if (plan.Kind is not (RunKind.Up or RunKind.Rollback))
            return;

        var promotion = session.Ledger.Promotion;
        var log = session.Ledger.Find(run)!;
        var by = log.StartedBy;

        if (plan.Kind == RunKind.Rollback)
        {
            await ReturningHotfixes.FollowAsync(session, plan.Release, log).ConfigureAwait(false);
        }
        else if (plan.Bypass is { IsHotfix: true, Until: { } until } bypass)
        {
            if (promotion.Debts.Any(debt => debt.Due.Run == run))
                return;
            var due = new HotfixDue(run, plan.Release, bypass.Reason, bypass.ApprovedBy, bypass.Bypassed, bypass.MustFollow, until, by);
            await session.AppendAsync(run, JournalKinds.HotfixDue, due, JournalJson.Default.HotfixDue).ConfigureAwait(false);
        }
        else if (plan.Bypass is null && promotion.Debts.Count > 0)
        {
            var paid = new HotfixPaid([.. promotion.Debts.Select(static debt => debt.Due.Run)], plan.Release, by);
            await session.AppendAsync(run, JournalKinds.HotfixPaid, paid, JournalJson.Default.HotfixPaid).ConfigureAwait(false);
        }
    }

    // Only an up brings the binary that runs it. What a rollback or a renewal leaves live was verified before, by the binary that it was
    // then.
    private IReadOnlyList<VerifiedMigration>? MigrationsOf(StepContext context) =>
        context.Plan.Kind == RunKind.Up
            ? migrations
            : session!.Ledger.Verified.LastOrDefault(verified => verified.Evidence.Release == context.Release)?.Evidence.Migrations;

    public override Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(session!.Ledger.Verified.Any(verified => verified.Run == context.RunId) ? ProbeOutcome.Done : ProbeOutcome.NotDone);
}
