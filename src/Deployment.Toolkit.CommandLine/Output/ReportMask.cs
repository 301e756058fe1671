using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Masking;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>
/// Masks every text of a report. Most were masked where they were made; this is what a text that somebody forgets there, or that comes with
/// a journal or a database from elsewhere, can't get past. What <c>secrets get</c> was asked for alone stays.
/// </summary>
internal sealed class ReportMask(SecretRedactor redactor)
{
    internal VerbReport Of(VerbReport report)
    {
        var masked = report with
        {
            Environment = Text(report.Environment),
            Messages = List(report.Messages, Of),
            Headline = Text(report.Headline),
            Document = Text(report.Document),
        };
        // One by one: what a report does not have costs a start nothing.
        if (report.Plan is { } plan)
            masked = masked with { Plan = Of(plan) };
        if (report.Run is { } run)
            masked = masked with { Run = Of(run) };
        if (report.Environments is { } environments)
            masked = masked with { Environments = List(environments, Of) };
        if (report.Runs is { } runs)
            masked = masked with { Runs = List(runs, Of) };
        if (report.Health is { } health)
            masked = masked with { Health = Of(health) };
        if (report.Migrations is { } migrations)
            masked = masked with { Migrations = List(migrations, Of) };
        if (report.Scripts is { } scripts)
            masked = masked with { Scripts = List(scripts, Of) };
        if (report.Files is { } files)
            masked = masked with { Files = Texts(files) };
        if (report.Values is { } values)
            masked = masked with { Values = List(values, Of) };
        if (report.Difference is { } difference)
            masked = masked with { Difference = Of(difference) };
        if (report.Parity is { } parity)
            masked = masked with { Parity = Of(parity) };
        if (report.Explanation is { } explanation)
            masked = masked with { Explanation = Of(explanation) };
        if (report.Backups is { } backups)
            masked = masked with { Backups = List(backups, Of) };
        if (report.Retention is { } retention)
            masked = masked with { Retention = List(retention, Of) };
        if (report.Secrets is { } secrets)
            masked = masked with { Secrets = List(secrets, Of) };
        if (report.Recipients is { } recipients)
            masked = masked with { Recipients = List(recipients, Of) };
        return masked;
    }

    private MigrationState Of(MigrationState migration) =>
        migration with
        {
            Version = Text(migration.Version),
            Name = Text(migration.Name),
        };

    private PlannedScript Of(PlannedScript script) =>
        new()
        {
            Version = Text(script.Version),
            Name = Text(script.Name),
            File = Text(script.File),
            Sql = Text(script.Sql),
            ClassName = Text(script.ClassName),
            IsOutsideTransaction = script.IsOutsideTransaction,
        };

    private SealedRecipientInfo Of(SealedRecipientInfo recipient) =>
        recipient with
        {
            Name = Text(recipient.Name),
            Kind = Text(recipient.Kind),
            PublicKey = Text(recipient.PublicKey),
        };

    private DeploymentMessage Of(DeploymentMessage message) =>
        message with
        {
            Code = Text(message.Code),
            Text = Text(message.Text),
            Key = Text(message.Key),
            File = Text(message.File),
            Excerpt = Text(message.Excerpt),
        };

    private DeploymentPlan Of(DeploymentPlan plan) =>
        plan with
        {
            Environment = Text(plan.Environment),
            Release = Of(plan.Release),
            PreviousRelease = Of(plan.PreviousRelease),
            Steps = List(plan.Steps, Of),
            Migrations = List(
                plan.Migrations,
                migration =>
                    migration with
                    {
                        Version = Text(migration.Version),
                        Name = Text(migration.Name),
                        Checksum = Text(migration.Checksum),
                        Irreversible = Text(migration.Irreversible),
                    }
            ),
            Gates = List(plan.Gates, gate => gate with { Name = Text(gate.Name), Reason = Text(gate.Reason), Code = Text(gate.Code) }),
            Configuration = plan.Configuration with
            {
                Hash = Text(plan.Configuration.Hash),
                Added = Texts(plan.Configuration.Added),
                Changed = Texts(plan.Configuration.Changed),
                Removed = Texts(plan.Configuration.Removed),
                CannotCompare = Texts(plan.Configuration.CannotCompare),
            },
            SchemaBefore = Texts(plan.SchemaBefore),
            SchemaAfter = Texts(plan.SchemaAfter),
            Backup = Text(plan.Backup),
            Secret = Text(plan.Secret),
            Risks = Texts(plan.Risks),
            Hash = Text(plan.Hash),
        };

    private PlannedStep Of(PlannedStep step) =>
        step with
        {
            Name = Text(step.Name),
            Effect = Text(step.Effect),
            WayBack = Text(step.WayBack),
            Irreversible = Text(step.Irreversible),
            Reverts = Text(step.Reverts),
            // What steps keep for themselves is in no report.
            Data = new Dictionary<string, string>(),
            InputHash = Text(step.InputHash),
        };

    private DeploymentRun Of(DeploymentRun run) =>
        run with
        {
            Id = Text(run.Id),
            Environment = Text(run.Environment),
            Release = Of(run.Release),
            PreviousRelease = Of(run.PreviousRelease),
            StartedBy = Text(run.StartedBy),
            ClaimedOperator = Text(run.ClaimedOperator),
            PlanHash = Text(run.PlanHash),
            Plan = run.Plan is { } plan ? Of(plan) : null,
            Resumptions = List(run.Resumptions, resumption => resumption with { Verb = Text(resumption.Verb), By = Text(resumption.By) }),
            Steps = List(
                run.Steps,
                step =>
                    step with
                    {
                        Name = Text(step.Name),
                        Effect = Text(step.Effect),
                        Error = Text(step.Error),
                        Output = Texts(step.Output),
                    }
            ),
            Messages = List(run.Messages, Of),
        };

    private EnvironmentStatus Of(EnvironmentStatus status) =>
        status with
        {
            Name = Text(status.Name),
            Release = Of(status.Release),
            OpenRun = status.OpenRun is { } open ? Of(open) : null,
            LastRun = status.LastRun is { } last ? Of(last) : null,
            PromotedFrom = Text(status.PromotedFrom),
            Holds = List(status.Holds, hold => hold with { Release = Of(hold.Release), Reason = Text(hold.Reason) }),
            Secrets = List(status.Secrets, secret => secret with { Name = Text(secret.Name), Text = Text(secret.Text) }),
            LockedBy = Text(status.LockedBy),
            Fault = status.Fault is { } fault ? Of(fault) : null,
        };

    // A check describes its failure by a driver's words, which may repeat the connection string; exceptions are not shown beside them.
    private HealthReport Of(HealthReport report) =>
        new(
            report
                .Entries.GroupBy(entry => Text(entry.Key), StringComparer.Ordinal)
                .ToDictionary(
                    static entry => entry.Key,
                    entry =>
                        entry.First().Value is var check && (check.Description ?? check.Exception?.Message) is var text
                            ? new HealthReportEntry(
                                check.Status,
                                Text(text),
                                check.Duration,
                                exception: null,
                                data: null,
                                [.. check.Tags.Select(tag => Text(tag))]
                            )
                            : default,
                    StringComparer.Ordinal
                ),
            report.Status,
            report.TotalDuration
        );

    private ConfigurationValue Of(ConfigurationValue value)
    {
        var masked = Text(value.Value);
        return value with
        {
            Key = Text(value.Key),
            Value = masked,
            IsRedacted = value.IsRedacted || masked != value.Value,
            Source = Text(value.Source),
            File = Text(value.File),
            Shadows = List(value.Shadows, Of),
        };
    }

    private ConfigurationComparison Of(ConfigurationComparison difference) =>
        new()
        {
            From = Text(difference.From),
            To = Text(difference.To),
            Changes = List(
                difference.Changes,
                change => change with { Key = Text(change.Key), From = Text(change.From), To = Text(change.To) }
            ),
        };

    private ConfigurationParity Of(ConfigurationParity parity) =>
        new()
        {
            Environments = Texts(parity.Environments),
            Rows = List(
                parity.Rows,
                row =>
                    row with
                    {
                        Key = Text(row.Key),
                        Cells = List(row.Cells, cell => cell with { SameSecretAs = Text(cell.SameSecretAs) }),
                        Fault = row.Fault is { } fault ? Of(fault) : null,
                    }
            ),
        };

    private ConfigurationExplanation Of(ConfigurationExplanation explanation) =>
        new()
        {
            Key = Text(explanation.Key),
            Values = List(explanation.Values, Of),
            Layers = Texts(explanation.Layers),
            Member = Text(explanation.Member),
        };

    private BackupDecision Of(BackupDecision decision) =>
        decision with
        {
            Name = Text(decision.Name),
            File = Text(decision.File),
            Reason = Text(decision.Reason),
            Release = Of(decision.Release),
        };

    private BackupInfo Of(BackupInfo backup) =>
        backup with
        {
            Name = Text(backup.Name),
            File = Text(backup.File),
            Sha256 = Text(backup.Sha256),
            Release = Of(backup.Release),
            Schema = Texts(backup.Schema),
        };

    private SealedSecretInfo Of(SealedSecretInfo secret) =>
        secret with
        {
            Name = Text(secret.Name),
            Proposal = Text(secret.Proposal),
            Proposer = Text(secret.Proposer),
        };

    [return: NotNullIfNotNull(nameof(release))]
    private Release? Of(Release? release) => release is null ? null : new Release(Text(release.Version), Text(release.Commit));

    [return: NotNullIfNotNull(nameof(text))]
    private string? Text(string? text) => text is null ? null : redactor.Redact(text);

    private List<string> Texts(IReadOnlyList<string> texts) => List(texts, text => Text(text));

    private static List<T> List<T>(IReadOnlyList<T> items, Func<T, T> mask)
    {
        var masked = new List<T>(items.Count);
        foreach (var item in items)
            masked.Add(mask(item));
        return masked;
    }
}
