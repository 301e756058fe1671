namespace Deployment.Toolkit.Journal;

/// <summary>
/// Everything that is asked of a journal: status, history, promotion evidence, rollback target. Derived from the records, never stored.
/// </summary>
/// <remarks>
/// Where only the end of the journal was read, it knows how the environment stands; asked for more, it reads all of it.
/// </remarks>
internal sealed partial class EnvironmentLedger
{
    /// <summary>Where the step that backs up keeps what its copy is known by.</summary>
    internal const string BackupHash = "sha256";

    private readonly List<RunRecords> _runs = [];
    private readonly PresentRuns _present = new();
    private readonly VerifiedReleases _verified = new();
    private readonly List<Hold> _holds = [];
    private readonly List<JournalRecord> _prunings = [];
    private readonly Dictionary<string, RunRecords> _byId = new(StringComparer.Ordinal);
    private readonly HashSet<string> _givenUp = new(StringComparer.Ordinal);

    // What people decided once and for all, a few in a journal's life.
    private readonly List<JournalRecord> _decisions = [];
    private readonly List<Archived> _archives = [];
    private JournalRecord? _lastLock;
    private JournalRecord? _epoch;
    private bool _isClosed;
    private Func<EnvironmentLedger>? _readAll;
    private EnvironmentLedger? _all;
    private readonly FoundSchemas _found = new();
    private bool _lacksKey;
    private JournalKey? _key;
    private string? _oldKey;

    /// <summary>What records say. It takes no more, so that any number of threads may ask it.</summary>
    internal static EnvironmentLedger From(IEnumerable<JournalRecord> records) => From(null, records);

    /// <summary>What a journal says, with its key where that is here.</summary>
    internal static EnvironmentLedger From(JournalContent content)
    {
        var ledger = From(content.Base, content.Records);
        ledger.IsElsewhere = content.IsElsewhere;
        ledger._key = content.Trust.MayContinue(content.Count) ? content.Trust.Key : null;
        ledger._lacksKey = ledger._key is null && content.Trust.LastKey is not null;
        if (content.ReadAll is { } readAll)
            ledger._readAll = () => From(readAll().EnsureIntact().UpTo(ledger.Count, ledger.LastHash));
        return ledger;
    }

    /// <summary>The ledger of a session, which alone sees it and adds what it writes.</summary>
    internal static EnvironmentLedger OfSession(JournalContent content, JournalKey key)
    {
        var ledger = From(content);
        ledger._key = key;
        ledger._isClosed = false;
        return ledger;
    }

    /// <summary>Shows how it stood before each record.</summary>
    internal static void Replay(JournalContent content, Action<EnvironmentLedger, JournalRecord> look)
    {
        var ledger = From(content.Base, []);
        ledger._isClosed = false;
        foreach (var record in content.Records)
        {
            look(ledger, record);
            ledger.Apply(record);
        }
    }

    private static EnvironmentLedger From(JournalBase? before, IEnumerable<JournalRecord> records)
    {
        var ledger = new EnvironmentLedger();
        if (before is not null)
            ledger.Begin(before);
        foreach (var record in records)
            ledger.Apply(record);
        ledger._isClosed = true;
        return ledger;
    }

    internal long Count { get; private set; }

    /// <summary>The bytes of all lines.</summary>
    internal long Bytes { get; private set; }

    /// <summary>The key of the last record's MAC; <see langword="null"/> when it has none.</summary>
    internal string? KeyId { get; private set; }

    /// <summary>The number of the last summary; zero when there is none.</summary>
    internal long LastSummary { get; private set; }

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

    /// <summary>Every run there was, the first one first.</summary>
    internal IReadOnlyList<RunLog> Runs => [.. All._runs.Select(static run => run.Log)];

    /// <summary>What went to archives, the first part first.</summary>
    internal IReadOnlyList<Archived> Archives => _archives;

    /// <summary>The records of runs, where these runs are here.</summary>
    internal IEnumerable<JournalRecord> RecordsOf(IEnumerable<string> runs) =>
        runs.SelectMany(run => All._byId.GetValueOrDefault(run)?.Records ?? []);

    internal RunLog? LastRun => _present.Last?.Log;

    /// <summary>The last run about the database and the code that did not succeed.</summary>
    internal RunLog? LastUnsuccessful => _present.Unsuccessful?.Log;

    /// <summary>The last renewal of a secret that succeeded.</summary>
    internal RunLog? RenewalOf(string secret) => _present.RenewalOf(secret)?.Log;

    /// <summary>The last renewal of a secret that succeeded, or the last end of what it was before.</summary>
    internal RunLog? LastOfSecret(string secret) => _present.LastOf(secret)?.Log;

    /// <summary>Why nothing enters the environment now; <see langword="null"/> when something may.</summary>
    internal Freeze? Freeze { get; private set; }

    /// <summary>Every release that was verified, the last one last.</summary>
    internal IReadOnlyList<VerifiedRelease> Verified => All._verified.All;

    /// <summary>The last of them, at least: what was verified last is among these.</summary>
    internal IReadOnlyList<VerifiedRelease> RecentlyVerified => _verified.All;

    internal IReadOnlyList<Hold> Holds => _holds;

    /// <summary>What the environment has now, as far as the journal knows.</summary>
    internal VerifiedRelease? Current => _verified.Current;

    /// <summary>When that was verified first without another release in between.</summary>
    internal DateTimeOffset? CurrentSince => _verified.Since?.Time;

    /// <inheritdoc cref="VerifiedReleases.WayBack"/>
    internal IReadOnlyList<VerifiedRelease> WayBack => All._verified.WayBack;

    /// <summary>Whose database the environment has: the verified release's, unless a backup of another one was restored since.</summary>
    /// <param name="key">The database.</param>
    /// <param name="releaseOf">The release of a backup by its name.</param>
    internal Release? DatabaseRelease(DatabaseKey key, Func<string, Release?> releaseOf) =>
        RestoredBackup(key) is { } backup && releaseOf(backup) is { } release ? release : Current?.Evidence.Release;

    /// <summary>
    /// The backup whose database the environment has; <see langword="null"/> when none was restored since the present release was verified.
    /// </summary>
    internal string? RestoredBackup(DatabaseKey key) =>
        _present.RestoredOf(key) is { } restored
        && (
            Current is not { } current
            || _byId.GetValueOrDefault(current.Run) is not { HasSucceeded: true } brought
            || brought.Sequence <= restored.Sequence
        )
            ? restored.Log.Plan.On(key).Backup
            : null;

    /// <summary>When a backup of this name was pruned, and by whom; <see langword="null"/> when none was.</summary>
    internal (DateTimeOffset Time, string By)? PruningOf(DatabaseKey key, string backup)
    {
        foreach (var record in All._prunings)
        {
            var pruned = RunLog.Read(record, RecordData.BackupsPruned);
            if (key.IsOf(pruned.Database) && pruned.Backups.Any(gone => gone.Name == backup))
                return (record.Time, pruned.By);
        }

        return null;
    }

    /// <summary>The run that has to be resumed or aborted before another may begin.</summary>
    internal RunLog? OpenRun => _present.Last is { IsOpen: true } last ? last.Log : null;

    /// <summary>The sealed secrets that were used last; <see langword="null"/> when none ever were.</summary>
    internal SecretsEpoch? SecretsEpoch { get; private set; }

    /// <summary>
    /// The migrations that a database has as far as the journal knows; <see langword="null"/> while that is unknown, as during a run, and
    /// before the first run that it was part of.
    /// </summary>
    internal IReadOnlyList<string>? KnownSchemaOf(DatabaseKey key)
    {
        if (OpenRun is not null)
            return null;

        var found = _found.Of(key);
        if (_present.ReleaseOf(key) is not { } run || run.Sequence < found?.Sequence)
            return found?.Schema;

        var part = run.Log.Plan.On(key);
        return run.HasSucceeded ? part.SchemaAfter : part.SchemaBefore;
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

    internal RunLog? Find(string run) => (_byId.GetValueOrDefault(run) ?? All._byId.GetValueOrDefault(run))?.Log;

    /// <summary>What is known of migrations that no run applied.</summary>
    internal PresentMigrations Migrations { get; } = new();

    /// <summary>What speaks for releases beside runs.</summary>
    internal PresentEvidence Evidence { get; } = new();

    internal void Apply(JournalRecord record)
    {
        if (_isClosed)
            throw new InvalidOperationException("This ledger is what was read; only a session's grows.");

        Count++;
        JournalId ??= record.Hash;
        Since ??= record.Time;
        LastHash = record.Hash;
        Bytes = record.End;
        Fence = Math.Max(Fence, record.Fence);
        TryTake(record);
    }

    /// <summary>The records that tell how the environment stands: these alone tell it as all do.</summary>
    internal IReadOnlyList<JournalRecord> Standing()
    {
        var runs = _present.All;
        if (Current is { } current && _byId.GetValueOrDefault(current.Run) is { } brought)
            runs = runs.Append(brought);
        return
        [
            .. runs.SelectMany(static run => run.Records)
                .Concat(_verified.Standing)
                .Concat(_decisions)
                .Concat(Migrations.Standing)
                .Concat(Evidence.Standing)
                .Concat(Promotion.Standing)
                .Concat(_holds.Select(static hold => hold.Record))
                .Concat(((JournalRecord?[])[_lastLock, Freeze?.Record, _epoch]).OfType<JournalRecord>())
                .DistinctBy(static record => record.Sequence)
                .OrderBy(static record => record.Sequence),
        ];
    }

    // The session's grows; what it reads then has grown with it.
    private EnvironmentLedger All =>
        _readAll is not { } read ? this
        : _all is { } known && known.Count == Count ? known
        : _all = read();

    private void Begin(JournalBase before)
    {
        foreach (var record in before.Standing)
            TryTake(record);
        var state = before.State;
        (Count, Bytes, LastHash, Fence) = (state.Records, state.Bytes, state.Hash, state.Fence);
        (JournalId, Since, KeyId) = (state.Journal, state.Since, state.KeyId);
    }

    private void TryTake(JournalRecord record)
    {
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

    private void Take(JournalRecord record)
    {
        switch (record.Kind)
        {
            case JournalKinds.LockTaken:
                _lastLock = record;
                if (record.Data.TryGetProperty("keyId", out var keyId))
                    KeyId = keyId.GetString();
                if (record.Data.TryGetProperty("givenUp", out var lost))
                {
                    _givenUp.UnionWith(lost.EnumerateArray().Select(static item => item.GetString() ?? ""));
                    _decisions.Add(record);
                }

                if (_oldKey is null && record.Data.TryGetProperty("key", out var key) && key.GetString() is { } old)
                {
                    _oldKey = old;
                    _decisions.Add(record);
                }

                break;
            case JournalKinds.RunPlanned:
                var run = new RunRecords(record);
                _runs.Add(run);
                Migrations.Begin(run.IsOfRelease ? run.Databases : []);
                _byId[record.Run!] = run;
                _present.Plan(run);
                break;
            case JournalKinds.ReleaseVerified:
                var evidence = RunLog.Read(record, RecordData.ReleaseVerified);
                _verified.Add(
                    new VerifiedRelease(evidence with { Configuration = Named(evidence.Configuration) }, record.Run!, record.Time)
                    {
                        Record = record,
                    }
                );
                Promotion.Enter(evidence.Release);
                break;
            case JournalKinds.ReleaseHeld:
                if (RunLog.Read(record, RecordData.ReleaseHeld) is var held && !_holds.Exists(hold => hold.Held.Release == held.Release))
                    _holds.Add(new Hold(held, record.Time, record));
                break;
            case JournalKinds.HoldReleased:
                var released = RunLog.Read(record, RecordData.HoldReleased).Release;
                _holds.RemoveAll(hold => hold.Held.Release == released);
                break;
            case JournalKinds.EnvironmentFrozen:
                Freeze = new Freeze(RunLog.Read(record, RecordData.EnvironmentFrozen), record.Time, record);
                break;
            case JournalKinds.EnvironmentThawed:
                _ = RunLog.Read(record, RecordData.EnvironmentThawed);
                Freeze = null;
                break;
            case JournalKinds.SecretsEpoch:
                SecretsEpoch = RunLog.Read(record, RecordData.SecretsEpoch);
                _epoch = record;
                break;
            case JournalKinds.DatabaseTakenOver:
                var taken = RunLog.Read(record, RecordData.DatabaseTakenOver);
                _decisions.Add(record);
                _found.Add(taken.Database, record.Sequence, taken.Schema);
                _givenUp.UnionWith(taken.Runs ?? []);
                KnowsRunsOfDatabase &= taken.Runs is not null;
                break;
            case JournalKinds.DatabaseBaselined:
                var baselined = RunLog.Read(record, RecordData.DatabaseBaselined);
                _decisions.Add(record);
                _found.Add(baselined.Database, record.Sequence, baselined.Schema);
                _givenUp.Add(baselined.Run);
                break;
            case JournalKinds.MigrationsScripted:
                _decisions.Add(record);
                _givenUp.Add(Migrations.Script(record));
                break;
            case JournalKinds.MigrationsRehearsed:
                Migrations.Rehearse(record);
                break;
            case JournalKinds.BackupsPruned:
                _prunings.Add(record);
                break;
            case JournalKinds.JournalArchived:
                var archived = RunLog.Read(record, RecordData.JournalArchived);
                _archives.Add(new Archived(archived, record.Time));
                _decisions.Add(record);
                _verified.Leave(archived.Left);
                break;
            case JournalKinds.StateSummarized:
                LastSummary = record.Sequence;
                break;
            default:
                if (!Evidence.TryTake(record) && !Promotion.Take(record) && record.Run is { } id && _byId.TryGetValue(id, out var its))
                {
                    its.Apply(record);
                    if (record.Kind == JournalKinds.RunEnded && !its.IsOpen)
                        Promotion.End(id, isTakenBack: !its.HasSucceeded);
                }

                break;
        }
    }
}
