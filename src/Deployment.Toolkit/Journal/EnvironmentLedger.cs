namespace Deployment.Toolkit.Journal;

/// <summary>A release that was verified, with when and by which run.</summary>
internal sealed record VerifiedRelease(ReleaseVerified Evidence, string Run, DateTimeOffset Time);

/// <summary>A release that may not be deployed or promoted until somebody releases the hold.</summary>
internal sealed record Hold(ReleaseHeld Held, DateTimeOffset Time);

/// <summary>Nothing enters an environment until somebody thaws it.</summary>
internal sealed record Freeze(EnvironmentFrozen Frozen, DateTimeOffset Time);

/// <summary>
/// Everything that is asked of a journal: status, history, promotion evidence, rollback target. Derived from the records, never stored.
/// </summary>
internal sealed class EnvironmentLedger
{
    /// <summary>Where the step that backs up keeps what its copy is known by.</summary>
    internal const string BackupHash = "sha256";

    private readonly List<RunRecords> _runs = [];
    private readonly List<VerifiedRelease> _verified = [];
    private readonly List<Hold> _holds = [];
    private readonly List<JournalRecord> _prunings = [];
    private readonly Dictionary<string, RunRecords> _byId = new(StringComparer.Ordinal);
    private readonly HashSet<string> _givenUp = new(StringComparer.Ordinal);
    private JournalRecord? _lastLock;
    private bool _isClosed;
    private (int Runs, IReadOnlyList<string> Schema)? _found;
    private bool _lacksKey;
    private JournalKey? _key;
    private string? _oldKey;

    /// <summary>What records say. It takes no more, so that any number of threads may ask it.</summary>
    internal static EnvironmentLedger From(IEnumerable<JournalRecord> records)
    {
        var ledger = new EnvironmentLedger();
        foreach (var record in records)
            ledger.Apply(record);
        ledger._isClosed = true;
        return ledger;
    }

    /// <summary>What a journal says, with its key where that is here.</summary>
    internal static EnvironmentLedger From(JournalContent content)
    {
        var ledger = From(content.Records);
        ledger._key = content.Trust.MayContinue(content.Records.Count) ? content.Trust.Key : null;
        ledger._lacksKey = ledger._key is null && content.Trust.LastKey is not null;
        return ledger;
    }

    /// <summary>The ledger of a session, which alone sees it and adds what it writes.</summary>
    internal static EnvironmentLedger OfSession(IEnumerable<JournalRecord> records, JournalKey key)
    {
        var ledger = From(records);
        ledger._key = key;
        ledger._isClosed = false;
        return ledger;
    }

    internal long Count { get; private set; }

    internal long Fence { get; private set; }

    internal string LastHash { get; private set; } = JournalLine.NoHash;

    /// <summary>Tells this journal from another one that was begun anew in its place; <see langword="null"/> while it is empty.</summary>
    internal string? JournalId { get; private set; }

    /// <summary>When the first record was written; <see langword="null"/> while it is empty.</summary>
    internal DateTimeOffset? Since { get; private set; }

    /// <summary>
    /// The key of fingerprints; <see langword="null"/> while there is none. Where the journal's own isn't here it is one that nobody keeps:
    /// nothing compares under it, so nothing is called changed.
    /// </summary>
    internal string? Key => _key?.Fingerprints ?? _oldKey ?? (_lacksKey ? field ??= JournalKey.Throwaway() : null);

    /// <summary>The key that fingerprints were taken with, where it is here; else <see cref="Key"/>.</summary>
    internal string? KeyOf(RecordedConfiguration? recorded) =>
        _oldKey is { } old && recorded is not null && Named(recorded).KeyId == JournalKey.IdOfOld(old) ? old : Key;

    /// <summary>A recorded configuration with the name of its key, also where that stood in the journal itself.</summary>
    internal RecordedConfiguration Named(RecordedConfiguration recorded) =>
        recorded.KeyId is null && _oldKey is { } old ? recorded with { KeyId = JournalKey.IdOfOld(old) } : recorded;

    internal LockTaken? LastHolder => _lastLock is null ? null : RunLog.Read(_lastLock, RecordData.LockTaken);

    internal IReadOnlyList<RunLog> Runs => [.. _runs.Select(static run => run.Log)];

    /// <summary>Why nothing enters the environment now; <see langword="null"/> when something may.</summary>
    internal Freeze? Freeze { get; private set; }

    internal IReadOnlyList<VerifiedRelease> Verified => _verified;

    internal IReadOnlyList<Hold> Holds => _holds;

    /// <summary>What the environment has now, as far as the journal knows.</summary>
    internal VerifiedRelease? Current => _verified.Count == 0 ? null : _verified[^1];

    /// <summary>
    /// The releases that stand below the present one, which is last: what a rollback goes back to, step by step. Going back to a release,
    /// by a rollback or by deploying it again, leaves all that came after it; so a second rollback never goes forward to what the first one
    /// left.
    /// </summary>
    internal IReadOnlyList<VerifiedRelease> WayBack
    {
        get
        {
            var below = new List<VerifiedRelease>();
            foreach (var verified in _verified)
            {
                if (below.FindIndex(earlier => earlier.Evidence.Release == verified.Evidence.Release) is >= 0 and var at)
                    below.RemoveRange(at, below.Count - at);
                below.Add(verified);
            }

            return below;
        }
    }

    /// <summary>Whose database the environment has: the verified release's, unless a backup of another one was restored since.</summary>
    /// <param name="releaseOf">The release of a backup by its name.</param>
    internal Release? DatabaseRelease(Func<string, Release?> releaseOf) =>
        RestoredBackup is { } backup && releaseOf(backup) is { } release ? release : Current?.Evidence.Release;

    /// <summary>
    /// The backup whose database the environment has; <see langword="null"/> when none was restored since the present release was verified.
    /// </summary>
    internal string? RestoredBackup =>
        Runs.LastOrDefault(run => run.State == RunState.Succeeded && (run.Plan.Kind is RunKind.Restore || run.Id == Current?.Run))?.Plan
            is { Kind: RunKind.Restore, Backup: { } backup }
            ? backup
            : null;

    /// <summary>When a backup of this name was pruned, and by whom; <see langword="null"/> when none was.</summary>
    internal (DateTimeOffset Time, string By)? PruningOf(string backup)
    {
        foreach (var record in _prunings)
        {
            var pruned = RunLog.Read(record, RecordData.BackupsPruned);
            if (pruned.Backups.Any(gone => gone.Name == backup))
                return (record.Time, pruned.By);
        }

        return null;
    }

    /// <summary>The run that has to be resumed or aborted before another may begin.</summary>
    internal RunLog? OpenRun => _runs.Count > 0 && _runs[^1].IsOpen ? _runs[^1].Log : null;

    /// <summary>The sealed secrets that were used last; <see langword="null"/> when none ever were.</summary>
    internal SecretsEpoch? SecretsEpoch { get; private set; }

    /// <summary>
    /// The migrations that the database has as far as the journal knows; <see langword="null"/> while that is unknown, as during a run.
    /// </summary>
    internal IReadOnlyList<string>? KnownSchema
    {
        get
        {
            if (OpenRun is not null)
                return null;

            for (var i = _runs.Count - 1; i >= (_found?.Runs ?? 0); i--)
            {
                if (_runs[i].Log is { Plan.Kind: RunKind.Up or RunKind.Rollback or RunKind.Restore } run)
                    return run.State == RunState.Succeeded ? run.Plan.SchemaAfter : run.Plan.SchemaBefore;
            }

            return _found?.Schema;
        }
    }

    /// <summary>
    /// Known outside the journal and not in it, on somebody's word: hashes of last records that were lost, and runs of a database that was
    /// taken over.
    /// </summary>
    internal IReadOnlySet<string> GivenUp => _givenUp;

    /// <summary>
    /// Whether a run that migrated the database and isn't here is missing; not after a database was taken over before its runs were
    /// recorded.
    /// </summary>
    internal bool KnowsRunsOfDatabase { get; private set; } = true;

    internal RunLog? Find(string run) => _byId.GetValueOrDefault(run)?.Log;

    internal Hold? HoldOf(Release release) => _holds.Find(hold => hold.Held.Release == release);

    internal void Apply(JournalRecord record)
    {
        if (_isClosed)
            throw new InvalidOperationException("This ledger is what was read; only a session's grows.");

        Count++;
        JournalId ??= record.Hash;
        Since ??= record.Time;
        LastHash = record.Hash;
        Fence = Math.Max(Fence, record.Fence);
        try
        {
            Take(record);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            // Nothing is decided over records of which one says nothing that can be understood.
            throw RunLog.NotUnderstood(record, e);
        }
    }

    /// <summary>
    /// The SHA-256 of the backup that a run took, which bears its name; <see langword="null"/> when it took none, or nothing vouches for
    /// what it says.
    /// </summary>
    internal string? HashOfBackup(string name) =>
        Find(name)?.Find(DeploymentSteps.BackUp) is { } step && !step.Unproven.Contains(BackupHash)
            ? step.Data.GetValueOrDefault(BackupHash)
            : null;

    private void Take(JournalRecord record)
    {
        switch (record.Kind)
        {
            case JournalKinds.LockTaken:
                _lastLock = record;
                if (record.Data.TryGetProperty("givenUp", out var lost))
                    _givenUp.UnionWith(lost.EnumerateArray().Select(static item => item.GetString() ?? ""));
                _oldKey ??= record.Data.TryGetProperty("key", out var key) ? key.GetString() : null;
                break;
            case JournalKinds.RunPlanned:
                var run = new RunRecords(record);
                _runs.Add(run);
                _byId[record.Run!] = run;
                break;
            case JournalKinds.ReleaseVerified:
                var evidence = RunLog.Read(record, RecordData.ReleaseVerified);
                _verified.Add(
                    new VerifiedRelease(evidence with { Configuration = Named(evidence.Configuration) }, record.Run!, record.Time)
                );
                break;
            case JournalKinds.ReleaseHeld:
                var held = RunLog.Read(record, RecordData.ReleaseHeld);
                if (HoldOf(held.Release) is null)
                    _holds.Add(new Hold(held, record.Time));
                break;
            case JournalKinds.HoldReleased:
                var released = RunLog.Read(record, RecordData.HoldReleased).Release;
                _holds.RemoveAll(hold => hold.Held.Release == released);
                break;
            case JournalKinds.EnvironmentFrozen:
                Freeze = new Freeze(RunLog.Read(record, RecordData.EnvironmentFrozen), record.Time);
                break;
            case JournalKinds.EnvironmentThawed:
                _ = RunLog.Read(record, RecordData.EnvironmentThawed);
                Freeze = null;
                break;
            case JournalKinds.SecretsEpoch:
                SecretsEpoch = RunLog.Read(record, RecordData.SecretsEpoch);
                break;
            case JournalKinds.DatabaseTakenOver:
                var taken = RunLog.Read(record, RecordData.DatabaseTakenOver);
                _found = (_runs.Count, taken.Schema);
                _givenUp.UnionWith(taken.Runs ?? []);
                KnowsRunsOfDatabase &= taken.Runs is not null;
                break;
            case JournalKinds.DatabaseBaselined:
                var baselined = RunLog.Read(record, RecordData.DatabaseBaselined);
                _found = (_runs.Count, baselined.Schema);
                _givenUp.Add(baselined.Run);
                break;
            case JournalKinds.BackupsPruned:
                _prunings.Add(record);
                break;
            default:
                if (record.Run is { } id)
                    _byId.GetValueOrDefault(id)?.Apply(record);
                break;
        }
    }
}
