using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.PostgreSql;

/// <summary>What is left when a server, a session or somebody with Ctrl+C ends a migration in the middle.</summary>
public sealed class BrokenConnectionTests(PostgreSqlServer server)
{
    private const string Items = "CREATE TABLE items (id int); INSERT INTO items VALUES (1);";
    private const string Slow = "INSERT INTO items VALUES (2);\nSELECT pg_sleep(60);";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_is_ended_in_the_middle_leaves_nothing_and_the_next_run_goes_on()
    {
        await using var target = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = Prepared(target);

        var running = app.UpAsync();
        await SleepingAsync(target.Database);
        await target.ScalarAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND datname = current_database()");
        var ended = await running;
        app.Migration("0002_slow", "INSERT INTO items VALUES (2);", "DELETE FROM items WHERE id = 2;");
        await app.UpOkAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.RolledBack, ended.Outcome);
        Assert.Contains("0002_slow.sql:2:1", DeployedApp.TextOf(ended), StringComparison.Ordinal);
        Assert.Contains("(57P01)", DeployedApp.TextOf(ended), StringComparison.Ordinal);
        Assert.Equal("2", await target.ScalarAsync("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task A_server_that_is_stopped_at_once_has_whole_migrations_when_it_is_there_again()
    {
        await using var own = new PostgreSqlServer { IsDurable = true };
        await using var target = new PostgreSqlUnderTest(await own.CreateDatabaseAsync());
        using var app = Prepared(target);

        var running = app.UpAsync();
        await SleepingAsync(target.Database);
        await own.StopAtOnceAsync();
        var ended = await running;
        await own.StartAgainAsync();
        var history = await target.ScalarAsync("SELECT string_agg(version, ',') FROM deployment_migrations");
        var rows = await target.ScalarAsync("SELECT count(*) FROM items");
        app.Migration("0002_slow", Slow.Replace("60", "0", StringComparison.Ordinal), "DELETE FROM items WHERE id = 2;");
        var resumed = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));
        await app.UpOkAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.NeedsAttention, ended.Outcome);
        Assert.Equal(("0001", "1"), (history, rows));
        Assert.True(resumed.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(resumed));
        Assert.Equal("2", await target.ScalarAsync("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task A_statement_is_ended_when_the_run_is_cancelled_and_the_run_goes_on_later()
    {
        await using var target = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = Prepared(target);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var running = app.UpAsync(cancellationToken: cancelled.Token);
        await SleepingAsync(target.Database);
        await cancelled.CancelAsync();
        var ended = await running.WaitAsync(TimeSpan.FromSeconds(30), Token);
        var still = await target.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND datname = current_database()");
        var rows = await target.ScalarAsync("SELECT count(*) FROM items");

        Assert.Equal(DeploymentOutcome.Cancelled, ended.Outcome);
        Assert.Equal(("0", "1"), (still, rows));
    }

    private static DeployedApp Prepared(PostgreSqlUnderTest target)
    {
        var app = new DeployedApp(target);
        app.Migration("0001_items", Items, "DROP TABLE items;");
        app.Migration("0002_slow", Slow, "DELETE FROM items WHERE id = 2;");
        return app;
    }

    // Asks until the statement runs: it says so itself.
    private static async Task SleepingAsync(Testing.PostgreSqlDatabase database)
    {
        await using var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND datname = current_database()";
        while ((long)(await command.ExecuteScalarAsync(Token))! == 0)
            Token.ThrowIfCancellationRequested();
    }
}
