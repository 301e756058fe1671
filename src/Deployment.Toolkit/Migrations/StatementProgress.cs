using System.Data.Common;
using System.Globalization;
using System.Text;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// How far a script is whose statements are committed one by one. What is noted is plain ASCII: a script may have set another character set
/// for the connection.
/// </summary>
/// <param name="Hash">Of the statements that are done, in their order.</param>
/// <param name="Sent">The statement that was sent, and isn't known to be done.</param>
/// <param name="State">What its objects looked like before.</param>
internal sealed record StatementProgress(string Hash, string? Sent, string? State)
{
    internal const string Columns = ", done_hash, sent, sent_state";

    private const string Table = OwnTables.Attempts;

    internal static StatementProgress Of(DbDataReader reader, int at) =>
        new(
            reader.IsDBNull(at) ? "" : reader.GetString(at),
            reader.IsDBNull(at + 1) ? null : Encoding.UTF8.GetString(Convert.FromBase64String(reader.GetString(at + 1))),
            reader.IsDBNull(at + 2) ? null : reader.GetString(at + 2)
        );

    /// <summary>Of the first statements of a script.</summary>
    internal static string HashOf(IEnumerable<SqlStatement> statements)
    {
        using var done = new DoneStatements(statements);
        return done.Hash;
    }

    internal static Task EnsureTableAsync(DatabaseDialect dialect, DbConnection connection, CancellationToken cancellationToken)
    {
        var (_, key, text, integer, _) = dialect.Types;
        return Sql.ExecuteAsync(
            connection,
            null,
            $"CREATE TABLE IF NOT EXISTS {dialect.Own(Table)} (version {key} NOT NULL PRIMARY KEY, direction {text} NOT NULL, run {text} NOT NULL, "
                + $"fence {integer} NOT NULL, begun_at {text} NOT NULL, done {integer} NOT NULL DEFAULT 0, done_hash {text}, sent {text}, sent_state "
                + $"{text}){dialect.OwnTableOptions}",
            cancellationToken
        );
    }

    /// <summary>Begins, or goes on with what was begun, and commits that.</summary>
    internal static async Task BeginAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction transaction,
        string version,
        MigrationDirection direction,
        MigrationWriter writer,
        DateTimeOffset at,
        bool goesOn,
        CancellationToken cancellationToken
    )
    {
        if (!goesOn)
        {
            await Sql.ExecuteAsync(
                    connection,
                    transaction,
                    $"DELETE FROM {dialect.Own(Table)} WHERE version = @version",
                    cancellationToken,
                    ("@version", version)
                )
                .ConfigureAwait(false);
            await Sql.ExecuteAsync(
                    connection,
                    transaction,
                    $"INSERT INTO {dialect.Own(Table)} (version, direction, run, fence, begun_at, done) VALUES (@version, @direction, @run, @fence, "
                        + $"@at, 0)",
                    cancellationToken,
                    ("@version", version),
                    ("@direction", direction.ToString()),
                    ("@run", writer.Run),
                    ("@fence", writer.Fence),
                    ("@at", at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))
                )
                .ConfigureAwait(false);
            await CommitAsync(transaction, cancellationToken).ConfigureAwait(false);
            return;
        }

        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"UPDATE {dialect.Own(Table)} SET run = @run, fence = @fence WHERE version = @version",
                cancellationToken,
                ("@version", version),
                ("@run", writer.Run),
                ("@fence", writer.Fence)
            )
            .ConfigureAwait(false);
        await CommitAsync(transaction, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that a statement is about to be sent.</summary>
    internal static Task SendAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        string version,
        MigrationWriter writer,
        string statement,
        string state,
        CancellationToken cancellationToken
    ) =>
        UpdateAsync(
            dialect,
            connection,
            null,
            version,
            writer,
            "sent = @sent, sent_state = @state",
            cancellationToken,
            ("@sent", Convert.ToBase64String(Encoding.UTF8.GetBytes(statement))),
            ("@state", state)
        );

    /// <summary>Notes how many statements are done.</summary>
    internal static Task AdvanceAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        string version,
        MigrationWriter writer,
        DoneStatements done,
        CancellationToken cancellationToken
    ) =>
        UpdateAsync(
            dialect,
            connection,
            transaction,
            version,
            writer,
            "done = @done, done_hash = @hash, sent = NULL, sent_state = NULL",
            cancellationToken,
            ("@done", done.Count),
            ("@hash", done.Hash)
        );

    private static async Task CommitAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    // Only as long as nobody else goes on with it: a process that was away for long must not write over that.
    private static async Task UpdateAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        string version,
        MigrationWriter writer,
        string set,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] values
    )
    {
        await using var command = Sql.Command(
            connection,
            transaction,
            $"UPDATE {dialect.Own(Table)} SET {set} WHERE version = @version AND run = @run AND fence = @fence",
            [.. values, ("@version", version), ("@run", writer.Run), ("@fence", writer.Fence)]
        );
        if (await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) > 0)
            return;

        // A driver may count only rows that became others.
        if (
            await Sql.ScalarAsync(
                    connection,
                    transaction,
                    $"SELECT 1 FROM {dialect.Own(Table)} WHERE version = @version AND run = @run AND fence = @fence",
                    cancellationToken,
                    ("@version", version),
                    ("@run", writer.Run),
                    ("@fence", writer.Fence)
                )
                .ConfigureAwait(false)
            is null
        )
            throw HalfApplied.TakenOver(version);
    }
}
