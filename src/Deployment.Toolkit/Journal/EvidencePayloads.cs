namespace Deployment.Toolkit.Journal;

/// <summary>
/// Tests ran on a release. <paramref name="Told"/>: in words what came out. <paramref name="Sha256"/>: of the file that said so;
/// <see langword="null"/> when a command's exit code did.
/// </summary>
internal sealed record TestsRecorded(
    string Suite,
    Release Release,
    bool HasPassed,
    string Told,
    string Format,
    string By,
    string? Sha256 = null
)
{
    /// <summary>Tests that passed.</summary>
    public required int Passed { get; init; }

    /// <summary>Tests that failed.</summary>
    public required int Failed { get; init; }

    /// <summary>Tests that were left out.</summary>
    public required int Skipped { get; init; }

    /// <summary>The names of the first that failed.</summary>
    public IReadOnlyList<string>? Failures { get; init; }

    /// <summary>What the file was called, or the command.</summary>
    public string? Source { get; init; }

    /// <summary>When it was recorded where it comes from; <see langword="null"/> where that is here.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>A release of this environment was vouched for in a file.</summary>
internal sealed record EvidenceExported(
    Release Release,
    string Run,
    string Sha256,
    long Sequence,
    string KeyId,
    DateTimeOffset ExpiresAt,
    string By
);

/// <summary>
/// Another environment's key vouches for a release. <paramref name="Sequence"/> and <paramref name="EnvironmentId"/>: which of its bundles
/// this is; an older one counts no more. <paramref name="Holds"/>: what is on hold there.
/// </summary>
internal sealed record EvidenceImported(
    string Environment,
    string EnvironmentId,
    string Sha256,
    string Key,
    string KeyId,
    long Sequence,
    Release Release,
    string Run,
    string PlanHash,
    DateTimeOffset VerifiedAt,
    DateTimeOffset LiveSince,
    DateTimeOffset ExportedAt,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<string> Schema,
    IReadOnlyList<Release> Holds,
    IReadOnlyList<TestsRecorded> Tests,
    string By
)
{
    /// <summary>Every migration that the verified binary had.</summary>
    public IReadOnlyList<VerifiedMigration>? Migrations { get; init; }

    /// <summary>What the environment had that this one may not have; <see langword="null"/> where the bundle carries none.</summary>
    public IsolationObserved? Isolation { get; init; }

    /// <summary>What a release is compared with, as if this journal had seen it verified.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    internal ReleaseVerified Verified =>
        new(Release, Schema, new RecordedConfiguration("", new Dictionary<string, string>())) { Migrations = Migrations };
}

/// <summary>Bundles of an environment that a key signed count here.</summary>
internal sealed record EvidenceKeyTrusted(string Name, string Environment, string PublicKey, string KeyId, string By);

/// <summary>They count no more, also those that were imported.</summary>
internal sealed record EvidenceKeyRemoved(string Name, string Environment, string By);
