using System.Globalization;
using Deployment.Toolkit.Tests.Databases;

namespace Deployment.Toolkit.Tests.Migrations;

/// <summary>How much work migrating is, counted.</summary>
public sealed class MigrationWorkTests
{
    [Fact]
    public async Task The_history_is_read_as_often_for_many_migrations_as_for_few()
    {
        var (few, many) = (await UpAsync(10, withDown: true), await UpAsync(40, withDown: true));

        Assert.Equal(few.Count("FROM deployment_migrations"), many.Count("FROM deployment_migrations"));
        Assert.InRange(many.Count("FROM deployment_migrations ORDER BY"), 1, 4);
        Assert.Equal(few.Connections, many.Connections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_migration_costs_the_same_few_statements_whatever_came_before_it(bool withDown)
    {
        var (few, many) = (await UpAsync(10, withDown), await UpAsync(40, withDown));

        var each = (many.Statements.Count - few.Statements.Count) / 30.0;
        // BEGIN, whether somebody else wrote, the script's own statement, its row of the history, COMMIT; and a table's rows where a backup may have to be restored.
        Assert.InRange(each, 1, withDown ? 5 : 8);
    }

    [Fact]
    public async Task Rows_are_read_once_in_a_run_and_only_of_what_a_migration_can_have_changed()
    {
        var factory = new RecordingFactory();
        using var app = TestApp.WithMigrations();
        app.Migration("0002_large", "CREATE TABLE large (id INTEGER PRIMARY KEY); INSERT INTO large VALUES (1), (2);", "DROP TABLE large;");
        await app.UpAsync();
        app.Driver = factory;
        for (var i = 3; i <= 7; i++) app.Migration($"{i:D4}_t{i}", $"CREATE TABLE t{i} (id INTEGER PRIMARY KEY);", null);
        app.Migration("0008_rename", "UPDATE items SET name = 'two';", null);

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);

        Assert.Equal(1, factory.Count("""SELECT * FROM "large";"""[..^1]));
        // Before and after the update that names it, and as often for the account of what a way back would remove of it.
        Assert.InRange(factory.Count("""SELECT * FROM "items";"""[..^1]), 2, 4);
        Assert.Equal(1, factory.Count("""SELECT * FROM "t3";"""[..^1]));
    }

    [Fact]
    public async Task Rows_are_read_before_the_database_is_locked_for_writing()
    {
        var factory = new RecordingFactory();
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Driver = factory;
        app.Migration("0002_other", "CREATE TABLE other (id INTEGER PRIMARY KEY);", null);

        await app.UpAsync("2.0.0");

        var statements = factory.Statements.ToList();
        Assert.InRange(statements.FindIndex(static s => s.Contains("SELECT * FROM \"items\"", StringComparison.Ordinal)), 0, statements.IndexOf("BEGIN"));
    }

    [Fact]
    public async Task Rows_that_the_app_writes_between_two_migrations_are_noticed()
    {
        var factory = new RecordingFactory();
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Driver = factory;
        for (var i = 2; i <= 4; i++) app.Migration($"{i:D4}_t{i}", $"CREATE TABLE t{i} (id INTEGER PRIMARY KEY);", null);
        var commits = 0;
        factory.OnStatement = statement =>
        {
            // Between the first migration's commit and the second's beginning.
            if (statement == "COMMIT") commits++;
            else if (statement == "BEGIN" && commits == 1) app.Scalar("INSERT INTO items (name) VALUES ('of the app')");
        };
        app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy();

        var result = await app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.NeedsAttention, result.Outcome);
        Assert.Contains("items: 1", string.Join(' ', result.Messages), StringComparison.Ordinal);
        Assert.Equal(2L, app.Scalar("SELECT count(*) FROM items"));
    }

    private static async Task<RecordingFactory> UpAsync(int migrations, bool withDown)
    {
        var factory = new RecordingFactory();
        using var app = new TestApp { Driver = factory };
        for (var i = 1; i <= migrations; i++)
            app.Migration(i.ToString("D4", CultureInfo.InvariantCulture) + "_t", $"CREATE TABLE t{i} (id INTEGER PRIMARY KEY);", withDown ? $"DROP TABLE t{i};" : null);
        var result = await app.UpAsync();
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', result.Messages));
        return factory;
    }
}
