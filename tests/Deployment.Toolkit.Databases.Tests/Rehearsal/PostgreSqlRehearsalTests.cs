using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Testing;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Rehearsal;

public sealed class PostgreSqlRehearsalTests(PostgreSqlServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // A generator that knows what it broke: every broken way back is found, and no good one is suspected.
    [FullRunFact]
    public async Task Of_made_up_migrations_each_broken_way_back_is_told_from_the_good_ones()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        await database.Database.ExecuteAsync(MadeUpMigration.Before);
        var broken = 0;
        for (var seed = 1; seed <= (FullRun.IsAll ? 200 : 50); seed++)
        {
            using var app = new DeployedApp(database);
            var made = MadeUpMigration.Make(seed);
            app.Migration("0001_made_up", made.Up, made.Down);
            var migration = Assert.Single((await app.AskAsync(static database => database.RehearseAsync(Token))).Migrations);
            var isRight = made.Break is null
                ? migration.Verdict == RehearsalVerdict.Proven
                : migration.Verdict is RehearsalVerdict.WayBackDiffers or RehearsalVerdict.WayBackFailed or RehearsalVerdict.NotRepeatable;
            Assert.True(isRight, $"seed {seed}, broken by {made.Break ?? "nothing"}: {migration.Verdict} {migration.Failure}\n{string.Join('\n', migration.Differences)}\n{made.Up}\n--\n{made.Down}");
            broken += made.Break is null ? 0 : 1;
        }

        Assert.InRange(broken, FullRun.IsAll ? 70 : 12, FullRun.IsAll ? 130 : 38);
        // Each of them had a copy, and the database is as it was.
        Assert.Equal("0", await LeftAsync(database));
        Assert.Equal("courses words", await database.ScalarAsync("SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('courses', 'words', 'tags', 'audit', 'deployment_migrations')"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_in_use_is_copied_too_by_a_dump(bool isInUse)
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        await database.Database.ExecuteAsync("CREATE TABLE items (id serial PRIMARY KEY, name text); INSERT INTO items (name) SELECT 'item ' || n FROM generate_series(1, 1000) AS n");
        await database.Database.ExecuteAsync($"ALTER DATABASE \"{database.Database.Name}\" SET search_path = \"$user\", public");
        using var app = new DeployedApp(database);
        app.Migration("0001_good", "CREATE INDEX items_name ON items (name);", "DROP INDEX items_name;");
        app.Migration("0002_bad", "-- changes-rows: items\nUPDATE items SET name = 'x' WHERE id = 7;", "-- changes-rows: items\nUPDATE items SET name = 'y' WHERE name = 'x';");
        await using var other = isInUse ? await database.Database.OpenAsync() : null;
        var report = await app.AskAsync(static database => database.RehearseAsync(Token));
        Assert.Equal([RehearsalVerdict.Proven, RehearsalVerdict.WayBackDiffers], report.Migrations.Select(static migration => migration.Verdict));
        Assert.Equal(["+ rows of items: as many, with other values"], report.Migrations[1].Differences);
        Assert.Equal("0", await LeftAsync(database));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(app.Folder, ".deployment", "development"), "rehearsal-*"));
        Assert.Equal("item 7", await database.ScalarAsync("SELECT name FROM items WHERE id = 7"));
    }

    [Fact]
    public async Task In_use_and_without_the_programs_it_says_what_is_missing()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { Configure = static builder => Programs(builder, []) };
        app.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        Assert.True((await app.AskAsync(static database => database.RehearseAsync(Token))).IsProven);

        // On a busy server the sessions of the one before end a little after it.
        while (await database.Database.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'") != "0")
            Token.ThrowIfCancellationRequested();
        await using var other = await database.Database.OpenAsync();
        var refused = await Assert.ThrowsAsync<DeploymentException>(() => app.AskAsync(static database => database.RehearseAsync(Token)));
        var text = Assert.Single(refused.Messages).Text;
        Assert.Contains("(1 session has)", text, StringComparison.Ordinal);
        Assert.Contains("pg_dump and pg_restore are neither on PATH", text, StringComparison.Ordinal);
        Assert.Contains("postgresql-client-", text, StringComparison.Ordinal);
        Assert.Equal("DTK7332", refused.Messages[0].Code);
    }

    [Fact]
    public async Task A_session_that_is_about_to_end_is_nobody_who_has_it_open()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { Configure = static builder => Programs(builder, []) };
        app.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        var name = database.Database.Name;
        await using var elsewhere = await server.CreateDatabaseAsync();
        await using var other = await database.Database.OpenAsync();
        NpgsqlConnection.ClearPool(other);

        var rehearsal = app.AskAsync(static database => database.RehearseAsync(Token));
        // Until it was asked who has the database open, and for as long as nobody has a copy of it.
        while (
            !rehearsal.IsCompleted
            && await elsewhere.ScalarAsync($"SELECT 1 FROM pg_stat_activity WHERE datname <> '{name}' AND pid <> pg_backend_pid() AND query LIKE '%count(*) FROM pg_catalog.pg_stat_activity%' AND state = 'idle'") is null
        )
            Token.ThrowIfCancellationRequested();
        await other.DisposeAsync();
        Assert.True((await rehearsal).IsProven);
    }

    [Fact]
    public async Task A_role_that_may_make_no_databases_is_told_so()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        var role = "plain_" + Guid.NewGuid().ToString("N")[..8];
        await database.Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT ALL ON SCHEMA public TO {role}");
        using var app = new DeployedApp(database)
        {
            Settings = { ["ConnectionStrings:App"] = database.Database.ConnectionStringWith(settings => (settings.Username, settings.Password) = (role, "secret")) },
        };
        app.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        var refused = await Assert.ThrowsAsync<DeploymentException>(() => app.AskAsync(static database => database.RehearseAsync(Token)));
        Assert.Contains($"ALTER ROLE \"{role}\" CREATEDB", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
        await database.Database.ExecuteAsync($"REVOKE ALL ON SCHEMA public FROM {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task The_copy_of_a_run_that_is_no_more_is_dropped_and_that_of_a_living_one_stays()
    {
        await using var database = await server.CreateDatabaseAsync();
        var cluster = new PostgreSqlCluster(() => new NpgsqlConnection(database.ConnectionString));
        await using var living = await PostgreSqlOwnDatabase.ReserveAsync(cluster, "test", Token);
        await database.ExecuteAsync($"CREATE DATABASE \"{living.Name}\"");
        var killed = await PostgreSqlOwnDatabase.ReserveAsync(cluster, "test", Token);
        await database.ExecuteAsync($"CREATE DATABASE \"{killed.Name}\"");
        await killed.Maintenance.DisposeAsync();

        await using (var next = await PostgreSqlOwnDatabase.ReserveAsync(cluster, "test", Token))
        {
            Assert.Null(await database.ScalarAsync($"SELECT 1 FROM pg_database WHERE datname = '{killed.Name}'"));
            Assert.Equal("1", await database.ScalarAsync($"SELECT 1 FROM pg_database WHERE datname = '{living.Name}'"));
        }
    }

    [Fact]
    public async Task A_journal_in_the_database_is_not_taken_for_the_apps()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { Configure = static builder => builder.ForJournal() };
        app.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        await app.UpOkAsync();
        app.Migration("0002_more", "CREATE TABLE more (id int);", "DROP TABLE more;");
        Assert.True((await app.AskAsync(static database => database.RehearseAsync(Token))).IsProven);
    }

    internal static void Programs(DeploymentBuilder builder, IReadOnlyList<string> folders) =>
        ((PostgreSqlDialect)builder.Registrations.Of<DeclaredDatabases>().Last!.Dialect).Programs = new PostgreSqlPrograms(folders);

    private static async Task<string?> LeftAsync(PostgreSqlUnderTest database)
    {
        var cluster = new PostgreSqlCluster(() => new NpgsqlConnection(database.ConnectionString));
        await using var probe = await PostgreSqlOwnDatabase.ReserveAsync(cluster, "probe", Token);
        return await database.ScalarAsync($"SELECT count(*) FROM pg_database WHERE starts_with(datname, '{probe.Name[..(probe.Name.IndexOf('_', "deployment_toolkit_".Length) + 1)]}')");
    }
}
