namespace Deployment.Toolkit.Journal;

/// <summary>How a rehearsal went, with when.</summary>
internal sealed record Rehearsed(MigrationsRehearsed Report, DateTimeOffset Time, JournalRecord Record);

/// <summary>What is known of migrations beside runs: how rehearsals went, and which scripts somebody may have run.</summary>
internal sealed class PresentMigrations
{
    // A plan that was rehearsed so long ago isn't the one that is to be deployed.
    private const int MostRehearsals = 20;

    private readonly List<Rehearsed> _rehearsals = [];
    private readonly HashSet<string> _scripts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _back = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The records that tell it, save those of scripts.</summary>
    internal IEnumerable<JournalRecord> Standing => _rehearsals.Select(static rehearsed => rehearsed.Record);

    /// <summary>How the last rehearsal of a plan's migrations went; <see langword="null"/> when there was none.</summary>
    internal Rehearsed? RehearsalOf(string plan) => _rehearsals.Find(rehearsed => rehearsed.Report.Plan == plan);

    /// <summary>Whether rows of the database's history are called so by a script.</summary>
    internal bool IsScript(string run) => _scripts.Contains(run);

    /// <summary>Whether a script that was made since the last run undoes a migration.</summary>
    internal bool MayBeBack(DatabaseKey key, string version) => IsBack(key.Name, version) || (key.IsFirst && IsBack("", version));

    private bool IsBack(string database, string version) => _back.GetValueOrDefault(database)?.Contains(version) == true;

    internal void Rehearse(JournalRecord record)
    {
        var report = RunLog.Read(record, RecordData.MigrationsRehearsed);
        _rehearsals.RemoveAll(earlier => earlier.Report.Plan == report.Plan);
        _rehearsals.Add(new Rehearsed(report, record.Time, record));
        if (_rehearsals.Count > MostRehearsals)
            _rehearsals.RemoveAt(0);
    }

    /// <returns>How the script calls itself.</returns>
    internal string Script(JournalRecord record)
    {
        var scripted = RunLog.Read(record, RecordData.MigrationsScripted);
        _scripts.Add(scripted.Run);
        if (scripted.IsDown)
        {
            var database = scripted.Database ?? "";
            _back.TryAdd(database, new HashSet<string>(StringComparer.Ordinal));
            _back[database].UnionWith(scripted.Versions);
        }

        return scripted.Run;
    }

    /// <summary>A run begins, whose plan says what databases have.</summary>
    internal void Begin(IReadOnlyList<string> databases)
    {
        foreach (var database in databases)
            _back.Remove(database);
        // From when the app had one: a run of several is about that too.
        if (databases.Count > 1)
            _back.Remove("");
    }
}
