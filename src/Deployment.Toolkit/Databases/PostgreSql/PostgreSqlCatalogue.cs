using System.Data.Common;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// What a database's catalogue says, read in two queries whatever it holds. What belongs to an extension comes and goes with that. Tables
/// of the schema in which the history lies are called by their names alone, others with their schema.
/// </summary>
internal sealed class PostgreSqlCatalogue() : Catalogue(StringComparer.Ordinal)
{
    private readonly Dictionary<string, CatalogueObject> _otherwise = new(StringComparer.Ordinal);

    /// <summary>As scripts may write it: with the schema, or without where no table of the history's schema has the name.</summary>
    internal override CatalogueObject? FindTable(string name) => base.FindTable(name) ?? _otherwise.GetValueOrDefault(name);

    // Of what others changed nothing can be told from what was added.
    internal override Task<bool> TryReadAddedAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => Task.FromResult(false);

    internal static async Task<PostgreSqlCatalogue> ReadAsync(
        PostgreSqlDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var catalogue = new PostgreSqlCatalogue();
        await using (var command = Command(dialect, connection, transaction, PostgreSqlCatalogueQuery.Objects))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                catalogue.Add(
                    dialect,
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.IsDBNull(4) ? "" : reader.GetString(4),
                    reader.GetBoolean(5)
                );
        }

        await using (var command = Command(dialect, connection, transaction, PostgreSqlCatalogueQuery.ForeignKeys))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var keys = new List<ForeignKey>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var key = new ForeignKey(
                    dialect.NameOf(reader.GetString(0), reader.GetString(1)),
                    dialect.NameOf(reader.GetString(2), reader.GetString(3)),
                    ActionOf(reader.GetString(4)),
                    ActionOf(reader.GetString(5))
                );
                key.Columns.AddRange(reader.GetString(6).Split('\n'));
                keys.Add(key);
            }

            catalogue.References.Add(keys);
        }

        return catalogue;
    }

    private void Add(PostgreSqlDialect dialect, string type, string schema, string name, string table, string sql, bool hasRows)
    {
        var title = dialect.NameOf(schema, name);
        var source = hasRows ? $"{PostgreSqlNames.QuotePart(schema)}.{PostgreSqlNames.QuotePart(name)}" : null;
        var found = new PostgreSqlObject(dialect, type, title, table.Length == 0 ? title : dialect.NameOf(schema, table), sql, source);
        Add(found);
        if (type == CatalogueObject.TableType)
        {
            _otherwise.TryAdd($"{schema}.{name}", found);
            _otherwise.TryAdd(name, found);
        }
        else if (type == "function")
        {
            var bare = name[..name.IndexOf('(', StringComparison.Ordinal)];
            References.AddRoutine(bare, found);
        }
    }

    private static DbCommand Command(PostgreSqlDialect dialect, DbConnection connection, DbTransaction transaction, string text)
    {
        var command = Sql.Command(
            connection,
            transaction,
            text,
            ("@home", dialect.Schema),
            ("@own", string.Join(' ', OwnTables.All)),
            ("@journal", dialect.JournalSchema ?? "")
        );
        command.CommandTimeout = 0;
        return command;
    }

    private static string ActionOf(string code) =>
        code switch
        {
            "c" => "CASCADE",
            "n" => "SET NULL",
            "d" => "SET DEFAULT",
            "r" => "RESTRICT",
            _ => "NO ACTION",
        };
}
