using System.Data.Common;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Whose things are, who may do what with them, and what is said of them: what a table that is made anew loses.</summary>
internal static class PostgreSqlAccess
{
    // What nobody granted is what the kind of thing has by itself, be it written down or not.
    private const string Things = """
        WITH spaces AS (
            SELECT n.oid, n.nspname FROM pg_namespace AS n WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', @journal)
        ),
        members AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
        things AS (
            SELECT c.oid, 'pg_class'::regclass AS class, CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END AS kind,
                s.nspname, c.relname::text AS name, c.relowner AS owner, coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner)) AS acl
            FROM pg_class AS c JOIN spaces AS s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            UNION ALL
            SELECT p.oid, 'pg_proc'::regclass, 'function', s.nspname, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.proowner,
                coalesce(p.proacl, acldefault('f', p.proowner))
            FROM pg_proc AS p JOIN spaces AS s ON s.oid = p.pronamespace
            UNION ALL
            SELECT n.oid, 'pg_namespace'::regclass, 'schema', n.nspname, n.nspname::text, n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner))
            FROM pg_namespace AS n JOIN spaces AS s ON s.oid = n.oid
        )
        SELECT t.kind, t.nspname::text, t.name,
            concat_ws(E'\n', 'owner ' || pg_get_userbyid(t.owner),
                (SELECT string_agg(DISTINCT x.grant_text, E'\n') FROM (
                    SELECT format('%s to %s%s', a.privilege_type, CASE a.grantee WHEN 0 THEN 'everybody' ELSE pg_get_userbyid(a.grantee) END,
                        CASE WHEN a.is_grantable THEN ' with grant option' END) AS grant_text
                    FROM aclexplode(t.acl) AS a
                    UNION ALL
                    SELECT format('%s (%s) to %s', a.privilege_type, b.attname, CASE a.grantee WHEN 0 THEN 'everybody' ELSE pg_get_userbyid(a.grantee) END)
                    FROM pg_attribute AS b, aclexplode(b.attacl) AS a WHERE t.class = 'pg_class'::regclass AND b.attrelid = t.oid AND NOT b.attisdropped
                    UNION ALL
                    SELECT 'comment ' || quote_literal(d.description) || coalesce(' on column ' || b.attname, '')
                    FROM pg_description AS d LEFT JOIN pg_attribute AS b ON b.attrelid = t.oid AND b.attnum = d.objsubid AND d.objsubid > 0
                    WHERE d.classoid = t.class AND d.objoid = t.oid
                ) AS x))
        FROM things AS t
        WHERE NOT EXISTS (SELECT FROM members AS m WHERE m.classid = t.class AND m.objid = t.oid)
            AND NOT (t.nspname = @home AND (t.name = ANY (string_to_array(@own, ' ')) OR t.name LIKE ANY (SELECT o || '\_%' FROM unnest(string_to_array(@own, ' ')) AS o)))
        """;

    /// <summary>What holds for each thing, a line each, by what messages call it.</summary>
    internal static async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadAsync(
        PostgreSqlDialect dialect,
        DbConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            null,
            Things,
            ("@home", dialect.Schema),
            ("@own", string.Join(' ', OwnTables.All)),
            ("@journal", dialect.JournalSchema ?? "")
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var access = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var name = reader.GetString(0) == "schema" ? reader.GetString(2) : dialect.NameOf(reader.GetString(1), reader.GetString(2));
            access[$"access to {reader.GetString(0)} {name}"] = reader.GetString(3).Split('\n');
        }

        return access;
    }
}
