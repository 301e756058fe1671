using System.Data.Common;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>Asks SQLite for foreign keys.</summary>
internal static class SqliteForeignKeys
{
    /// <summary>The foreign keys that refer to a table; with <see langword="null"/>, all.</summary>
    internal static async Task<List<ForeignKey>> KeysAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string? parent,
        CancellationToken cancellationToken
    )
    {
        // A virtual table, whose module may be missing, has no page of its own.
        await using var command = Sql.Command(
            connection,
            transaction,
            """
            SELECT m.name, f.id, f."from", f."table", f.on_delete, f.on_update FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f
            WHERE m.type = 'table' AND m.rootpage > 0 AND m.sql LIKE '%references%' AND (@parent IS NULL OR f."table" = @parent COLLATE NOCASE)
            ORDER BY m.name, f.id, f.seq
            """,
            ("@parent", parent)
        );
        return await ReadAsync(command, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The foreign keys of a table.</summary>
    internal static async Task<List<ForeignKey>> KeysOfAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string child,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            transaction,
            """SELECT @child, f.id, f."from", f."table", f.on_delete, f.on_update FROM pragma_foreign_key_list(@child) AS f ORDER BY f.id, f.seq""",
            ("@child", child)
        );
        return await ReadAsync(command, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<List<ForeignKey>> ReadAsync(DbCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var keys = new List<ForeignKey>();
        long last = -1;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var (child, id) = (reader.GetString(0), reader.GetInt64(1));
            if (keys.Count == 0 || keys[^1].Child != child || last != id)
                keys.Add(new ForeignKey(child, reader.GetString(3), reader.GetString(4), reader.GetString(5)));
            keys[^1].Columns.Add(reader.GetString(2));
            last = id;
        }

        return keys;
    }
}
