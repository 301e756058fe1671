using System.Data.Common;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>A foreign key of a table, with what SQLite does to its rows when the row that they refer to goes.</summary>
internal sealed record SqliteForeignKey(string Child, string Parent, string OnDelete, string OnUpdate)
{
    internal List<string> Columns { get; } = [];

    /// <summary>Whether rows of the child change when rows of the parent are deleted.</summary>
    internal bool ActsOnDelete => OnDelete is "CASCADE" or "SET NULL" or "SET DEFAULT";

    internal bool Acts => ActsOnDelete || OnUpdate is "CASCADE" or "SET NULL" or "SET DEFAULT";
}

/// <summary>Which tables change along when another one does: by foreign keys and by triggers.</summary>
internal sealed class SqliteReferences
{
    private readonly List<SqliteForeignKey> _keys = [];
    private readonly Dictionary<string, List<SqliteForeignKey>> _byParent = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<SqliteObject>> _triggers = new(StringComparer.OrdinalIgnoreCase);

    internal IReadOnlyList<SqliteForeignKey> Keys => _keys;

    internal void Add(IReadOnlyList<SqliteForeignKey> keys)
    {
        foreach (var key in keys)
        {
            _keys.Add(key);
            if (!_byParent.TryGetValue(key.Parent, out var same)) _byParent[key.Parent] = same = [];
            same.Add(key);
        }
    }

    internal void Add(SqliteObject trigger)
    {
        if (!_triggers.TryGetValue(trigger.Table, out var same)) _triggers[trigger.Table] = same = [];
        same.Add(trigger);
    }

    /// <summary>The foreign keys that refer to a table.</summary>
    internal IReadOnlyList<SqliteForeignKey> To(string table) => _byParent.GetValueOrDefault(table, []);

    /// <summary>The triggers on a table.</summary>
    internal IReadOnlyList<SqliteObject> TriggersOn(string table) => _triggers.GetValueOrDefault(table, []);

    /// <summary>The foreign keys that refer to a table; with <see langword="null"/>, all.</summary>
    internal static async Task<List<SqliteForeignKey>> KeysAsync(DbConnection connection, DbTransaction? transaction, string? parent, CancellationToken cancellationToken)
    {
        // A virtual table, whose module may be missing, has no page of its own.
        await using var command = SqliteDatabase.Command(
            connection,
            transaction,
            """
            SELECT m.name, f.id, f."from", f."table", f.on_delete, f.on_update FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f
            WHERE m.type = 'table' AND m.rootpage > 0 AND m.sql LIKE '%references%' AND (@parent IS NULL OR f."table" = @parent COLLATE NOCASE)
            ORDER BY m.name, f.id, f.seq
            """,
            ("@parent", parent));
        return await ReadAsync(command, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The foreign keys of a table.</summary>
    internal static async Task<List<SqliteForeignKey>> KeysOfAsync(DbConnection connection, DbTransaction? transaction, string child, CancellationToken cancellationToken)
    {
        await using var command = SqliteDatabase.Command(
            connection, transaction, """SELECT @child, f.id, f."from", f."table", f.on_delete, f.on_update FROM pragma_foreign_key_list(@child) AS f ORDER BY f.id, f.seq""", ("@child", child));
        return await ReadAsync(command, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What may change along when something changes the named: tables, and words that are none.</summary>
    /// <param name="names">What is named.</param>
    /// <param name="follows">Which foreign keys pass a change on.</param>
    internal HashSet<string> Reach(IEnumerable<string> names, Func<SqliteForeignKey, bool> follows)
    {
        var reached = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (Keys.Count == 0 && _triggers.Count == 0) return reached;

        var waiting = new Queue<string>(names);
        var seen = new HashSet<string>(waiting, StringComparer.OrdinalIgnoreCase);
        while (waiting.TryDequeue(out var name))
        {
            foreach (var next in To(name).Where(follows).Select(static key => key.Child).Concat(TriggersOn(name).SelectMany(static trigger => trigger.Names.All)))
            {
                reached.Add(next);
                if (seen.Add(next)) waiting.Enqueue(next);
            }
        }

        return reached;
    }

    private static async Task<List<SqliteForeignKey>> ReadAsync(DbCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var keys = new List<SqliteForeignKey>();
        long last = -1;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var (child, id) = (reader.GetString(0), reader.GetInt64(1));
            if (keys.Count == 0 || keys[^1].Child != child || last != id) keys.Add(new SqliteForeignKey(child, reader.GetString(3), reader.GetString(4), reader.GetString(5)));
            keys[^1].Columns.Add(reader.GetString(2));
            last = id;
        }

        return keys;
    }
}
