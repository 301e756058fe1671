using Deployment.Toolkit.KillApp;
using Deployment.Toolkit.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Rollback;

/// <summary>What a way back by down scripts would take with it, of what a later release may have written.</summary>
public sealed class DataLossTests
{
    private const string Items = "SELECT group_concat(name) FROM items";

    public static TheoryData<string, string, string, string> WaysToLose => new()
    {
        { "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);", "DROP TABLE notes;", "INSERT INTO notes (text) VALUES ('a'), ('b')", "2 rows (notes: 2)" },
        { "ALTER TABLE items ADD COLUMN title TEXT;", "ALTER TABLE items DROP COLUMN title;", "UPDATE items SET title = 'written'", "1 row (items.title: 1)" },
        { "ALTER TABLE items ADD COLUMN grade INTEGER NOT NULL DEFAULT 3;", "ALTER TABLE items DROP grade;", "UPDATE items SET grade = 4", "1 row (items.grade: 1)" },
        { "INSERT INTO items (name) VALUES ('seed');", "DELETE FROM items WHERE name <> 'one';", "INSERT INTO items (name) VALUES ('a'), ('b')", "2 rows (items: 2)" },
        { "CREATE INDEX by_name ON items (name);", "DROP INDEX by_name; UPDATE items SET name = 'old';", "UPDATE items SET name = 'new'", "1 row (items: 1)" },
        { "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);", "drop/**/table if exists main.[notes]", "INSERT INTO notes (text) VALUES ('a')", "1 row (notes: 1)" },
        { "CREATE TABLE notes (id INTEGER PRIMARY KEY);", "ALTER TABLE notes RENAME TO gone; DROP TABLE gone;", "INSERT INTO notes DEFAULT VALUES", "1 row (notes: 1)" },
        { "CREATE INDEX by_name ON items (name);", "WITH x AS (SELECT 1) DELETE FROM items WHERE name <> 'one'", "INSERT INTO items (name) VALUES ('a')", "1 row (items: 1)" },
        { "CREATE INDEX by_name ON items (name);", "REPLACE INTO items (id, name) VALUES (1, 'x')", "UPDATE items SET name = 'new'", "1 row (items: 1)" },
        {
            "CREATE TABLE parents (id INTEGER PRIMARY KEY); INSERT INTO parents VALUES (1); CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents (id) ON DELETE CASCADE);",
            "DELETE FROM parents; DROP INDEX IF EXISTS nothing;", "INSERT INTO children (parent) VALUES (1)", "1 row (children: 1)"
        },
        {
            "CREATE INDEX by_name ON items (name); CREATE TABLE log (text TEXT); CREATE TRIGGER emptied AFTER INSERT ON log BEGIN DELETE FROM items; END;",
            "INSERT INTO log VALUES ('back');", "INSERT INTO items (name) VALUES ('a')", "1 row (items: 1)"
        },
        // What these will hit by the time that they run can't be asked before: all of the table counts.
        { "INSERT INTO items (name) VALUES ('seed');", "DELETE FROM items WHERE id IN (SELECT id FROM items WHERE name = 'seed');", "INSERT INTO items (name) VALUES ('a')", "1 row (items: 1)" },
        { "INSERT INTO items (name) VALUES ('seed');", "DELETE FROM items WHERE abs(random()) % 2 = id % 2;", "INSERT INTO items (name) VALUES ('a')", "1 row (items: 1)" },
        { "INSERT INTO items (name) VALUES ('seed');", "DELETE FROM items WHERE name > datetime('now');", "INSERT INTO items (name) VALUES ('1')", "1 row (items: 1)" },
        { "INSERT INTO items (name) VALUES ('seed');", "DELETE FROM items WHERE name < CURRENT_TIMESTAMP;", "INSERT INTO items (name) VALUES ('a')", "1 row (items: 1)" },
        { "INSERT INTO items (name) VALUES ('seed');", "DELETE FROM items WHERE id > last_insert_rowid();", "INSERT INTO items (name) VALUES ('a')", "1 row (items: 1)" },
        { "CREATE INDEX by_name ON items (name);", "PRAGMA writable_schema = ON;", "INSERT INTO items (name) VALUES ('a')", "1 row (items: 1)" },
    };

    [Theory]
    [MemberData(nameof(WaysToLose))]
    public async Task A_rollback_that_would_remove_what_was_written_since_is_refused_until_that_is_accepted(string up, string down, string write, string counted)
    {
        using var app = await TwoReleasesAsync(up, down);
        app.Scalar(write);
        var before = $"{app.Scalar(Items)} {string.Join(' ', app.Tables())}";

        var dryRun = await RollbackAsync(app, static request => request with { DryRun = true });
        var refused = await app.RollbackAsync();

        foreach (var result in (DeploymentResult[])[dryRun, refused])
        {
            Assert.Equal((DeploymentOutcome.Refused, "DTK7018"), (result.Outcome, Assert.Single(result.Messages).Code));
            Assert.Contains("at least " + counted, result.Messages[0].Text, StringComparison.Ordinal);
        }

        Assert.Equal(before, $"{app.Scalar(Items)} {string.Join(' ', app.Tables())}");
    }

    [Theory]
    [InlineData("DELETE FROM items WHERE name = 'seed';")]
    [InlineData("DELETE FROM items WHERE lower(name) IN ('seed', 'sow') AND (id > 1 OR name IS NOT NULL);")]
    [InlineData("UPDATE items SET name = 'old' WHERE name LIKE 'se%';")]
    public async Task Rows_that_a_condition_does_not_meet_are_no_loss(string down)
    {
        using var app = await TwoReleasesAsync("INSERT INTO items (name) VALUES ('seed');", down);
        app.Scalar("INSERT INTO items (name) VALUES ('written')");

        var result = await app.RollbackAsync();

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', result.Messages));
        Assert.Contains("written", (string)app.Scalar(Items)!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_accepted_loss_is_counted_in_the_plan_and_kept_as_a_backup_first()
    {
        using var app = await TwoReleasesAsync("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);", "DROP TABLE notes;");
        app.Scalar("INSERT INTO notes (text) VALUES ('a'), ('b')");

        var dryRun = await RollbackAsync(app, static request => request with { DryRun = true, AcceptDataLoss = true });
        Assert.Contains(dryRun.Plan!.Risks, static risk => risk.Contains("at least 2 rows (notes: 2)", StringComparison.Ordinal));
        Assert.Equal(2L, app.Scalar("SELECT count(*) FROM notes"));

        var result = await app.RollbackAsync(acceptDataLoss: true);
        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.DoesNotContain("notes", app.Tables());

        using var host = app.Build();
        var kept = host.Services.GetRequiredService<DeploymentDatabase>().GetBackups()[0];
        Assert.Equal((result.Run!.Id + "-before", "2.0.0"), (kept.Name, kept.Release?.Version));
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(kept.Name, request with { AcceptDataLoss = true }, token))).Outcome);
        Assert.Equal(2L, app.Scalar("SELECT count(*) FROM notes"));
    }

    [Theory]
    [InlineData("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes (text) VALUES ('seed');", "DROP TABLE notes;")]
    [InlineData("ALTER TABLE items ADD COLUMN title TEXT; UPDATE items SET title = 'item ' || id;", "ALTER TABLE items DROP COLUMN title;")]
    [InlineData("INSERT INTO items (name) VALUES ('seed');", "DELETE FROM items WHERE name = 'seed';")]
    [InlineData("CREATE INDEX by_name ON items (name);", "DROP INDEX by_name; UPDATE items SET name = name;")]
    [InlineData("CREATE VIRTUAL TABLE found USING fts5(text); INSERT INTO found VALUES ('seed');", "DROP TABLE found;")]
    public async Task A_failed_up_goes_back_by_itself_over_what_nobody_wrote_to_since_the_run_began(string up, string down)
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_more", up, down);
        app.Health = HealthCheckResult.Unhealthy();

        Assert.Equal(DeploymentOutcome.RolledBack, (await app.UpAsync("2.0.0")).Outcome);
        Assert.Equal("one", app.Scalar(Items));
    }

    [Fact]
    public async Task Rows_that_stay_do_not_keep_a_failed_up_from_going_back_by_itself()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_more", "ALTER TABLE items ADD COLUMN grade INTEGER NOT NULL DEFAULT 0;", "ALTER TABLE items DROP COLUMN grade;");
        app.Health = HealthCheckResult.Unhealthy();
        AfterActivation(app, "INSERT INTO items (name) VALUES ('by the new release')");

        Assert.Equal(DeploymentOutcome.RolledBack, (await app.UpAsync("2.0.0")).Outcome);
        Assert.Equal("one,by the new release", app.Scalar(Items));
    }

    [Fact]
    public async Task A_failed_up_stops_where_its_way_back_would_remove_rows_that_were_written_meanwhile()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);", "DROP TABLE notes;");
        app.Health = HealthCheckResult.Unhealthy();
        AfterActivation(app, "INSERT INTO notes (text) VALUES ('by the new release')");

        var stopped = await app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        Assert.Contains(stopped.Messages, static message => message.Code == "DTK7018" && message.Text.Contains("at least 1 row (notes: 1)", StringComparison.Ordinal));
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM notes"));

        app.Scalar("INSERT INTO notes (text) VALUES ('while a person looked')");
        var aborted = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request with { AcceptDataLoss = true }, token), "2.0.0");
        Assert.Equal(DeploymentOutcome.RolledBack, aborted.Outcome);
        Assert.DoesNotContain("notes", app.Tables());
        using var host = app.Build();
        var kept = host.Services.GetRequiredService<DeploymentDatabase>().GetBackups()[0];
        Assert.Equal((stopped.Run!.Id + "-before", "2.0.0"), (kept.Name, kept.Release?.Version));
    }

    [Fact]
    public async Task Rows_that_are_written_once_the_rollback_has_begun_stop_it()
    {
        using var app = await TwoReleasesAsync("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);", "DROP TABLE notes;");
        app.OnProgress = progress =>
        {
            if (progress is { Kind: ProgressKind.StepStarted, Step: "revert migrate" }) app.Scalar("INSERT INTO notes (text) VALUES ('late')");
        };

        var stopped = await app.RollbackAsync();

        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        Assert.Contains(stopped.Messages, static message => message.Code == "DTK7018");
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM notes"));
    }

    [Fact]
    public async Task A_class_may_remove_anything_unless_it_says_that_it_keeps_rows()
    {
        using var app = TestApp.WithMigrations();
        app.Configure = static deployment => deployment.AddMigrations(static m => m.FromDirectory("migrations").Add<Renames>());
        await app.UpAsync();
        app.Configure = static deployment => deployment.AddMigrations(static m => m.FromDirectory("migrations").Add<Renames>().Add<Fills>());
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        app.Scalar("INSERT INTO items (name) VALUES ('since')");

        var refused = await app.RollbackAsync();
        Assert.Contains("at least 1 row (items: 1)", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);

        app.Configure = static deployment => deployment.AddMigrations(static m => m.FromDirectory("migrations").Add<Renames>().Add<Fills>().Add<RenamesAgain>());
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("3.0.0")).Outcome);
        app.Scalar("INSERT INTO items (name) VALUES ('since 3')");
        Assert.Equal("2.0.0", (await app.RollbackAsync()).Run?.Release.Version);
        Assert.Equal("ONE,since,since 3", app.Scalar(Items));
    }

    [Fact]
    public async Task A_script_that_says_that_it_keeps_rows_is_believed()
    {
        using var app = await TwoReleasesAsync(
            "ALTER TABLE items ADD COLUMN title TEXT;",
            "-- keeps-rows: they are copied into the table that takes its place\nCREATE TABLE kept (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO kept SELECT id, name FROM items;\nDROP TABLE items;\nALTER TABLE kept RENAME TO items;");
        app.Scalar("INSERT INTO items (name) VALUES ('since')");

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RollbackAsync()).Outcome);
        Assert.Equal("one,since", app.Scalar(Items));
    }

    [Fact]
    public async Task The_plan_of_an_up_says_what_its_way_back_would_remove()
    {
        using var app = TestApp.WithMigrations();
        app.Migration("0002_more", "CREATE TABLE notes (id INTEGER PRIMARY KEY); ALTER TABLE items ADD COLUMN title TEXT;", "DROP TABLE notes; ALTER TABLE items DROP COLUMN title;");

        var plan = (await app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token))).Plan!;

        var wayBack = plan.Steps.Single(static step => step.Name == DeploymentSteps.Migrate).WayBack!;
        Assert.Contains("rows written into notes, items.title, items", wayBack, StringComparison.Ordinal);
        Assert.Contains("--accept-data-loss", wayBack, StringComparison.Ordinal);
    }

    private static void AfterActivation(TestApp app, string sql) => app.OnProgress = progress =>
    {
        if (progress is { Kind: ProgressKind.StepDone, Step: DeploymentSteps.Activate, IsWayBack: false }) app.Scalar(sql);
    };

    private static Task<DeploymentResult> RollbackAsync(TestApp app, Func<VerbRequest, VerbRequest> change) =>
        app.RunAsync((deployer, request, token) => deployer.RollbackAsync(change(request), token));

    private static async Task<TestApp> TwoReleasesAsync(string up, string down)
    {
        var app = TestApp.WithMigrations();
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("1.0.0")).Outcome);
        app.Migration("0002_more", up, down);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        return app;
    }

    [Migration("0002", "renames")]
    private sealed class Renames : Migration
    {
        public override Task UpAsync(MigrationContext context, CancellationToken cancellationToken) => context.ExecuteAsync("UPDATE items SET name = 'One'", cancellationToken);

        public override Task DownAsync(MigrationContext context, CancellationToken cancellationToken) => context.ExecuteAsync("UPDATE items SET name = 'one'", cancellationToken);
    }

    [Migration("0003", "fills")]
    private sealed class Fills : Migration
    {
        public override Task UpAsync(MigrationContext context, CancellationToken cancellationToken) => context.ExecuteAsync("UPDATE items SET name = 'ONE'", cancellationToken);

        public override Task DownAsync(MigrationContext context, CancellationToken cancellationToken) => context.ExecuteAsync("UPDATE items SET name = 'One'", cancellationToken);
    }

    [Migration("0004", "renames again")]
    [KeepsRows("only an index comes and goes")]
    private sealed class RenamesAgain : Migration
    {
        public override Task UpAsync(MigrationContext context, CancellationToken cancellationToken) => context.ExecuteAsync("CREATE INDEX by_name ON items (name)", cancellationToken);

        public override Task DownAsync(MigrationContext context, CancellationToken cancellationToken) => context.ExecuteAsync("DROP INDEX by_name", cancellationToken);
    }
}
