using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Planning;

/// <summary>Computes plans. It reads the database and the configuration and changes nothing.</summary>
internal sealed class Planner(DeploymentParts parts)
{
    /// <summary>Which migrations are applied where no release comes with them; <see langword="null"/> for a release's deployment.</summary>
    internal MigrationScope? Scope { get; init; }

    /// <summary>What a plan would hold before its steps are known; enough to say that there is nothing to do.</summary>
    /// <exception cref="DeploymentException">The migrations and the database don't agree: every reason at once.</exception>
    internal async Task<DeploymentPlan> DraftUpAsync(EnvironmentLedger ledger, CancellationToken cancellationToken)
    {
        var drafts = new List<DatabaseDraft>();
        var faults = new List<DeploymentMessage>();
        foreach (var each in Scope?.Of(parts) ?? parts.Each)
        {
            try
            {
                drafts.Add(await DatabaseDraft.MakeAsync(each, Scope, cancellationToken).ConfigureAwait(false));
            }
            catch (DeploymentException e) when (parts.Databases.Count > 1)
            {
                // What is wrong with one says nothing of the others: all that has to be mended is told at once.
                faults.AddRange(e.Messages);
            }
        }

        var tenants = new List<TenantsDraft>();
        foreach (var fleet in Scope?.TenantsOf(parts) ?? parts.Tenants)
        {
            try
            {
                var isFoundLater = drafts.Exists(static draft => draft.Migrations.Count > 0);
                tenants.Add(
                    await TenantsDraft
                        .MakeAsync(fleet, parts, Scope, isFoundLater, ledger.JournalId, cancellationToken)
                        .ConfigureAwait(false)
                );
            }
            catch (DeploymentException e)
            {
                faults.AddRange(e.Messages);
            }
        }

        if (faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);

        var plan = new DeploymentPlan
        {
            Kind = RunKind.Up,
            Environment = parts.Environment.Name,
            Release = parts.Release,
            PreviousRelease = ledger.Current?.Evidence.Release,
            Migrations = [.. drafts.SelectMany(static draft => draft.Migrations)],
            MigrationsOnly = Scope is null ? null : true,
            Reason = Scope?.Reason is { } reason ? parts.Redactor.Redact(reason) : null,
            Configuration = ConfigurationFingerprints.Compare(
                parts.Recorder.Take(ledger.KeyOf(ledger.Current?.Evidence.Configuration)),
                ledger.Current?.Evidence.Configuration
            ),
            Tenants = tenants.Count == 0 ? null : [.. tenants.Select(static draft => draft.Planned)],
            Risks = [.. drafts.SelectMany(static draft => draft.Risks), .. tenants.SelectMany(static draft => draft.Risks)],
        };
        plan = await PlannedPlace.WithAsync(plan, parts, ledger.JournalId, cancellationToken).ConfigureAwait(false);
        return Complete(parts.Key, plan, [.. drafts.Select(static draft => draft.Planned)]);
    }

    /// <summary>Adds what is to become of the databases: of several also that of one by its name.</summary>
    internal static DeploymentPlan Complete(DatabaseKey key, DeploymentPlan plan, IReadOnlyList<PlannedDatabase> databases) =>
        key.IsOnly && databases is [var only]
            ? plan with
            {
                SchemaBefore = only.SchemaBefore,
                SchemaAfter = only.SchemaAfter,
                SchemaWayBack = only.SchemaWayBack,
                Backup = only.Backup,
            }
            : plan with
            {
                Databases = databases,
                SchemaWayBack = PlanOfDatabase.Hardest(databases),
            };

    /// <summary>Whether the environment already is as the plan would leave it.</summary>
    internal bool IsNothingToDo(DeploymentPlan plan, EnvironmentLedger ledger) =>
        plan.Migrations.Count == 0
        && plan.Tenants?.Any(static tenants => tenants.Migrations.Count > 0) != true
        && (plan.MigrationsOnly == true || (IsAsVerified(plan, ledger) && !IsOwed(plan, ledger)));

    // What entered as a hotfix is there, and has yet to enter as every other release does.
    private static bool IsOwed(DeploymentPlan plan, EnvironmentLedger ledger) =>
        ledger.Promotion.Debts.Any(debt => debt.Due.Release == plan.Release);

    private bool IsAsVerified(DeploymentPlan plan, EnvironmentLedger ledger) =>
        ledger.Current?.Evidence is { } current
        && current.Release == plan.Release
        && current.Configuration.Hash == plan.Configuration.Hash
        // A rebuilt binary of the same name is another one: it may enter the next environment only after it was verified itself.
        && (current.Migrations is null || ReleaseContent.Differences(current, plan.Release, parts.Evidence).Count == 0);

    /// <summary>Adds the steps.</summary>
    internal async Task<DeploymentPlan> WithStepsAsync(DeploymentPlan draft, StepCatalog catalog, CancellationToken cancellationToken)
    {
        var steps = new List<PlannedStep>();
        var isRelease = draft.MigrationsOnly != true;
        if (parts.Pin.Exists && isRelease)
            steps.Add(await PlanAsync(catalog.Get(StepRole.UnpinConfiguration), draft, cancellationToken).ConfigureAwait(false));
        foreach (var entry in catalog.Steps)
        {
            if (!isRelease && entry.Role is not (StepRole.BackUp or StepRole.Migrate))
                continue;
            if (entry.Role is StepRole.BackUp or StepRole.Migrate && !Migrates(draft, entry.Database))
                continue;
            if (entry.Role is StepRole.BackUp && parts is { WithoutBackup: not null, BackupBy: null })
                continue;
            steps.Add(await PlanAsync(entry, draft, cancellationToken).ConfigureAwait(false));
        }

        return draft with
        {
            Steps = steps,
        };
    }

    /// <summary>Freezes one step.</summary>
    /// <param name="entry">The step.</param>
    /// <param name="draft">The plan that it will belong to.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<PlannedStep> PlanAsync(CatalogStep entry, DeploymentPlan draft, CancellationToken cancellationToken)
    {
        var options = entry.Options;
        var description = await entry
            .Planning.DescribeAsync(new StepContext(draft, parts.Environment, ""), cancellationToken)
            .ConfigureAwait(false);
        // What a step says of itself is frozen into the journal and printed; a command's arguments may hold what it was configured with.
        return new PlannedStep
        {
            Name = entry.Name,
            Effect = parts.Redactor.Redact(description.Effect),
            WayBack = description.WayBack is { } wayBack ? parts.Redactor.Redact(wayBack) : null,
            Irreversible = (description.Irreversible ?? entry.Irreversible) is { } reason ? parts.Redactor.Redact(reason) : null,
            ChangesNothing = description.ChangesNothing,
            IsIdempotent = entry.IsIdempotent,
            IsRequired = options.IsRequired,
            TimeoutSeconds = options.Timeout.TotalSeconds,
            Retries = options.Retries,
            InputHash = PlanHash.OfInputs(description, await parts.InputKey(cancellationToken).ConfigureAwait(false)),
        };
    }

    private static bool Migrates(DeploymentPlan draft, string? database) =>
        database is null ? draft.Migrations.Count > 0
        : draft.Tenants?.FirstOrDefault(tenants => tenants.Name == database) is { } planned ? planned.Migrations.Count > 0
        : draft.Migrations.Any(migration => migration.Database == database);
}
