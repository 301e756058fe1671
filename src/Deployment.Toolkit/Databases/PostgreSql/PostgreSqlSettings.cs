using System.Data.Common;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>What is set for a database with ALTER DATABASE … SET and ALTER ROLE … IN DATABASE … SET.</summary>
internal static class PostgreSqlSettings
{
    // Of these the catalogue has the list as it is written; of all others one value.
    private const string ListSettings =
        "'search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries', 'shared_preload_libraries'";

    /// <summary>Why what is set for a database could not be set for one that takes its place, as sentences.</summary>
    /// <returns>That, or <see langword="null"/> when it can be.</returns>
    internal static async Task<string?> WhyNotAsync(DbConnection maintenance, string live, CancellationToken cancellationToken)
    {
        // To what it is set to, and taken back: who may do what differs with each setting, version and provider.
        await using var transaction = await maintenance.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        foreach (var setting in await ReadAsync(maintenance, transaction, live, live, true, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await Sql.ExecuteAsync(maintenance, transaction, setting, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException e) when (e.SqlState == PostgreSqlTemplate.NotPermitted)
            {
                return $"the deploying role may not set anew what an administrator has set for it ({PostgreSqlFault.WordsOf(e).TrimEnd('.')}), by "
                    + $"'{setting[..setting.IndexOf(" TO ", StringComparison.Ordinal)]} …'. Let an administrator take that back, or deploy as a "
                    + "role that may.";
            }
        }

        return null;
    }

    /// <summary>Sets for a database what is set for another.</summary>
    /// <param name="maintenance">A connection to a third one.</param>
    /// <param name="live">The other.</param>
    /// <param name="name">Its name.</param>
    /// <param name="takesPlace">Whether it is to take the other's place, so that it needs all, also what is set for single roles.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task CopyAsync(
        DbConnection maintenance,
        string live,
        string name,
        bool takesPlace,
        CancellationToken cancellationToken
    )
    {
        foreach (var setting in await ReadAsync(maintenance, null, live, name, takesPlace, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await Sql.ExecuteAsync(maintenance, null, setting, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException e) when (!takesPlace && e.SqlState == PostgreSqlTemplate.NotPermitted)
            {
                // An administrator's, for example of what is logged: a copy holds the same without it.
            }
        }
    }

    // ALTER DATABASE … SET: scripts may lean on a search_path that stands there. What stands there for single roles as well is theirs.
    private static async Task<IReadOnlyList<string>> ReadAsync(
        DbConnection maintenance,
        DbTransaction? transaction,
        string live,
        string name,
        bool takesPlace,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            maintenance,
            transaction,
            $"""
            SELECT CASE r.setrole WHEN 0 THEN format('ALTER DATABASE %I', @name) ELSE format('ALTER ROLE %I IN DATABASE %I', pg_catalog.pg_get_userbyid(r.setrole), @name) END
                || format(' SET %I TO %s', split_part(s, '=', 1),
                CASE WHEN split_part(s, '=', 1) IN ({ListSettings}) THEN substr(s, strpos(s, '=') + 1) ELSE quote_literal(substr(s, strpos(s, '=') + 1)) END)
            FROM pg_catalog.pg_db_role_setting AS r JOIN pg_catalog.pg_database AS d ON d.oid = r.setdatabase, unnest(r.setconfig) AS s
            WHERE d.datname = @live AND (r.setrole = 0 OR @takes_place) ORDER BY r.setrole, s
            """,
            ("@live", live),
            ("@name", name),
            ("@takes_place", takesPlace)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var settings = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            settings.Add(reader.GetString(0));
        return settings;
    }
}
