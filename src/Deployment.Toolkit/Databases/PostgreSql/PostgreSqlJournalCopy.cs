using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Brings the journals that lie in the database along to the one that takes its place.</summary>
/// <param name="dump">The programs.</param>
/// <param name="schema">The journals' schema.</param>
internal sealed class PostgreSqlJournalCopy(PostgreSqlDump dump, string schema)
{
    /// <summary>Copies the schema as it is, while nobody can write into it.</summary>
    /// <param name="live">A connection to where it is.</param>
    /// <param name="made">Where it comes to.</param>
    /// <param name="beside">A file beside which one may be made.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task MakeAsync(DbConnection live, PostgreSqlOwnDatabase made, string beside, CancellationToken cancellationToken)
    {
        var tables = await TablesAsync(live, cancellationToken).ConfigureAwait(false);
        if (tables.Count == 0)
            return;

        // The rows, among which the journal's key may be, come into no file.
        var file = new BackupFile(beside + ".journal.tmp");
        try
        {
            await dump.WriteShapeAsync(file, schema, cancellationToken).ConfigureAwait(false);
            await dump.RestoreAsync(file, made.Name, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(file.Path);
        }

        await using var connection = await made.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        foreach (var table in tables)
            await CopyRowsAsync(live, connection, transaction, table, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<string>> TablesAsync(DbConnection live, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            live,
            null,
            "SELECT c.relname::text FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = "
                + "@schema AND c.relkind = 'r' ORDER BY 1",
            ("@schema", schema)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var tables = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            tables.Add($"{PostgreSqlNames.QuotePart(schema)}.{PostgreSqlNames.QuotePart(reader.GetString(0))}");
        return tables;
    }

    private static async Task CopyRowsAsync(
        DbConnection from,
        DbConnection to,
        DbTransaction transaction,
        string table,
        CancellationToken cancellationToken
    )
    {
        await using var select = Sql.Command(from, null, $"SELECT * FROM {table}");
        await using var reader = await select.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var columns = Enumerable.Range(0, reader.FieldCount).ToList();
        var insert =
            $"INSERT INTO {table} ({string.Join(", ", columns.Select(column => PostgreSqlNames.QuotePart(reader.GetName(column))))}) VALUES ("
            + $"{string.Join(", ", columns.Select(static column => string.Create(CultureInfo.InvariantCulture, $"@p{column}")))})";
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            await Sql.ExecuteAsync(
                    to,
                    transaction,
                    insert,
                    cancellationToken,
                    [
                        .. columns.Select(column =>
                            (string.Create(CultureInfo.InvariantCulture, $"@p{column}"), (object?)reader.GetValue(column))
                        ),
                    ]
                )
                .ConfigureAwait(false);
    }
}
