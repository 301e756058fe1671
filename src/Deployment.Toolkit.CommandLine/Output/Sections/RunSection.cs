using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>What became of a run.</summary>
[JsonShape(
    Key,
    $"{JsonShapeAttribute.Verbs}, once a run exists: `id`, `kind`, `release`, `previousRelease`, `state` (`unfinished`, `succeeded`, `rolledBack`, `failed`, "
        + "`needsAttention`), "
        + "`startedBy`, `startedAt`, `lastRecordAt`, `planHash`, `steps[]` (`name`, `state`, `attempts`, `durationSeconds`, "
        + "`error`, `wayBackError` (why its way back failed), `tenants[]` (of the step that migrates databases of tenants: `id`, `outcome` (`notBegun`, `begun`, `migrated`, `failed`, "
        + "`unreachable`, `leftOut`, `reverted`, `revertFailed`, `gone`), `migrations`, `durationSeconds`, `error`, `backup`)), `messages[]`, `isUnderWay` (`true` while a living process works on it)",
    Place = 2
)]
internal sealed class RunSection(DeploymentRun run) : ReportSection
{
    internal const string Key = "run";

    internal override string Name => Key;

    /// <summary>
    /// Whether the run is what was asked for, so that it is shown in full: its plan, what its steps wrote, who took it up again.
    /// </summary>
    internal bool IsWanted { get; init; }

    /// <summary>What a verb reports that plans a run or makes one.</summary>
    internal static VerbReport Report(DeploymentResult result, bool isPlanWanted = false)
    {
        var sections = new List<ReportSection>(2);
        if (result.Plan is { } plan)
            sections.Add(new PlanSection(plan) { IsWanted = isPlanWanted });
        if (result.Run is { } run)
            sections.Add(new RunSection(run));
        return VerbReport.Of(result) with { Sections = sections };
    }

    internal override string? HeadlineOf(VerbReport report)
    {
        var plan = report.Find<PlanSection>()?.Plan;
        return report.Outcome switch
        {
            DeploymentOutcome.Succeeded => Done(plan),
            DeploymentOutcome.RolledBack when plan?.Secret is { } secret =>
                $"Rolled back: {run.Environment} has secret '{secret}' as before (run {run.Id}).",
            // Of a release that was watched: the run that took it back is one of its own, and went well.
            DeploymentOutcome.RolledBack when run is { Kind: RunKind.Rollback, State: RunState.Succeeded } =>
                $"Rolled back: {run.Environment} is back at release {run.Release}, and {run.PreviousRelease} is on hold (run {run.Id}).",
            DeploymentOutcome.RolledBack when StillMigrated() is > 0 and var tenants =>
                $"Rolled back{(IsMeant ? "" : " in part")}: {run.Environment} {PlanSection.Has(run.PreviousRelease)}, and "
                    + $"{Format.Count(tenants, "tenant")} {(tenants == 1 ? "stays" : "stay")} migrated{(IsMeant ? ", as KeepMigrated() says" : "")} "
                    + $"(run {run.Id}).",
            DeploymentOutcome.RolledBack =>
                $"Rolled back: {run.Environment} {PlanSection.Has(run.PreviousRelease)} as before (run {run.Id}).",
            DeploymentOutcome.Failed => $"Failed: nothing was changed in {run.Environment} (run {run.Id}).",
            DeploymentOutcome.NeedsAttention => $"Needs attention: run {run.Id} in {run.Environment} stopped half way.",
            DeploymentOutcome.Cancelled => $"Cancelled: run {run.Id} in {run.Environment} is not finished.",
            _ => null,
        };
    }

    internal override void WriteText(Page page, VerbReport report)
    {
        if (IsWanted)
            RunText.Whole(page, run);
        else
            RunText.Steps(page, run);
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, RunJson.Of(run, IsWanted), RunShapes.Default.RunJson);

    internal override ReportSection Masked(ReportMask mask) => new RunSection(Masked(run, mask)) { IsWanted = IsWanted };

    internal static DeploymentRun Masked(DeploymentRun run, ReportMask mask) =>
        run with
        {
            Id = mask.Text(run.Id),
            Environment = mask.Text(run.Environment),
            Release = mask.Of(run.Release),
            PreviousRelease = mask.Of(run.PreviousRelease),
            StartedBy = mask.Text(run.StartedBy),
            ClaimedOperator = mask.Text(run.ClaimedOperator),
            PlanHash = mask.Text(run.PlanHash),
            Plan = run.Plan is { } plan ? PlanSection.Masked(plan, mask) : null,
            Resumptions = ReportMask.List(
                run.Resumptions,
                resumption => resumption with { Verb = mask.Text(resumption.Verb), By = mask.Text(resumption.By) }
            ),
            Steps = ReportMask.List(
                run.Steps,
                step =>
                    step with
                    {
                        Name = mask.Text(step.Name),
                        Effect = mask.Text(step.Effect),
                        Error = mask.Text(step.Error),
                        WayBackError = mask.Text(step.WayBackError),
                        Output = mask.Texts(step.Output),
                        Tenants = ReportMask.List(
                            step.Tenants,
                            tenant =>
                                tenant with
                                {
                                    Id = mask.Text(tenant.Id),
                                    Error = mask.Text(tenant.Error),
                                    Backup = mask.Text(tenant.Backup),
                                    BackupSha256 = mask.Text(tenant.BackupSha256),
                                }
                        ),
                    }
            ),
            Messages = ReportMask.List(run.Messages, mask.Of),
        };

    private int StillMigrated() =>
        run
            .Steps.Where(static step => step.State == StepState.Kept)
            .Sum(static step => step.Tenants.Count(static tenant => tenant.Outcome == TenantOutcome.Migrated));

    private bool IsMeant => run.Plan?.Tenants is { Count: > 0 } tenants && tenants.All(static fleet => fleet.KeepsMigrated);

    private string Done(DeploymentPlan? plan) =>
        run.Kind switch
        {
            RunKind.Up when plan?.MigrationsOnly == true =>
                $"Succeeded: {Format.Count(PlanSection.Migrations(plan), "migration")} applied in {run.Environment} (run {run.Id}).",
            RunKind.Rollback when plan?.MigrationsOnly == true =>
                $"Succeeded: {Format.Count(PlanSection.Migrations(plan), "migration")} undone in {run.Environment} (run {run.Id}).",
            RunKind.Up => $"Succeeded: {run.Environment} has release {run.Release} (run {run.Id}).",
            RunKind.Rollback => $"Succeeded: {run.Environment} is back at release {run.Release} (run {run.Id}).",
            RunKind.Renew when run.Steps.Any(static step => step.Name == "retire secret") =>
                $"Succeeded: {run.Environment} has a new '{plan?.Secret}', and the old one is ended (run {run.Id}).",
            RunKind.Renew => $"Succeeded: {run.Environment} has a new '{plan?.Secret}'; the old one is still valid (run {run.Id}).",
            RunKind.Retire => $"Succeeded: what '{plan?.Secret}' was before is ended (run {run.Id}).",
            _ when plan is { Backup: null, Databases: [{ Name: var database, Backup: { } backup }, ..] } =>
                $"Succeeded: {run.Environment} has database '{database}' of backup {backup} (run {run.Id}).",
            _ => $"Succeeded: {run.Environment} has the database of backup {plan?.Backup} (run {run.Id}).",
        };
}

internal sealed record RunJson(
    string Id,
    string Kind,
    ReleaseJson Release,
    ReleaseJson? PreviousRelease,
    string State,
    string StartedBy,
    string StartedAt,
    string LastRecordAt,
    string PlanHash,
    IReadOnlyList<RunStepJson> Steps,
    IReadOnlyList<MessageJson> Messages
)
{
    public bool? IsUnderWay { get; init; }

    public string? ClaimedOperator { get; init; }

    public IReadOnlyList<ResumptionJson>? Resumptions { get; init; }

    internal static RunJson Of(DeploymentRun run, bool isWhole = false) =>
        new(
            run.Id,
            Format.Camel(run.Kind),
            ReleaseJson.Of(run.Release)!,
            ReleaseJson.Of(run.PreviousRelease),
            Format.Camel(run.State),
            run.StartedBy,
            Format.Iso(run.StartedAt),
            Format.Iso(run.LastRecordAt),
            run.PlanHash,
            [
                .. run.Steps.Select(step => new RunStepJson(
                    step.Name,
                    Format.Camel(step.State),
                    step.Attempts,
                    step.DurationSeconds,
                    step.Error
                )
                {
                    WayBackError = step.WayBackError,
                    Output = isWhole ? step.Output : null,
                    Tenants =
                        step.Tenants.Count == 0
                            ? null
                            :
                            [
                                .. step.Tenants.Select(static t => new TenantJson(
                                    t.Id,
                                    Format.Camel(t.Outcome),
                                    t.Migrations,
                                    t.DurationSeconds,
                                    t.Error,
                                    t.Backup
                                )),
                            ],
                }),
            ],
            [.. run.Messages.Select(MessageJson.Of)]
        )
        {
            IsUnderWay = run.IsUnderWay ? true : null,
            ClaimedOperator = run.ClaimedOperator,
            Resumptions = isWhole ? [.. run.Resumptions.Select(static r => new ResumptionJson(r.Verb, r.By, Format.Iso(r.At)))] : null,
        };
}

internal sealed record ResumptionJson(string Verb, string By, string At);

internal sealed record RunStepJson(string Name, string State, int Attempts, double DurationSeconds, string? Error)
{
    public string? WayBackError { get; init; }

    public IReadOnlyList<string>? Output { get; init; }

    public IReadOnlyList<TenantJson>? Tenants { get; init; }
}

internal sealed record TenantJson(string Id, string Outcome, int Migrations, double DurationSeconds, string? Error, string? Backup);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RunJson))]
internal sealed partial class RunShapes : JsonSerializerContext;
