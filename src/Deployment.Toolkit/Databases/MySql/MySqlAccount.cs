using System.Data.Common;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>What the deploying account may do on its server, and what stands in the way of copies.</summary>
internal static class MySqlAccount
{
    /// <summary>Why it can make no databases, and what to do, as a clause and a sentence; <see langword="null"/> when it can.</summary>
    internal static async Task<(string Why, string Mend)?> WhyNoDatabasesAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        // 'name'@'host', as the catalogue writes it. Of a pattern for databases the server takes _ and % as LIKE does.
        const string mine =
            "CONCAT('''', SUBSTRING_INDEX(CURRENT_USER(), '@', 1), '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')";
        var may = await Sql.ScalarAsync(
                connection,
                null,
                $"SELECT 1 FROM information_schema.user_privileges WHERE grantee = {mine} AND privilege_type = 'CREATE' UNION SELECT 1 FROM "
                    + $"information_schema.schema_privileges WHERE grantee = {mine} AND privilege_type = 'CREATE' AND "
                    + $"'{MySqlOwnDatabase.Prefix}_0_backup_0' LIKE table_schema",
                cancellationToken
            )
            .ConfigureAwait(false);
        if (may is not null)
            return null;

        var user = Quote(await NameAsync(connection, cancellationToken).ConfigureAwait(false));
        return (
            $"account {user} may not create databases beside it",
            $"Let an administrator run 'GRANT ALL ON `{MySqlOwnDatabase.Prefix.Replace("_", "\\_", StringComparison.Ordinal)}\\_%`.* TO {user}'."
        );
    }

    /// <summary>What of the database no dump holds, as a clause; <see langword="null"/> when it holds everything.</summary>
    internal static async Task<string?> WhyNotWholeAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(
                connection,
                null,
                "SELECT GROUP_CONCAT(table_name ORDER BY table_name SEPARATOR ', ') FROM information_schema.tables WHERE table_schema = "
                    + "DATABASE() AND table_type = 'SYSTEM VERSIONED'",
                cancellationToken
            )
            .ConfigureAwait(false)
            is string { Length: > 0 } tables
            ? $"a dump holds no history of tables with system versioning ({tables})"
            : null;

    /// <summary>Whom the server takes it for, as its catalogue writes it: name@host.</summary>
    internal static async Task<string> NameAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(connection, null, "SELECT CURRENT_USER()", cancellationToken).ConfigureAwait(false) as string ?? "";

    /// <summary>An account as statements name it, whatever its host.</summary>
    internal static string Quote(string account)
    {
        var at = account.LastIndexOf('@');
        return at < 0
            ? MySqlNames.QuotePart(account)
            : $"{MySqlNames.QuotePart(account[..at])}@{MySqlNames.QuotePart(account[(at + 1)..])}";
    }
}
