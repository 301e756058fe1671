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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_SQLite_does_for_a_migration_beyond_its_script_does_not_grow_with_what_came_before(bool withDown)
    {
        var (few, many) = (await BeyondScriptsAsync(50, withDown), await BeyondScriptsAsync(200, withDown));

        // Looking through the catalogue after each would make it sixteen times as much.
        Assert.InRange(many / (double)few, 1, 4.4);
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
    public async Task Whatever_migrations_do_to_the_schema_is_their_own_doing_and_not_taken_for_somebody_elses()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        string[] scripts =
        [
            "CREATE TABLE a (id INTEGER PRIMARY KEY, item INTEGER REFERENCES items (id)); INSERT INTO a VALUES (1, 1);",
            // What comes takes the place that the one before it had in the catalogue.
            "DROP TABLE a; CREATE TABLE b (id INTEGER PRIMARY KEY, item INTEGER REFERENCES items (id)); INSERT INTO b VALUES (1, 1);",
            "ALTER TABLE b ADD COLUMN name TEXT; UPDATE b SET name = 'b';",
            "CREATE TABLE log (name TEXT); CREATE TRIGGER b_log AFTER UPDATE ON b BEGIN INSERT INTO log VALUES (new.name); END; CREATE VIEW seen AS SELECT * FROM b;",
            "-- changes-rows: log\nUPDATE b SET name = 'c';",
            "CREATE VIRTUAL TABLE found USING fts5 (text); INSERT INTO found VALUES ('one');",
            "CREATE TABLE plain (id INTEGER); INSERT INTO plain VALUES (1); INSERT INTO found VALUES ('two');",
            "ALTER TABLE items RENAME TO goods; PRAGMA user_version = 7;",
            "CREATE INDEX by_name ON b (name); DROP VIEW seen; CREATE VIEW seen AS SELECT name FROM b;",
        ];
        for (var i = 0; i < scripts.Length; i++) app.Migration($"{i + 2:D4}_m", scripts[i], null);
        app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy();

        var result = await app.UpAsync("2.0.0");

        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, result.Outcome + string.Join(' ', result.Messages));
        Assert.Equal(["deployment_migrations", "items"], app.Tables());
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

    /// <summary>Steps of a run, without those of the bare statements: for each CREATE SQLite looks through the catalogue itself.</summary>
    private static async Task<long> BeyondScriptsAsync(int migrations, bool withDown)
    {
        static string Rows(int i) => $"INSERT INTO t{i} VALUES (1), (2);";
        var ours = await UpAsync(migrations, withDown, Rows);

        using var bare = new TestApp { Driver = new RecordingFactory() };
        await using var connection = bare.Driver.CreateConnection()!;
        connection.ConnectionString = $"Data Source={bare.Database};Pooling=False";
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        for (var i = 1; i <= migrations; i++)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Script(i, Rows);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        return ours.Steps - ((RecordingFactory)bare.Driver).Steps;
    }

    private static string Script(int i, Func<int, string> rows) => $"CREATE TABLE t{i} (id INTEGER PRIMARY KEY);{rows(i)}";

    private static async Task<RecordingFactory> UpAsync(int migrations, bool withDown, Func<int, string>? rows = null)
    {
        var factory = new RecordingFactory();
        using var app = new TestApp { Driver = factory };
        for (var i = 1; i <= migrations; i++)
            app.Migration(i.ToString("D4", CultureInfo.InvariantCulture) + "_t", Script(i, rows ?? (static _ => "")), withDown ? $"DROP TABLE t{i};" : null);
        var result = await app.UpAsync();
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', result.Messages));
        return factory;
    }
}
