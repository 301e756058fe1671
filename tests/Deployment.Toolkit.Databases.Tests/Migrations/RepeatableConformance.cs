using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Databases.Tests.Migrations;

/// <summary>What repeatable scripts do on every kind of database.</summary>
public abstract class RepeatableConformance : IAsyncLifetime
{
    private const string Items = "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO items (id, name) VALUES (1, 'one');";
    private const string Drop = "DROP VIEW IF EXISTS names;\n";

    private TargetUnderTest _database = null!;
    private DeployedApp _app = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TargetUnderTest> CreateAsync();

    public async ValueTask InitializeAsync()
    {
        _database = await CreateAsync();
        _app = new DeployedApp(_database);
        _app.Migration("0001_items", Items, "DROP TABLE items;");
    }

    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static string View(string says) => $"{Drop}CREATE VIEW names AS SELECT '{says}' AS says FROM items;\n";

    private Task<string?> SaysAsync() => _database.ScalarAsync("SELECT says FROM names");

    private async Task<MigrationState> StateAsync(string version) =>
        Assert.Single(await _app.AskAsync(static database => database.GetMigrationsAsync(Token)), state => state.Version == version);

    [Fact]
    public async Task They_run_behind_all_that_have_a_number_in_the_order_of_their_names_and_again_when_their_content_is_another()
    {
        _app.Migration("R__b_twice", "DROP VIEW IF EXISTS twice;\nCREATE VIEW twice AS SELECT says FROM names;\n-- down\nDROP VIEW twice;");
        _app.Migration("R__a_names", View("first") + "-- down\nDROP VIEW names;");
        var plan = await _app.PlanAsync();
        await _app.UpOkAsync();
        Assert.Equal("first", await _database.ScalarAsync("SELECT says FROM twice"));
        Assert.Equal(["0001", "R__a_names", "R__b_twice"], plan.Plan!.Migrations.Select(static migration => migration.Version));
        Assert.Equal(["0001"], plan.Plan.SchemaAfter);

        // What an editor changes by itself is no change.
        _app.Migration("R__a_names", "\uFEFF" + (View("first") + "-- down\nDROP VIEW names;").ReplaceLineEndings("\r\n") + "  \r\n");
        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.UpAsync()).Outcome);

        // PostgreSQL drops no view that another one reads.
        _app.Migration("R__a_names", "CREATE OR REPLACE VIEW names AS SELECT 'second' AS says FROM items;".Replace(_database.Folder == "sqlite" ? "CREATE OR REPLACE VIEW" : "\0", Drop + "CREATE VIEW", StringComparison.Ordinal));
        var changed = await StateAsync("R__a_names");
        var again = await _app.PlanAsync("2.0.0");
        var scripts = await _app.AskAsync(database => Task.FromResult(database.GetScripts(again.Plan!)));
        await _app.UpOkAsync("2.0.0");

        Assert.True(changed is { IsApplied: false, IsChanged: true, HasWayBack: true, IsRepeatable: true });
        Assert.Equal("R__a_names", Assert.Single(again.Plan!.Migrations).Version);
        Assert.True(again.Plan.Migrations[0].HasWayBack);
        Assert.Contains("second", Assert.Single(scripts).Sql, StringComparison.Ordinal);
        Assert.Equal("second", await _database.ScalarAsync("SELECT says FROM twice"));
        Assert.True(await StateAsync("R__a_names") is { IsApplied: true, IsChanged: false });
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM deployment_migrations"));
        Assert.Equal("3", await _database.ScalarAsync("SELECT count(*) FROM deployment_repeatables"));
    }

    [Fact]
    public async Task A_run_that_fails_brings_the_earlier_content_back_and_takes_away_what_is_new()
    {
        _app.Migration("R__names", View("first") + "-- down\nDROP VIEW names;");
        await _app.UpOkAsync();
        _app.Migration("0002_more", "INSERT INTO items (id, name) VALUES (2, 'two');", "DELETE FROM items WHERE id = 2;");
        _app.Migration("R__names", View("second"));
        _app.Migration("R__new", "DROP VIEW IF EXISTS fresh;\nCREATE VIEW fresh AS SELECT id FROM items;\n", "DROP VIEW fresh;");
        _app.Health = HealthCheckResult.Unhealthy("no");

        var result = await _app.UpAsync("2.0.0");

        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(result));
        Assert.Equal("first", await SaysAsync());
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM items"));
        Assert.Contains(_app.Said, static line => line == "brought R__names back to what it was");
        Assert.Contains(_app.Said, static line => line == "undid R__new");
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM deployment_repeatables"));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => _database.ScalarAsync("SELECT id FROM fresh"));
        _app.Health = HealthCheckResult.Healthy();
        await _app.UpOkAsync("2.0.1");
        Assert.Equal("second", await SaysAsync());
    }

    [Fact]
    public async Task One_that_is_new_and_has_no_way_back_is_told_so_by_the_plan()
    {
        _app.Migration("R__names", View("first"));

        var plan = (await _app.PlanAsync()).Plan!;
        var linted = await _app.AskAsync(static database => database.LintMigrationsAsync(new LintMigrationsRequest(), Token));

        Assert.Contains("it has no way back of its own, and no backup is taken", plan.Migrations[1].Irreversible, StringComparison.Ordinal);
        Assert.Contains("migration R__names cannot be taken back", Assert.Single(plan.Risks), StringComparison.Ordinal);
        Assert.Contains("-- down", Assert.Single(linted.Messages, static message => message.Code == "DTK5001").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollback_brings_the_content_back_that_the_release_was_verified_with_over_several_others()
    {
        _app.Migration("R__names", View("first") + "-- down\nDROP VIEW names;");
        _app.Migration("R__other", "DROP VIEW IF EXISTS others;\nCREATE VIEW others AS SELECT 'kept' AS says FROM items;\n-- down\nDROP VIEW others;");
        await _app.UpOkAsync();
        _app.Remove("R__other");
        foreach (var says in (string[])["second", "third"])
        {
            _app.Migration("R__names", View(says));
            await _app.UpOkAsync(says);
        }

        _app.Remove("R__names");
        _app.Migration("R__names", View("fourth") + "-- down\nDROP VIEW names;");
        _app.Migration("R__late", "DROP VIEW IF EXISTS late;\nCREATE VIEW late AS SELECT id FROM items;\n-- down\nDROP VIEW late;");
        await _app.UpOkAsync("4.0.0");

        var back = await _app.RunAsync(static (deployer, _, token) => deployer.RollbackAsync(new RollbackRequest { To = "second" }, token));
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(back));
        Assert.Equal("second", await SaysAsync());
        Assert.Equal("kept", await _database.ScalarAsync("SELECT says FROM others"));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => _database.ScalarAsync("SELECT id FROM late"));

        var farther = await _app.RunAsync(static (deployer, _, token) => deployer.RollbackAsync(new RollbackRequest { To = "1.0.0" }, token));
        Assert.True(farther.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(farther));
        Assert.Equal("first", await SaysAsync());
    }

    [Fact]
    public async Task An_earlier_content_that_needs_the_old_shape_comes_back_behind_the_migrations()
    {
        _app.Migration("0002_old", "ALTER TABLE items ADD COLUMN old_name TEXT;", "ALTER TABLE items DROP COLUMN old_name;");
        _app.Migration("R__names", Drop + "CREATE VIEW names AS SELECT coalesce(old_name, 'old') AS says FROM items;\n-- down\nDROP VIEW names;");
        await _app.UpOkAsync();
        _app.Migration("0003_contract", "DROP VIEW names;\nALTER TABLE items DROP COLUMN old_name;", "ALTER TABLE items ADD COLUMN old_name TEXT;");
        _app.Migration("R__names", View("new"));
        await _app.UpOkAsync("2.0.0");
        Assert.Equal("new", await SaysAsync());

        var back = await _app.RollbackAsync();

        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(back));
        Assert.Equal("old", await SaysAsync());
    }

    [Fact]
    public async Task What_the_app_no_longer_has_stays_and_is_told_and_binaries_without_such_scripts_go_on()
    {
        _app.Migration("R__names", View("first") + "-- down\nDROP VIEW names;");
        await _app.UpOkAsync();
        _app.Remove("R__names");
        _app.Migration("0002_more", "INSERT INTO items (id, name) VALUES (2, 'two');", "DELETE FROM items WHERE id = 2;");

        var plan = await _app.PlanAsync("2.0.0");
        await _app.UpOkAsync("2.0.0");

        Assert.Equal(["repeatable script R__names is applied, and this binary does not have it: what it made stays as it is"], plan.Plan!.Risks);
        Assert.Equal("first", await SaysAsync());
        Assert.True(await StateAsync("R__names") is { IsApplied: true, IsKnown: false });
        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.UpAsync("2.0.0")).Outcome);
    }

    [Fact]
    public async Task A_statement_that_fails_is_told_with_its_place_and_the_run_goes_back()
    {
        _app.Migration("R__names", View("first") + "-- down\nDROP VIEW names;");
        await _app.UpOkAsync();
        _app.Migration("R__names", View("second") + "SELECT nothere FROM items;\n");

        var result = await _app.UpAsync("2.0.0");

        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(result));
        Assert.Contains($"R__names.sql:3:{_database.UnknownColumn}", DeployedApp.TextOf(result), StringComparison.Ordinal);
        Assert.Equal("first", await SaysAsync());
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM deployment_repeatables"));
    }

    [Fact]
    public async Task A_database_is_behind_a_binary_whose_content_it_never_had_and_not_behind_one_that_was_overtaken()
    {
        _app.Migration("R__names", View("first"), "DROP VIEW names;");
        Assert.Contains("R__names", (await DistanceAsync()).Pending);
        await _app.UpOkAsync();
        Assert.Empty((await DistanceAsync()).Pending);
        _app.Migration("R__names", View("second"));
        Assert.Equal(["R__names"], (await DistanceAsync()).Pending);
        await _app.UpOkAsync("2.0.0");

        _app.Migration("R__names", View("first"));
        Assert.Empty((await DistanceAsync()).Pending);

        async Task<SchemaDistance> DistanceAsync()
        {
            using var host = _app.Build();
            var factory = host.Services.GetRequiredService<DeploymentPartsFactory>();
            return await SchemaDistance.MeasureAsync(factory.Targets()[0], factory.LoadMigrations()[0], Token);
        }
    }

    [Fact]
    public async Task A_script_in_a_folder_named_like_the_database_takes_the_place_of_the_one_beside_it()
    {
        Directory.CreateDirectory(Path.Combine(_app.Folder, "migrations", _database.Folder));
        _app.Migration("R__names", "This is for no kind;");
        _app.Migration($"{_database.Folder}/R__names", View("of its kind"), "DROP VIEW names;");

        await _app.UpOkAsync();

        Assert.Equal("of its kind", await SaysAsync());
    }

    [Fact]
    public async Task What_does_not_hold_together_is_refused_all_at_once()
    {
        _app.Migration("R__names", View("first") + "-- down\nDROP VIEW names;", "DROP VIEW names;");
        _app.Migration("R__left", "-- contracts-after: release 1\nSELECT 1;");
        File.WriteAllText(Path.Combine(_app.Folder, "migrations", "R__gone.down.sql"), "SELECT 1;");

        var text = DeployedApp.TextOf(await _app.PlanAsync());

        Assert.Contains("R__names.sql' has two ways back", text, StringComparison.Ordinal);
        Assert.Contains("R__gone.down.sql' belongs to no script", text, StringComparison.Ordinal);
        Assert.Contains("R__left.sql:1:", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_script_says_must_be_so_is_asked_of_it_too()
    {
        if (!_database.HasTransactionsOfSchema)
            return;
        _app.Migration("R__names", View("first") + "-- verify: SELECT count(*) > 5 FROM names\n-- down\nDROP VIEW names;");

        var result = await _app.UpAsync();

        Assert.Contains("R__names.sql:3:1) did not lead to what it says", DeployedApp.TextOf(result), StringComparison.Ordinal);
        Assert.Equal("", await _database.TablesAsync());
    }

    [Fact]
    public async Task They_go_back_by_a_backup_where_another_migration_does_and_count_as_nothing_that_was_written()
    {
        if (!_database.HasTransactionsOfSchema)
            return;
        using var app = new DeployedApp(_database) { TakesBackups = true };
        app.Migration("0001_items", Items, "DROP TABLE items;");
        app.Migration("R__names", View("first") + "-- down\nDROP VIEW names;");
        await app.UpOkAsync();
        app.Migration("0002_more", "INSERT INTO items (id, name) VALUES (2, 'two');");
        app.Migration("R__names", View("second"));
        app.Health = HealthCheckResult.Unhealthy("no");

        var result = await app.UpAsync("2.0.0");

        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(result));
        Assert.Equal("first", await SaysAsync());
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM items"));
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM deployment_repeatables"));
    }

    [Fact]
    public async Task They_are_rehearsed_like_others()
    {
        if (!_database.HasTransactionsOfSchema)
            return;
        _app.Migration("R__names", View("first") + "-- down\nDROP VIEW names;");
        await _app.UpOkAsync();
        _app.Migration("R__names", View("second"));
        _app.Migration("R__new", "CREATE TABLE IF NOT EXISTS fresh (id INTEGER);\n-- down\nSELECT 1;");

        var report = await _app.AskAsync(static database => database.RehearseAsync(Token));

        Assert.Equal(
            [("R__names", RehearsalVerdict.Proven), ("R__new", RehearsalVerdict.WayBackDiffers)],
            report.Migrations.Select(static migration => (migration.Version, migration.Verdict)));
        Assert.Equal("first", await SaysAsync());
    }
}

public sealed class SqliteRepeatableTests : RepeatableConformance
{
    protected override Task<TargetUnderTest> CreateAsync() => Task.FromResult<TargetUnderTest>(new SqliteUnderTest());
}

public sealed class PostgreSqlRepeatableTests(PostgreSqlServer server) : RepeatableConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
}

public sealed class MySqlRepeatableTests(MySqlServer server) : RepeatableConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new MySqlUnderTest(await server.CreateDatabaseAsync());
}
