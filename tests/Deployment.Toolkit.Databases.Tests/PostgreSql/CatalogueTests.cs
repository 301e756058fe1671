using System.Data.Common;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Testing;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.PostgreSql;

public sealed class CatalogueTests(PostgreSqlServer server)
{
    private const string Schema = """
        CREATE SCHEMA app;
        CREATE TYPE mood AS ENUM ('good', 'bad');
        CREATE DOMAIN code AS text DEFAULT 'x' CHECK (length(VALUE) < 5);
        CREATE TYPE pair AS (a int, b text);
        CREATE TABLE parents (id int PRIMARY KEY, mood mood DEFAULT 'good' NOT NULL, code code);
        CREATE TABLE app.children (id bigint GENERATED ALWAYS AS IDENTITY, parent int REFERENCES parents (id) ON DELETE CASCADE ON UPDATE SET NULL, amount numeric(10, 2) DEFAULT 0,
            twice numeric GENERATED ALWAYS AS (amount * 2) STORED, j json DEFAULT '{}', at timestamptz DEFAULT now(), UNIQUE (parent, amount));
        CREATE TABLE events (day date) PARTITION BY RANGE (day);
        CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
        CREATE INDEX by_mood ON parents (mood) WHERE id > 3;
        CREATE SEQUENCE numbers INCREMENT 5;
        CREATE VIEW good AS SELECT id FROM parents WHERE mood = 'good';
        CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM parents;
        CREATE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO app.children (amount) VALUES (1); RETURN NEW; END $$;
        CREATE TRIGGER logs AFTER INSERT OR UPDATE OF mood ON parents FOR EACH ROW EXECUTE FUNCTION log_it();
        CREATE RULE quiet AS ON DELETE TO events DO INSTEAD NOTHING;
        ALTER TABLE parents ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON parents FOR SELECT USING (code = current_user);
        CREATE EXTENSION pgcrypto;
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_of_the_apps_is_there_and_nothing_of_the_databases_own()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync(Schema);
        var (catalogue, _) = await ReadAsync(database);

        Assert.Equal(
            [
                "constraint app.children_parent_amount_key on children", "constraint app.children_parent_fkey on children", "constraint parents_pkey on parents", "domain code", "enum mood",
                "extension pgcrypto", "function log_it()", "index by_mood", "materialized view totals", "policy own on parents", "rule quiet on events", "schema app.app",
                "sequence app.children_id_seq", "sequence numbers", "table app.children", "table events", "table events_2024", "table parents", "trigger logs on parents", "type pair", "view good",
            ],
            catalogue.Objects.Select(static found => found.Key).Order(StringComparer.Ordinal));
        Assert.Equal("app.children", catalogue.FindTable("children")?.Name);
        Assert.Equal("parents", catalogue.FindTable("public.parents")?.Name);
        Assert.Null(catalogue.FindTable("Parents"));
        var key = Assert.Single(catalogue.References.Keys);
        Assert.Equal(("app.children", "parents", "CASCADE", "SET NULL", "parent"), (key.Child, key.Parent, key.OnDelete, key.OnUpdate, Assert.Single(key.Columns)));
        var trigger = Assert.Single(catalogue.References.TriggersOn("parents"));
        Assert.Equal((true, true, false), (trigger.FiresOn("INSERT"), trigger.FiresOn("UPDATE"), trigger.FiresOn("DELETE")));
        // Through the trigger's function.
        Assert.Contains("app.children", catalogue.References.Reach(["parents"], static _ => false));
    }

    [Theory]
    [InlineData("ALTER TABLE parents ALTER code SET DEFAULT 'y'", "table parents")]
    [InlineData("ALTER TABLE parents ALTER mood DROP NOT NULL", "table parents")]
    [InlineData("ALTER TABLE app.children ADD note text COLLATE \"C\"", "table app.children")]
    [InlineData("ALTER TYPE mood RENAME VALUE 'bad' TO 'worse'", "enum mood")]
    [InlineData("CREATE OR REPLACE VIEW good AS SELECT id FROM parents WHERE mood <> 'bad'", "view good")]
    [InlineData("ALTER TABLE parents DISABLE TRIGGER logs", "trigger logs on parents")]
    [InlineData("ALTER POLICY own ON parents USING (true)", "policy own on parents")]
    [InlineData("ALTER SEQUENCE numbers INCREMENT 6", "sequence numbers")]
    [InlineData("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_mood'::regclass", "index by_mood")]
    [InlineData("ALTER DOMAIN code SET DEFAULT 'z'", "domain code")]
    [InlineData("CREATE OR REPLACE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$", "function log_it()")]
    [InlineData("ALTER TABLE parents DISABLE ROW LEVEL SECURITY", "table parents")]
    public async Task A_change_is_seen_in_what_was_changed(string change, string key)
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync(Schema);
        var (before, dialect) = await ReadAsync(database);
        await database.ExecuteAsync(change);

        await using var connection = await database.OpenAsync();
        var after = await dialect.ReadCatalogueAsync(connection, null, before, Token);

        var then = before.Objects.ToDictionary(static found => found.Key, static found => found.Hash);
        Assert.Equal([key], after.Objects.Where(found => !then.TryGetValue(found.Key, out var hash) || hash != found.Hash).Select(static found => found.Key));
    }

    [Fact]
    public async Task Columns_have_their_defaults_in_their_own_type()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync(Schema);
        var (_, dialect) = await ReadAsync(database);
        await using var connection = await database.OpenAsync();

        var columns = await dialect.ColumnsAsync(connection, null, "app.children", Token);

        Assert.Equal(
            ["id NULL", "parent NULL", "amount ((0)::numeric(10,2))", "twice NULL computed", "j (('{}'::json)::json)", "at NULL"],
            columns.Select(static column => $"{column.Name} {column.Literal}{(column.IsComputed ? " computed" : "")}"));
        Assert.Equal("((0)::numeric(10,2))", await dialect.DefaultOfAsync(connection, null, "app.children", "amount", Token));
        Assert.True(await dialect.HasColumnAsync(connection, null, "parents", "mood", Token));
        Assert.False(await dialect.HasColumnAsync(connection, null, "parents", "nothere", Token));
        Assert.Equal(["parents"], await dialect.FindTablesAsync(connection, null, ["parents", "children"], Token));
    }

    [Fact]
    public async Task A_digest_depends_on_the_rows_and_not_on_their_order_or_on_the_session()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE a (id int, at timestamptz, f float8, b bytea, j jsonb, t text[], i interval); INSERT INTO a VALUES (1, '2024-01-01 12:00Z', 0.1, '\\x01', '{\"a\": 1}', '{a,NULL}', '1 day'), (2, NULL, 'NaN', NULL, NULL, NULL, NULL)");
        await database.ExecuteAsync("CREATE TABLE b AS SELECT * FROM a ORDER BY id DESC");
        var dialect = new PostgreSqlDialect();
        await using var connection = await database.OpenAsync();
        await using var transaction = await dialect.BeginAsync(connection, Token);
        Task<RowDigest> DigestAsync(string select) => dialect.DigestAsync(connection, transaction, select, Token);
        var digest = await DigestAsync("SELECT * FROM a");
        await Sql.ExecuteAsync(connection, transaction, "SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'SQL, DMY'; SET IntervalStyle = 'postgres_verbose'; SET bytea_output = 'escape'; SET extra_float_digits = 0", Token);

        Assert.Equal(digest, await DigestAsync("SELECT * FROM b"));
        Assert.Equal(digest, await DigestAsync("SELECT * FROM a WHERE id = 1") + await DigestAsync("SELECT * FROM a WHERE id = 2"));
        Assert.Equal(2, digest.Rows);
        Assert.NotEqual(digest, await DigestAsync("SELECT id + 1, at, f, b, j, t, i FROM a"));
        Assert.Equal(default, await DigestAsync("SELECT * FROM a WHERE false"));
        Assert.Equal("Asia/Tokyo", await Sql.ScalarAsync(connection, transaction, "SHOW TimeZone", Token));
        Assert.Equal(digest, await dialect.DigestAsync(await database.OpenAsync(), null, "SELECT * FROM a", Token));
    }

    [Fact]
    public async Task Rows_that_nobody_may_read_are_told_and_the_transaction_goes_on()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync($"CREATE TABLE secret (id int); CREATE ROLE \"poor {database.Name}\"");
        var dialect = new PostgreSqlDialect();
        await using var connection = await database.OpenAsync();
        await using var transaction = await dialect.BeginAsync(connection, Token);
        await Sql.ExecuteAsync(connection, transaction, $"SET ROLE \"poor {database.Name}\"", Token);

        var digest = await RowDigest.TakeAsync(dialect, connection, transaction, "SELECT * FROM secret", Token);
        await Assert.ThrowsAnyAsync<DbException>(() => dialect.TryAsync(transaction, () => Sql.ScalarAsync(connection, transaction, "SELECT nothere", Token), Token));
        await dialect.ResetSessionAsync(connection, transaction, Token);

        Assert.Equal(RowDigest.Unreadable, digest);
        Assert.Equal("postgres", await Sql.ScalarAsync(connection, transaction, "SELECT current_user::text", Token));
    }

    [Theory]
    [InlineData("Database=nothere", "does not exist on that server", "CREATE DATABASE")]
    [InlineData("Password=wrong", "the server refuses the password", "Correct the password")]
    [InlineData("Port=1", "cannot be reached", "start the server")]
    [InlineData("Username=nobody", "the server refuses the password", "Correct the password")]
    public async Task A_database_that_cannot_be_opened_is_told_with_what_to_do_and_no_password(string change, string told, string mend)
    {
        await using var database = await server.CreateDatabaseAsync();
        var parts = change.Split('=');
        var target = new PostgreSqlDialect().Open(() => new NpgsqlConnection(database.ConnectionStringWith(settings => settings[parts[0]] = parts[1])), "/");

        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => target.OpenAsync(Token));

        Assert.Equal("DTK7401", refusal.Messages[0].Code);
        Assert.Contains(told, refusal.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains(mend, refusal.Messages[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("staple", refusal.Messages[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", refusal.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_history_is_found_where_it_was_made_whatever_the_search_path_is_by_now()
    {
        // The database's setting is that of sessions which begin after it.
        await using var target = new PostgreSqlUnderTest(await server.CreateDatabaseAsync(), isPooled: false);
        using var app = new DeployedApp(target);
        app.Migration("0001_path", $"CREATE SCHEMA app; ALTER DATABASE \"{target.Database.Name}\" SET search_path = app; CREATE TABLE items (id int);", "DROP TABLE public.items;");
        await app.UpOkAsync();
        app.Migration("0002_more", "CREATE TABLE more (id int);", "DROP TABLE more;");
        await app.UpOkAsync("2.0.0");

        Assert.Equal("2", await target.ScalarAsync("SELECT count(*) FROM public.deployment_migrations"));
        Assert.Equal("1", await target.ScalarAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'app' AND tablename = 'more'"));
    }

    private static async Task<(Catalogue, PostgreSqlDialect)> ReadAsync(Testing.PostgreSqlDatabase database)
    {
        var dialect = new PostgreSqlDialect();
        await using var connection = await dialect.Open(() => new NpgsqlConnection(database.ConnectionString), "/").OpenAsync(Token);
        return (await dialect.ReadCatalogueAsync(connection, null, null, Token), dialect);
    }
}
