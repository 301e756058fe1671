using Deployment.Toolkit.Databases.Testing;
using MySqlConnector;

namespace Deployment.Toolkit.Databases.Tests.MySql;

public sealed class MySqlSessionLockTests(MySqlServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_waits_is_told_for_whom_and_gives_up_at_the_limit()
    {
        await using var database = await server.CreateDatabaseAsync();
        using var trial = new MySqlTrial(database);
        await using var held = await trial.Target.LockAsync(Request("deploy one on web-1 (1)", TimeSpan.Zero), Token);
        var said = new List<string>();

        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => trial.Target.LockAsync(Request("deploy two", TimeSpan.FromMilliseconds(300), said), Token));

        Assert.Contains("is being migrated by 'deploy one on web-1 (1)' from 127.0.0.1 (session ", Assert.Single(said), StringComparison.Ordinal);
        Assert.Equal("DTK7104", refusal.Messages[0].Code);
        Assert.Contains("and still was after 0.3 s", refusal.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_is_free_once_it_is_given_back_or_its_connection_is_gone()
    {
        await using var database = await server.CreateDatabaseAsync();
        using var trial = new MySqlTrial(database);
        var first = await trial.Target.LockAsync(Request("one", TimeSpan.Zero), Token);
        await first!.EnsureHeldAsync(Token);
        await first.DisposeAsync();
        var left = await database.ScalarAsync("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()");
        await using var second = await trial.Target.LockAsync(Request("two", TimeSpan.Zero), Token);

        await database.ExecuteAsync($"KILL {await database.ScalarAsync("SELECT session FROM deployment_migration_lock")}");
        var lost = await Assert.ThrowsAsync<DeploymentException>(() => second!.EnsureHeldAsync(Token));
        await using var third = await trial.Target.LockAsync(Request("three", TimeSpan.FromSeconds(10)), Token);

        Assert.Equal("0", left);
        Assert.Equal(DeploymentOutcome.NeedsAttention, lost.Outcome);
        Assert.Contains("is gone, so that somebody else may be at it by now", lost.Messages[0].Text, StringComparison.Ordinal);
        Assert.NotNull(third);
    }

    [Fact]
    public async Task A_pool_that_keeps_sessions_keeps_no_lock()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var source = new MySqlDataSourceBuilder(database.ConnectionStringWith(static settings => (settings.Pooling, settings.AllowUserVariables) = (true, true))).Build();
        var target = new Toolkit.Databases.MySql.MySqlDialect().Open(source.CreateConnection, "/");
        var held = await target.LockAsync(Request("one", TimeSpan.Zero), Token);
        var session = await target.OpenSessionAsync(Request("one", TimeSpan.Zero), Token);
        await target.CloseSessionAsync(session);
        await held!.DisposeAsync();

        await using var other = await database.OpenAsync();
        await using var command = new MySqlCommand("SELECT GET_LOCK(@run, 0) + GET_LOCK(@work, 0)", other);
        var key = ((Toolkit.Databases.MySql.MySqlDialect)target.Dialect).LockKey;
        command.Parameters.AddWithValue("@run", Toolkit.Databases.MySql.MySqlSessionLock.NameOf("run", key));
        command.Parameters.AddWithValue("@work", Toolkit.Databases.MySql.MySqlSessionLock.NameOf("work", key));

        Assert.Equal(2L, Convert.ToInt64(await command.ExecuteScalarAsync(Token), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Each_database_of_a_server_has_a_lock_of_its_own()
    {
        await using var one = await server.CreateDatabaseAsync();
        await using var other = await server.CreateDatabaseAsync();
        using var trial = new MySqlTrial(one);
        using var another = new MySqlTrial(other);

        await using var held = await trial.Target.LockAsync(Request("one", TimeSpan.Zero), Token);
        await using var too = await another.Target.LockAsync(Request("two", TimeSpan.Zero), Token);

        await held!.EnsureHeldAsync(Token);
        await too!.EnsureHeldAsync(Token);
        Assert.InRange(Toolkit.Databases.MySql.MySqlSessionLock.NameOf("work", new string('x', 500)).Length, 1, 64);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(7, 7)]
    public async Task A_statement_takes_as_long_as_the_migrations_may_unless_the_connection_string_says_otherwise(int? said, int expected)
    {
        await using var database = await server.CreateDatabaseAsync();
        var settings = database.ConnectionString + (said is null ? "" : $";Default Command Timeout={said}");
        var target = new Toolkit.Databases.MySql.MySqlDialect().Open(() => new MySqlConnection(settings), "/");

        await using var connection = await target.OpenAsync(Token);

        Assert.Equal((uint)expected, new MySqlConnectionStringBuilder(connection.ConnectionString).DefaultCommandTimeout);
        // Another connection string would be another pool of the driver's, with connections of its own.
        await using var look = await target.OpenToLookAsync(Token);
        Assert.Equal((uint)(said ?? 30), new MySqlConnectionStringBuilder(look.ConnectionString).DefaultCommandTimeout);
    }

    [Theory]
    [InlineData("1049", "does not exist on that server")]
    [InlineData("1045", "cannot be opened")]
    [InlineData("reach", "cannot be reached")]
    public async Task What_is_wrong_with_a_database_is_told(string what, string told)
    {
        await using var database = await server.CreateDatabaseAsync();
        var settings = database.ConnectionStringWith(settings =>
        {
            if (what == "1049")
                settings.Database = "nothere";
            else if (what == "1045")
                settings.Password = "another word";
            else
                settings.Port = 1;
        });
        var target = new Toolkit.Databases.MySql.MySqlDialect().Open(() => new MySqlConnection(settings), "/");

        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => target.OpenAsync(Token));

        Assert.Equal(DeploymentOutcome.Refused, refusal.Outcome);
        Assert.Contains(told, refusal.Messages[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("another word", refusal.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_pending_takes_no_lock_and_a_deployment_that_waits_goes_on()
    {
        await using var target = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(target);
        app.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        await app.UpOkAsync();
        using var trial = new MySqlTrial(target.Database);
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

    private static SessionLockRequest Request(string holder, TimeSpan limit, List<string>? said = null) =>
        new(holder, limit, TimeProvider.System, line => said?.Add(line));
}
