using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Tests.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Migrations;

/// <summary>What a script's author is told: the file, the line and a mend.</summary>
public sealed class ScriptFailureTests
{
    [Theory]
    [InlineData("SELECT 1;\nCREATE VIRTUAL TABLE v USING nothere (a);", "0002_x.sql:2:30", "The app's driver doesn't have that module.")]
    [InlineData("UPDATE items SET name = app_name(id);", "0002_x.sql:1:25", "what the app registers on its own connections is not there in a migration")]
    [InlineData("\n  INSERT INTO items (id, name) VALUES (9, 'x'), (1, 'double');", "0002_x.sql:2:3", "Correct the statement and run 'deploy up --environment Development' again.")]
    public async Task A_failing_statement_is_shown_with_its_place_and_what_mends_it(string script, string place, string mend)
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_x", script, null);

        var result = await app.UpAsync("2.0.0");

        Assert.Contains(result.Messages, message => message.Text.Contains(place, StringComparison.Ordinal) && message.Text.Contains(mend, StringComparison.Ordinal));
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task A_full_disk_is_named_with_the_statement_and_the_database()
    {
        var factory = new RecordingFactory();
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        // The connection may use no more pages than there are: to SQLite the disk is full.
        app.Migration("0002_limit", "PRAGMA max_page_count = 1;\nCREATE TABLE wide (a TEXT);\nINSERT INTO wide VALUES (hex(zeroblob(100000)));", null);

        var result = await app.UpAsync("2.0.0");

        Assert.Contains(result.Messages, message => message.Text.Contains("0002_limit.sql:", StringComparison.Ordinal) && message.Text.Contains($"Make room on the disk of '{app.Database}'", StringComparison.Ordinal));
        Assert.Equal(["deployment_migrations", "items"], app.Tables());
    }

    [Fact]
    public async Task A_foreign_key_that_is_broken_at_the_commit_is_told_with_what_mends_it()
    {
        using var app = new TestApp();
        app.Migration("0001_a", "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED); INSERT INTO b VALUES (7);", null);

        var result = await app.UpAsync();

        Assert.Contains("Migration 0001_a could not be recorded and committed: SQLite Error 19: 'FOREIGN KEY constraint failed'", string.Join(' ', result.Messages), StringComparison.Ordinal);
        Assert.Empty(app.Tables());
    }

    [Fact]
    public async Task Rebuilding_a_parent_that_may_not_be_deleted_names_the_marker()
    {
        using var app = new TestApp();
        app.Migration("0001_a", "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a (id)); INSERT INTO a VALUES (7); INSERT INTO b VALUES (7);", null);
        await app.UpAsync();
        app.Migration("0002_b", "CREATE TABLE n (id INTEGER PRIMARY KEY);\nINSERT INTO n SELECT * FROM a;\nDROP TABLE a;\nALTER TABLE n RENAME TO a;", null);

        var result = await app.UpAsync("2.0.0");

        Assert.Contains(result.Messages, static message => message.Text.Contains("0002_b.sql:3:1", StringComparison.Ordinal) && message.Text.Contains("add a line '-- foreign-keys: off'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Migrations_over_their_limit_are_told_with_the_statement_and_the_limit_can_be_set()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_slow", "SELECT 1;\nSELECT 2;\nSELECT 3;", null);
        app.Configure = static deployment => deployment.AddMigrations(static m => m.WaitAtMost(TimeSpan.FromSeconds(1)));
        var factory = new RecordingFactory();
        app.Driver = factory;
        // Far longer than the limit, also where its timer comes late, and shorter than the grace after it.
        factory.OnStatement = statement => { if (statement == "SELECT 2") SpinWait.SpinUntil(() => false, TimeSpan.FromSeconds(4)); };

        var result = await app.UpAsync("2.0.0");

        var message = Assert.Single(result.Messages, static message => message.Text.Contains("reached their limit of 00:00:01 in migration 0002_slow", StringComparison.Ordinal));
        Assert.Contains("0002_slow.sql:2:1", message.Text, StringComparison.Ordinal);
        Assert.Contains("AddMigrations(m => m.WaitAtMost(", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_with_line_breaks_do_not_stop_a_backup_or_its_way_back()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Scalar("CREATE TABLE \"two\nlines\t\\\" (id INTEGER); INSERT INTO \"two\nlines\t\\\" VALUES (1);");
        app.Migration("0002_more", "INSERT INTO items (name) VALUES ('two');", null);
        app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy();

        var result = await app.UpAsync("2.0.0");

        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, result.Outcome + string.Join(' ', result.Messages));
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM \"two\nlines\t\\\""));
    }

    [Theory]
    [InlineData("SELECT 1;\nINSERT INTO v VALUES (1);", "0002_x.sql:2:")]
    [InlineData("UPDATE items SET name = (SELECT max(a) FROM v);", "0002_x.sql:1:")]
    [InlineData("ALTER TABLE v RENAME TO w;", "0002_x.sql:1:")]
    [InlineData("DROP TABLE v;", "0002_x.sql:1:")]
    public async Task A_table_whose_module_the_driver_does_not_have_is_told_where_a_script_uses_it(string script, string place)
    {
        using var app = await WithTableOfUnknownModuleAsync();
        app.Migration("0002_x", script, null);

        var result = await app.UpAsync("2.0.0");

        Assert.NotEqual(DeploymentOutcome.Succeeded, result.Outcome);
        var message = Assert.Single(result.Messages, static message => message.Code == "DTK7303");
        Assert.Contains(place, message.Text, StringComparison.Ordinal);
        Assert.Contains("no such module: nothere", message.Text, StringComparison.Ordinal);
        Assert.Contains("The app's driver doesn't have that module.", message.Text, StringComparison.Ordinal);
        Assert.Equal("one", app.Scalar("SELECT name FROM items"));
    }

    [Theory]
    [InlineData("INSERT INTO items (name) VALUES ('two');", null)]
    [InlineData("CREATE TABLE more (id INTEGER PRIMARY KEY, item INTEGER REFERENCES items (id) ON DELETE CASCADE);", null)]
    [InlineData("-- foreign-keys: off\nCREATE TABLE i2 (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO i2 SELECT * FROM items; DROP TABLE items; ALTER TABLE i2 RENAME TO items;", null)]
    [InlineData("INSERT INTO items (name) VALUES ('two');", "DELETE FROM items WHERE name = 'two';")]
    public async Task A_table_whose_module_the_driver_does_not_have_does_not_stop_what_leaves_it_alone(string up, string? down)
    {
        using var app = await WithTableOfUnknownModuleAsync();
        app.Migration("0002_more", up, down);
        app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy();

        var back = await app.UpAsync("2.0.0");
        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, back.Outcome + string.Join(' ', back.Messages));
        app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Healthy();
        var forward = await app.UpAsync("2.0.0");

        Assert.True(forward.Outcome == DeploymentOutcome.Succeeded, forward.Outcome + string.Join(' ', forward.Messages));
        Assert.Equal("CREATE VIRTUAL TABLE v USING nothere (a)", app.Scalar("SELECT sql FROM sqlite_master WHERE name = 'v'"));
    }

    /// <summary>As a database is that another program made, whose driver has the module.</summary>
    private static async Task<TestApp> WithTableOfUnknownModuleAsync()
    {
        var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Scalar("PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, 'CREATE VIRTUAL TABLE v USING nothere (a)');");
        return app;
    }

    [Fact]
    public async Task A_migration_in_a_class_is_refused_what_a_transaction_cannot_do()
    {
        Assert.Contains("Remove it from the class", SqliteTransactionRulesText("VACUUM"), StringComparison.Ordinal);
        Assert.Contains("ForeignKeysOff = true", SqliteTransactionRulesText("PRAGMA foreign_keys = 0"), StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    private static string SqliteTransactionRulesText(string statement) => Toolkit.Databases.Sqlite.SqliteTransactionRules.Explain(statement, inClass: true)!;
}
