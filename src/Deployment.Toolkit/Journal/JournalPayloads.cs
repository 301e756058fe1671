using System.Globalization;

namespace Deployment.Toolkit.Journal;

/// <summary>Which way a step is being taken.</summary>
internal enum StepDirection
{
    Forward,
    Back,
}

/// <summary>The kinds of records; the payload of each stands below. docs/crash-safety.md explains them.</summary>
internal static class JournalKinds
{
    internal const string LockTaken = "lockTaken";
    internal const string TailCut = "tailCut";
    internal const string RunPlanned = "runPlanned";
    internal const string StepIntent = "stepIntent";
    internal const string StepNoted = "stepNoted";
    internal const string StepResult = "stepResult";
    internal const string StepResolved = "stepResolved";
    internal const string RunTurned = "runTurned";
    internal const string RunResumed = "runResumed";
    internal const string RunInterrupted = "runInterrupted";
    internal const string RunEnded = "runEnded";
    internal const string ReleaseVerified = "releaseVerified";
    internal const string ReleaseHeld = "releaseHeld";
    internal const string HoldReleased = "holdReleased";
    internal const string EnvironmentFrozen = "environmentFrozen";
    internal const string EnvironmentThawed = "environmentThawed";
    internal const string ReleaseApproved = "releaseApproved";
    internal const string ApprovalRevoked = "approvalRevoked";
    internal const string ApproverAdded = "approverAdded";
    internal const string ApproverRemoved = "approverRemoved";
    internal const string ChecklistTicked = "checklistTicked";
    internal const string HotfixDue = "hotfixDue";
    internal const string HotfixPaid = "hotfixPaid";
    internal const string GlassBroken = "glassBroken";
    internal const string GlassReviewed = "glassReviewed";
    internal const string SecretsEpoch = "secretsEpoch";
    internal const string DatabaseTakenOver = "databaseTakenOver";
    internal const string DatabaseBaselined = "databaseBaselined";
    internal const string MigrationRepaired = "migrationRepaired";
    internal const string MigrationsScripted = "migrationsScripted";
    internal const string MigrationsRehearsed = "migrationsRehearsed";
    internal const string TestsRecorded = "testsRecorded";
    internal const string EvidenceExported = "evidenceExported";
    internal const string EvidenceImported = "evidenceImported";
    internal const string EvidenceKeyTrusted = "evidenceKeyTrusted";
    internal const string EvidenceKeyRemoved = "evidenceKeyRemoved";
    internal const string ConfigurationUnpinned = "configurationUnpinned";
    internal const string BackupsPruned = "backupsPruned";
    internal const string StateSummarized = "stateSummarized";
    internal const string JournalArchived = "journalArchived";
    internal const string TenantsTold = "tenantsTold";
    internal const string IsolationObserved = "isolationObserved";
}

/// <summary>Who holds the environment's lock from here on.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Holder">Who.</param>
/// <param name="Key">In the first record of old journals: the key of fingerprints, which nobody should find there.</param>
/// <param name="KeyId">The key of this record's MAC and of those after it.</param>
/// <param name="NewKeyReason">Why somebody went on with a key of their own, and took the records as they were.</param>
/// <param name="GivenUp">Of what is lost then, what was known outside the journal: hashes of last records, and runs that migrated the
/// database.</param>
internal sealed record LockTaken(
    string Verb,
    JournalHolder Holder,
    string? Key = null,
    string? KeyId = null,
    string? NewKeyReason = null,
    IReadOnlyList<string>? GivenUp = null
);

/// <summary>Somebody goes on with a journal as it is, under a new key.</summary>
/// <param name="Reason">Why.</param>
/// <param name="GivenUp">What is known of lost records outside the journal.</param>
/// <param name="Fence">The highest lock's number that is known there: the lock's number goes on from it.</param>
internal sealed record JournalRenewal(string Reason, IReadOnlyList<string> GivenUp, long Fence);

/// <summary>Who took the lock, for people to read.</summary>
/// <param name="User">The user that the operating system runs the process as.</param>
/// <param name="Host">The machine.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="ProcessStarted">When it started.</param>
internal sealed record JournalHolder(string User, string Host, int ProcessId, DateTimeOffset ProcessStarted)
{
    /// <summary>Who called sudo, as sudo says; <see langword="null"/> without it.</summary>
    public string? SudoUser { get; init; }

    /// <summary>Whom the build server runs for, as its variables say; <see langword="null"/> outside of one.</summary>
    public string? CiIdentity { get; init; }

    /// <summary>The name that somebody gave for themselves; <see langword="null"/> when nobody did. Nothing proves it.</summary>
    public string? Claimed { get; init; }

    /// <summary>All names, for people: the operating system's first, then what others say.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Operator =>
        $"{User}@{Host}{(SudoUser is null ? "" : $" (sudo by {SudoUser})")}{(CiIdentity is null ? "" : $" (for {CiIdentity})")}{(Claimed is null ? "" : $" (claims to be {Claimed})")}";

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Operator}, process {ProcessId}, started {ProcessStarted.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"
        );
}

internal sealed record TailCut(long Bytes);

/// <summary>A frozen plan, and the configuration as it was then; journals from before it was recorded have none.</summary>
internal sealed record RunPlanned(DeploymentPlan Plan, string By, RecordedConfiguration? Configuration = null)
{
    /// <summary>Who whoever began it claimed to be; <see langword="null"/> when nobody claimed anything.</summary>
    public string? Claimed { get; init; }

    /// <summary>How far the journal of the environment that the release comes from was.</summary>
    public JournalHeads? Source { get; init; }
}

/// <summary>How far another environment's journal was, for whoever checks that one.</summary>
internal sealed record JournalHeads(string Environment, string? Journal, long Records, string Hash);

internal sealed record StepIntent(string Step, StepDirection Direction, int Attempt);

internal sealed record StepNoted(string Step, string Key, string Value);

/// <summary>
/// How an attempt ended. <paramref name="Abandoned"/>: its code ignored cancellation and may have run on. <paramref name="Kept"/>: it was
/// to be taken back and has no way back.
/// </summary>
internal sealed record StepResult(
    string Step,
    StepDirection Direction,
    int Attempt,
    bool Succeeded,
    double DurationSeconds,
    DeploymentMessage? Error = null,
    bool Abandoned = false,
    bool WillRetry = false,
    IReadOnlyDictionary<string, string>? Data = null,
    IReadOnlyList<string>? Output = null,
    bool Kept = false
);

/// <summary>
/// Which of the tenants of a step are begun, before anything is done to them, and what became of them: some at a time, while it is at
/// others. How the last of them ended may not stand here when the process died: their own databases tell.
/// </summary>
internal sealed record TenantsTold(string Step, IReadOnlyList<TenantResult> Tenants);

/// <summary>What became of a step in doubt, and who said so: its probe or a person.</summary>
internal sealed record StepResolved(string Step, StepDirection Direction, ProbeOutcome Outcome, string By);

internal sealed record RunTurned(string Reason);

/// <summary>
/// A script was made that somebody may run or not. What it applies, it notes under <paramref name="Run"/>; what it undoes may be gone.
/// </summary>
internal sealed record MigrationsScripted(string Run, IReadOnlyList<string> Versions, bool IsDown, string Sha256, string By)
{
    /// <summary>The database, where the app has several.</summary>
    public string? Database { get; init; }
}

/// <summary>
/// The pending migrations were tried on a copy. <paramref name="Plan"/> is the hash of what a plan says of them: it proves nothing of
/// another plan.
/// </summary>
internal sealed record MigrationsRehearsed(string Plan, Release Release, IReadOnlyList<string> Migrations, bool IsProven, string By)
{
    /// <summary>The migration that was not proven; <see langword="null"/> when all were.</summary>
    public string? Failed { get; init; }

    /// <summary>The tenant on a copy of whose database they were tried; <see langword="null"/> for one of the app's own.</summary>
    public string? Tenant { get; init; }

    /// <summary>The database, where the app has several.</summary>
    public string? Database { get; init; }
}

/// <summary>Another way back was taken into the database's history on purpose; the checksums are of the old and the new one.</summary>
internal sealed record MigrationRepaired(string Version, string Name, string? Before, string After, string Reason, string By)
{
    /// <summary>The database, where the app has several.</summary>
    public string? Database { get; init; }
}

/// <summary>
/// A person lifted what a rollback had pinned; the release and the run are what the pin named, <see langword="null"/> where it could not be
/// read.
/// </summary>
internal sealed record ConfigurationUnpinned(string? Release, string? Run, string Reason, string By);

/// <summary>
/// Backups that are removed from here on, and the rules that let them go; what a rollback needed was kept whatever they said.
/// </summary>
internal sealed record BackupsPruned(IReadOnlyList<PrunedBackup> Backups, int Keep, string By, double? KeepForSeconds = null)
{
    /// <summary>The database, where the app has several.</summary>
    public string? Database { get; init; }
}

internal sealed record PrunedBackup(string Name, string Sha256);

internal sealed record RunResumed(string Verb, string By, bool AcceptsDataLoss = false);

internal sealed record RunInterrupted(string Reason);

internal sealed record RunEnded(RunState State, IReadOnlyList<DeploymentMessage> Messages);

/// <summary>A release that passed everything; its schema and configuration are what a rollback to it restores.</summary>
internal sealed record ReleaseVerified(Release Release, IReadOnlyList<string> Schema, RecordedConfiguration Configuration)
{
    /// <summary>Every migration that the verified binary had; <see langword="null"/> in journals from before they were recorded.</summary>
    public IReadOnlyList<VerifiedMigration>? Migrations { get; init; }

    /// <summary>
    /// The schema of each where the app has several databases, and then <c>Schema</c> is empty; <see langword="null"/> where it has one.
    /// </summary>
    public IReadOnlyList<VerifiedDatabase>? Databases { get; init; }
}

/// <summary>The schema of one of several databases when a release was verified.</summary>
internal sealed record VerifiedDatabase(string Name, IReadOnlyList<string> Schema);

/// <summary>
/// A migration of a verified binary: the checksums of it and of its way back. Journals from before they were recorded name versions alone.
/// </summary>
internal sealed record VerifiedMigration(string Version, string? Checksum = null, string? WayBack = null)
{
    /// <summary>The database that it is for, where the app has several.</summary>
    public string? Database { get; init; }
}

/// <summary>The effective configuration: a keyed fingerprint of every value, secrets too. Equality of secrets shows, they don't.</summary>
internal sealed record RecordedConfiguration(string Hash, IReadOnlyDictionary<string, string> Keys)
{
    /// <summary>Names the key of the fingerprints; <see langword="null"/> where that stood in the journal itself.</summary>
    public string? KeyId { get; init; }

    /// <summary>
    /// The values of declared keys that are no secrets, and references; <see langword="null"/> in journals from before they were recorded.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Values { get; init; }
}

/// <summary>
/// Records went to an archive. <paramref name="State"/> is how the environment stood behind them, and names those that stayed;
/// <paramref name="Left"/> are the numbers of those among them by which a release was verified that a rollback no longer goes back to.
/// </summary>
internal sealed record JournalArchived(
    string File,
    string Sha256,
    long From,
    long To,
    string By,
    PresentState State,
    IReadOnlyList<long> Left
);

internal sealed record ReleaseHeld(Release Release, string Reason, string By);

/// <summary>
/// The sealed secrets that were used: an older file is refused from here on. <paramref name="Header"/> is the hash of the header that began
/// the epoch; <see langword="null"/> from before headers were signed.
/// </summary>
internal sealed record SecretsEpoch(string File, long Epoch, string? Header = null);

internal sealed record HoldReleased(Release Release, string Reason, string By);

/// <summary>Nothing enters the environment from here on, until somebody thaws it.</summary>
internal sealed record EnvironmentFrozen(string Reason, string By);

internal sealed record EnvironmentThawed(string Reason, string By);

/// <summary>
/// The database as a person found it is this environment's from here on, whatever the journal knew of another. <paramref name="From"/>: the
/// journals that its history was written under.
/// </summary>
internal sealed record DatabaseTakenOver(IReadOnlyList<string> Schema, IReadOnlyList<string> From, string Reason, string By)
{
    /// <summary>The runs by which it had been migrated; <see langword="null"/> in journals from before they were recorded.</summary>
    public IReadOnlyList<string>? Runs { get; init; }

    /// <summary>The database, where the app has several.</summary>
    public string? Database { get; init; }

    /// <summary>The environment whose stamp it bore; <see langword="null"/> when it bore none, or this one's.</summary>
    public string? Stamp { get; init; }
}

/// <summary>
/// What another tool, or a person, had made of the database counts as applied from here on. <paramref name="Schema"/>: all that the
/// database's history has by then; <paramref name="Added"/>: what was added to it; <paramref name="Run"/> is how the rows call it.
/// </summary>
internal sealed record DatabaseBaselined(IReadOnlyList<string> Schema, IReadOnlyList<string> Added, string Run, string Reason, string By)
{
    /// <summary>On which tool's word; <see langword="null"/> when on a person's.</summary>
    public string? Tool { get; init; }

    /// <summary>The database, where the app has several.</summary>
    public string? Database { get; init; }
}
