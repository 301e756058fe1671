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
        var schema = await ReadableHistory.CompareAsync(parts.Database, parts.Migrations, cancellationToken).ConfigureAwait(false);
        var faults = schema.Faults(parts.Environment, parts.Release);
        if (faults.Count > 0)
            throw new DeploymentException(DeploymentOutcome.Refused, faults);

        var before = schema.Applied.Select(static row => row.Version).ToList();
        var wanted = Scope?.Choose(schema.Pending, parts.Migrations, parts.Environment.Name) ?? schema.Pending;
        var pending = wanted.Select(ToPlan).ToList();
        if (
            pending.Count > 0
            && parts is { WithoutBackup: null, BackupBy: null, Database: { } database }
            && await database.WhyNoBackupAsync(cancellationToken).ConfigureAwait(false) is { } fault
        )
            throw new DeploymentException(DeploymentOutcome.Refused, [fault]);
        if (pending.Count > 0 && parts is { WithoutBackup: null, BackupBy: null })
            parts.Backups?.EnsureKey();
        return new DeploymentPlan
        {
            Kind = RunKind.Up,
            Environment = parts.Environment.Name,
            Release = parts.Release,
            PreviousRelease = ledger.Current?.Evidence.Release,
            Migrations = pending,
            MigrationsOnly = Scope is null ? null : true,
            Reason = Scope?.Reason is { } reason ? parts.Redactor.Redact(reason) : null,
            Configuration = ConfigurationFingerprints.Compare(
                parts.Recorder.Take(ledger.KeyOf(ledger.Current?.Evidence.Configuration)),
                ledger.Current?.Evidence.Configuration
            ),
            SchemaBefore = before,
            SchemaAfter =
            [
                .. before,
                .. wanted.Where(static definition => !definition.IsRepeatable).Select(static definition => definition.Version),
            ],
            SchemaWayBack =
                pending.Count == 0 ? SchemaWayBack.Nothing
                : parts.WithoutBackup is not null || pending.TrueForAll(static m => m.HasWayBack) ? SchemaWayBack.DownScripts
                : SchemaWayBack.RestoreBackup,
            Risks = [.. Risks(schema, pending), .. await WayBackRisksAsync(pending, cancellationToken).ConfigureAwait(false)],
        };
    }

    /// <summary>Whether the environment already is as the plan would leave it.</summary>
    internal bool IsNothingToDo(DeploymentPlan plan, EnvironmentLedger ledger) =>
        plan.Migrations.Count == 0 && (plan.MigrationsOnly == true || IsAsVerified(plan, ledger));

    private bool IsAsVerified(DeploymentPlan plan, EnvironmentLedger ledger) =>
        ledger.Current?.Evidence is { } current
        && current.Release == plan.Release
        && current.Configuration.Hash == plan.Configuration.Hash
        // A rebuilt binary of the same name is another one: it may enter the next environment only after it was verified itself.
        && (current.Migrations is null || ReleaseContent.Differences(current, plan.Release, parts.Migrations.Evidence).Count == 0);

    internal async Task<DeploymentPlan> CompleteUpAsync(
        DeploymentPlan draft,
        StepCatalog catalog,
        IReadOnlyList<PlannedGate> gates,
        CancellationToken cancellationToken
    )
    {
        var steps = new List<PlannedStep>();
        var isRelease = draft.MigrationsOnly != true;
        if (parts.Pin.Exists && isRelease)
            steps.Add(await PlanAsync(catalog.Get(StepRole.UnpinConfiguration), draft, cancellationToken).ConfigureAwait(false));
        foreach (var entry in catalog.Steps)
        {
            if (!isRelease && entry.Role is not (StepRole.BackUp or StepRole.Migrate))
                continue;
            if (entry.Role is StepRole.BackUp or StepRole.Migrate && draft.Migrations.Count == 0)
                continue;
            if (entry.Role is StepRole.BackUp && parts is { WithoutBackup: not null, BackupBy: null })
                continue;
            steps.Add(await PlanAsync(entry, draft, cancellationToken).ConfigureAwait(false));
        }

        return PlanHash.Seal(draft with { Steps = steps, Gates = gates });
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

    /// <summary>Refuses an up whose way back would be a backup that can't be put back; says what else that way back would need.</summary>
    private async Task<IReadOnlyList<string>> WayBackRisksAsync(List<PlannedMigration> pending, CancellationToken cancellationToken)
    {
        if (
            parts is not { Backups: { } backups, BackupBy: null }
            || pending.Find(static migration => migration is { HasWayBack: false, Irreversible: null }) is not { } stuck
        )
            return [];

        backups.Swap.EnsurePossible(
            $"migration {MigrationVersion.Title(stuck.Version, stuck.Name)} has no way back of its own, so that going back would put the backup there"
        );
        return await backups.Swap.RiskAsync(cancellationToken).ConfigureAwait(false) is { } risk ? [risk] : [];
    }

    private PlannedMigration ToPlan(MigrationDefinition definition) =>
        definition.ToPlan() is { HasWayBack: false, Irreversible: null } planned && parts.WithoutBackup is { } reason
            ? planned with
            {
                Irreversible =
                    $"it has no way back of its own, and no backup {(parts.BackupBy is null ? "is taken" : "to go back to")}: {reason}",
            }
            : definition.ToPlan();

    private static List<string> Risks(SchemaComparison schema, List<PlannedMigration> pending)
    {
        var risks = new List<string>();
        foreach (var migration in pending)
        {
            if (migration.Irreversible is { } reason)
                risks.Add($"migration {MigrationVersion.Title(migration.Version, migration.Name)} cannot be taken back: {reason}");
            else if (!migration.HasWayBack)
                risks.Add(
                    $"migration {MigrationVersion.Title(migration.Version, migration.Name)} has no way back of its own: going back restores the backup, which "
                        + $"loses rows written since"
                );
        }

        risks.AddRange(
            schema.OutOfOrder.Select(static definition =>
                $"migration {definition.Title} is pending below versions that are applied already"
            )
        );
        risks.AddRange(
            schema.Gone.Select(static version =>
                $"repeatable script {version} is applied, and this binary does not have it: what it made stays as it is"
            )
        );
        return risks;
    }
}
