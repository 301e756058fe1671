using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Who has a database open.</summary>
internal static class PostgreSqlSessions
{
    private const string Of =
        "FROM pg_catalog.pg_stat_activity AS a WHERE a.datname = @database AND a.backend_type IS DISTINCT FROM 'autovacuum worker' AND a.pid <> "
        + "ALL (pg_catalog.string_to_array(@own, ',')::int[])";

    /// <summary>Others' sessions.</summary>
    internal static async Task<long> CountAsync(
        DbConnection maintenance,
        string database,
        IEnumerable<long> own,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(maintenance, "SELECT count(*) " + Of, database, own);
        return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Others' sessions, as people would name them.</summary>
    internal static async Task<IReadOnlyList<string>> DescribeAsync(
        DbConnection maintenance,
        string database,
        IEnumerable<long> own,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            maintenance,
            "SELECT coalesce(nullif(a.application_name, ''), a.usename::text, 'somebody'), host(a.client_addr), count(*) "
                + Of
                + " GROUP BY 1, 2 ORDER BY 1, 2",
            database,
            own
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var sessions = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var from = reader.IsDBNull(1) ? "" : $" from {reader.GetString(1)}";
            var count = reader.GetInt64(2);
            sessions.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{reader.GetString(0)}'{from} ({(count == 1 ? "1 session" : $"{count} sessions")})"
                )
            );
        }

        return sessions;
    }

    /// <summary>The roles whose sessions the deploying one may not end.</summary>
    internal static async Task<IReadOnlyList<string>> UntouchableAsync(
        DbConnection maintenance,
        string database,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            maintenance,
            "SELECT DISTINCT a.usename::text "
                + Of
                + " AND NOT (pg_catalog.pg_has_role(a.usesysid, 'USAGE') OR (pg_catalog.pg_has_role('pg_signal_backend', 'USAGE') AND NOT (SELECT "
                + "r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.oid = a.usesysid))) ORDER BY 1",
            database,
            []
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var roles = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            roles.Add(reader.IsDBNull(0) ? "of the server itself" : reader.GetString(0));
        return roles;
    }

    /// <summary>Ends all but some.</summary>
    /// <returns>How many there were.</returns>
    internal static async Task<long> EndAsync(
        DbConnection maintenance,
        string database,
        IEnumerable<long> own,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            maintenance,
            "SELECT count(*) FROM (SELECT pg_catalog.pg_terminate_backend(a.pid) " + Of + ") AS ended",
            database,
            own
        );
        return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    internal static async Task<bool> HasAsync(
        DbConnection maintenance,
        string database,
        long session,
        CancellationToken cancellationToken
    ) =>
        await Sql.ScalarAsync(
                maintenance,
                null,
                "SELECT 1 FROM pg_catalog.pg_stat_activity WHERE datname = @database AND pid = @session",
                cancellationToken,
                ("@database", database),
                ("@session", session)
            )
            .ConfigureAwait(false)
            is not null;

    private static DbCommand Command(DbConnection maintenance, string text, string database, IEnumerable<long> own) =>
        Sql.Command(
            maintenance,
            null,
            text,
            ("@database", database),
            ("@own", string.Join(',', own.Select(static session => session.ToString(CultureInfo.InvariantCulture))))
        );
}
