using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>What is going to be done, or was. Of a run, its steps are shown in its place.</summary>
[JsonShape(
    Key,
    $"{JsonShapeAttribute.Verbs}: `kind` (`up`, "
        + "`rollback`, `restore`, `renew`, `retire`), `release`, `previousRelease`, `hash`, "
        + "`steps[]` (`name`, `effect`, `wayBack`, `irreversible`, `changesNothing`, `isRequired`, `timeoutSeconds`, `retries`), "
        + "`migrations[]` (`version`, `name`, `hasWayBack`, `irreversible`, `database`), `databases[]` (of several: `name`, `schemaBefore[]`, "
        + "`schemaAfter[]`, `wayBack`, `backup`), `tenants[]` (`name`, `count`, "
        + "`groups[]` (`count`, `pending`, `newer`, `isBackedUp`, `isRestored`, `examples[]`), `unreachable`, `migrations[]`, `backups` (by tenant, the name of the one that it goes back by), `keepsMigrated`, `notFound`), `gates[]` (`name`, `outcome`, `reason`, `code`, "
        + "`bypassed`, `evidence`), "
        + "`bypass` (what is skipped: `isHotfix`, `isBreakGlass`, `reason`, `approvedBy[]`, `bypassed[]`, `mustFollow`, `until`), "
        + "`configuration` (`hash`, `added[]`, `changed[]`, `removed[]`: keys, never values), `risks[]`, `secret` (the name of "
        + "what is renewed or retired), `migrationsOnly` (true where no release comes with them), `reason`",
    Place = 1
)]
internal sealed class PlanSection(DeploymentPlan plan) : ReportSection
{
    internal const string Key = "plan";

    internal override string Name => Key;

    internal DeploymentPlan Plan => plan;

    /// <summary>Whether the plan is what was asked for, so that it is shown in full also when it may not begin.</summary>
    internal bool IsWanted { get; init; }

    internal override string? HeadlineOf(VerbReport report) =>
        report.Outcome switch
        {
            DeploymentOutcome.Succeeded when report.Find<RunSection>() is null => Planned(plan),
            DeploymentOutcome.NothingToDo when plan.MigrationsOnly == true =>
                $"Nothing to do: none of these migrations is pending in {plan.Environment}.",
            DeploymentOutcome.NothingToDo => $"Nothing to do: {plan.Environment} has release {plan.Release} and no pending migrations.",
            DeploymentOutcome.Refused when IsWanted =>
                $"May not begin: release {plan.Release} to {plan.Environment}, which {Has(plan.PreviousRelease)}. Nothing was changed.",
            _ => null,
        };

    internal override void WriteText(Page page, VerbReport report)
    {
        if (plan.Steps.Count > 0 && report.Outcome != DeploymentOutcome.NothingToDo && report.Find<RunSection>() is null)
            PlanText.Write(page, plan, isWhole: IsWanted || report.Outcome != DeploymentOutcome.Refused);
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, PlanJson.Of(plan), PlanShapes.Default.PlanJson);

    internal override ReportSection Masked(ReportMask mask) => new PlanSection(Masked(plan, mask)) { IsWanted = IsWanted };

    internal static DeploymentPlan Masked(DeploymentPlan plan, ReportMask mask) =>
        plan with
        {
            Environment = mask.Text(plan.Environment),
            Release = mask.Of(plan.Release),
            PreviousRelease = mask.Of(plan.PreviousRelease),
            Steps = ReportMask.List(plan.Steps, step => Masked(step, mask)),
            Migrations = ReportMask.List(plan.Migrations, migration => Masked(migration, mask)),
            Gates = ReportMask.List(
                plan.Gates,
                gate =>
                    gate with
                    {
                        Name = mask.Text(gate.Name),
                        Reason = mask.Text(gate.Reason),
                        Code = mask.Text(gate.Code),
                        Bypassed = mask.Text(gate.Bypassed),
                        Evidence = gate.Evidence is { } evidence ? Masked(evidence, mask) : null,
                    }
            ),
            Configuration = plan.Configuration with
            {
                Hash = mask.Text(plan.Configuration.Hash),
                Added = mask.Texts(plan.Configuration.Added),
                Changed = mask.Texts(plan.Configuration.Changed),
                Removed = mask.Texts(plan.Configuration.Removed),
                CannotCompare = mask.Texts(plan.Configuration.CannotCompare),
            },
            Databases = plan.Databases is { } databases
                ? ReportMask.List(
                    databases,
                    database => new PlannedDatabase
                    {
                        Name = mask.Text(database.Name),
                        SchemaBefore = mask.Texts(database.SchemaBefore),
                        SchemaAfter = mask.Texts(database.SchemaAfter),
                        SchemaWayBack = database.SchemaWayBack,
                        Backup = mask.Text(database.Backup),
                    }
                )
                : null,
            Tenants = plan.Tenants is { } tenants ? ReportMask.List(tenants, each => Masked(each, mask)) : null,
            SchemaBefore = mask.Texts(plan.SchemaBefore),
            SchemaAfter = mask.Texts(plan.SchemaAfter),
            Backup = mask.Text(plan.Backup),
            Secret = mask.Text(plan.Secret),
            Reason = mask.Text(plan.Reason),
            Bypass = plan.Bypass is { } bypass
                ? bypass with
                {
                    Reason = mask.Text(bypass.Reason),
                    ApprovedBy = mask.Texts(bypass.ApprovedBy),
                    Bypassed = mask.Texts(bypass.Bypassed),
                    MustFollow = mask.Text(bypass.MustFollow),
                }
                : null,
            Risks = mask.Texts(plan.Risks),
            Hash = mask.Text(plan.Hash),
        };

    private static PlannedMigration Masked(PlannedMigration migration, ReportMask mask) =>
        migration with
        {
            Version = mask.Text(migration.Version),
            Name = mask.Text(migration.Name),
            Checksum = mask.Text(migration.Checksum),
            Irreversible = mask.Text(migration.Irreversible),
            Database = mask.Text(migration.Database),
        };

    private static PlannedTenants Masked(PlannedTenants tenants, ReportMask mask) =>
        tenants with
        {
            Name = mask.Text(tenants.Name),
            Groups = ReportMask.List(tenants.Groups, group => group with { Examples = mask.Texts(group.Examples) }),
            Migrations = ReportMask.List(tenants.Migrations, migration => Masked(migration, mask)),
            Versions = mask.Texts(tenants.Versions),
            Contents = mask.Text(tenants.Contents),
            Backups = tenants.Backups is { } backups ? Masked(backups, mask) : null,
            NotFound = mask.Text(tenants.NotFound),
        };

    /// <summary>How many there are, those of tenants too.</summary>
    internal static int Migrations(DeploymentPlan plan) =>
        plan.Migrations.Count + (plan.Tenants?.Sum(static tenants => tenants.Migrations.Count) ?? 0);

    /// <summary>What an environment has, for a first line.</summary>
    internal static string Has(Release? release) => release is null ? "has no verified release" : $"has release {release}";

    private static Dictionary<string, string> Masked(IReadOnlyDictionary<string, string> texts, ReportMask mask)
    {
        // Two names may look alike when they are masked.
        var masked = new Dictionary<string, string>(texts.Count, StringComparer.Ordinal);
        foreach (var (name, value) in texts)
            masked[mask.Text(name)] = mask.Text(value);
        return masked;
    }

    private static PlannedStep Masked(PlannedStep step, ReportMask mask) =>
        step with
        {
            Name = mask.Text(step.Name),
            Effect = mask.Text(step.Effect),
            WayBack = mask.Text(step.WayBack),
            Irreversible = mask.Text(step.Irreversible),
            Reverts = mask.Text(step.Reverts),
            // What steps keep for themselves is in no report.
            Data = new Dictionary<string, string>(),
            InputHash = mask.Text(step.InputHash),
        };

    private static string Planned(DeploymentPlan plan) =>
        plan.Kind switch
        {
            RunKind.Up or RunKind.Rollback when plan.MigrationsOnly == true =>
                $"Plan: {Format.Count(Migrations(plan), "migration")} {(plan.Kind == RunKind.Up ? "to apply" : "to undo")} in {plan.Environment}, "
                    + "without a release. Nothing was changed.",
            RunKind.Up => $"Plan: release {plan.Release} to {plan.Environment}, which {Has(plan.PreviousRelease)}. Nothing was changed.",
            RunKind.Rollback =>
                $"Plan: {plan.Environment} back from release {plan.PreviousRelease} to {plan.Release}. Nothing was changed.",
            RunKind.Renew => $"Plan: a new '{plan.Secret}' for {plan.Environment}. Nothing was changed.",
            RunKind.Retire => $"Plan: the end of what '{plan.Secret}' was before in {plan.Environment}. Nothing was changed.",
            _ =>
                $"Plan: backup {plan.Backup ?? plan.Databases?[0].Backup} in the place of the database of {plan.Environment}. Nothing was changed.",
        };
}

internal sealed record PlanJson(
    string Kind,
    ReleaseJson Release,
    ReleaseJson? PreviousRelease,
    string Hash,
    IReadOnlyList<PlanStepJson> Steps,
    IReadOnlyList<PlanMigrationJson> Migrations,
    IReadOnlyList<GateJson> Gates,
    ConfigurationJson Configuration,
    IReadOnlyList<string> Risks
)
{
    public string? Secret { get; init; }

    public bool? MigrationsOnly { get; init; }

    public string? Reason { get; init; }

    public IReadOnlyList<PlanDatabaseJson>? Databases { get; init; }

    public IReadOnlyList<PlanTenantsJson>? Tenants { get; init; }

    public BypassJson? Bypass { get; init; }

    internal static PlanJson Of(DeploymentPlan plan) =>
        new(
            Format.Camel(plan.Kind),
            ReleaseJson.Of(plan.Release)!,
            ReleaseJson.Of(plan.PreviousRelease),
            plan.Hash,
            [
                .. plan.Steps.Select(static s => new PlanStepJson(
                    s.Name,
                    s.Effect,
                    s.WayBack,
                    s.Irreversible,
                    s.ChangesNothing,
                    s.IsRequired,
                    s.TimeoutSeconds,
                    s.Retries
                )),
            ],
            [.. plan.Migrations.Select(PlanMigrationJson.Of)],
            [.. plan.Gates.Select(static g => new GateJson(g.Name, Format.Camel(g.Outcome), g.Reason, g.Code, g.Bypassed, g.Evidence))],
            new ConfigurationJson(
                plan.Configuration.Hash,
                plan.Configuration.Added,
                plan.Configuration.Changed,
                plan.Configuration.Removed
            ),
            plan.Risks
        )
        {
            Secret = plan.Secret,
            MigrationsOnly = plan.MigrationsOnly,
            Reason = plan.Reason,
            Bypass = plan.Bypass is { } bypass
                ? new BypassJson(
                    bypass.IsHotfix,
                    bypass.IsBreakGlass,
                    bypass.Reason,
                    bypass.ApprovedBy,
                    bypass.Bypassed,
                    bypass.MustFollow,
                    bypass.Until is { } until ? Format.Iso(until) : null
                )
                : null,
            Databases = plan.Databases is { } databases
                ?
                [
                    .. databases.Select(static d => new PlanDatabaseJson(
                        d.Name,
                        d.SchemaBefore,
                        d.SchemaAfter,
                        Format.Camel(d.SchemaWayBack),
                        d.Backup
                    )),
                ]
                : null,
            Tenants = plan.Tenants is { } tenants
                ?
                [
                    .. tenants.Select(static t => new PlanTenantsJson(
                        t.Name,
                        t.Count,
                        [
                            .. t.Groups.Select(static g => new TenantGroupJson(
                                g.Count,
                                g.Pending,
                                g.Newer,
                                g.IsBackedUp,
                                g.IsRestored,
                                g.Examples
                            )),
                        ],
                        t.Unreachable,
                        [.. t.Migrations.Select(PlanMigrationJson.Of)],
                        t.Backups,
                        t.KeepsMigrated,
                        t.NotFound
                    )),
                ]
                : null,
        };
}

internal sealed record PlanStepJson(
    string Name,
    string Effect,
    string? WayBack,
    string? Irreversible,
    bool ChangesNothing,
    bool IsRequired,
    double TimeoutSeconds,
    int Retries
);

internal sealed record PlanMigrationJson(string Version, string Name, bool HasWayBack, string? Irreversible, string? Database)
{
    internal static PlanMigrationJson Of(PlannedMigration m) => new(m.Version, m.Name, m.HasWayBack, m.Irreversible, m.Database);
}

internal sealed record PlanTenantsJson(
    string Name,
    int Count,
    IReadOnlyList<TenantGroupJson> Groups,
    int Unreachable,
    IReadOnlyList<PlanMigrationJson> Migrations,
    IReadOnlyDictionary<string, string>? Backups,
    bool KeepsMigrated,
    string? NotFound
);

internal sealed record TenantGroupJson(int Count, int Pending, int Newer, bool IsBackedUp, bool IsRestored, IReadOnlyList<string> Examples);

internal sealed record PlanDatabaseJson(
    string Name,
    IReadOnlyList<string> SchemaBefore,
    IReadOnlyList<string> SchemaAfter,
    string WayBack,
    string? Backup
);

internal sealed record GateJson(
    string Name,
    string Outcome,
    string Reason,
    string Code,
    string? Bypassed,
    IReadOnlyDictionary<string, string>? Evidence
);

internal sealed record BypassJson(
    bool IsHotfix,
    bool IsBreakGlass,
    string Reason,
    IReadOnlyList<string> ApprovedBy,
    IReadOnlyList<string> Bypassed,
    string MustFollow,
    string? Until
);

internal sealed record ConfigurationJson(
    string Hash,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Changed,
    IReadOnlyList<string> Removed
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(PlanJson))]
internal sealed partial class PlanShapes : JsonSerializerContext;
