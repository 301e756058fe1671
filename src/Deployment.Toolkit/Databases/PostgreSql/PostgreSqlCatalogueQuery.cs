using System.Data.Common;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// The catalogue's two questions. They are asked with an empty search path, so that every name in an answer has its schema.
/// </summary>
internal static class PostgreSqlCatalogueQuery
{
    /// <summary>Divides what makes a table: what comes after it is put into words by the server.</summary>
    internal const string Expressions = "\n-- expressions";

    // It asks for what may be there and not for whose it is: it is asked before every script that writes, and what it joins takes the
    // server longer to plan than to read. What a server brings has numbers below 16384 (FirstNormalObjectId in its source), thousands of
    // functions among it, which an index leaves out.
    private const string PassesOn = """
        SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE NOT tgisinternal)
            OR EXISTS (SELECT FROM pg_catalog.pg_proc AS p WHERE p.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e'))
            OR (@removes AND EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE contype = 'f'))
            OR EXISTS (SELECT FROM pg_catalog.pg_rewrite WHERE oid >= 16384 AND rulename <> '_RETURN')
        """;

    internal static async Task<bool> MayPassOnAsync(
        DbConnection connection,
        DbTransaction transaction,
        bool removes,
        CancellationToken cancellationToken
    ) => await Sql.ScalarAsync(connection, transaction, PassesOn, cancellationToken, ("@removes", removes)).ConfigureAwait(false) is true;

    /// <summary>Kind, schema, name, the table that it belongs to or nothing, what makes it, and whether rows of it are the app's.</summary>
    internal const string Objects = """
        WITH spaces AS (
            SELECT n.oid, n.nspname FROM pg_namespace AS n
            WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', @journal)
        ),
        members AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
        own AS (
            SELECT c.oid FROM pg_class AS c JOIN spaces AS s ON s.oid = c.relnamespace
            WHERE s.nspname = @home AND c.relname = ANY (string_to_array(@own, ' '))
        ),
        relations AS (
            SELECT c.*, s.nspname FROM pg_class AS c JOIN spaces AS s ON s.oid = c.relnamespace
            WHERE NOT EXISTS (SELECT FROM members AS m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
                AND c.oid NOT IN (SELECT oid FROM own)
        )
        SELECT 'table' AS kind, r.nspname::text AS space, r.relname::text AS name, '' AS belongs,
            concat_ws(E'\n',
                concat_ws(' ', r.relkind, r.relpersistence, CASE WHEN r.relrowsecurity THEN 'row security' END,
                    CASE WHEN r.relforcerowsecurity THEN 'forced' END, array_to_string(r.reloptions, ','),
                    (SELECT 'inherits ' || string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) FROM pg_inherits AS i WHERE i.inhrelid = r.oid)),
                (SELECT string_agg(
                    concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
                        CASE WHEN a.attgenerated <> '' THEN 'generated' END, CASE WHEN a.atthasdef THEN 'default' END,
                        'identity ' || NULLIF(a.attidentity::text, ''), CASE WHEN a.attcollation <> t.typcollation THEN 'collate ' || a.attcollation::regcollation::text END),
                    E'\n' ORDER BY a.attnum)
                FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped),
                '-- expressions', CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) END, pg_get_expr(r.relpartbound, r.oid),
                (SELECT string_agg(quote_ident(a.attname) || ' default ' || pg_get_expr(d.adbin, d.adrelid), E'\n' ORDER BY a.attnum)
                FROM pg_attribute AS a JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                WHERE a.attrelid = r.oid AND NOT a.attisdropped)) AS definition,
            r.relkind <> 'f' AS has_rows
        FROM relations AS r WHERE r.relkind IN ('r', 'p', 'f')
        UNION ALL
        SELECT CASE r.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, r.nspname::text, r.relname::text, '',
            concat_ws(' ', array_to_string(r.reloptions, ','), pg_get_viewdef(r.oid)), false
        FROM relations AS r WHERE r.relkind IN ('v', 'm')
        UNION ALL
        SELECT 'sequence', r.nspname::text, r.relname::text, '',
            concat_ws(' ', format_type(q.seqtypid, NULL), q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle, q.seqcache), false
        FROM relations AS r JOIN pg_sequence AS q ON q.seqrelid = r.oid
        WHERE NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.refobjid IN (SELECT oid FROM own))
        UNION ALL
        SELECT 'index', r.nspname::text, r.relname::text, t.relname::text,
            concat_ws(' ', pg_get_indexdef(r.oid), CASE WHEN NOT i.indisvalid THEN '(invalid)' END), false
        FROM relations AS r JOIN pg_index AS i ON i.indexrelid = r.oid JOIN pg_class AS t ON t.oid = i.indrelid
        WHERE i.indrelid NOT IN (SELECT oid FROM own) AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = r.oid AND k.contype IN ('p', 'u', 'x'))
        UNION ALL
        SELECT 'constraint', r.nspname::text, k.conname::text || ' on ' || r.relname::text, r.relname::text,
            concat_ws(' ', pg_get_constraintdef(k.oid), CASE WHEN x.indisvalid = false THEN '(invalid)' END), false
        FROM pg_constraint AS k JOIN relations AS r ON r.oid = k.conrelid LEFT JOIN pg_index AS x ON x.indexrelid = k.conindid
        WHERE k.contype IN ('c', 'f', 'p', 'u', 'x')
        UNION ALL
        SELECT 'trigger', r.nspname::text, g.tgname::text || ' on ' || r.relname::text, r.relname::text,
            pg_get_triggerdef(g.oid) || CASE g.tgenabled WHEN 'O' THEN '' ELSE ' -- ' || g.tgenabled::text END, false
        FROM pg_trigger AS g JOIN relations AS r ON r.oid = g.tgrelid WHERE NOT g.tgisinternal
        UNION ALL
        SELECT 'rule', r.nspname::text, u.rulename::text || ' on ' || r.relname::text, r.relname::text, pg_get_ruledef(u.oid), false
        FROM pg_rewrite AS u JOIN relations AS r ON r.oid = u.ev_class WHERE u.rulename <> '_RETURN'
        UNION ALL
        SELECT 'policy', r.nspname::text, p.polname::text || ' on ' || r.relname::text, r.relname::text,
            concat_ws(' ', p.polcmd, p.polpermissive, (SELECT string_agg(o.rolname, ',' ORDER BY o.rolname) FROM pg_roles AS o WHERE o.oid = ANY (p.polroles)),
                'using ' || pg_get_expr(p.polqual, p.polrelid), 'check ' || pg_get_expr(p.polwithcheck, p.polrelid)), false
        FROM pg_policy AS p JOIN relations AS r ON r.oid = p.polrelid
        UNION ALL
        SELECT 'function', s.nspname::text, p.proname::text || '(' || pg_get_function_identity_arguments(p.oid) || ')', '',
            CASE WHEN p.prokind = 'a' THEN (SELECT concat_ws(' ', g.aggtransfn, g.aggfinalfn, format_type(g.aggtranstype, NULL), g.agginitval) FROM pg_aggregate AS g WHERE g.aggfnoid = p.oid)
                ELSE pg_get_functiondef(p.oid) END, false
        FROM pg_proc AS p JOIN spaces AS s ON s.oid = p.pronamespace
        WHERE NOT EXISTS (SELECT FROM members AS m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
        UNION ALL
        SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'type' END, s.nspname::text, t.typname::text, '',
            CASE t.typtype
                WHEN 'e' THEN (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid)
                WHEN 'd' THEN concat_ws(' ', format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typnotnull THEN 'not null' END, 'default ' || t.typdefault,
                    (SELECT string_agg(k.conname::text || ' ' || pg_get_constraintdef(k.oid), ', ' ORDER BY k.conname) FROM pg_constraint AS k WHERE k.contypid = t.oid))
                WHEN 'r' THEN (SELECT format_type(g.rngsubtype, NULL) FROM pg_range AS g WHERE g.rngtypid = t.oid)
                ELSE (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
                    FROM pg_attribute AS a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
            END, false
        FROM pg_type AS t JOIN spaces AS s ON s.oid = t.typnamespace LEFT JOIN pg_class AS c ON c.oid = t.typrelid
        WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
            AND NOT EXISTS (SELECT FROM members AS m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
        UNION ALL
        SELECT 'schema', s.nspname::text, s.nspname::text, '', '', false FROM spaces AS s
        WHERE s.nspname <> @home AND NOT EXISTS (SELECT FROM members AS m WHERE m.classid = 'pg_namespace'::regclass AND m.objid = s.oid)
        UNION ALL
        SELECT 'extension', s.nspname::text, x.extname::text, '', x.extversion, false FROM pg_extension AS x JOIN pg_namespace AS s ON s.oid = x.extnamespace
        WHERE s.nspname <> 'pg_catalog'
        ORDER BY 1, 2, 3
        """;

    /// <summary>Schema and table of both ends, what happens on delete and on update, and the columns.</summary>
    internal const string ForeignKeys = """
        SELECT cs.nspname::text, c.relname::text, ps.nspname::text, p.relname::text, k.confdeltype::text, k.confupdtype::text,
            (SELECT string_agg(a.attname, E'\n' ORDER BY u.n) FROM unnest(k.conkey) WITH ORDINALITY AS u (attnum, n)
                JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.attnum)
        FROM pg_constraint AS k
            JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_namespace AS cs ON cs.oid = c.relnamespace
            JOIN pg_class AS p ON p.oid = k.confrelid JOIN pg_namespace AS ps ON ps.oid = p.relnamespace
        WHERE k.contype = 'f' AND k.conparentid = 0 AND @home <> @own AND cs.nspname <> @journal
        ORDER BY 1, 2, k.conname
        """;
}
