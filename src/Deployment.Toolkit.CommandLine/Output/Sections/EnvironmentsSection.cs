using System.Text.Json;
using System.Text.Json.Serialization;
using Deployment.Toolkit.Execution;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Where the environments stand.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}: `name`, `release`, `verifiedAt`, `promotedFrom`, `isProtected`, `openRun`, `lastRun` (each like `run`), "
        + "`holds[]` (`release`, `reason`, `since`), `secrets[]` (what is due: `name`, `duty`: `renew`, `retire`, `replace`; "
        + "`at`, `text`), `databases[]` (by the journal and this binary: `name`, `applied`, `pending`, `tenants` (how many of each outcome in the last "
        + "run)), `fault` (a message), `isElsewhere` (true where this host's database has nothing of its journal), "
        + "`lockedBy` (who holds the lock now, and for which verb), `frozen` (why nothing enters), "
        + "`notices[]` (that wait: `receiver`, `count`, `since`, `lastError`), "
        + "`hotfixes[]` (what has yet to follow: `release`, `run`, `reason`, `by`, `approvedBy[]`, `bypassed[]`, `mustFollow`, `until`, `isOverdue`), "
        + "`unreviewed[]` (what was done behind the glass: `run`, `release`, `reason`, `by`, `at`)",
    Place = 3
)]
internal sealed class EnvironmentsSection(IReadOnlyList<EnvironmentStatus> environments) : ReportSection
{
    internal const string Key = "environments";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        var rows = new List<Shown[]>(environments.Count + 1)
        {
            (Shown[])["ENVIRONMENT", "RELEASE", "VERIFIED", "LAST RUN", "MIGRATIONS", ""],
        };
        foreach (var status in environments)
        {
            rows.Add([
                status.Name,
                status.Fault is null ? status.Release?.ToString() ?? page.Dash : page.Ink.Bad("unknown"),
                status.VerifiedAt is { } since ? Format.Minute(since) : page.Dash,
                status.LastRun is { } last ? $"{Format.Words(last.Kind)} {RunText.State(page.Ink, last)}" : page.Dash,
                status.Databases.Count == 0
                    ? page.Dash
                    : string.Join(", ", status.Databases.Select(database => Migrations(database, isNamed: status.Databases.Count > 1))),
                page.Ink.Faint(Notes(status)),
            ]);
        }

        page.Rows(rows, "");
        foreach (var status in environments)
            Details(page, status);
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, environments, Shape, EnvironmentsShapes.Default.EnvironmentJson);

    internal override ReportSection Masked(ReportMask mask) =>
        new EnvironmentsSection(ReportMask.List(environments, status => Masked(status, mask)));

    private static EnvironmentStatus Masked(EnvironmentStatus status, ReportMask mask) =>
        status with
        {
            Name = mask.Text(status.Name),
            Release = mask.Of(status.Release),
            OpenRun = status.OpenRun is { } open ? RunSection.Masked(open, mask) : null,
            LastRun = status.LastRun is { } last ? RunSection.Masked(last, mask) : null,
            PromotedFrom = mask.Text(status.PromotedFrom),
            Holds = ReportMask.List(status.Holds, hold => hold with { Release = mask.Of(hold.Release), Reason = mask.Text(hold.Reason) }),
            Secrets = ReportMask.List(
                status.Secrets,
                secret => secret with { Name = mask.Text(secret.Name), Text = mask.Text(secret.Text) }
            ),
            Databases = ReportMask.List(status.Databases, database => database with { Name = mask.Text(database.Name) }),
            LockedBy = mask.Text(status.LockedBy),
            Frozen = mask.Text(status.Frozen),
            Notices = ReportMask.List(
                status.Notices,
                waiting => waiting with { Receiver = mask.Text(waiting.Receiver), LastError = mask.Text(waiting.LastError) }
            ),
            Hotfixes = ReportMask.List(
                status.Hotfixes,
                debt =>
                    debt with
                    {
                        Release = mask.Of(debt.Release),
                        Run = mask.Text(debt.Run),
                        Reason = mask.Text(debt.Reason),
                        By = mask.Text(debt.By),
                        ApprovedBy = mask.Texts(debt.ApprovedBy),
                        Bypassed = mask.Texts(debt.Bypassed),
                        MustFollow = mask.Text(debt.MustFollow),
                    }
            ),
            Unreviewed = ReportMask.List(
                status.Unreviewed,
                glass =>
                    glass with
                    {
                        Release = mask.Of(glass.Release),
                        Run = mask.Text(glass.Run),
                        Reason = mask.Text(glass.Reason),
                        By = mask.Text(glass.By),
                    }
            ),
            Fault = status.Fault is { } fault ? mask.Of(fault) : null,
        };

    private static EnvironmentJson Shape(EnvironmentStatus status) =>
        new(
            status.Name,
            ReleaseJson.Of(status.Release),
            status.VerifiedAt is { } since ? Format.Iso(since) : null,
            status.PromotedFrom,
            status.IsProtected,
            status.OpenRun is { } open ? RunJson.Of(open) : null,
            status.LastRun is { } last ? RunJson.Of(last) : null,
            List(status.Holds, static hold => new HoldJson(ReleaseJson.Of(hold.Release)!, hold.Reason, Format.Iso(hold.Since))),
            List(
                status.Secrets,
                static secret => new SecretDueJson(secret.Name, Format.Camel(secret.Duty), Format.Iso(secret.At), secret.Text)
            ),
            status.Fault is { } fault ? MessageJson.Of(fault) : null
        )
        {
            IsElsewhere = status.IsElsewhere ? true : null,
            LockedBy = status.LockedBy,
            Frozen = status.Frozen,
            Databases =
            [
                .. status.Databases.Select(static database => new DatabaseStatusJson(database.Name, database.Applied, database.Pending)
                {
                    Tenants =
                        database.Tenants.Count == 0
                            ? null
                            : database.Tenants.ToDictionary(static pair => Format.Camel(pair.Key), static pair => pair.Value),
                }),
            ],
            Notices =
                status.Notices.Count == 0
                    ? null
                    : List(
                        status.Notices,
                        static waiting => new WaitingJson(waiting.Receiver, waiting.Count, Format.Iso(waiting.Since), waiting.LastError)
                    ),
            Hotfixes =
                status.Hotfixes.Count == 0
                    ? null
                    : List(
                        status.Hotfixes,
                        static debt => new HotfixJson(
                            ReleaseJson.Of(debt.Release)!,
                            debt.Run,
                            debt.Reason,
                            debt.By,
                            debt.ApprovedBy,
                            debt.Bypassed,
                            debt.MustFollow,
                            Format.Iso(debt.Until),
                            debt.IsOverdue
                        )
                    ),
            Unreviewed =
                status.Unreviewed.Count == 0
                    ? null
                    : List(
                        status.Unreviewed,
                        static glass => new UnreviewedJson(
                            glass.Run,
                            ReleaseJson.Of(glass.Release)!,
                            glass.Reason,
                            glass.By,
                            Format.Iso(glass.At)
                        )
                    ),
        };

    private static string Migrations(DatabaseStatus database, bool isNamed)
    {
        var counts =
            database.Applied is not { } applied ? "unknown"
            : database.Pending is > 0 and var pending ? $"{applied}, {pending} pending"
            : $"{applied}";
        var tenants = string.Join(", ", database.Tenants.Select(static pair => $"{pair.Value} {Format.Words(pair.Key)}"));
        return $"{(isNamed ? database.Name + " " : "")}{counts}{(tenants.Length == 0 ? "" : $" ({tenants})")}";
    }

    private static string Notes(EnvironmentStatus status)
    {
        var notes = new List<string>();
        if (status.PromotedFrom is { } source)
            notes.Add($"from {source}");
        if (status.IsProtected)
            notes.Add("protected");
        if (status.IsElsewhere)
            notes.Add($"not in this database: see 'deploy status --environment {status.Name}'");
        return string.Join(", ", notes);
    }

    private static string Standing(DeploymentRun open) =>
        open.IsUnderWay
            ? $"is under way{(open.IsGoingBack ? " and is going back" : "")}"
            : $"is not finished{(open.IsGoingBack ? " and was going back" : "")}";

    private static void Debts(Page page, EnvironmentStatus status)
    {
        foreach (var debt in status.Hotfixes)
        {
            page.Line();
            page.Line(
                page.Ink.Warn($"{status.Name}: release {debt.Release} is there as a hotfix (run {debt.Run}, by {debt.By}): {debt.Reason}")
            );
            page.Line(
                $"  Skipped: {string.Join(", ", debt.Bypassed)}. Approved by: {(debt.ApprovedBy.Count == 0 ? "nobody" : string.Join(", ", debt.ApprovedBy))}."
            );
            page.Line($"  {(debt.IsOverdue ? "Overdue since" : "Until")} {Format.Minute(debt.Until)} has to follow: {debt.MustFollow}.");
        }

        foreach (var glass in status.Unreviewed)
        {
            page.Line();
            page.Line(
                page.Ink.Warn(
                    $"{status.Name}: the glass was broken for release {glass.Release} (run {glass.Run}, {Format.Minute(glass.At)}, by {glass.By}): {glass.Reason}"
                )
            );
            page.Line($"  Nothing enters until somebody else runs 'deploy review {glass.Run} --environment {status.Name} --reason \"…\"'.");
        }
    }

    private static void Details(Page page, EnvironmentStatus status)
    {
        if (status.OpenRun is { } open)
        {
            page.Line();
            page.Line(
                page.Ink.Warn($"{status.Name}: run {open.Id} ({Format.Words(open.Kind)} of release {open.Release}) {Standing(open)}.")
            );
            if (open.ClaimedOperator is not null)
                page.Line($"  Begun by {open.StartedBy}.");
            RunText.Steps(page, open);
            page.Line();
            page.Line(open.IsUnderWay ? $"  The lock is held by {status.LockedBy}." : $"  {RunWays.Of(open)}.");
            foreach (var message in open.Messages)
                page.Line($"  {message.Text} [{message.Code}]");
        }

        if (status.Secrets.Count > 0)
            page.Line();
        foreach (var secret in status.Secrets)
            page.Line(page.Ink.Warn($"{status.Name}: {secret.Text}"));
        foreach (var waiting in status.Notices)
            page.Line(page.Ink.Warn($"{status.Name}: {waiting.ToMessage(status.Name).Text}"));
        if (status.Frozen is { } frozen)
        {
            page.Line();
            page.Line(page.Ink.Warn($"{status.Name} is frozen: {frozen}"));
            page.Line($"  Let releases in again with 'deploy unfreeze --environment {status.Name} --reason \"…\"'.");
        }

        Debts(page, status);
        if (status.Holds.Count == 0)
            return;

        page.Line();
        foreach (var hold in status.Holds)
            page.Line($"{status.Name}: release {hold.Release} is on hold since {Format.Minute(hold.Since)}: {hold.Reason}");
        page.Line($"  Release it with 'deploy unhold --environment {status.Name} --reason \"…\"'.");
    }
}

internal sealed record EnvironmentJson(
    string Name,
    ReleaseJson? Release,
    string? VerifiedAt,
    string? PromotedFrom,
    bool IsProtected,
    RunJson? OpenRun,
    RunJson? LastRun,
    IReadOnlyList<HoldJson> Holds,
    IReadOnlyList<SecretDueJson> Secrets,
    MessageJson? Fault
)
{
    public bool? IsElsewhere { get; init; }

    public string? LockedBy { get; init; }

    public string? Frozen { get; init; }

    public IReadOnlyList<WaitingJson>? Notices { get; init; }

    public IReadOnlyList<DatabaseStatusJson>? Databases { get; init; }

    public IReadOnlyList<HotfixJson>? Hotfixes { get; init; }

    public IReadOnlyList<UnreviewedJson>? Unreviewed { get; init; }
}

internal sealed record DatabaseStatusJson(string Name, int? Applied, int? Pending)
{
    public IReadOnlyDictionary<string, int>? Tenants { get; init; }
}

internal sealed record WaitingJson(string Receiver, int Count, string Since, string? LastError);

internal sealed record HotfixJson(
    ReleaseJson Release,
    string Run,
    string Reason,
    string By,
    IReadOnlyList<string> ApprovedBy,
    IReadOnlyList<string> Bypassed,
    string MustFollow,
    string Until,
    bool IsOverdue
);

internal sealed record UnreviewedJson(string Run, ReleaseJson Release, string Reason, string By, string At);

internal sealed record HoldJson(ReleaseJson Release, string Reason, string Since);

internal sealed record SecretDueJson(string Name, string Duty, string At, string Text);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(EnvironmentJson))]
internal sealed partial class EnvironmentsShapes : JsonSerializerContext;
