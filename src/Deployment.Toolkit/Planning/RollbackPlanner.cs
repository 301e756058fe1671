using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Pinning;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Planning;

/// <summary>
/// Plans the way back to a release that the journal holds as verified; everything that it needs is checked before anything is touched.
/// </summary>
internal sealed class RollbackPlanner(DeploymentParts parts, Planner planner, StepCatalog catalog)
{
    internal async Task<DeploymentPlan> PlanAsync(
        EnvironmentLedger ledger,
        string? to,
        bool acceptsDataLoss,
        CancellationToken cancellationToken
    )
    {
        var target = Target(ledger, to);
        var current = ledger.Current!.Evidence.Release;
        await EnsureThereAsync(target.Evidence.Release, cancellationToken).ConfigureAwait(false);
        var ways = await WaysAsync(ledger, target, cancellationToken).ConfigureAwait(false);
        var configuration = ConfigurationFingerprints.Compare(
            parts.Recorder.Take(ledger.KeyOf(target.Evidence.Configuration)),
            target.Evidence.Configuration
        );
        var pinRisks = EnsurePinnable(configuration, target);
        var schema = await SettleAsync(ways, acceptsDataLoss, cancellationToken).ConfigureAwait(false);
        var tenants = new List<TenantsDraft>();
        foreach (var fleet in parts.Tenants)
            tenants.Add(
                await new TenantsRollback(fleet, parts, target).MakeAsync(ledger, acceptsDataLoss, cancellationToken).ConfigureAwait(false)
            );
        var draft = Planner.Complete(
            parts.Key,
            new DeploymentPlan
            {
                Kind = RunKind.Rollback,
                Environment = parts.Environment.Name,
                Release = target.Evidence.Release,
                PreviousRelease = current,
                Migrations = [.. Enumerable.Reverse(ways).SelectMany(static way => way.Migrations)],
                Configuration = configuration,
                AcceptsDataLoss = acceptsDataLoss,
                Tenants = tenants.Exists(static each => each.Planned.Migrations.Count > 0)
                    ? [.. tenants.Select(static each => each.Planned).Where(static planned => planned.Migrations.Count > 0)]
                    : null,
                Risks = [.. schema.SelectMany(static each => each.Risks), .. tenants.SelectMany(static each => each.Risks), .. pinRisks],
            },
            [.. schema.Select(static each => each.Planned)]
        );
        return PlanHash.Seal(draft with { Steps = await StepsAsync(draft, ledger, target, cancellationToken).ConfigureAwait(false) });
    }

    // A missing one must not be found out when the schema has gone back already.
    private async Task EnsureThereAsync(Release release, CancellationToken cancellationToken)
    {
        if (await parts.Activator.FindObstacleAsync(release, RunKind.Rollback, cancellationToken).ConfigureAwait(false) is { } obstacle)
            throw DeploymentException.Refused(
                Codes.ReleaseNotThere,
                $"Release {release} can't be put live: {obstacle} Or choose another release with 'deploy rollback --to VERSION'."
            );
    }

    private async Task<List<SchemaRollback>> WaysAsync(
        EnvironmentLedger ledger,
        VerifiedRelease target,
        CancellationToken cancellationToken
    )
    {
        var ways = new List<SchemaRollback>();
        foreach (var each in parts.Each)
        {
            var applied = await ReadableHistory.OfAsync(each.Database, each.Migrations, cancellationToken).ConfigureAwait(false);
            var repeatables = await ReadableHistory.RepeatablesOfAsync(each.Database, cancellationToken).ConfigureAwait(false);
            ways.Add(new SchemaRollback(each, applied, new RollbackTargets(each.Migrations, applied, repeatables, ledger), target));
        }

        var missing = ways.SelectMany(static way => way.Missing).ToList();
        return missing.Count == 0
            ? ways
            : throw DeploymentException.Refused(
                Codes.NoRollbackTarget,
                $"Release {target.Evidence.Release} needs migrations that are not applied any more: {string.Join(", ", missing)}. "
                    + $"Choose another release with 'deploy rollback --to VERSION', or run its binary's 'deploy up'."
            );
    }

    /// <summary>The cheapest safe way back of each database; refused with the reasons of all that have none.</summary>
    private static async Task<List<SettledRollback>> SettleAsync(
        List<SchemaRollback> ways,
        bool acceptsDataLoss,
        CancellationToken cancellationToken
    )
    {
        var settled = new List<SettledRollback>();
        var faults = new List<DeploymentMessage>();
        foreach (var way in ways)
        {
            try
            {
                settled.Add(await way.SettleAsync(acceptsDataLoss, cancellationToken).ConfigureAwait(false));
            }
            catch (DeploymentException e) when (ways.Count > 1)
            {
                faults.AddRange(e.Messages);
            }
        }

        return faults.Count == 0 ? settled : throw new DeploymentException(DeploymentOutcome.Refused, faults);
    }

    private static bool IsPinned(ConfigurationDifference configuration, VerifiedRelease target) =>
        target.Evidence.Configuration is { Values: not null } recorded && Differing(configuration).Any(new PinnableKeys(recorded).GoBack);

    private static IEnumerable<string> Differing(ConfigurationDifference configuration) =>
        configuration.Added.Concat(configuration.Changed).Concat(configuration.Removed);

    /// <summary>
    /// What goes back with the release must be there: a secret that its configuration refers to and that no source has stops the start.
    /// </summary>
    private List<string> EnsurePinnable(ConfigurationDifference configuration, VerifiedRelease target)
    {
        if (target.Evidence.Configuration is not { Values: not null } recorded)
            return [];

        var faults = (IsPinned(configuration, target) ? parts.Recorder.Unopenable(recorded) : [])
            .Select(fault => new DeploymentMessage(
                Codes.SecretUnavailable,
                $"{fault.Key} of release {target.Evidence.Release} refers to secret '{fault.Name}', which {fault.Why}"
            )
            {
                Key = fault.Key,
            })
            .ToList();
        if (faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);

        var pinnable = new PinnableKeys(recorded);
        var places = Differing(configuration).Where(PinnableKeys.IsOfPlace).ToList();
        var secrets = Differing(configuration)
            .Concat(configuration.CannotCompare)
            .Where(key => !pinnable.GoBack(key))
            .Except(places)
            .ToList();
        return
        [
            .. secrets.Count == 0
                ? (string[])[]
                :
                [
                    $"secrets that are no references, and keys of no declared options, stay as they are now, because the journal keeps "
                        + $"no value of them: {string.Join(", ", secrets)}",
                ],
            .. places.Count == 0 ? (string[])[] : [$"settings that say where things are stay as they are now: {string.Join(", ", places)}"],
        ];
    }

    private static VerifiedRelease Target(EnvironmentLedger ledger, string? to)
    {
        if (ledger.Current is not { } current)
            throw DeploymentException.Refused(
                Codes.NoRollbackTarget,
                "No release is verified in this environment, so there is nothing to roll back. Look at 'deploy status'."
            );

        var candidates = RollbackTargets.Of(ledger).ToList();
        var target = to is null
            ? ledger.WayBack.Reverse().FirstOrDefault(verified => RollbackTargets.IsOne(verified, ledger))
            : candidates.Find(verified => verified.Evidence.Release.IsCalled(to));
        if (target is not null)
            return target;

        var known = candidates
            .Select(static verified => verified.Evidence.Release.ToString())
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        var (none, offered) = (
            "no other release was ever verified here and is not held",
            $"Verified and not held are {string.Join(", ", known)}."
        );
        throw DeploymentException.Refused(
            Codes.NoRollbackTarget,
            (to, known.Count) switch
            {
                (null, 0) => $"Release {current.Evidence.Release} cannot be rolled back: {none}. Deploy a mended release with 'deploy up'.",
                (null, _) =>
                    $"Release {current.Evidence.Release} cannot be rolled back: no release was verified before it that is not held, and "
                        + $"a rollback goes to a later one only when it is named. {offered} Name one with 'deploy rollback --to VERSION'.",
                (_, 0) => $"Release '{to}' is not one to roll back to: {none}.",
                _ => $"Release '{to}' is not one to roll back to. {offered}{Suggestion.Sentence(to, known)} Name one of them with --to.",
            }
        );
    }

    private async Task<IReadOnlyList<PlannedStep>> StepsAsync(
        DeploymentPlan draft,
        EnvironmentLedger ledger,
        VerifiedRelease target,
        CancellationToken cancellationToken
    )
    {
        // The mirror of an up: code first, then what was done before it went live, newest first.
        var steps = new List<PlannedStep>();
        foreach (var step in catalog.Of(StepRole.Activate))
            steps.Add(await planner.PlanAsync(step, draft, cancellationToken).ConfigureAwait(false));
        // Before the release goes live: it reads its configuration when it starts.
        if (IsPinned(draft.Configuration, target))
            steps.Insert(
                0,
                await planner.PlanAsync(catalog.Get(StepRole.PinConfiguration), draft, cancellationToken).ConfigureAwait(false)
            );
        foreach (var step in InEffectSince(ledger, target).SelectMany(static run => run.Steps.Reverse()))
        {
            var name = step.Planned.Name;
            if (catalog.Find(name) is { Role: not StepRole.Own } || step.State != StepState.Done || step.Planned.WayBack is null)
                continue;
            if (steps.Exists(planned => planned.Reverts == name))
                continue;

            var entry =
                catalog.Find(name)
                ?? throw DeploymentException.Refused(
                    Codes.StepUnknown,
                    $"Step '{name}' has to be taken back, and this binary does not have it. Nothing was changed. Run 'deploy rollback' "
                        + $"with the binary of release {draft.PreviousRelease}."
                );
            steps.Add(
                Reverting(await planner.PlanAsync(entry, draft, cancellationToken).ConfigureAwait(false), step.Planned.WayBack, step.Data)
            );
        }

        foreach (var fleet in parts.Tenants.Reverse())
        {
            if (draft.Tenants?.FirstOrDefault(planned => planned.Name == fleet.Name) is not { } planned)
                continue;

            var migrate = await planner.PlanAsync(catalog.Get(StepRole.Migrate, fleet.Key), draft, cancellationToken).ConfigureAwait(false);
            Add(Reverting(migrate, migrate.Effect, new Dictionary<string, string>()), planned.Backups is not null);
        }

        foreach (var each in Enumerable.Reverse(parts.Each))
        {
            var own = draft.On(each.Key);
            if (own.Migrations.Count == 0)
                continue;

            var migrate = await planner.PlanAsync(catalog.Get(StepRole.Migrate, each.Key), draft, cancellationToken).ConfigureAwait(false);
            Add(Reverting(migrate, migrate.Effect, new Dictionary<string, string>()), own.SchemaWayBack == SchemaWayBack.RestoreBackup);
        }

        steps.Add(await planner.PlanAsync(catalog.Get(StepRole.VerifyHealth), draft, cancellationToken).ConfigureAwait(false));
        steps.Add(await planner.PlanAsync(catalog.Get(StepRole.MarkVerified), draft, cancellationToken).ConfigureAwait(false));
        return steps;

        // A backup takes the place of all that the release that goes live would write by then; down scripts keep it, and what is live
        // until then needs the schema.
        void Add(PlannedStep undo, bool isRestore) => steps.Insert(isRestore ? 0 : steps.Count, undo);
    }

    /// <summary>
    /// The runs that brought releases since the target was verified, newest first, without those that an earlier rollback took back
    /// already.
    /// </summary>
    private static IEnumerable<RunLog> InEffectSince(EnvironmentLedger ledger, VerifiedRelease target)
    {
        var runs = ledger.Runs;
        var inEffect = new Stack<RunLog>();
        foreach (var run in runs.Where(static run => run.State == RunState.Succeeded))
        {
            if (run.Plan.Kind == RunKind.Up)
                inEffect.Push(run);
            else if (run.Plan.Kind == RunKind.Rollback && inEffect.Any(earlier => earlier.Plan.Release == run.Plan.Release))
                while (inEffect.Peek().Plan.Release != run.Plan.Release)
                    inEffect.Pop();
        }

        return runs.SkipWhile(run => run.Id != target.Run).Skip(1).Where(inEffect.Contains).Reverse();
    }

    internal static PlannedStep Reverting(PlannedStep step, string effect, IReadOnlyDictionary<string, string> data) =>
        step with
        {
            Name = RevertingStep.NameFor(step.Name),
            Reverts = step.Name,
            Effect = effect,
            WayBack = null,
            Irreversible = null,
            Data = data,
        };
}
