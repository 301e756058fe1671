using System.Data.Common;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// Runs statements outside a transaction so that an attempt that was cut off can go on: what is done isn't done again, and the invalid
/// index that a CREATE INDEX CONCURRENTLY leaves when it breaks off is found.
/// </summary>
internal static class PostgreSqlOutside
{
    private static readonly TimeSpan s_cleanUp = TimeSpan.FromSeconds(30);

    internal static async Task RunAsync(
        DbConnection connection,
        string statement,
        EarlierAttempt earlier,
        CancellationToken cancellationToken
    )
    {
        var words = new PostgreSqlWords(statement);
        // What is set for the connection is not set on this one.
        if (earlier is EarlierAttempt.Everything && !words.StartsWith("SET") && !words.StartsWith("RESET"))
            return;
        if (IndexOf(words) is { } index)
            await CreateAsync(connection, statement, index, earlier, cancellationToken).ConfigureAwait(false);
        else if (
            earlier is not EarlierAttempt.Perhaps
            || !await IsDoneAsync(connection, statement, cancellationToken).ConfigureAwait(false)
        )
            await ExecuteAsync(connection, statement, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops the index that a statement made, or half of one.</summary>
    internal static async Task TakeBackAsync(
        DbConnection connection,
        string statement,
        EarlierAttempt earlier,
        CancellationToken cancellationToken
    )
    {
        if (
            IndexOf(new PostgreSqlWords(statement)) is not { } index
            || await FindAsync(connection, index, cancellationToken).ConfigureAwait(false) is not { } found
        )
            return;
        // One that is whole may have been there before.
        if (!found.IsValid || earlier is EarlierAttempt.Everything)
            await ExecuteAsync(connection, $"DROP INDEX CONCURRENTLY {found.Name}", cancellationToken).ConfigureAwait(false);
    }

    private static async Task CreateAsync(
        DbConnection connection,
        string statement,
        IndexName index,
        EarlierAttempt earlier,
        CancellationToken cancellationToken
    )
    {
        var before = await FindAsync(connection, index, cancellationToken).ConfigureAwait(false);
        if (before is not null && earlier is EarlierAttempt.Perhaps)
        {
            if (before.IsValid)
                return;
            await ExecuteAsync(connection, $"DROP INDEX CONCURRENTLY {before.Name}", cancellationToken).ConfigureAwait(false);
            before = null;
        }

        // PostgreSQL would say that one exists, or with IF NOT EXISTS nothing.
        if (before is { IsValid: false })
            throw new InvalidOperationException(
                $"index {before.Name} is there and invalid: an earlier CREATE INDEX CONCURRENTLY broke off. Drop it with 'DROP INDEX "
                    + $"CONCURRENTLY {before.Name}'"
            );
        try
        {
            await ExecuteAsync(connection, statement, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException) when (before is null)
        {
            await TryDropInvalidAsync(connection, index).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task TryDropInvalidAsync(DbConnection connection, IndexName index)
    {
        // It waits for everybody who has the table open.
        using var limit = new CancellationTokenSource(s_cleanUp);
        try
        {
            if (await FindAsync(connection, index, limit.Token).ConfigureAwait(false) is { IsValid: false } left)
                await ExecuteAsync(connection, $"DROP INDEX CONCURRENTLY {left.Name}", limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or OperationCanceledException)
        {
            // The connection is gone, or somebody holds the table. What failed is told; the next attempt finds what is left.
        }
    }

    private static async Task<FoundIndex?> FindAsync(DbConnection connection, IndexName index, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            connection,
            null,
            "SELECT i.indexrelid::regclass::text, i.indisvalid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE "
                + "c.relname = @name AND i.indrelid = to_regclass(@table)",
            ("@name", index.Name),
            ("@table", index.Table)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new FoundIndex(reader.GetString(0), reader.GetBoolean(1))
            : null;
    }

    private static async Task<bool> IsDoneAsync(DbConnection connection, string statement, CancellationToken cancellationToken)
    {
        var words = new PostgreSqlWords(statement);
        if (words.Take("DROP", "INDEX"))
        {
            _ = words.Take("CONCURRENTLY");
            words.TakeIf();
            return words.TakeTable() is { } index
                && await IsAsync("to_regclass(@name) IS NULL", PostgreSqlNames.Quote(index)).ConfigureAwait(false);
        }

        if (words.Take("ALTER", "TYPE"))
            return words.TakeTable() is { } type
                && words.Take("ADD", "VALUE")
                && words.TakeIf() is var _
                && words.Here is { Kind: PostgreSqlTokenKind.String } label
                && await IsAsync(
                        $"EXISTS (SELECT FROM pg_enum WHERE enumtypid = to_regtype(@name) AND enumlabel = {label.In(statement)})",
                        PostgreSqlNames.Quote(type)
                    )
                    .ConfigureAwait(false);
        var makes = words.Take("CREATE", "DATABASE");
        if (makes || words.Take("DROP", "DATABASE"))
        {
            words.TakeIf();
            return words.TakeName() is { } database
                && await IsAsync("EXISTS (SELECT FROM pg_database WHERE datname = @name)", database).ConfigureAwait(false) == makes;
        }

        if (words.Take("ALTER", "TABLE") && words.TakeTable() is { } table && words.Take("DETACH", "PARTITION"))
            return words.TakeTable() is { } part
                && await IsAsync(
                        "NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass(@name) AND inhparent = to_regclass(@parent))",
                        PostgreSqlNames.Quote(part),
                        ("@parent", PostgreSqlNames.Quote(table))
                    )
                    .ConfigureAwait(false);
        return false;

        async Task<bool> IsAsync(string condition, string name, params (string Name, object? Value)[] more) =>
            await Sql.ScalarAsync(connection, null, $"SELECT {condition}", cancellationToken, [("@name", name), .. more])
                .ConfigureAwait(false)
                is true;
    }

    private static IndexName? IndexOf(PostgreSqlWords words)
    {
        words = new PostgreSqlWords(words.Text);
        if (!words.Take("CREATE"))
            return null;
        _ = words.Take("UNIQUE");
        if (!words.Take("INDEX") || !words.Take("CONCURRENTLY"))
            return null;

        words.TakeIf();
        var name = words.Take("ON") ? "" : words.TakeName();
        return name is not null && (name.Length == 0 || words.Take("ON")) && words.TakeTable() is { } table
            ? new IndexName(name, PostgreSqlNames.Quote(table))
            : null;
    }

    private static Task ExecuteAsync(DbConnection connection, string statement, CancellationToken cancellationToken) =>
        PostgreSqlStatement.ExecuteAsync(connection, null, statement, cancellationToken);

    private sealed record IndexName(string Name, string Table);

    private sealed record FoundIndex(string Name, bool IsValid);
}
