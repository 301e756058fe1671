using System.Text.Json.Serialization;

namespace Deployment.Toolkit.Evidence;

/// <summary>An in-toto statement: what is said of what.</summary>
internal sealed record Statement<T>(
    [property: JsonPropertyName("_type")] string Type,
    IReadOnlyList<ResourceDescriptor> Subject,
    string PredicateType,
    T Predicate
);

/// <summary>What a statement is about, by its digests.</summary>
internal sealed record ResourceDescriptor(string Name, IReadOnlyDictionary<string, string> Digest);

/// <summary>The types of statements.</summary>
internal static class StatementTypes
{
    internal const string Statement = "https://in-toto.io/Statement/v1";
    internal const string TestResult = "https://in-toto.io/attestation/test-result/v0.1";
    internal const string Verification = "https://in-toto.io/attestation/svr/v0.2";
    internal const string Run = "https://github.com/deployment-toolkit/deployment-toolkit/deployment-run/v1";
    internal const string Verifier = "https://github.com/deployment-toolkit/deployment-toolkit";
}

/// <summary>
/// A release is verified in an environment: all that another journal has to know to let it in. The first line of a bundle;
/// <paramref name="Attestations"/> are the SHA-256 of the texts of all others, in their order.
/// </summary>
internal sealed record RunPredicate(
    EvidenceEnvironment Environment,
    EvidenceRelease Release,
    string Run,
    string PlanHash,
    DateTimeOffset VerifiedAt,
    DateTimeOffset LiveSince,
    DateTimeOffset ExportedAt,
    DateTimeOffset ExpiresAt,
    EvidenceHead Journal,
    IReadOnlyList<string> Schema,
    IReadOnlyList<EvidenceRelease> Holds,
    IReadOnlyList<EvidenceTests> Tests,
    IReadOnlyList<string> Attestations
)
{
    /// <summary>Every migration that the verified binary had.</summary>
    public IReadOnlyList<EvidenceMigration>? Migrations { get; init; }

    /// <summary>What no other environment may have, as fingerprints under a key that environments share.</summary>
    public EvidenceIsolation? Isolation { get; init; }

    /// <summary>The SHA-256 of the bundle that this environment gave out before; <see langword="null"/> of the first.</summary>
    public string? Previous { get; init; }
}

internal sealed record EvidenceIsolation(string KeyId, IReadOnlyList<EvidenceFact> Facts);

internal sealed record EvidenceFact(string Kind, string Subject, string Fingerprint, string? Instance = null, string? Stamp = null);

/// <summary>An environment: its name, and the hash of its journal's first record, which no other has.</summary>
internal sealed record EvidenceEnvironment(string Name, string Id);

internal sealed record EvidenceRelease(string Version, string? Commit = null);

/// <summary>How far the journal was.</summary>
internal sealed record EvidenceHead(string Hash, long Sequence);

internal sealed record EvidenceMigration(string Version, string? Checksum = null, string? WayBack = null, string? Database = null);

internal sealed record EvidenceTests(
    string Suite,
    bool HasPassed,
    string Told,
    string Format,
    int Passed,
    int Failed,
    int Skipped,
    DateTimeOffset At,
    string? Sha256 = null
);

/// <summary>in-toto's Simple Verification Result, for tools that know nothing of this one.</summary>
internal sealed record VerificationPredicate(
    VerifierId Verifier,
    DateTimeOffset TimeCreated,
    IReadOnlyList<ResourceDescriptor> Policies,
    IReadOnlyList<string> Properties
);

internal sealed record VerifierId(string Id);

/// <summary>in-toto's Test Result, for tools that know nothing of this one.</summary>
internal sealed record TestResultPredicate(string Result, IReadOnlyList<ResourceDescriptor> Configuration)
{
    public IReadOnlyList<string>? FailedTests { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 16
)]
[JsonSerializable(typeof(Statement<RunPredicate>))]
[JsonSerializable(typeof(Statement<VerificationPredicate>))]
[JsonSerializable(typeof(Statement<TestResultPredicate>))]
internal sealed partial class StatementShapes : JsonSerializerContext;
