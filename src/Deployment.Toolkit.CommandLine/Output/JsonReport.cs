using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Writes a report as the one JSON object that scripts read.</summary>
internal static class JsonReport
{
    private static readonly CliJson Context = new(
        new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // It goes to a file or a pipe, never into a page: a quote in a message stays readable.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }
    );

    internal static string Render(string verb, VerbReport report)
    {
        var shape = new ReportJson(verb, report.Environment, Format.Camel(report.Outcome), report.ExitCode, List(report.Messages, Of))
        {
            Plan = report.Plan is { } plan ? Of(plan) : null,
            Run = report.Run is { } run ? Of(run, report.IsRunWanted) : null,
            Environments = report.Environments is { } environments ? List(environments, Of) : null,
            Runs = report.Runs is { } runs ? List(runs, static run => Of(run)) : null,
            Checks = report.Health is { } health
                ?
                [
                    .. health.Entries.Select(static e => new HealthCheckJson(
                        e.Key,
                        Format.Camel(e.Value.Status),
                        e.Value.Description,
                        e.Value.Duration.TotalSeconds
                    )),
                ]
                : null,
            Migrations = report.Migrations is { } migrations
                ? List(migrations, static m => new MigrationJson(m.Version, m.Name, m.IsApplied, m.HasWayBack, m.IsKnown))
                : null,
            Scripts = report.Scripts is { } scripts
                ? List(scripts, static s => new ScriptJson(s.Version, s.Name, s.File, s.Sql, s.ClassName, s.IsOutsideTransaction))
                : null,
            Files = report.Files,
            Values = report.Values is { } values ? List(values, Of) : null,
            Difference = report.Difference is { } difference
                ? new DifferenceJson(
                    difference.From,
                    difference.To,
                    List(
                        difference.Changes,
                        static c => new ChangeJson(c.Key, Format.Camel(c.Kind), c.From, c.To, c.IsRedacted ? true : null)
                    )
                )
                : null,
            Document = report.Document,
            Parity = report.Parity is { } parity ? List(parity.Rows, row => Of(row, parity.Environments)) : null,
            Layers = report.Explanation?.Layers,
            Backups = report.Backups is { } backups ? List(backups, Of) : null,
            Retention = report.Retention is { } retention ? List(retention, Of) : null,
            Secrets = report.Secrets is { } secrets ? List(secrets, Of) : null,
            Recipients = report.Recipients is { } recipients
                ? List(recipients, static r => new RecipientJson(r.Name, r.Kind, r.PublicKey))
                : null,
            Value = report.Value?.Reveal(),
        };
        return JsonSerializer.Serialize(shape, Context.ReportJson) + System.Environment.NewLine;
    }

    private static MessageJson Of(DeploymentMessage message) =>
        new(message.Code, Format.Camel(message.Severity), message.Text, message.Key, message.File, message.Line, message.Column);

    private static PlanJson Of(DeploymentPlan plan) =>
        new(
            Format.Camel(plan.Kind),
            ReleaseJson.Of(plan.Release)!,
            ReleaseJson.Of(plan.PreviousRelease),
            plan.Hash,
            List(
                plan.Steps,
                static s => new PlanStepJson(
                    s.Name,
                    s.Effect,
                    s.WayBack,
                    s.Irreversible,
                    s.ChangesNothing,
                    s.IsRequired,
                    s.TimeoutSeconds,
                    s.Retries
                )
            ),
            List(plan.Migrations, static m => new PlanMigrationJson(m.Version, m.Name, m.HasWayBack, m.Irreversible)),
            List(plan.Gates, static g => new GateJson(g.Name, Format.Camel(g.Outcome), g.Reason, g.Code)),
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
        };

    private static RunJson Of(DeploymentRun run, bool isWhole = false) =>
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
            List(
                run.Steps,
                s => new RunStepJson(s.Name, Format.Camel(s.State), s.Attempts, s.DurationSeconds, s.Error)
                {
                    Output = isWhole ? s.Output : null,
                }
            ),
            List(run.Messages, Of)
        )
        {
            IsUnderWay = run.IsUnderWay ? true : null,
            ClaimedOperator = run.ClaimedOperator,
            Resumptions = isWhole ? List(run.Resumptions, static r => new ResumptionJson(r.Verb, r.By, Format.Iso(r.At))) : null,
        };

    private static EnvironmentJson Of(EnvironmentStatus status) =>
        new(
            status.Name,
            ReleaseJson.Of(status.Release),
            status.VerifiedAt is { } since ? Format.Iso(since) : null,
            status.PromotedFrom,
            status.IsProtected,
            status.OpenRun is { } open ? Of(open) : null,
            status.LastRun is { } last ? Of(last) : null,
            List(status.Holds, static hold => new HoldJson(ReleaseJson.Of(hold.Release)!, hold.Reason, Format.Iso(hold.Since))),
            List(
                status.Secrets,
                static secret => new SecretDueJson(secret.Name, Format.Camel(secret.Duty), Format.Iso(secret.At), secret.Text)
            ),
            status.Fault is { } fault ? Of(fault) : null
        )
        {
            LockedBy = status.LockedBy,
        };

    private static ConfigurationValueJson Of(ConfigurationValue value) =>
        new(
            value.Key,
            value.Value,
            value.IsRedacted ? true : null,
            value.Source,
            value.File,
            value.Line,
            value.Column,
            List(value.Shadows, static shadow => Shadow(shadow))
        );

    private static ParityJson Of(ParityRow row, IReadOnlyList<string> environments)
    {
        var cells = new List<ParityCellJson>(row.Cells.Count);
        for (var i = 0; i < row.Cells.Count; i++)
            cells.Add(new ParityCellJson(environments[i], Format.Camel(row.Cells[i].State), row.Cells[i].SameSecretAs));
        return new ParityJson(row.Key, row.IsDeclared, row.Differs, row.Fault is null, cells);
    }

    private static ShadowJson Shadow(ConfigurationValue value) =>
        new(value.Value, value.IsRedacted ? true : null, value.Source, value.File, value.Line, value.Column);

    private static BackupJson Of(BackupInfo backup) =>
        new(
            backup.Name,
            backup.File,
            Format.Iso(backup.TakenAt),
            backup.DurationSeconds,
            backup.Size,
            backup.Sha256,
            ReleaseJson.Of(backup.Release),
            backup.Schema
        );

    private static RetentionJson Of(BackupDecision decision) =>
        new(
            decision.Name,
            decision.File,
            decision.TakenAt is { } taken ? Format.Iso(taken) : null,
            decision.Size,
            ReleaseJson.Of(decision.Release),
            decision.IsRemoved,
            decision.Reason
        );

    private static SealedSecretJson Of(SealedSecretInfo secret) =>
        new(
            secret.Name,
            secret.Version,
            Format.Camel(secret.State),
            secret.NotBefore is { } begin ? Format.Iso(begin) : null,
            secret.ExpiresAt is { } end ? Format.Iso(end) : null,
            secret.Proposal,
            secret.Proposer,
            secret.ProposedAt is { } at ? Format.Iso(at) : null
        );

    private static List<TTo> List<TFrom, TTo>(IReadOnlyList<TFrom> items, Func<TFrom, TTo> convert)
    {
        var list = new List<TTo>(items.Count);
        foreach (var item in items)
            list.Add(convert(item));
        return list;
    }
}
