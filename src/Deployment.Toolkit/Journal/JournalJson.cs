using System.Text.Json.Serialization;

namespace Deployment.Toolkit.Journal;

/// <summary>
/// How plans and records are written: camel case, enums as text, nothing that is null. A record that lacks what it must have is unreadable:
/// what is missing must not be taken for a zero, which might mean that all went well.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(DeploymentPlan))]
[JsonSerializable(typeof(LockTaken))]
[JsonSerializable(typeof(TailCut))]
[JsonSerializable(typeof(RunPlanned))]
[JsonSerializable(typeof(StepIntent))]
[JsonSerializable(typeof(StepNoted))]
[JsonSerializable(typeof(StepResult))]
[JsonSerializable(typeof(StepResolved))]
[JsonSerializable(typeof(TenantsTold))]
[JsonSerializable(typeof(RunTurned))]
[JsonSerializable(typeof(RunResumed))]
[JsonSerializable(typeof(RunInterrupted))]
[JsonSerializable(typeof(RunEnded))]
[JsonSerializable(typeof(ReleaseVerified))]
[JsonSerializable(typeof(ReleaseHeld))]
[JsonSerializable(typeof(HoldReleased))]
[JsonSerializable(typeof(EnvironmentFrozen))]
[JsonSerializable(typeof(EnvironmentThawed))]
[JsonSerializable(typeof(ReleaseApproved))]
[JsonSerializable(typeof(ApprovalRevoked))]
[JsonSerializable(typeof(ApproverAdded))]
[JsonSerializable(typeof(ApproverRemoved))]
[JsonSerializable(typeof(ChecklistTicked))]
[JsonSerializable(typeof(HotfixDue))]
[JsonSerializable(typeof(HotfixPaid))]
[JsonSerializable(typeof(GlassBroken))]
[JsonSerializable(typeof(GlassReviewed))]
[JsonSerializable(typeof(SecretsEpoch))]
[JsonSerializable(typeof(DatabaseTakenOver))]
[JsonSerializable(typeof(DatabaseBaselined))]
[JsonSerializable(typeof(KeptHead))]
[JsonSerializable(typeof(JournalHeads))]
[JsonSerializable(typeof(MigrationRepaired))]
[JsonSerializable(typeof(MigrationsRehearsed))]
[JsonSerializable(typeof(MigrationsScripted))]
[JsonSerializable(typeof(TestsRecorded))]
[JsonSerializable(typeof(EvidenceExported))]
[JsonSerializable(typeof(IsolationObserved))]
[JsonSerializable(typeof(EvidenceImported))]
[JsonSerializable(typeof(EvidenceKeyTrusted))]
[JsonSerializable(typeof(EvidenceKeyRemoved))]
[JsonSerializable(typeof(ConfigurationUnpinned))]
[JsonSerializable(typeof(BackupsPruned))]
[JsonSerializable(typeof(PresentState))]
[JsonSerializable(typeof(JournalArchived))]
internal sealed partial class JournalJson : JsonSerializerContext;
