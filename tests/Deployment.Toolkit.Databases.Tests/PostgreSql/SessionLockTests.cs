using System.Diagnostics;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Databases.Tests.PostgreSql;

public sealed class SessionLockTests(PostgreSqlServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_waits_is_told_for_whom_and_gives_up_at_the_limit()
    {
        await using var database = await server.CreateDatabaseAsync();
        using var trial = new ScriptTrial(database);
        await using var held = await trial.Target.LockAsync(Request("deploy one on web-1 (1)", TimeSpan.Zero), Token);
        var said = new List<string>();

        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => trial.Target.LockAsync(Request("deploy two", TimeSpan.FromMilliseconds(300), said), Token));

        Assert.Contains("is being migrated by 'deploy one on web-1 (1)' from 127.0.0.1 (server process ", Assert.Single(said), StringComparison.Ordinal);
        Assert.Equal("DTK7104", refusal.Messages[0].Code);
        Assert.Contains("and still was after 0.3 s", refusal.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_is_free_once_it_is_given_back_or_its_connection_is_gone()
    {
        await using var database = await server.CreateDatabaseAsync();
        using var trial = new ScriptTrial(database);
        var first = await trial.Target.LockAsync(Request("one", TimeSpan.Zero), Token);
        await first!.EnsureHeldAsync(Token);
        await first.DisposeAsync();
        await using var second = await trial.Target.LockAsync(Request("two", TimeSpan.Zero), Token);

        await database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'two'");
        var lost = await Assert.ThrowsAsync<DeploymentException>(() => second!.EnsureHeldAsync(Token));
        await using var third = await trial.Target.LockAsync(Request("three", TimeSpan.FromSeconds(10)), Token);

        Assert.Equal(DeploymentOutcome.NeedsAttention, lost.Outcome);
        Assert.Contains("is gone, so that somebody else may be at it by now", lost.Messages[0].Text, StringComparison.Ordinal);
        Assert.NotNull(third);
    }

    [Fact]
    public async Task A_way_on_which_a_session_is_shared_is_refused()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var source = Npgsql.NpgsqlDataSource.Create(database.ConnectionStringWith(static settings => (settings.Pooling, settings.Multiplexing) = (true, true)));
        var target = new Toolkit.Databases.PostgreSql.PostgreSqlDialect().Open(source.CreateConnection, "/");

        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => target.LockAsync(Request("one", TimeSpan.Zero), Token));

        Assert.Contains("does not hold there", refusal.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal("0", await database.ScalarAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(7, 7)]
    public async Task A_statement_takes_as_long_as_the_migrations_may_unless_the_connection_string_says_otherwise(int? said, int expected)
    {
        await using var database = await server.CreateDatabaseAsync();
        var settings = database.ConnectionString + (said is null ? "" : $";Command Timeout={said}");
        var target = new Toolkit.Databases.PostgreSql.PostgreSqlDialect().Open(() => new Npgsql.NpgsqlConnection(settings), "/");

        await using var connection = await target.OpenAsync(Token);

        Assert.Equal(expected, ((Npgsql.NpgsqlConnection)connection).CommandTimeout);
        // Another connection string would be another pool of the driver's, with connections of its own.
        await using var look = await target.OpenToLookAsync(Token);
        Assert.Equal(said ?? 30, ((Npgsql.NpgsqlConnection)look).CommandTimeout);
    }

    [Fact]
    public async Task Whoever_looks_while_a_migration_has_the_history_waits_whatever_the_driver_s_own_limit_is()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var target = new PostgreSqlUnderTest(database);
        using (var app = new DeployedApp(target))
        {
            app.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
            app.Migration("R__counts", "CREATE OR REPLACE VIEW counts AS SELECT count(*) AS items FROM items;");
            await app.UpOkAsync();
        }

        var settings = database.ConnectionStringWith(static settings => settings.CommandTimeout = 1);
        var seen = new Toolkit.Databases.PostgreSql.PostgreSqlDialect().Open(() => new Npgsql.NpgsqlConnection(settings), "/");
        await using var other = new Npgsql.NpgsqlConnection(database.ConnectionString);
        await other.OpenAsync(Token);
        var transaction = await other.BeginTransactionAsync(Token);
        await Sql.ExecuteAsync(other, transaction, "LOCK TABLE deployment_migrations, deployment_repeatables, deployment_stamp IN ACCESS EXCLUSIVE MODE", Token);
        Task<bool>[] looks =
        [
            Seen(MigrationHistory.ReadAsync(seen, Token)),
            Seen(MigratedUnder.ReadAsync(seen, Token)),
            Seen(HistoryOwner.ReadAsync(seen, Token)),
            SeenRepeatables(),
            SeenStamp(),
        ];
        await Sql.ExecuteAsync(other, transaction, "SELECT pg_sleep(1.5)", Token);
        await transaction.CommitAsync(Token);

        Assert.All(await Task.WhenAll(looks), Assert.True);

        static async Task<bool> Seen<T>(Task<IReadOnlyList<T>> look) => (await look).Count == 1;
        async Task<bool> SeenRepeatables() => (await RepeatableHistory.ReadAsync(seen, Token)).Last("R__counts") is not null;
        async Task<bool> SeenStamp() => await DatabaseStamps.ReadAsync(seen, Token) is not null;
    }

    // What is asked of a connection over TCP is what its socket has.
    [Fact]
    public async Task A_machine_that_vanishes_is_missed_within_about_a_minute_by_its_lock_and_by_its_work()
    {
        await using var database = await server.CreateDatabaseAsync();
        using var trial = new ScriptTrial(database);
        const string Limits = "current_setting('tcp_keepalives_idle')::int + current_setting('tcp_keepalives_interval')::int * current_setting('tcp_keepalives_count')::int || ' ' || current_setting('tcp_user_timeout')";

        await trial.ApplyAsync($"CREATE TABLE told AS SELECT {Limits} AS limits;", Token);
        await using var held = (Toolkit.Databases.PostgreSql.PostgreSqlSessionLock?)await trial.Target.LockAsync(Request("one", TimeSpan.Zero), Token);
        await using var journal = await new Toolkit.Databases.PostgreSql.PostgreSqlJournal(() => new Npgsql.NpgsqlConnection(database.ConnectionString), "deployment").TryLockAsync("production", Token);

        Assert.Equal("60 60000", await database.ScalarAsync("SELECT limits FROM told"));
        Assert.Equal("60 60000", await Sql.ScalarAsync(held!.Connection, null, $"SELECT {Limits}", Token));
        Assert.Equal("60 60000", await Sql.ScalarAsync(journal!.Connection, null, $"SELECT {Limits}", Token));
    }

    [Fact]
    public async Task Rows_are_counted_for_as_long_as_it_takes_whatever_the_driver_s_own_limit_is()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE items AS SELECT 1 AS id");
        await using var connection = new Npgsql.NpgsqlConnection(database.ConnectionStringWith(static settings => settings.CommandTimeout = 1));
        await connection.OpenAsync(Token);
        var slow = new RowSource("items", "items", "*", "items WHERE pg_sleep(1.5) IS NOT NULL");

        Assert.Equal(1, await slow.CountAsync(new Toolkit.Databases.PostgreSql.PostgreSqlDialect(), connection, null, Token));
    }

    [Fact]
    public async Task A_history_is_looked_for_in_the_search_path_that_the_connection_names_and_nowhere_else()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.deployment_migrations (version text)");

        Assert.Equal("b", await SchemaAsync(database.ConnectionStringWith(static settings => settings.SearchPath = "b")));
        Assert.Equal("a", await SchemaAsync(database.ConnectionStringWith(static settings => settings.SearchPath = "b,a")));
        Assert.Equal("b", await SchemaAsync(database.ConnectionStringWith(static settings => settings.Options = "-c search_path=b")));
        Assert.Equal("a", await SchemaAsync(database.ConnectionString));
        await database.ExecuteAsync("CREATE TABLE b.deployment_migrations (version text)");
        Assert.Equal("b", await SchemaAsync(database.ConnectionStringWith(static settings => settings.SearchPath = "b,a")));
    }

    [Fact]
    public async Task A_history_that_another_role_owns_is_another_apps()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("""
            CREATE SCHEMA a; CREATE TABLE a.deployment_migrations (version text);
            DROP ROLE IF EXISTS other_app; CREATE ROLE other_app LOGIN PASSWORD 'o'; CREATE SCHEMA other_app AUTHORIZATION other_app;
            """);
        var other = database.ConnectionStringWith(static settings => (settings.Username, settings.Password) = ("other_app", "o"));

        Assert.Equal("other_app", await SchemaAsync(other));
        await database.ExecuteAsync("ALTER TABLE a.deployment_migrations OWNER TO other_app");
        Assert.Equal("a", await SchemaAsync(other));
        await database.ExecuteAsync("DROP OWNED BY other_app; DROP ROLE other_app");
    }

    private static async Task<string?> SchemaAsync(string settings)
    {
        var dialect = new Toolkit.Databases.PostgreSql.PostgreSqlDialect();
        await (await dialect.Open(() => new Npgsql.NpgsqlConnection(settings), "/").OpenAsync(Token)).DisposeAsync();
        return dialect.Schema;
    }

    [Fact]
    public async Task Waiting_ends_when_it_is_cancelled()
    {
        await using var database = await server.CreateDatabaseAsync();
        using var trial = new ScriptTrial(database);
        await using var held = await trial.Target.LockAsync(Request("one", TimeSpan.Zero), Token);
        using var cancelled = new CancellationTokenSource();
        var waits = new TaskCompletionSource();

        var waiting = trial.Target.LockAsync(Request("two", TimeSpan.FromMinutes(5)) with { Waiting = _ => waits.TrySetResult() }, cancelled.Token);
        await waits.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30), Token));
    }

    [Fact]
    public async Task Who_waits_has_no_snapshot_for_whose_end_an_index_would_wait()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE items (id int)");
        using var trial = new ScriptTrial(database);
        using var other = new ScriptTrial(database);
        await using var held = await trial.Target.LockAsync(Request("one", TimeSpan.Zero), Token);
        using var cancelled = new CancellationTokenSource();
        var waits = new TaskCompletionSource();
        var waiting = other.Target.LockAsync(Request("two", TimeSpan.FromMinutes(5)) with { Waiting = _ => waits.TrySetResult() }, cancelled.Token);
        await waits.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);

        var took = Stopwatch.StartNew();
        await database.ExecuteAsync("CREATE INDEX CONCURRENTLY by_id ON items (id)");

        Assert.True(took.Elapsed < TimeSpan.FromSeconds(20), "The index waited for the one that waits for the lock.");
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Nothing_pending_takes_no_lock_and_a_deployment_that_waits_goes_on()
    {
        await using var target = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(target);
        app.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        await app.UpOkAsync();
        using var trial = new ScriptTrial(target.Database);
        var held = await trial.Target.LockAsync(Request("somebody", TimeSpan.Zero), Token);

        var nothing = await app.UpAsync();
        app.Migration("0002_notes", "CREATE TABLE notes (id int);", "DROP TABLE notes;");
        app.OnProgress = progress =>
        {
            if (progress.Text.Contains("is being migrated by 'somebody'", StringComparison.Ordinal))
                held!.DisposeAsync().AsTask().GetAwaiter().GetResult();
        };
        var waited = await app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.NothingToDo, nothing.Outcome);
        Assert.True(waited.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(waited));
    }

    [Fact]
    public async Task What_another_run_has_applied_meanwhile_is_not_taken_back_when_this_one_fails()
    {
        await using var target = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(target);
        using var other = new DeployedApp(target);
        foreach (var one in (DeployedApp[])[app, other])
        {
            one.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
            one.Migration("0002_notes", "CREATE TABLE notes (id int);", "DROP TABLE notes;");
        }

        app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy("no");
        app.OnProgress = progress =>
        {
            if (progress is { Kind: ProgressKind.StepStarted, Step: DeploymentSteps.Migrate, IsWayBack: false })
                other.UpOkAsync().GetAwaiter().GetResult();
        };
        var failed = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.RolledBack, failed.Outcome);
        Assert.Contains(app.Said, static line => line.StartsWith("0001_items was applied by run ", StringComparison.Ordinal));
        Assert.Equal("deployment_migrations items notes", await target.TablesAsync());
    }

    private static SessionLockRequest Request(string holder, TimeSpan limit, List<string>? said = null) =>
        new(holder, limit, TimeProvider.System, line => said?.Add(line));
}
