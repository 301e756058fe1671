using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

// The names and their order are what scripts rely on (docs/cli.md); they change only with a major version.
internal sealed record ReportJson(
    string Verb,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Environment,
    string Outcome,
    int ExitCode,
    IReadOnlyList<MessageJson> Messages
)
{
    public PlanJson? Plan { get; init; }

    public RunJson? Run { get; init; }

    public IReadOnlyList<EnvironmentJson>? Environments { get; init; }

    public IReadOnlyList<RunJson>? Runs { get; init; }

    public IReadOnlyList<HealthCheckJson>? Checks { get; init; }

    public IReadOnlyList<MigrationJson>? Migrations { get; init; }

    public IReadOnlyList<ScriptJson>? Scripts { get; init; }

    public IReadOnlyList<string>? Files { get; init; }

    public IReadOnlyList<ConfigurationValueJson>? Values { get; init; }

    public IReadOnlyList<string>? Layers { get; init; }

    public DifferenceJson? Difference { get; init; }

    public string? Document { get; init; }

    public IReadOnlyList<ParityJson>? Parity { get; init; }

    public IReadOnlyList<BackupJson>? Backups { get; init; }

    public IReadOnlyList<RetentionJson>? Retention { get; init; }

    public IReadOnlyList<SealedSecretJson>? Secrets { get; init; }

    public IReadOnlyList<RecipientJson>? Recipients { get; init; }

    public string? Value { get; init; }
}

internal sealed record MessageJson(string Code, string Severity, string Text, string? Key, string? File, int? Line, int? Column);

internal sealed record ReleaseJson(string Version, string? Commit)
{
    internal static ReleaseJson? Of(Release? release) => release is null ? null : new ReleaseJson(release.Version, release.Commit);
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

internal sealed record PlanMigrationJson(string Version, string Name, bool HasWayBack, string? Irreversible);

internal sealed record GateJson(string Name, string Outcome, string Reason, string Code);

internal sealed record ConfigurationJson(
    string Hash,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Changed,
    IReadOnlyList<string> Removed
);

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
}

internal sealed record ResumptionJson(string Verb, string By, string At);

internal sealed record RunStepJson(string Name, string State, int Attempts, double DurationSeconds, string? Error)
{
    public IReadOnlyList<string>? Output { get; init; }
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
    public string? LockedBy { get; init; }
}

internal sealed record HoldJson(ReleaseJson Release, string Reason, string Since);

internal sealed record SecretDueJson(string Name, string Duty, string At, string Text);

internal sealed record HealthCheckJson(string Name, string Status, string? Description, double DurationSeconds);

internal sealed record MigrationJson(string Version, string Name, bool IsApplied, bool HasWayBack, bool IsKnown);

internal sealed record ScriptJson(string Version, string Name, string? File, string? Sql, string? ClassName, bool IsOutsideTransaction);

internal sealed record ConfigurationValueJson(
    string Key,
    string? Value,
    bool? Redacted,
    string Source,
    string? File,
    int? Line,
    int? Column,
    IReadOnlyList<ShadowJson> Shadows
);

internal sealed record DifferenceJson(string From, string To, IReadOnlyList<ChangeJson> Changes);

internal sealed record ChangeJson(string Key, string Change, string? From, string? To, bool? Redacted);

internal sealed record ParityJson(string Key, bool IsDeclared, bool Differs, bool IsFine, IReadOnlyList<ParityCellJson> Environments);

internal sealed record ParityCellJson(string Name, string State, string? SameSecretAs);

internal sealed record ShadowJson(string? Value, bool? Redacted, string Source, string? File, int? Line, int? Column);

internal sealed record BackupJson(
    string Name,
    string File,
    string TakenAt,
    double DurationSeconds,
    long Size,
    string Sha256,
    ReleaseJson? Release,
    IReadOnlyList<string> Schema
);

internal sealed record RetentionJson(
    string Name,
    string File,
    string? TakenAt,
    long Size,
    ReleaseJson? Release,
    bool IsRemoved,
    string Reason
);

internal sealed record SealedSecretJson(
    string Name,
    long Version,
    string State,
    string? NotBefore,
    string? ExpiresAt,
    string? Proposal,
    string? Proposer,
    string? ProposedAt
);

internal sealed record RecipientJson(string Name, string Kind, string PublicKey);

[JsonSerializable(typeof(ReportJson))]
internal sealed partial class CliJson : JsonSerializerContext;
