using System.Data.Common;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>What a database holds that the deploying role could not make anew from a backup of it.</summary>
internal static class PostgreSqlHoldings
{
    // What the server made itself has a number below this.
    private const int FirstOwn = 16384;

    private const string IsThere = "42710";

    // An owner needs CREATE in the schema when a thing is given to it, which is before anybody is granted anything there.
    private const string Others = """
        WITH me AS (SELECT r.oid, r.rolname FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user AND NOT r.rolsuper),
        things AS (
            SELECT 'pg_catalog.pg_namespace'::regclass AS class, n.oid, n.nspowner AS owner, n.oid AS space FROM pg_catalog.pg_namespace AS n
            UNION ALL
            SELECT 'pg_catalog.pg_class'::regclass, c.oid, c.relowner, c.relnamespace FROM pg_catalog.pg_class AS c
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') OR (c.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')))
            UNION ALL
            SELECT 'pg_catalog.pg_type'::regclass, t.oid, t.typowner, t.typnamespace FROM pg_catalog.pg_type AS t
            LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid WHERE t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c'
            UNION ALL
            SELECT 'pg_catalog.pg_proc'::regclass, p.oid, p.proowner, p.pronamespace FROM pg_catalog.pg_proc AS p
            UNION ALL
            SELECT 'pg_catalog.pg_foreign_server'::regclass, f.oid, f.srvowner, NULL FROM pg_catalog.pg_foreign_server AS f
            UNION ALL
            SELECT 'pg_catalog.pg_publication'::regclass, p.oid, p.pubowner, NULL FROM pg_catalog.pg_publication AS p
            UNION ALL
            SELECT 'pg_catalog.pg_event_trigger'::regclass, e.oid, e.evtowner, NULL FROM pg_catalog.pg_event_trigger AS e
        )
        SELECT i.type, i.identity, pg_catalog.pg_get_userbyid(t.owner)::text, me.rolname::text,
            CASE i.type WHEN 'event trigger' THEN 'DROP EVENT TRIGGER ' || i.identity
                ELSE format('ALTER %s %s OWNER TO %I', upper(i.type), i.identity, me.rolname) END
        FROM me, things AS t LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = t.space, pg_catalog.pg_identify_object(t.class, t.oid, 0) AS i
        WHERE t.owner <> me.oid
            AND (t.oid >= @first OR (t.class = 'pg_catalog.pg_namespace'::regclass AND n.nspname = 'public' AND current_setting('server_version_num')::int >= 150000
                AND pg_catalog.pg_get_userbyid(t.owner) <> 'pg_database_owner'))
            AND coalesce(n.nspname, '') NOT LIKE 'pg\_%' AND coalesce(n.nspname, '') <> @journal
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = t.class AND d.objid = t.oid AND d.deptype = 'e')
            AND NOT (pg_catalog.pg_has_role(t.owner, 'MEMBER') AND (t.class = 'pg_catalog.pg_namespace'::regclass OR n.oid IS NULL
                OR pg_catalog.pg_has_role(t.owner, CASE WHEN pg_catalog.pg_get_userbyid(n.nspowner) = 'pg_database_owner' THEN me.oid ELSE n.nspowner END, 'USAGE')
                OR (n.nspname = 'public' AND current_setting('server_version_num')::int < 150000)))
        ORDER BY t.class <> 'pg_catalog.pg_namespace'::regclass, t.oid
        """;

    private const string Extensions = """
        SELECT e.extname::text, r.rolname::text FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_roles AS r ON r.rolname = current_user AND NOT r.rolsuper AND r.oid <> e.extowner
        JOIN pg_catalog.pg_available_extensions AS a ON a.name = e.extname
        JOIN pg_catalog.pg_available_extension_versions AS v ON v.name = a.name AND v.version = a.default_version
        WHERE e.oid >= @first AND v.superuser AND to_jsonb(v) ->> 'trusted' IS DISTINCT FROM 'true' ORDER BY 1
        """;

    private const string WhyWhole = "a backup counts only once a database was made of it to look at";

    /// <summary>Why no backup of it comes back whole, and what to do; <see langword="null"/> when nothing speaks against it.</summary>
    internal static async Task<(string Why, string Mend)?> WhyNotAsync(
        PostgreSqlDialect dialect,
        DbConnection live,
        PostgreSqlCluster cluster,
        CancellationToken cancellationToken
    ) =>
        await WhyNotExtensionsAsync(live, cluster, cancellationToken).ConfigureAwait(false)
        ?? await WhyNotOwnersAsync(dialect, live, cancellationToken).ConfigureAwait(false);

    private static async Task<(string Why, string Mend)?> WhyNotOwnersAsync(
        PostgreSqlDialect dialect,
        DbConnection live,
        CancellationToken cancellationToken
    )
    {
        var found = await ReadAsync(live, Others, cancellationToken, ("@first", FirstOwn), ("@journal", dialect.JournalSchema ?? ""))
            .ConfigureAwait(false);
        if (found.Count == 0)
            return null;

        var (first, more) = (found[0], found.Count - 1);
        return (
            $"{first[0]} {first[1]} belongs to role {first[2]}{(more == 0 ? "" : $" (and {more} more to other roles)")}, to which role {first[3]} "
                + $"could not give it in a database that is made of a backup, and {WhyWhole}",
            $"Let an administrator run '{first[4]}' in it{(more == 0 ? "" : ", and the like for the others")}."
        );
    }

    private static async Task<(string Why, string Mend)?> WhyNotExtensionsAsync(
        DbConnection live,
        PostgreSqlCluster cluster,
        CancellationToken cancellationToken
    )
    {
        foreach (var found in await ReadAsync(live, Extensions, cancellationToken, ("@first", FirstOwn)).ConfigureAwait(false))
        {
            if (await MayNotCreateAsync(cluster, found[0], cancellationToken).ConfigureAwait(false))
                return (
                    $"role {found[1]} may not create extension {found[0]}, which an administrator has installed in it, and {WhyWhole}",
                    $"Let an administrator run 'DROP EXTENSION {PostgreSqlNames.QuotePart(found[0])}' in it where the app does without."
                );
        }

        return null;
    }

    // By trying, which is taken back: a provider lets other roles create some, and the catalogue knows nothing of that.
    private static async Task<bool> MayNotCreateAsync(PostgreSqlCluster cluster, string extension, CancellationToken cancellationToken)
    {
        string? fault;
        await using (var maintenance = await cluster.OpenMaintenanceAsync(cancellationToken).ConfigureAwait(false))
            fault = await FaultOfCreatingAsync(maintenance, extension, cancellationToken).ConfigureAwait(false);
        if (fault != IsThere)
            return fault == PostgreSqlTemplate.NotPermitted;

        // Where it is installed the server says so before it looks at what the role may: an empty one is made, as it is for a backup.
        await using var own = await PostgreSqlOwnDatabase.ReserveAsync(cluster, "extension", cancellationToken).ConfigureAwait(false);
        await PostgreSqlTemplate
            .MakeEmptyAsync(own.Maintenance, cluster.Live, own.Name, takesPlace: false, cancellationToken)
            .ConfigureAwait(false);
        await using var empty = await own.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await FaultOfCreatingAsync(empty, extension, cancellationToken).ConfigureAwait(false) == PostgreSqlTemplate.NotPermitted;
    }

    private static async Task<string?> FaultOfCreatingAsync(DbConnection database, string extension, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Sql.ExecuteAsync(database, transaction, $"CREATE EXTENSION {PostgreSqlNames.QuotePart(extension)}", cancellationToken)
                .ConfigureAwait(false);
            return null;
        }
        catch (DbException e)
        {
            return e.SqlState;
        }
    }

    private static async Task<IReadOnlyList<string[]>> ReadAsync(
        DbConnection connection,
        string query,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] values
    )
    {
        await using var command = Sql.Command(connection, null, query, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<string[]>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        return rows;
    }
}
