using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// What a database's catalogue says: of each table and view what the server itself writes of it, of the rest what makes it. Counters are no
/// part of it, which go on with every row.
/// </summary>
internal sealed partial class MySqlCatalogue() : Catalogue(StringComparer.OrdinalIgnoreCase)
{
    // Of others' changes nothing can be told from what was added.
    internal override Task<bool> TryReadAddedAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) => Task.FromResult(false);

    /// <summary>A table by its name, also with this database before it.</summary>
    internal override CatalogueObject? FindTable(string name) =>
        base.FindTable(name)
        ?? (
            Database is { } own && name.StartsWith(own + ".", StringComparison.OrdinalIgnoreCase)
                ? base.FindTable(name[(own.Length + 1)..])
                : null
        );

    private string? Database { get; init; }

    internal static async Task<MySqlCatalogue> ReadAsync(
        MySqlDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        Func<string, bool> regards,
        CancellationToken cancellationToken
    )
    {
        var catalogue = new MySqlCatalogue { Database = dialect.Database };
        foreach (
            var row in await RowsAsync(
                    connection,
                    transaction,
                    "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name",
                    cancellationToken
                )
                .ConfigureAwait(false)
        )
        {
            var (name, isTable) = (row[0]!, row[1] is "BASE TABLE" or "SYSTEM VERSIONED");
            if (IsToolkits(dialect, name) || !regards(name))
                continue;
            var sql = await DefinitionAsync(connection, transaction, name, cancellationToken).ConfigureAwait(false);
            catalogue.Add(
                new MySqlObject(
                    dialect,
                    isTable ? CatalogueObject.TableType
                        : row[1] is "SEQUENCE" ? "sequence"
                        : "view",
                    name,
                    name,
                    sql,
                    isTable ? MySqlNames.QuotePart(name) : null
                )
            );
        }

        await catalogue.AddOthersAsync(dialect, connection, transaction, regards, cancellationToken).ConfigureAwait(false);
        await catalogue.AddKeysAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        return catalogue;
    }

    private async Task AddOthersAsync(
        MySqlDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        Func<string, bool> regards,
        CancellationToken cancellationToken
    )
    {
        var parameters = (
            await RowsAsync(connection, transaction, MySqlCatalogueQuery.Parameters, cancellationToken).ConfigureAwait(false)
        ).ToLookup(static row => (row[0]!, row[1]!), static row => string.Join(' ', row.Skip(2)));
        foreach (var question in MySqlCatalogueQuery.Others)
        {
            foreach (var row in await RowsAsync(connection, transaction, question, cancellationToken).ConfigureAwait(false))
            {
                var (type, name, table) = (row[0]!, row[1]!, row[2]!);
                if (!regards(name) && (table.Length == 0 || !regards(table)))
                    continue;
                // The client writes a blank behind a comment where there is none, and so does a dump that it restored.
                var sql = string.Join(' ', row.Skip(3).Concat(parameters[(type, name)]).Where(static part => part is not null))
                    .Replace("*/ ", "*/", StringComparison.Ordinal);
                var found = new MySqlObject(dialect, type, name, table, sql, null);
                Add(found);
                if (type is "function" or "procedure")
                    References.AddRoutine(name, found);
            }
        }
    }

    private async Task AddKeysAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        var columns = (
            await RowsAsync(connection, transaction, MySqlCatalogueQuery.ForeignKeyColumns, cancellationToken).ConfigureAwait(false)
        ).ToLookup(static row => (row[0]!, row[1]!), static row => row[2]!);
        var keys = new List<ForeignKey>();
        foreach (
            var row in await RowsAsync(connection, transaction, MySqlCatalogueQuery.ForeignKeys, cancellationToken).ConfigureAwait(false)
        )
        {
            var key = new ForeignKey(row[1]!, row[2]!, row[3]!, row[4]!);
            key.Columns.AddRange(columns[(row[0]!, row[1]!)]);
            keys.Add(key);
        }

        References.Add(keys);
    }

    private static bool IsToolkits(MySqlDialect dialect, string name) =>
        OwnTables.Contains(name) || (dialect.JournalPrefix is { } prefix && name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>What the server writes of a table, a view or a sequence.</summary>
    private static async Task<string> DefinitionAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string name,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var command = Sql.Command(connection, transaction, $"SHOW CREATE TABLE {MySqlNames.QuotePart(name)}");
            command.CommandTimeout = 0;
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                ? Counter().Replace(Convert.ToString(reader.GetValue(1), CultureInfo.InvariantCulture) ?? "", "")
                : "";
        }
        // A view of what is no more there, or a table that went in between.
        catch (DbException e) when (MySqlFault.NumberOf(e) is 1356 or 1146 or 1142 or 1449)
        {
            return "";
        }
    }

    /// <summary>The rows of a question, as texts.</summary>
    internal static async Task<List<string?[]>> RowsAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string text,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, transaction, text);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var row = new string?[reader.FieldCount];
            for (var at = 0; at < row.Length; at++)
                row[at] = reader.IsDBNull(at) ? null : Convert.ToString(reader.GetValue(at), CultureInfo.InvariantCulture);
            rows.Add(row);
        }

        return rows;
    }

    [GeneratedRegex(@" AUTO_INCREMENT=\d+(?= |$)", RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Counter();
}
