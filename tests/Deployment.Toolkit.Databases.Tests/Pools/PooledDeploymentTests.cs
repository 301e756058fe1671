using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PostgreSqlDatabase = Deployment.Toolkit.Databases.Testing.PostgreSqlDatabase;

namespace Deployment.Toolkit.Databases.Tests.Pools;

/// <summary>Apps that reach their database, and the journal in it, through PgBouncer in transaction mode alone.</summary>
public sealed class PooledDeploymentTests(PostgreSqlServer server) : IAsyncLifetime
{
    private PostgreSqlDatabase _database = null!;
    private PgBouncer _bouncer = null!;
    private DeployedApp _app = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        _bouncer = await PgBouncer.StartAsync(_database);
        _app = AppOf();
    }

    public async ValueTask DisposeAsync()
    {
        _app.Dispose();
        await _bouncer.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task It_is_deployed_taken_back_and_told_with_the_journal_there_too()
    {
        _app.Configure = static deployment => deployment.ForJournal();
        _app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY); SET search_path TO pg_catalog; INSERT INTO public.items VALUES (1);", "DROP TABLE items;");
        await _app.UpOkAsync();
        _app.Migration("0002_notes", "SET LOCAL lock_timeout = '5s'; CREATE TABLE notes (id int REFERENCES items DEFERRABLE INITIALLY DEFERRED); INSERT INTO notes VALUES (1);", "DROP TABLE notes;");
        await _app.UpOkAsync("2.0.0");

        var back = await _app.RollbackAsync();

        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(back));
        Assert.Null(await _database.ScalarAsync("SELECT to_regclass('notes')::text"));
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM items"));
        using var host = _app.Build();
        var status = Assert.Single(await host.Services.GetRequiredService<DeploymentHistory>().GetStatusAsync("Development", Token));
        Assert.Equal("1.0.0", status.Release?.Version);
        var verified = await _app.VerifyJournalAsync();
        Assert.True(verified.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(verified));
        Assert.Equal("0", await _database.ScalarAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
        Assert.Equal("", await _database.ScalarAsync("SELECT coalesce(string_agg(lease, ' '), '') FROM (SELECT lease FROM deployment.journals UNION ALL SELECT lease FROM deployment_migration_lock) AS l"));
    }

    [Fact]
    public async Task A_journal_moves_out_and_in_through_the_pool()
    {
        _app.Configure = static deployment => deployment.ForJournal();
        _app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;");
        await _app.UpOkAsync();
        var (file, key) = (Path.Combine(_app.Folder, "out.jsonl"), Path.Combine(_app.Folder, "out.key"));
        Ok(await AskAsync(history => history.ExportJournalAsync("Development", file, key, Token)));
        var records = await _database.ScalarAsync("SELECT count(*) FROM deployment.records");
        await _database.ExecuteAsync("DROP SCHEMA deployment CASCADE");

        Ok(await AskAsync(history => history.ImportJournalAsync("Development", file, key, Token)));

        Assert.True(int.Parse((await _database.ScalarAsync("SELECT count(*) FROM deployment.records"))!, null) >= int.Parse(records!, null));
        Ok(await _app.VerifyJournalAsync());
        _app.Migration("0002_notes", "CREATE TABLE notes (id int);", "DROP TABLE notes;");
        await _app.UpOkAsync("2.0.0");

        async Task<DeploymentResult> AskAsync(Func<DeploymentHistory, Task<DeploymentResult>> ask)
        {
            using var host = _app.Build();
            return await ask(host.Services.GetRequiredService<DeploymentHistory>());
        }

        static void Ok(DeploymentResult result) => Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result));
    }

    [Fact]
    public async Task Only_the_servers_clock_counts()
    {
        var wrong = new Offset(TimeSpan.FromDays(-3));
        _app.Configure = deployment => deployment.ForJournal().Host.Services.AddSingleton<TimeProvider>(wrong);
        _app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;");

        await _app.UpOkAsync();

        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM deployment_migrations"));
    }

    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY by_id ON items (id);", "migration 0002_next runs outside a transaction")]
    [InlineData("-- transaction: none\nVACUUM items;", "migration 0002_next runs outside a transaction")]
    [InlineData("CREATE TEMP TABLE t (id int);", "migration 0002_next leaves something temporary with the session")]
    [InlineData("PREPARE p AS SELECT 1;", "migration 0002_next leaves a prepared statement with the session")]
    [InlineData("LISTEN here;", "migration 0002_next leaves LISTEN with the session")]
    [InlineData("SELECT pg_advisory_lock(1);", "migration 0002_next leaves an advisory lock with the session")]
    public async Task What_needs_a_session_is_refused_before_anything_is_done(string script, string why)
    {
        _app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;");
        _app.Migration("0002_next", script);

        var refused = await _app.UpAsync();

        Assert.Equal((DeploymentOutcome.Refused, "DTK7401"), (refused.Outcome, refused.Messages[0].Code));
        Assert.Contains($"(PgBouncer with pool_mode = transaction), and {why}", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("Nothing was begun. Name a connection string past the pool", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Null(await _database.ScalarAsync("SELECT to_regclass('items')::text"));
    }

    [Fact]
    public async Task A_way_back_that_needs_a_session_is_refused_with_its_migration()
    {
        _app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY); CREATE INDEX by_id ON items (id);", "DROP INDEX CONCURRENTLY by_id;");

        var refused = await _app.UpAsync();

        Assert.Contains("the way back of migration 0001_items runs outside a transaction", DeployedApp.TextOf(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollback_that_needs_a_session_is_refused_before_anything_is_taken_back()
    {
        using var direct = new DeployedApp(new PostgreSqlUnderTest(_database)) { Configure = static deployment => deployment.ForJournal() };
        _app.Configure = direct.Configure;
        foreach (var app in (DeployedApp[])[direct, _app]) app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;");
        await direct.UpOkAsync();
        foreach (var app in (DeployedApp[])[direct, _app])
        {
            app.Migration("0002_index", "CREATE INDEX CONCURRENTLY by_id ON items (id);", "DROP INDEX CONCURRENTLY by_id;");
            app.Migration("0003_notes", "CREATE TABLE notes (id int);", "DROP TABLE notes;");
        }

        await direct.UpOkAsync("2.0.0");
        var back = await _app.RollbackAsync();

        Assert.Equal((DeploymentOutcome.Refused, "DTK7401"), (back.Outcome, back.Messages[0].Code));
        Assert.Contains("the way back of migration 0002_index runs outside a transaction", back.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal("notes", await _database.ScalarAsync("SELECT to_regclass('notes')::text"));
        var past = await direct.RollbackAsync();
        Assert.True(past.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(past));
    }

    [Fact]
    public async Task What_stays_within_its_transaction_is_not()
    {
        _app.Migration("0001_items", "CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1 AS id; CREATE TABLE items AS SELECT id FROM t; SELECT pg_advisory_xact_lock(1); SET statement_timeout = '1min';", "DROP TABLE items;");

        await _app.UpOkAsync();

        await using var pooled = new NpgsqlConnection(_bouncer.ConnectionString);
        await pooled.OpenAsync(Token);
        Assert.Equal("0", await new NpgsqlCommand("SHOW statement_timeout", pooled).ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task A_backup_and_a_rehearsal_are_refused_with_the_way_on()
    {
        using var app = AppOf(takesBackups: true);
        app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;");

        var up = await app.UpAsync();
        var rehearsed = await Assert.ThrowsAsync<DeploymentException>(() => app.AskAsync(static database => database.RehearseAsync(Token)));

        Assert.Equal((DeploymentOutcome.Refused, "DTK7402"), (up.Outcome, up.Messages[0].Code));
        Assert.Contains("PostgreSQL's own programs need sessions that last", up.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("Name a connection string past the pool", up.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7332"), (rehearsed.Outcome, rehearsed.Messages[0].Code));
        Assert.Null(await _database.ScalarAsync("SELECT to_regclass('items')::text"));
    }

    [Fact]
    public async Task Where_the_journal_alone_comes_through_the_pool_backups_are_taken_and_one_that_would_have_to_be_put_back_is_refused()
    {
        using var app = new DeployedApp(new PostgreSqlUnderTest(_database))
        {
            TakesBackups = true,
            Configure = static deployment => deployment.ForJournal(static journal => journal.ConnectionString = "Journal"),
            Settings = { ["ConnectionStrings:Journal"] = _bouncer.ConnectionString },
        };
        app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;");
        await app.UpOkAsync();
        app.Migration("0002_gone", "DROP TABLE items;");

        var refused = await app.UpAsync("2.0.0");

        Assert.Equal((DeploymentOutcome.Refused, "DTK7405"), (refused.Outcome, refused.Messages[0].Code));
        Assert.Contains("its lease would not last until then", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal("items", await _database.ScalarAsync("SELECT to_regclass('items')::text"));
    }

    [Fact]
    public async Task A_lease_and_a_sessions_lock_know_of_each_other()
    {
        var pooled = TargetOf(_bouncer.ConnectionString);
        var direct = TargetOf(_database.ConnectionString);
        await using (await pooled.LockAsync(Request("pooled", TimeSpan.Zero), Token))
        {
            var said = new List<string>();
            var refused = await Assert.ThrowsAsync<DeploymentException>(() => direct.LockAsync(Request("direct", TimeSpan.FromMilliseconds(300), said), Token));
            Assert.Equal("DTK7104", refused.Messages[0].Code);
            Assert.Contains("is being migrated by 'pooled'", Assert.Single(said), StringComparison.Ordinal);
        }

        await using (await direct.LockAsync(Request("direct", TimeSpan.Zero), Token))
        {
            var said = new List<string>();
            await Assert.ThrowsAsync<DeploymentException>(() => pooled.LockAsync(Request("pooled", TimeSpan.FromMilliseconds(300), said), Token));
            Assert.Contains("is being migrated by 'direct'", Assert.Single(said), StringComparison.Ordinal);
        }

        await (await pooled.LockAsync(Request("pooled", TimeSpan.Zero), Token))!.DisposeAsync();
    }

    [Fact]
    public async Task What_is_committed_after_the_lease_ended_is_not()
    {
        await using var own = await _database.OpenAsync();
        await new NpgsqlCommand("SELECT pg_advisory_lock(42)", own).ExecuteNonQueryAsync(Token);
        _app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY); SELECT pg_advisory_xact_lock(42);", "DROP TABLE items;");
        var up = _app.UpAsync();
        while (await _database.ScalarAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 42") == "0") Assert.False(up.IsCompleted);

        await _database.ExecuteAsync("UPDATE deployment_migration_lock SET lease_ends = clock_timestamp()");
        await new NpgsqlCommand("SELECT pg_advisory_unlock(42)", own).ExecuteNonQueryAsync(Token);
        var result = await up;

        Assert.Contains("ended before it was renewed", DeployedApp.TextOf(result), StringComparison.Ordinal);
        Assert.Null(await _database.ScalarAsync("SELECT to_regclass('items')::text"));
    }

    private DeployedApp AppOf(bool takesBackups = false) =>
        new(new Through(new PostgreSqlUnderTest(_database), _bouncer.ConnectionString)) { TakesBackups = takesBackups };

    private static TargetDatabase TargetOf(string settings) => new PostgreSqlDialect().Open(() => new NpgsqlConnection(settings), "/");

    private static SessionLockRequest Request(string holder, TimeSpan limit, List<string>? said = null) =>
        new(holder, limit, TimeProvider.System, said is null ? static _ => { }
    : said.Add);

    private sealed class Offset(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
    }

    private sealed class Through(PostgreSqlUnderTest database, string settings) : TargetUnderTest
    {
        internal override string ConnectionString => settings;

        internal override string Folder => database.Folder;

        internal override string Upkeep => database.Upkeep;

        internal override void Use(DeploymentBuilder builder) => database.Use(builder);

        internal override string Trigger(string table, string statement) => database.Trigger(table, statement);

        internal override Task<string?> ScalarAsync(string sql) => database.ScalarAsync(sql);

        internal override Task<string> TablesAsync() => database.TablesAsync();

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
