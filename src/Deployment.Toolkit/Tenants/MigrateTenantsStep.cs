using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Tenants;

/// <summary>
/// The step that brings the databases of tenants forward and back: one first, then a bounded number at a time. What was done, each database
/// says itself by its history, so that it can be cut off at any moment.
/// </summary>
internal sealed class MigrateTenantsStep(TenantFleet fleet, TenantMigration migration, JournalSession? session) : DeploymentStep
{
    private const int MostNamed = 5;
    private const int BegunTogether = 32;

    public override string Name => fleet.Key.Step(DeploymentSteps.Migrate);

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken)
    {
        var planned = Planned(context.Plan);
        var isUp = context.Plan.Kind == RunKind.Up;
        var irreversible = planned.Migrations.FirstOrDefault(static migration => migration.Irreversible is not null)?.Irreversible;
        // Without their number: whoever approves what is done does not approve how many have come until then.
        var last = planned.Versions.LastOrDefault(static version => !MigrationVersion.IsRepeatable(version)) ?? "0";
        var repeated = planned.Versions.Any(MigrationVersion.IsRepeatable) ? ", and scripts that were changed," : "";
        return ValueTask.FromResult(
            new StepDescription(
                isUp
                    ? $"apply what is pending up to {last}{repeated} in the database of each tenant of '{fleet.Name}'"
                    : $"undo what is behind {last} in the database of each tenant of '{fleet.Name}'"
            )
            {
                // Whether some are backed up by now is told apart: it may be otherwise when somebody has approved this.
                WayBack =
                    planned.KeepsMigrated ? null
                    : fleet.Backups.WithoutReason is null
                        ? "down scripts in each, newest first; where one has none, the backup that is taken of it before"
                    : "down scripts in each, newest first",
                Irreversible = planned.KeepsMigrated || !isUp ? null : irreversible,
                Inputs = new Dictionary<string, string>
                {
                    ["contents"] = planned.Contents,
                    ["versions"] = string.Join(' ', planned.Versions),
                },
            }
        );
    }

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        var planned = Planned(context.Plan);
        if (fleet.ContentsOf(planned.Versions) != planned.Contents)
            throw DeploymentException.NeedsAttention(
                Codes.MigrationMissing,
                $"The migrations of '{fleet.Name}' in this binary are not those of the frozen plan. Run 'deploy resume' with release "
                    + $"{context.Release}, or 'deploy abort'."
            );

        context.OverLimit = OverLimit;
        var tenants = await fleet.FindAsync(cancellationToken).ConfigureAwait(false);
        var looks = await LookAsync(tenants, context, cancellationToken).ConfigureAwait(false);
        await using var results = Results(context);
        foreach (var gone in results.CutOff.Except(tenants.Select(static tenant => tenant.Shown)))
        {
            context.Write($"{gone} is no tenant any more: what was begun there stays as it is");
            await results.AddAsync(new TenantResult { Id = gone, Outcome = TenantOutcome.Gone }).ConfigureAwait(false);
        }

        foreach (var look in looks.Where(static look => look.Unreachable is not null))
            await results
                .AddAsync(
                    new TenantResult
                    {
                        Id = look.Tenant.Shown,
                        Outcome = migration.Unreachable,
                        Error = look.Unreachable!.Text,
                    }
                )
                .ConfigureAwait(false);
        var versions = planned.Versions.ToHashSet(StringComparer.Ordinal);
        var behind = looks
            .Where(static look => look.Unreachable is null)
            .Select(look => look with { Pending = [.. look.Pending.Where(one => versions.Contains(one.Version))] })
            .Where(static look => look.Pending.Count > 0 || look.Attempts.Count > 0)
            .ToList();
        // What an earlier process did of this run is told with the rest.
        foreach (var look in looks.Where(look => look.IsOf(context.RunId) && !behind.Exists(lacking => lacking.Tenant == look.Tenant)))
            await results
                .AddAsync(
                    new TenantResult
                    {
                        Id = look.Tenant.Shown,
                        Outcome = TenantOutcome.Migrated,
                        Migrations = look.CountOf(context.RunId),
                    }
                )
                .ConfigureAwait(false);

        // Once one has gone well in this run, the others need not wait for another.
        if (behind.Count > 1 && results.Count(TenantOutcome.Migrated) == 0 && results.Failures < fleet.Options.StopAfter)
        {
            var first = fleet.FirstOf(behind);
            behind.Remove(first);
            context.Write($"{first.Tenant.Shown} goes first");
            await results.BeginAsync([first.Tenant]).ConfigureAwait(false);
            await MigrateAsync(first, results, context, cancellationToken).ConfigureAwait(false);
            if (results.Failures > 0)
                results.Stop();
        }

        await fleet
            .EachAsync(
                BeginAsync(behind, results, fleet.Options.StopAfter),
                async (look, token) => await MigrateAsync(look, results, context, token).ConfigureAwait(false),
                cancellationToken
            )
            .ConfigureAwait(false);
        await results.FlushAsync().ConfigureAwait(false);
        context.Write(results.Summary(looks.Count));
        if (results.Failures > 0)
            throw new DeploymentException(
                DeploymentOutcome.Failed,
                [Failed(results, looks.Count, Codes.TenantsFailed, "failed", Mend(context))]
            );
    }

    public override async Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Plan.Kind != RunKind.Up)
            return ProbeOutcome.Unknown;

        // All of it done counts as unknown as well: what became of each is told by doing it again, which does nothing.
        var (begun, untold, _) = await StandingAsync(context, cancellationToken).ConfigureAwait(false);
        return begun.Count + untold.Count > 0 ? ProbeOutcome.Unknown : ProbeOutcome.NotDone;
    }

    internal override async Task<bool> MayGoBackAsync(StepContext context, CancellationToken cancellationToken) =>
        context.Plan.Kind == RunKind.Up && (await StandingAsync(context, cancellationToken).ConfigureAwait(false)).Lacking.Count > 0;

    internal override async Task<string?> ObjectionAsync(StepContext context, ProbeOutcome found, CancellationToken cancellationToken)
    {
        var (begun, untold, lacking) = await StandingAsync(context, cancellationToken).ConfigureAwait(false);
        return found switch
        {
            ProbeOutcome.NotDone when begun.Count > 0 =>
                $"{Histories(begun)} {(context.Plan.Kind == RunKind.Up ? "migrations of this run" : "what the run undoes")}: "
                    + TenantMessages.Named(begun),
            ProbeOutcome.NotDone when untold.Count > 0 =>
                $"{untold.Count} tenants of '{fleet.Name}' that were begun can't be asked: {TenantMessages.Named(untold)}",
            ProbeOutcome.Done when lacking.Count > 0 && context.Plan.Kind == RunKind.Up =>
                $"{Histories(lacking, "lack", "lacks")} some of its migrations: {TenantMessages.Named(lacking)}",
            _ => null,
        };

        string Histories(IReadOnlyList<string> ids, string several = "have", string one = "has") =>
            ids.Count == 1
                ? $"the history of 1 tenant of '{fleet.Name}' {one}"
                : $"the histories of {ids.Count} tenants of '{fleet.Name}' {several}";
    }

    public override async Task RevertAsync(StepContext context, CancellationToken cancellationToken)
    {
        var planned = Planned(context.Plan);
        if (planned.KeepsMigrated)
        {
            context.Keep();
            return;
        }

        context.OverLimit = OverLimit;
        var tenants = await fleet.FindAsync(cancellationToken).ConfigureAwait(false);
        await using var results = Results(context);
        foreach (var gone in results.Touched.Except(tenants.Select(static tenant => tenant.Shown)))
        {
            context.Write($"{gone} is no tenant any more: what was applied there stays");
            await results.AddAsync(new TenantResult { Id = gone, Outcome = TenantOutcome.Gone }).ConfigureAwait(false);
        }

        var looks = await LookAsync(tenants, context, cancellationToken).ConfigureAwait(false);
        await fleet
            .EachAsync(
                looks
                    .Where(look =>
                        look.Unreachable is null || context.Plan.Kind != RunKind.Up || results.Touched.Contains(look.Tenant.Shown)
                    )
                    .ToAsyncEnumerable(),
                async (look, token) => await RevertAsync(look, planned, results, context, token).ConfigureAwait(false),
                cancellationToken
            )
            .ConfigureAwait(false);
        await results.FlushAsync().ConfigureAwait(false);
        context.Write(results.Summary(looks.Count));
        if (results.Failures > 0)
            throw new DeploymentException(
                DeploymentOutcome.NeedsAttention,
                [
                    Failed(
                        results,
                        looks.Count,
                        Codes.TenantsNotReverted,
                        "could not be taken back",
                        $"Mend what stands in the way there, then run 'deploy {(context.Plan.Kind == RunKind.Up ? "abort" : "resume")} --environment "
                            + $"{context.Environment.Name}', which goes on with those alone."
                    ),
                ]
            );
    }

    // Some at a time, so that not each has to wait for a record of its own.
    private static async IAsyncEnumerable<TenantLook> BeginAsync(IReadOnlyList<TenantLook> behind, TenantResults results, int stopAfter)
    {
        foreach (var some in behind.Chunk(BegunTogether))
        {
            if (!results.HasStopped(stopAfter))
                await results.BeginAsync(some.Select(static look => look.Tenant)).ConfigureAwait(false);
            foreach (var look in some)
                yield return look;
        }
    }

    private async Task MigrateAsync(TenantLook look, TenantResults results, StepContext context, CancellationToken cancellationToken)
    {
        if (results.HasStopped(fleet.Options.StopAfter))
        {
            await results.AddAsync(new TenantResult { Id = look.Tenant.Shown, Outcome = TenantOutcome.NotBegun }).ConfigureAwait(false);
            return;
        }

        // Whoever has lost the environment's lock begins nothing more.
        await session!.EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
        // Behind the first migration a copy would hold that.
        if (look.Faults.Count == 0 && fleet.BacksUp(look) && !look.IsOf(context.RunId))
        {
            var (backup, failed) = await migration.BackUpAsync(look, context, cancellationToken).ConfigureAwait(false);
            if (backup is null)
            {
                await results.AddAsync(failed!).ConfigureAwait(false);
                return;
            }

            await results.BackedUpAsync(look.Tenant, backup).ConfigureAwait(false);
        }

        await results
            .AddAsync(await migration.ApplyAsync(look, results.HasBackup(look.Tenant), context, cancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);
    }

    private async Task RevertAsync(
        TenantLook look,
        PlannedTenants planned,
        TenantResults results,
        StepContext context,
        CancellationToken cancellationToken
    )
    {
        await session!.EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
        var backup =
            context.Plan.Kind != RunKind.Up ? planned.Backups?.GetValueOrDefault(look.Tenant.Shown)
            : results.HasBackup(look.Tenant) ? context.RunId
            : null;
        var stuck = context.Plan.Kind == RunKind.Up ? look.StuckOf(context.RunId, backup is not null) : null;
        var result = await migration
            .RevertAsync(look, planned, backup, stuck is not null, context, cancellationToken)
            .ConfigureAwait(false);
        if (stuck is not null && result?.Outcome is null or TenantOutcome.Reverted)
        {
            var why =
                $"it stays migrated: {stuck.Title} cannot be taken back: "
                + (stuck.Irreversible ?? "it has no way back, and no backup was taken");
            context.Keep();
            context.Write($"{look.Tenant.Shown}: {why}");
            result = new TenantResult
            {
                Id = look.Tenant.Shown,
                Outcome = TenantOutcome.Migrated,
                Migrations = look.CountOf(context.RunId),
                Error = why,
            };
        }

        if (result is not null)
            await results.AddAsync(result).ConfigureAwait(false);
    }

    // By their own histories: of whose databases something is to take back, of whose that can't be told, and who lacks some of it.
    private async Task<(IReadOnlyList<string> Begun, IReadOnlyList<string> Untold, IReadOnlyList<string> Lacking)> StandingAsync(
        StepContext context,
        CancellationToken cancellationToken
    )
    {
        var planned = Planned(context.Plan);
        var versions = planned.Versions.ToHashSet(StringComparer.Ordinal);
        var touched = session!.Ledger.Find(context.RunId)?.Find(Name)?.TouchedTenants.ToHashSet(StringComparer.Ordinal) ?? [];
        var looks = await LookAsync(await fleet.FindAsync(cancellationToken).ConfigureAwait(false), context, cancellationToken)
            .ConfigureAwait(false);
        // Nothing is done to one of which no word was kept before.
        var asked = looks.Where(static look => look.Unreachable is null).ToList();
        return (
            [.. asked.Where(IsBegun).Select(static look => look.Tenant.Shown)],
            [.. touched.Except(asked.Select(static look => look.Tenant.Shown))],
            [.. asked.Where(Lacks).Select(static look => look.Tenant.Shown)]
        );

        bool IsBegun(TenantLook look) =>
            context.Plan.Kind == RunKind.Up ? look.IsOf(context.RunId) : TenantMigration.UndoneOf(look, planned, context).Count > 0;

        bool Lacks(TenantLook look) => look.Attempts.Count > 0 || look.Pending.Any(one => versions.Contains(one.Version));
    }

    private Task<IReadOnlyList<TenantLook>> LookAsync(
        IReadOnlyList<FoundTenant> tenants,
        StepContext context,
        CancellationToken cancellationToken
    ) => fleet.LookAsync(tenants, context.Environment, context.Release, session!.Head.Journal, cancellationToken);

    private TenantResults Results(StepContext context)
    {
        var step = context.Plan.Kind == RunKind.Rollback ? RevertingStep.NameFor(Name) : Name;
        return new TenantResults(session!, context.RunId, step);
    }

    private DeploymentMessage OverLimit(bool ranOn) =>
        new(
            Codes.TenantsFailed,
            $"The tenants of '{fleet.Name}' reached their limit of {fleet.Options.Limit:c} together; those that were begun are not committed"
                + $"{(ranOn ? ", and some ran on" : "")}. Let more go at a time with Parallel(…), or give them longer with WaitAtMost(…) in AddTenants."
        );

    private PlannedTenants Planned(DeploymentPlan plan) =>
        plan.Tenants?.FirstOrDefault(tenants => fleet.Key.Is(tenants.Name)) ?? new PlannedTenants { Name = fleet.Name };

    private DeploymentMessage Failed(TenantResults results, int count, string code, string what, string mend)
    {
        var failed = results.Failed;
        var named = string.Join("; ", failed.Take(MostNamed).Select(static result => $"'{result.Id}': {result.Error?.TrimEnd('.')}"));
        var more = failed.Count > MostNamed ? $"; and {failed.Count - MostNamed} more, which 'deploy history' names" : "";
        var notBegun = results.Count(TenantOutcome.NotBegun) is > 0 and var left ? $" {left} were not begun." : "";
        return new DeploymentMessage(code, $"{failed.Count} of {count} tenants of '{fleet.Name}' {what}: {named}{more}.{notBegun} {mend}");
    }

    private static string Mend(StepContext context) =>
        $"Mend what failed; what it says is about that tenant's database alone. 'deploy history --environment {context.Environment.Name}' keeps what "
        + "became of each.";
}
