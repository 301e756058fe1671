using System.Data.Common;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>Asks for columns.</summary>
internal static class MySqlColumns
{
    internal static async Task<IReadOnlyList<CatalogueColumn>> ReadAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            transaction,
            "SELECT column_name, column_default, data_type, column_key, extra, generation_expression, is_nullable, VERSION() LIKE '%MariaDB%' FROM "
                + "information_schema.columns WHERE table_schema = DATABASE() AND table_name = @table ORDER BY ordinal_position",
            ("@table", BareName(table))
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var columns = new List<CatalogueColumn>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            columns.Add(
                new CatalogueColumn(
                    reader.GetString(0),
                    LiteralOf(
                        reader.IsDBNull(1) ? null : reader.GetString(1),
                        reader.GetString(2),
                        reader.GetString(4),
                        isExpression: Convert.ToInt64(reader.GetValue(7), System.Globalization.CultureInfo.InvariantCulture) != 0
                    ),
                    reader.GetString(3) == "PRI",
                    !reader.IsDBNull(5) && reader.GetString(5).Length > 0
                )
            );
        return columns;
    }

    internal static async Task<string?> DefaultAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        string column,
        CancellationToken cancellationToken
    ) =>
        (await ReadAsync(connection, transaction, table, cancellationToken).ConfigureAwait(false))
            .FirstOrDefault(found => found.Name.Equals(column, StringComparison.OrdinalIgnoreCase))
            ?.Literal;

    internal static async Task<bool> HasTableAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        CancellationToken cancellationToken
    ) => (await FindTablesAsync(connection, transaction, [table], cancellationToken).ConfigureAwait(false)).Count > 0;

    internal static async Task<IReadOnlySet<string>> FindTablesAsync(
        DbConnection connection,
        DbTransaction? transaction,
        IReadOnlyList<string> tables,
        CancellationToken cancellationToken
    )
    {
        // The server compares names without regard to case, and tells them as they were made.
        var found = (
            await Sql.TextsAsync(
                    connection,
                    transaction,
                    [.. tables.Select(BareName)],
                    static names =>
                        $"SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN ({names})",
                    cancellationToken
                )
                .ConfigureAwait(false)
        ).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return tables.Where(table => found.Contains(BareName(table))).ToHashSet(StringComparer.Ordinal);
    }

    internal static async Task<bool> HasAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        string column,
        CancellationToken cancellationToken
    ) =>
        await Sql.ScalarAsync(
                connection,
                transaction,
                "SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = @table AND column_name = "
                    + "@column",
                cancellationToken,
                ("@table", BareName(table)),
                ("@column", column)
            )
            .ConfigureAwait(false)
            is not null;

    internal static string BareName(string table) => table[(table.LastIndexOf('.') + 1)..];

    // MariaDB writes a default as an expression ('x', 7, current_timestamp()), MySQL as the bare value. What is computed when a row is
    // added says nothing of a row that is there.
    private static string LiteralOf(string? text, string type, string extra, bool isExpression)
    {
        if (text is null || extra.Contains("DEFAULT_GENERATED", StringComparison.OrdinalIgnoreCase))
            return "NULL";

        MySqlToken[] tokens = [.. MySqlTokenizer.ReadWords(text)];
        var isNumber =
            tokens.Length is 1 or 2 && tokens[^1].Kind is MySqlTokenKind.Number && (tokens.Length == 1 || tokens[0].Is(text, "-"));
        if (isNumber && type is not ("char" or "varchar" or "text"))
            return text;
        if (isExpression)
            return tokens is [{ Kind: MySqlTokenKind.String }] or [{ Kind: MySqlTokenKind.Number }] ? text : "NULL";
        return text.StartsWith("CURRENT_TIMESTAMP", StringComparison.OrdinalIgnoreCase)
            ? "NULL"
            : $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";
    }
}
