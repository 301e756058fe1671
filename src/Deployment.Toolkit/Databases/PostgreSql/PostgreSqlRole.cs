using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>What the deploying role may do on its server.</summary>
internal static class PostgreSqlRole
{
    /// <summary>Why it can make no databases, and what to do, as a clause and a sentence; <see langword="null"/> when it can.</summary>
    internal static async Task<(string Why, string Mend)?> WhyNoDatabasesAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var role =
            await Sql.ScalarAsync(
                    connection,
                    null,
                    "SELECT CASE WHEN NOT (rolcreatedb OR rolsuper) THEN rolname::text END FROM pg_catalog.pg_roles WHERE rolname = "
                        + "current_user",
                    cancellationToken
                )
                .ConfigureAwait(false) as string;
        return role is null
            ? null
            : (
                $"role {role} may not create databases",
                $"Let an administrator run 'ALTER ROLE {PostgreSqlNames.QuotePart(role)} CREATEDB'."
            );
    }

    /// <summary>Why a database can't be given another's name, with what to do, as sentences; <see langword="null"/> when it can.</summary>
    internal static async Task<string?> WhyNotReplaceableAsync(
        DbConnection connection,
        string database,
        CancellationToken cancellationToken
    ) =>
        await Sql.ScalarAsync(
                connection,
                null,
                """
                SELECT CASE
                    WHEN NOT pg_catalog.pg_has_role(d.datdba, 'USAGE') THEN 'only its owner, role ' || pg_catalog.pg_get_userbyid(d.datdba) || ', can give it another name. Let an administrator run ''ALTER DATABASE ' || quote_ident(d.datname) || ' OWNER TO ' || quote_ident(current_user) || ''', or deploy as that role or as a member of it.'
                    WHEN EXISTS (SELECT FROM pg_catalog.pg_prepared_xacts AS x WHERE x.database = d.datname) THEN 'a prepared transaction is open in it (pg_prepared_xacts). Commit it or roll it back.'
                    WHEN EXISTS (SELECT FROM pg_catalog.pg_replication_slots AS s WHERE s.database = d.datname) THEN 'a replication slot belongs to it, and would stay with what is replaced (pg_replication_slots). Drop it, and make it anew afterwards.'
                    WHEN EXISTS (SELECT FROM pg_catalog.pg_subscription AS s WHERE s.subdbid = d.oid) THEN 'it has a subscription, which would go on in what is replaced. Drop it, and make it anew afterwards.'
                END
                FROM pg_catalog.pg_database AS d WHERE d.datname = @database
                """,
                cancellationToken,
                ("@database", database)
            )
            .ConfigureAwait(false) as string;

    /// <summary>
    /// Why it can't keep a history in a schema, and what to do, as a clause and a sentence; <see langword="null"/> when it can.
    /// </summary>
    internal static async Task<(string Why, string Mend)?> WhyNoTablesAsync(
        DbConnection connection,
        string schema,
        string history,
        CancellationToken cancellationToken
    )
    {
        var role =
            await Sql.ScalarAsync(
                    connection,
                    null,
                    "SELECT current_user::text FROM pg_catalog.pg_namespace AS n WHERE n.nspname = @schema AND NOT "
                        + "pg_catalog.has_schema_privilege(n.oid, 'CREATE') AND NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE "
                        + "c.relnamespace = n.oid AND c.relname = @history)",
                    cancellationToken,
                    ("@schema", schema),
                    ("@history", history)
                )
                .ConfigureAwait(false) as string;
        return role is null
            ? null
            : (
                $"role {role} may not create tables in schema {schema}",
                $"Let an administrator run 'GRANT CREATE ON SCHEMA {PostgreSqlNames.QuotePart(schema)} TO {PostgreSqlNames.QuotePart(role)}' in it, or "
                    + "name a schema of the role's own with 'Search Path=…' in the connection string."
            );
    }

    internal static async Task<int> MajorVersionAsync(DbConnection connection, CancellationToken cancellationToken) =>
        int.Parse(
            (string)(await Sql.ScalarAsync(connection, null, "SHOW server_version_num", cancellationToken).ConfigureAwait(false))!,
            CultureInfo.InvariantCulture
        ) / 10000;
}
