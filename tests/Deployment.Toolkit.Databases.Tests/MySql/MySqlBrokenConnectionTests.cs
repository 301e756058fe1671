using System.Text.RegularExpressions;
using Deployment.Toolkit.Databases.Testing;
using MySqlConnector;

namespace Deployment.Toolkit.Databases.Tests.MySql;

/// <summary>What is left when a server, a session or somebody with Ctrl+C ends a migration in the middle, or one of its statements fails.</summary>
public sealed class MySqlBrokenConnectionTests(MySqlServer server)
{
    private const string Items = "CREATE TABLE items (id int); INSERT INTO items VALUES (1);";
    private const string SlowRows = "INSERT INTO items VALUES (2);\nINSERT INTO items SELECT SLEEP(60);";
    private const string SlowSchema = "CREATE TABLE made (id int);\nINSERT INTO made VALUES (1);\nALTER TABLE held ADD COLUMN name text;\nINSERT INTO made VALUES (2);";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_is_ended_within_rows_leaves_nothing_and_the_next_run_goes_on()
    {
        await using var target = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = Prepared(target, SlowRows);

        var running = app.UpAsync();
        await KillAsync(target.Database, await RunningAsync(target.Database, "%SLEEP(60)%"));
        var ended = await running;
        app.Migration("0002_slow", "INSERT INTO items VALUES (2);", "DELETE FROM items WHERE id = 2;");
        await app.UpOkAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.RolledBack, ended.Outcome);
        Assert.Contains("0002_slow.sql:2:1", DeployedApp.TextOf(ended), StringComparison.Ordinal);
        Assert.Equal("2", await target.ScalarAsync("SELECT COUNT(*) FROM items"));
    }

    [Fact]
    public async Task A_session_that_is_ended_within_a_change_of_the_schema_is_taken_back()
    {
        await using var target = new MySqlUnderTest(await server.CreateDatabaseAsync());
        await target.Database.ExecuteAsync("CREATE TABLE held (id int)");
        await using var holder = await HoldAsync(target.Database);
        using var app = Prepared(target, SlowSchema);

        var running = app.UpAsync();
        await KillAsync(target.Database, await RunningAsync(target.Database, "ALTER TABLE held%"));
        var ended = await running;
        var tables = await target.TablesAsync();
        await holder.CloseAsync();
        await app.UpOkAsync("2.0.0");

        Assert.True(ended.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(ended));
        Assert.Contains("0002_slow.sql:3:1", DeployedApp.TextOf(ended), StringComparison.Ordinal);
        Assert.Contains("Each statement is committed by itself here: 2 of 4 are done.", DeployedApp.TextOf(ended), StringComparison.Ordinal);
        Assert.Equal("held", tables);
        Assert.Equal("2", await target.ScalarAsync("SELECT COUNT(*) FROM made"));
        Assert.Equal("deployment_migrations held items made", await target.TablesAsync());
    }

    [Fact]
    public async Task A_run_that_is_cancelled_within_a_change_of_the_schema_goes_on_later()
    {
        await using var target = new MySqlUnderTest(await server.CreateDatabaseAsync());
        await target.Database.ExecuteAsync("CREATE TABLE held (id int)");
        await using var holder = await HoldAsync(target.Database);
        using var app = Prepared(target, SlowSchema);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var running = app.UpAsync(cancellationToken: cancelled.Token);
        await RunningAsync(target.Database, "ALTER TABLE held%");
        await cancelled.CancelAsync();
        var ended = await running.WaitAsync(TimeSpan.FromSeconds(60), Token);
        await holder.CloseAsync();
        var resumed = await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

        Assert.Equal(DeploymentOutcome.Cancelled, ended.Outcome);
        Assert.True(resumed.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(resumed));
        Assert.Equal("2", await target.ScalarAsync("SELECT COUNT(*) FROM made"));
        Assert.Equal("1", await target.ScalarAsync("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'held' AND column_name = 'name'"));
    }

    [Theory]
    [InlineData(": sent")]
    [InlineData(": done")]
    [InlineData(": before commit")]
    public async Task A_server_that_is_killed_has_whole_statements_when_it_is_there_again_and_the_run_goes_on(string moment)
    {
        await using var own = new MySqlServer { IsDurable = true };
        await using var target = new MySqlUnderTest(await own.CreateDatabaseAsync());
        await target.Database.ExecuteAsync("CREATE TABLE held (id int)");
        using var app = Prepared(target, SlowSchema);
        var isDead = false;
        DeploymentResult? ended = null;
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);

        await Moments.ListenAsync(
            at =>
            {
                if (isDead || !at.StartsWith("statement of 0002_slow", StringComparison.Ordinal) || !at.EndsWith(moment, StringComparison.Ordinal) || HasColumn() != "1")
                    return;
                isDead = true;
                own.KillAsync().GetAwaiter().GetResult();
                // Nobody is there to take it back by.
                cancelled.Cancel();
            },
            async () => ended = await app.UpAsync(cancellationToken: cancelled.Token));
        await own.StartAgainAsync();
        var resumed = await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

        Assert.True(isDead);
        Assert.NotEqual(DeploymentOutcome.Succeeded, ended!.Outcome);
        Assert.True(resumed.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(resumed));
        Assert.Equal("1,2", await target.ScalarAsync("SELECT GROUP_CONCAT(id ORDER BY id) FROM made"));
        Assert.Equal("2", await target.ScalarAsync("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'held'"));

        // At the statement that changes the table: before it, right behind it, or within the one that follows.
        string? HasColumn() => moment == ": sent"
            ? target.ScalarAsync("SELECT COUNT(*) FROM deployment_migration_attempts WHERE done = 2").GetAwaiter().GetResult()
            : target.ScalarAsync("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'held' AND column_name = 'name'").GetAwaiter().GetResult();
    }

    [Fact]
    public async Task The_lock_that_is_gone_stops_the_run_before_its_next_statement()
    {
        await using var target = new MySqlUnderTest(await server.CreateDatabaseAsync());
        await target.Database.ExecuteAsync("CREATE TABLE held (id int)");
        await using var holder = await HoldAsync(target.Database);
        using var app = Prepared(target, SlowSchema);

        var running = app.UpAsync();
        await RunningAsync(target.Database, "ALTER TABLE held%");
        await KillAsync(target.Database, (await target.ScalarAsync("SELECT session FROM deployment_migration_lock"))!);
        await holder.CloseAsync();
        var ended = await running;

        Assert.Contains("is gone, so that somebody else may be at it by now", DeployedApp.TextOf(ended), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TABLE made (id int);", 1)]
    [InlineData("CREATE TABLE made (id int);\nALTER TABLE items ADD COLUMN name text;\nINSERT INTO made VALUES (1);", 1)]
    [InlineData("CREATE TABLE made (id int);\nALTER TABLE items ADD COLUMN name text;\nINSERT INTO made VALUES (1);", 2)]
    [InlineData("CREATE TABLE made (id int);\nALTER TABLE items ADD COLUMN name text;\nINSERT INTO made VALUES (1);", 3)]
    public async Task A_run_that_was_cut_off_anywhere_in_a_script_goes_back_when_it_is_aborted(string script, int done)
    {
        await using var target = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(target);
        app.Migration("0001_items", Items, "DROP TABLE items;");
        await app.UpOkAsync();
        app.Migration("0002_made", script, script.Contains("ALTER", StringComparison.Ordinal) ? "DROP TABLE made;\nALTER TABLE items DROP COLUMN name;" : "DROP TABLE made;");
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var left = done;
        DeploymentResult? ended = null;

        await Moments.ListenAsync(
            at =>
            {
                if (at == "statement of 0002_made" && --left == 0)
                    cancelled.Cancel();
            },
            async () => ended = await app.UpAsync("2.0.0", cancellationToken: cancelled.Token));
        var noted = await target.ScalarAsync("SELECT done FROM deployment_migration_attempts");
        var aborted = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));

        Assert.Equal(DeploymentOutcome.Cancelled, ended!.Outcome);
        Assert.Equal($"{done}", noted);
        Assert.True(aborted.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(aborted));
        Assert.Equal("deployment_migrations items", await target.TablesAsync());
        Assert.Equal("1", await target.ScalarAsync("SELECT COUNT(*) FROM deployment_migrations"));
        Assert.Equal("1", await target.ScalarAsync("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'items'"));
    }

    [Fact]
    public async Task What_no_statement_takes_back_waits_for_a_person()
    {
        await using var target = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(target);
        app.Migration("0001_items", Items, "DROP TABLE items;");
        await app.UpOkAsync();
        app.Migration("0002_bad", "CREATE TABLE made (id int);\nUPDATE items SET id = 5;\nDROP TABLE nothere;", "DROP TABLE made;");

        var stuck = await app.UpAsync("2.0.0");
        var delete = Regex.Match(DeployedApp.TextOf(stuck), "\"(DELETE FROM [^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(5)).Groups[1].Value;
        await target.Database.ExecuteAsync($"DROP TABLE made; UPDATE items SET id = 1; {delete}");
        var resumed = await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

        Assert.Equal(DeploymentOutcome.NeedsAttention, stuck.Outcome);
        Assert.Contains("0002_bad is half applied: 2 of its 3 statements are committed, and what the one at migrations/0002_bad.sql:2:1 did, no statement takes back", DeployedApp.TextOf(stuck), StringComparison.Ordinal);
        app.Migration("0002_bad", "CREATE TABLE made (id int);", "DROP TABLE made;");
        await app.UpOkAsync("3.0.0");

        Assert.True(resumed.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(resumed));
        Assert.Equal("deployment_migrations items made", await target.TablesAsync());
    }

    [Fact]
    public async Task A_class_changes_rows_and_is_refused_when_it_would_change_the_schema()
    {
        await using var target = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(target);
        app.Migration("0001_items", Items, "DROP TABLE items;");
        app.Configure = static builder => builder.AddMigrations(static m => m.Add<Statements>());

        Statements.Sql = "ALTER TABLE items ADD COLUMN name text";
        var refused = await app.UpAsync();
        Statements.Sql = "INSERT INTO items VALUES (7)";
        await app.UpOkAsync("1.0.2");

        Assert.Contains("Statement 'ALTER TABLE' cannot run inside the transaction that a class gets", DeployedApp.TextOf(refused), StringComparison.Ordinal);
        Assert.Equal("7", await target.ScalarAsync("SELECT MAX(id) FROM items"));
    }

    private static DeployedApp Prepared(MySqlUnderTest target, string script)
    {
        var app = new DeployedApp(target);
        app.Migration("0001_items", Items, "DROP TABLE items;");
        app.Migration("0002_slow", script, "DELETE FROM items WHERE id = 2;");
        return app;
    }

    // A transaction that has read a table keeps its definition as it is.
    private static async Task<MySqlConnection> HoldAsync(Testing.MySqlDatabase database)
    {
        var connection = await database.OpenAsync();
        await using var command = new MySqlCommand("BEGIN; SELECT * FROM held", connection);
        await command.ExecuteNonQueryAsync(Token);
        return connection;
    }

    // Asks until the statement runs.
    private static async Task<string> RunningAsync(Testing.MySqlDatabase database, string statement)
    {
        await using var connection = await database.OpenAsync();
        await using var command = new MySqlCommand("SELECT id FROM information_schema.processlist WHERE info LIKE @statement AND id <> CONNECTION_ID() AND db = DATABASE()", connection);
        command.Parameters.AddWithValue("@statement", statement);
        while (true)
        {
            if (await command.ExecuteScalarAsync(Token) is { } id and not DBNull)
                return $"{id}";
            Token.ThrowIfCancellationRequested();
        }
    }

    private static Task KillAsync(Testing.MySqlDatabase database, string session) => database.ExecuteAsync($"KILL {session}");

    [Toolkit.Migrations.Migration("0002", "statements")]
    internal sealed class Statements : Toolkit.Migrations.Migration
    {
        internal static string Sql { get; set; } = "";

        public override Task UpAsync(Toolkit.Migrations.MigrationContext context, CancellationToken cancellationToken) => context.ExecuteAsync(Sql, cancellationToken);

        public override Task DownAsync(Toolkit.Migrations.MigrationContext context, CancellationToken cancellationToken) => context.ExecuteAsync("DELETE FROM items WHERE id = 7", cancellationToken);
    }
}
