using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Tells what became of a statement that was sent when the process, the connection or the server ended. The server does each of them as a
/// whole or not at all, so that it is enough to know what its objects looked like before: that is noted, and compared.
/// </summary>
internal static class MySqlDoubt
{
    private const string Code = "what it runs may have done part of its work, of which the server keeps no account";

    // What a comparison of definitions shows.
    private static readonly string[] Shown = ["CREATE", "ALTER", "DROP", "RENAME"];

    // These do the same again.
    private static readonly string[] Repeatable = ["ANALYZE", "OPTIMIZE", "CHECK", "CHECKSUM", "REPAIR", "FLUSH", "CACHE", "GRANT", "SET"];

    private static readonly string[] Accounts = ["USER", "ROLE"];

    /// <summary>What a statement's objects look like, in one line.</summary>
    internal static async Task<string> StateAsync(
        MySqlDialect dialect,
        DbConnection connection,
        string statement,
        CancellationToken cancellationToken
    )
    {
        var names = MySqlDestruction.NamesIn(statement);
        var catalogue = await MySqlCatalogue.ReadAsync(dialect, connection, null, names.Contains, cancellationToken).ConfigureAwait(false);
        var text = new StringBuilder();
        foreach (var found in catalogue.Objects)
            text.Append(found.Key).Append('\n').Append(found.Sql).Append('\0');
        if (new MySqlWords(statement).StartsWith("ALTER", "DATABASE") || new MySqlWords(statement).StartsWith("ALTER", "SCHEMA"))
            text.Append(
                await Sql.ScalarAsync(
                        connection,
                        null,
                        "SELECT CONCAT(@@character_set_database, ' ', @@collation_database)",
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Judges.</summary>
    /// <param name="dialect">The dialect.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="statement">What was sent.</param>
    /// <param name="before">What <see cref="StateAsync"/> said before.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<StatementEffect> JudgeAsync(
        MySqlDialect dialect,
        DbConnection connection,
        string statement,
        string before,
        CancellationToken cancellationToken
    )
    {
        var words = new MySqlWords(statement);
        if (MySqlStatementRules.Shares(words) || Array.Exists(Repeatable, word => words.StartsWith(word)))
            return StatementEffect.NotDone;
        if (words.Take("TRUNCATE"))
        {
            _ = words.Take("TABLE");
            return words.TakeTable() is { } emptied && await IsEmptyAsync(connection, emptied, cancellationToken).ConfigureAwait(false)
                ? StatementEffect.Done
                : StatementEffect.Unknown("the table has rows, which may be older than the statement or newer");
        }

        if (!Array.Exists(Shown, word => words.StartsWith(word)))
            return StatementEffect.Unknown(Code);
        if (words.StartsWith("ALTER", "TABLE") && (words.Has("EXCHANGE") || words.Has("TRUNCATE") || words.Has("TABLESPACE")))
            return StatementEffect.Unknown("it moves rows, which no definition shows");

        var isChanged = before != await StateAsync(dialect, connection, statement, cancellationToken).ConfigureAwait(false);
        var drops = words.Take("DROP");
        var creates = words.Take("CREATE");
        var kind = words.TakeKind();
        if (Array.Exists(Accounts, account => account == kind))
            return words.TakeIf() ? StatementEffect.NotDone : StatementEffect.Unknown("accounts are the server's, not the database's");
        if (drops && kind is "TABLE" or "VIEW" && isChanged)
            return await OfDropAsync(connection, words, kind, cancellationToken).ConfigureAwait(false);
        if (!creates || kind is not "TABLE")
            return isChanged ? StatementEffect.Done : StatementEffect.NotDone;

        // A server that breaks down within CREATE OR REPLACE may have dropped the one and not made the other.
        _ = words.TakeIf();
        var table = words.TakeTable();
        if (table is null || !await IsThereAsync(connection, table, cancellationToken).ConfigureAwait(false))
            return StatementEffect.NotDone;
        return isChanged ? StatementEffect.Done
            : words.StartsWith("CREATE", "OR", "REPLACE") && !await IsEmptyAsync(connection, table, cancellationToken).ConfigureAwait(false)
                ? StatementEffect.Unknown("the table is as it was, and has rows that it would lose if it were made once more")
            : StatementEffect.NotDone;
    }

    // Of several tables each goes by itself.
    private static async Task<StatementEffect> OfDropAsync(
        DbConnection connection,
        MySqlWords words,
        string kind,
        CancellationToken cancellationToken
    )
    {
        _ = words.TakeIf();
        if (words.TakeTables() is not { } tables)
            return StatementEffect.Done;

        var left = new List<string>();
        foreach (var table in tables)
        {
            if (await IsThereAsync(connection, table, cancellationToken).ConfigureAwait(false))
                left.Add(MySqlNames.Quote(table));
        }

        return left.Count == 0
            ? StatementEffect.Done
            : StatementEffect.NotDone with
            {
                Rest = $"DROP {kind} IF EXISTS {string.Join(", ", left)}",
            };
    }

    private static Task<bool> IsThereAsync(DbConnection connection, string table, CancellationToken cancellationToken) =>
        MySqlColumns.HasTableAsync(connection, null, table, cancellationToken);

    private static async Task<bool> IsEmptyAsync(DbConnection connection, string table, CancellationToken cancellationToken) =>
        await IsThereAsync(connection, table, cancellationToken).ConfigureAwait(false)
        && await Sql.ScalarAsync(connection, null, $"SELECT 1 FROM {MySqlNames.Quote(table)} LIMIT 1", cancellationToken)
            .ConfigureAwait(false)
            is null;
}
