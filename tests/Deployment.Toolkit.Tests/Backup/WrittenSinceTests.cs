using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Backup;

/// <summary>What counts as written since a backup, and what doesn't: a failed up whose way back is that backup.</summary>
public sealed class WrittenSinceTests
{
    [Theory]
    [InlineData("CREATE VIRTUAL TABLE found USING fts5(text); INSERT INTO found VALUES ('seed');")]
    [InlineData("CREATE VIRTUAL TABLE found USING fts4(text); INSERT INTO found VALUES ('seed');")]
    [InlineData("CREATE VIRTUAL TABLE found USING fts5(name, content='items', content_rowid='id'); INSERT INTO found (found) VALUES ('rebuild');")]
    [InlineData("CREATE VIRTUAL TABLE found USING fts5(name, content=''); INSERT INTO found (rowid, name) VALUES (1, 'seed');")]
    [InlineData("CREATE VIRTUAL TABLE words USING fts5(text); INSERT INTO words VALUES ('a b'); CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, row);")]
    [InlineData("CREATE VIRTUAL TABLE places USING rtree(id, a, b); INSERT INTO places VALUES (1, 2, 3);")]
    [InlineData("CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT); INSERT INTO counted (v) VALUES ('a'); ANALYZE;")]
    [InlineData("CREATE TABLE log (name TEXT); CREATE TRIGGER logged AFTER INSERT ON items BEGIN INSERT INTO log VALUES (new.name); END; INSERT INTO items (name) VALUES ('two');")]
    [InlineData("CREATE TABLE \"line\nbreak\tand tab\" (v TEXT); INSERT INTO \"line\nbreak\tand tab\" VALUES ('a');")]
    public async Task Tables_that_write_by_themselves_do_not_keep_a_failed_up_from_going_back(string up)
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_virtual", "ALTER TABLE items ADD COLUMN title TEXT;" + up, down: null);
        app.Health = HealthCheckResult.Unhealthy();

        var result = await app.UpAsync("2.0.0");

        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', result.Messages));
        Assert.Equal(["deployment_migrations", "items"], app.Tables());
    }

    [Theory]
    [InlineData("INSERT INTO found VALUES ('by the app')", "found: 1")]
    [InlineData("DELETE FROM found", "found: 1")]
    [InlineData("INSERT INTO places VALUES (2, 3, 4), (3, 4, 5)", "places: 2")]
    [InlineData("INSERT INTO items (name) VALUES ('by the app')", "items: 1, log: 1")]
    [InlineData("CREATE TABLE made (id INTEGER)", "table made")]
    [InlineData("CREATE INDEX made ON items (name)", "index made")]
    [InlineData("CREATE VIEW made AS SELECT 1", "view made")]
    [InlineData("DROP TRIGGER logged", "trigger logged")]
    [InlineData("ALTER TABLE items ADD COLUMN made TEXT", "table items")]
    [InlineData("PRAGMA user_version = 7", "user_version")]
    [InlineData("PRAGMA application_id = 7", "application_id")]
    public async Task What_somebody_wrote_since_keeps_it_from_going_back(string sql, string counted)
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration(
            "0002_virtual",
            "CREATE VIRTUAL TABLE found USING fts5(text); INSERT INTO found VALUES ('seed'); CREATE VIRTUAL TABLE places USING rtree(id, a, b); CREATE TABLE log (name TEXT);"
            + "CREATE TRIGGER logged AFTER INSERT ON items BEGIN INSERT INTO log VALUES (new.name); END;",
            down: null);
        app.Health = HealthCheckResult.Unhealthy();
        app.OnProgress = progress =>
        {
            if (progress is { Kind: ProgressKind.StepDone, Step: DeploymentSteps.Activate, IsWayBack: false }) app.Scalar(sql);
        };

        var stopped = await app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        var told = Assert.Single(stopped.Messages, static message => message.Code == "DTK7018").Text;
        Assert.True(told.Contains(counted, StringComparison.Ordinal), told);
    }
}
