using System.Data.Common;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Asks for columns.</summary>
internal static class PostgreSqlColumns
{
    private const string Table = """
        (SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f') AND ((n.nspname = @home AND c.relname = @table) OR n.nspname || '.' || c.relname = @table)
        ORDER BY n.nspname = @home AND c.relname = @table DESC LIMIT 1)
        """;

    internal static async Task<IReadOnlyList<CatalogueColumn>> ReadAsync(
        PostgreSqlDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            transaction,
            $"""
            SELECT a.attname::text, pg_get_expr(d.adbin, d.adrelid), format_type(a.atttypid, a.atttypmod), a.attgenerated <> '',
                EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey))
            FROM pg_attribute AS a LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = {Table} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """,
            ("@home", dialect.Schema),
            ("@table", table)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var columns = new List<CatalogueColumn>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            columns.Add(
                new CatalogueColumn(
                    reader.GetString(0),
                    LiteralOf(reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetString(2)),
                    reader.GetBoolean(4),
                    reader.GetBoolean(3)
                )
            );
        return columns;
    }

    // A sequence that counts down is told as one that counts up.
    internal static async Task<IReadOnlyDictionary<string, long>> CountersAsync(
        PostgreSqlDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            transaction,
            """
            SELECT s.schemaname::text, s.sequencename::text, sign(s.increment_by)::bigint * coalesce(s.last_value, s.start_value - s.increment_by)
            FROM pg_catalog.pg_sequences AS s
            WHERE s.schemaname !~ '^pg_' AND s.schemaname <> @journal AND s.start_value > -9223372036854775808 AND NOT s.cycle
                AND has_sequence_privilege(format('%I.%I', s.schemaname, s.sequencename), 'SELECT, USAGE')
            """,
            ("@journal", dialect.JournalSchema ?? "")
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var counters = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var (schema, name) = (reader.GetString(0), reader.GetString(1));
            if (!OwnTables.All.Any(table => name.StartsWith(table + "_", StringComparison.Ordinal)))
                counters[dialect.NameOf(schema, name)] = reader.GetInt64(2);
        }

        return counters;
    }

    internal static async Task<IReadOnlySet<string>> FindTablesAsync(
        PostgreSqlDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        IReadOnlyList<string> tables,
        CancellationToken cancellationToken
    ) =>
        (
            await Sql.TextsAsync(
                    connection,
                    transaction,
                    tables,
                    static names =>
                        "SELECT c.relname::text FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
                        + $"WHERE n.nspname = @home AND c.relname IN ({names}) AND c.relkind IN ('r', 'p')",
                    cancellationToken,
                    ("@home", dialect.Schema)
                )
                .ConfigureAwait(false)
        ).ToHashSet(StringComparer.Ordinal);

    internal static async Task<bool> HasAsync(
        PostgreSqlDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        string column,
        CancellationToken cancellationToken
    ) =>
        await Sql.ScalarAsync(
                connection,
                transaction,
                $"SELECT 1 FROM pg_attribute AS a WHERE a.attrelid = {Table} AND a.attname = @column AND NOT a.attisdropped",
                cancellationToken,
                ("@home", dialect.Schema),
                ("@table", table),
                ("@column", column)
            )
            .ConfigureAwait(false)
            is not null;

    // A default that is computed when a row is added (now(), nextval(…)) says nothing of a row that is there. It is brought to the column's
    // type, in which a row has it.
    private static string LiteralOf(string? text, string type)
    {
        if (text is null)
            return "NULL";

        PostgreSqlToken[] tokens = [.. PostgreSqlTokenizer.ReadSignificant(text)];
        var at = tokens.Length > 1 && (tokens[0].Is(text, "-") || tokens[0].Is(text, "(")) ? 1 : 0;
        if (at < tokens.Length && tokens[0].Is(text, "(") && tokens[at].Is(text, "-"))
            at++;
        var isLiteral =
            at < tokens.Length
            && (
                tokens[at].Kind is PostgreSqlTokenKind.Number or PostgreSqlTokenKind.String
                || tokens[at].Is(text, "TRUE")
                || tokens[at].Is(text, "FALSE")
            )
            && tokens.Skip(at + 1).All(token => !token.Is(text, "(") || IsTypeModifier(text, tokens, token));
        return isLiteral ? $"(({text})::{type})" : "NULL";
    }

    // 'x'::character varying(20)
    private static bool IsTypeModifier(string text, PostgreSqlToken[] tokens, PostgreSqlToken parenthesis) =>
        Array.FindIndex(tokens, token => token.Is(text, "::")) is var cast
        && cast >= 0
        && tokens[cast].Start < parenthesis.Start
        && !tokens
            .Skip(cast + 1)
            .Any(token => token.Kind is PostgreSqlTokenKind.Operator && "+-*/|&^%".Contains(text[token.Start], StringComparison.Ordinal));
}
