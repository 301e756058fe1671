using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Makes databases that are to the app's what a copy has to be: of its locale, and with the settings that it has.</summary>
internal static class PostgreSqlTemplate
{
    private const string ObjectInUse = "55006";
    internal const string NotPermitted = "42501";

    /// <summary>Makes an empty database like another.</summary>
    /// <param name="maintenance">A connection to a third one.</param>
    /// <param name="live">The one that it is to be like.</param>
    /// <param name="name">Its name.</param>
    /// <param name="takesPlace">Whether it is to take that one's place, so that it also needs its owner and its tablespace.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task MakeEmptyAsync(
        DbConnection maintenance,
        string live,
        string name,
        bool takesPlace,
        CancellationToken cancellationToken
    )
    {
        var create = new StringBuilder($"CREATE DATABASE {PostgreSqlNames.QuotePart(name)} TEMPLATE template0");
        await using (
            var command = Sql.Command(
                maintenance,
                null,
                """
                SELECT pg_catalog.pg_encoding_to_char(d.encoding)::text, d.datcollate::text, d.datctype::text, to_jsonb(d) ->> 'datlocprovider',
                    coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'), to_jsonb(d) ->> 'daticurules', t.spcname::text, pg_catalog.pg_get_userbyid(d.datdba)::text
                FROM pg_catalog.pg_database AS d JOIN pg_catalog.pg_tablespace AS t ON t.oid = d.dattablespace WHERE d.datname = @live
                """,
                ("@live", live)
            )
        )
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                throw new InvalidOperationException($"database '{live}' is gone");
            string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
            void Add(string word, string? value) =>
                create.Append(value is null ? "" : $" {word} '{value.Replace("'", "''", StringComparison.Ordinal)}'");
            Add("ENCODING", Text(0));
            Add("LC_COLLATE", Text(1));
            Add("LC_CTYPE", Text(2));
            var provider = Text(3);
            if (provider is "i" or "b")
            {
                create.Append(provider == "i" ? " LOCALE_PROVIDER icu" : " LOCALE_PROVIDER builtin");
                Add(provider == "i" ? "ICU_LOCALE" : "BUILTIN_LOCALE", Text(4));
                if (provider == "i")
                    Add("ICU_RULES", Text(5));
            }

            // Where it is the server's own, naming it takes a privilege that not using it doesn't.
            if (takesPlace && Text(6) is { } tablespace and not "pg_default")
                create.Append(CultureInfo.InvariantCulture, $" TABLESPACE {PostgreSqlNames.QuotePart(tablespace)}");
            if (takesPlace)
                create.Append(CultureInfo.InvariantCulture, $" OWNER {PostgreSqlNames.QuotePart(Text(7)!)}");
        }

        await Sql.ExecuteAsync(maintenance, null, create.ToString(), cancellationToken).ConfigureAwait(false);
        await CloseAsync(maintenance, name, cancellationToken).ConfigureAwait(false);
        await PostgreSqlSettings.CopyAsync(maintenance, live, name, takesPlace, cancellationToken).ConfigureAwait(false);
        if (takesPlace)
            await CopyAccessAsync(maintenance, live, name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets the server copy a database as it is, which it does only while nobody has it open.</summary>
    /// <returns>Whether it did.</returns>
    internal static async Task<bool> TryCopyAsync(DbConnection maintenance, string live, string name, CancellationToken cancellationToken)
    {
        // The server waits seconds for the others to go, and lets nobody else in meanwhile.
        if (await PostgreSqlSessions.CountAsync(maintenance, live, [], cancellationToken).ConfigureAwait(false) > 0)
            return false;

        try
        {
            await Sql.ExecuteAsync(
                    maintenance,
                    null,
                    $"CREATE DATABASE {PostgreSqlNames.QuotePart(name)} TEMPLATE {PostgreSqlNames.QuotePart(live)}",
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (DbException e) when (e.SqlState is ObjectInUse or NotPermitted)
        {
            return false;
        }

        await CloseAsync(maintenance, name, cancellationToken).ConfigureAwait(false);
        await PostgreSqlSettings.CopyAsync(maintenance, live, name, takesPlace: false, cancellationToken).ConfigureAwait(false);
        return true;
    }

    // A new database is open to every role of the server, whoever may open the one that it is a copy of.
    private static Task CloseAsync(DbConnection maintenance, string name, CancellationToken cancellationToken) =>
        Sql.ExecuteAsync(maintenance, null, $"REVOKE ALL ON DATABASE {PostgreSqlNames.QuotePart(name)} FROM PUBLIC", cancellationToken);

    // Who may connect, how many, and what is said of it.
    private static async Task CopyAccessAsync(DbConnection maintenance, string live, string name, CancellationToken cancellationToken)
    {
        var statements = await Sql.ScalarAsync(
                maintenance,
                null,
                """
                WITH d AS (SELECT * FROM pg_catalog.pg_database WHERE datname = @live)
                SELECT string_agg(statement, '; ' ORDER BY place) FROM (
                    SELECT 1 AS place, format('ALTER DATABASE %I CONNECTION LIMIT %s', @name, datconnlimit) AS statement FROM d WHERE datconnlimit <> -1
                    UNION ALL SELECT 2, format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO PUBLIC', @name) FROM d WHERE datacl IS NULL
                    UNION ALL SELECT 3, format('GRANT %s ON DATABASE %I TO %s%s', a.privilege_type, @name,
                        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
                        FROM d, pg_catalog.aclexplode(d.datacl) AS a
                    UNION ALL SELECT 4, format('COMMENT ON DATABASE %I IS %L', @name, pg_catalog.shobj_description(oid, 'pg_database'))
                        FROM d WHERE pg_catalog.shobj_description(oid, 'pg_database') IS NOT NULL
                ) AS all_of_them
                """,
                cancellationToken,
                ("@live", live),
                ("@name", name)
            )
            .ConfigureAwait(false);
        if (statements is string { Length: > 0 } text)
            await Sql.ExecuteAsync(maintenance, null, text, cancellationToken).ConfigureAwait(false);
    }
}
