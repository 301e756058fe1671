using Deployment.Toolkit.Databases.PostgreSql;

namespace Deployment.Toolkit.Databases.Tests.PostgreSql;

/// <summary>What a down script takes away, read from its text alone.</summary>
public sealed class RemovalTests
{
    [Theory]
    [InlineData("DROP TABLE items;", "Table items")]
    [InlineData("DROP TABLE IF EXISTS public.items, \"Other Items\" CASCADE;", "Table public.items, Table Other Items")]
    [InlineData("ALTER TABLE ONLY items DROP COLUMN IF EXISTS note CASCADE, DROP kind, ADD extra int DEFAULT 1;", "Column items.note, Column items.kind")]
    [InlineData("ALTER TABLE items ALTER COLUMN name TYPE varchar(3), ALTER size SET DEFAULT 3;", "Values items(name)")]
    [InlineData("ALTER TABLE items RENAME name TO title; ALTER TABLE items DROP COLUMN title;", "Rows items")]
    [InlineData("ALTER TABLE items RENAME TO old_items; DROP TABLE old_items;", "Table items")]
    [InlineData("ALTER TABLE items SET SCHEMA archive; DROP TABLE archive.items;", "Table items")]
    [InlineData("CREATE TABLE scratch (id int); INSERT INTO scratch SELECT 1; DROP TABLE scratch;", "")]
    [InlineData("DELETE FROM items WHERE id > 3 AND lower(name) LIKE 'a%';", "Rows items where id > 3 AND lower(name) LIKE 'a%'")]
    [InlineData("DELETE FROM items USING other WHERE other.id = items.id;", "Rows items")]
    [InlineData("DELETE FROM items WHERE made < now();", "Rows items")]
    [InlineData("DELETE FROM items WHERE id IN (SELECT id FROM other);", "Rows items")]
    [InlineData("UPDATE items SET name = NULL, size = DEFAULT WHERE id = 1;", "Values items(name,size) where id = 1")]
    [InlineData("UPDATE items SET name = NULL;", "Values items(name) by null")]
    [InlineData("UPDATE items AS i SET name = 'x' FROM other WHERE other.id = i.id;", "Rows items")]
    [InlineData("UPDATE items SET name = o.name FROM other o;", "Rows items")]
    [InlineData("TRUNCATE items, other RESTART IDENTITY;", "Rows items, Rows other")]
    [InlineData("TRUNCATE items CASCADE;", "Anything ")]
    [InlineData("INSERT INTO items VALUES (1);", "Added items")]
    [InlineData("INSERT INTO items VALUES (1) ON CONFLICT (id) DO UPDATE SET name = 'x';", "Rows items")]
    [InlineData("MERGE INTO items USING other ON true WHEN MATCHED THEN DELETE;", "Rows items")]
    [InlineData("DROP INDEX a; DROP VIEW IF EXISTS v CASCADE; DROP FUNCTION f(int); DROP TYPE t; DROP SEQUENCE s;", "")]
    [InlineData("DROP TYPE t CASCADE;", "Anything ")]
    [InlineData("DROP SCHEMA app;", "")]
    [InlineData("DROP SCHEMA app CASCADE;", "Anything ")]
    [InlineData("DROP OWNED BY app;", "Anything ")]
    [InlineData("DO $$ BEGIN NULL; END $$;", "Anything ")]
    [InlineData("CALL p();", "Anything ")]
    [InlineData("SELECT purge_all();", "Anything ")]
    [InlineData("SELECT setval('items_id_seq', (SELECT max(id) FROM items));", "")]
    [InlineData("SELECT * INTO copy FROM items;", "Anything ")]
    [InlineData("WITH gone AS (DELETE FROM items RETURNING *) SELECT * FROM gone;", "Anything ")]
    [InlineData("EXPLAIN ANALYZE DELETE FROM items;", "Anything ")]
    [InlineData("SET search_path = app; DROP TABLE items;", "Anything ")]
    [InlineData("SET search_path = app; DROP TABLE public.items;", "Table public.items")]
    [InlineData("CREATE TRIGGER t BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION f(); UPDATE items SET name = 'x';", "Anything ")]
    [InlineData("COMMENT ON TABLE items IS 'DROP TABLE items;'; GRANT SELECT ON items TO public; REFRESH MATERIALIZED VIEW v;", "")]
    [InlineData("-- keeps-rows: they are moved\nDROP TABLE items;", "")]
    [InlineData("ALTER SCHEMA app RENAME TO old; ", "Anything ")]
    [InlineData("FROBNICATE items;", "Anything ")]
    public void What_a_script_removes_is_read_and_whatever_is_not_understood_removes_anything(string script, string expected) =>
        Assert.Equal(expected, string.Join(", ", PostgreSqlDialect.Unbound.RemovalsOf(script).Select(Describe)));

    [Theory]
    [InlineData("CREATE TABLE a (id int); CREATE INDEX i ON a (id);", true)]
    [InlineData("CREATE VIEW v AS SELECT 1; COMMENT ON VIEW v IS 'x'; DROP INDEX i;", true)]
    [InlineData("CREATE TABLE a AS SELECT 1;", false)]
    [InlineData("ALTER TABLE a ADD b int DEFAULT f();", false)]
    [InlineData("DROP TABLE a;", false)]
    [InlineData("SELECT f();", false)]
    public void A_script_that_only_adds_is_known(string script, bool onlyAdds) => Assert.Equal(onlyAdds, PostgreSqlDialect.Unbound.OnlyAdds(script));

    [Theory]
    [InlineData("CREATE TABLE a (id int);", "DROP TABLE a;", true)]
    [InlineData("ALTER TABLE a ADD COLUMN b int DEFAULT 3, ADD c text;", "ALTER TABLE a DROP b, DROP c;", true)]
    [InlineData("ALTER TABLE a ADD COLUMN b timestamptz DEFAULT now();", "ALTER TABLE a DROP b;", false)]
    [InlineData("CREATE TABLE a (id int); INSERT INTO a VALUES (1);", "DROP TABLE a;", false)]
    [InlineData("CREATE TABLE IF NOT EXISTS a (id int);", "DROP TABLE a;", false)]
    public void What_a_migration_makes_empty_is_nothing_to_lose(string up, string down, bool makes) =>
        Assert.Equal(makes, PostgreSqlDialect.Unbound.MakesWhatIsRemoved(up, PostgreSqlDialect.Unbound.RemovalsOf(down)));

    [Theory]
    [InlineData("UPDATE items SET x = 1;", false)]
    [InlineData("SET search_path = app;", true)]
    [InlineData("CREATE TEMP TABLE t (id int);", true)]
    [InlineData("INSERT INTO t SELECT set_config('a.b', 'c', false);", true)]
    [InlineData("DO $$ BEGIN SET ROLE x; END $$;", true)]
    [InlineData("CREATE TABLE t (id int);", false)]
    public void What_may_stay_on_a_connection_is_known(string script, bool isLeft) => Assert.Equal(isLeft, PostgreSqlDialect.Unbound.LeavesSessionState(script));

    [Theory]
    [InlineData("DROP TABLE IF EXISTS app.items;", "app.items")]
    [InlineData("DROP TABLE \"Items\" CASCADE", "Items")]
    [InlineData("DROP VIEW items", null)]
    public void The_table_that_a_statement_drops_is_known(string statement, string? table) => Assert.Equal(table, PostgreSqlDialect.Unbound.DroppedTable(statement));

    private static string Describe(Removal removal) =>
        $"{removal.Kind} {(removal.Kind is RemovalKind.Column ? removal.ToString() : removal.Table)}{(removal.Kind is RemovalKind.Values ? $"({string.Join(',', removal.Columns)})" : "")}"
        + (removal.Where is { } where ? $" where {where}" : "") + (removal.ByNull ? " by null" : "");
}
