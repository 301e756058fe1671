using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.Migrations;

/// <summary>Migrations that are applied and undone while the release stays.</summary>
public abstract class WithoutReleaseConformance : IAsyncLifetime
{
    private const string Items = "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO items (id, name) VALUES (1, 'one');";

    private TargetUnderTest _database = null!;
    private DeployedApp _app = null!;

    protected abstract Task<TargetUnderTest> CreateAsync();

    public async ValueTask InitializeAsync()
    {
        _database = await CreateAsync();
        _app = new DeployedApp(_database);
    }

    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task PreparedAsync()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        await _app.UpOkAsync();
        _app.Migration("0002_notes", "CREATE TABLE notes (id INTEGER);", "DROP TABLE notes;");
        _app.Migration("0003_more", "INSERT INTO items (id, name) VALUES (2, 'two');", "DELETE FROM items WHERE id = 2;");
        _app.Migration("R__names", "DROP VIEW IF EXISTS names;\nCREATE VIEW names AS SELECT name FROM items;\n-- down\nDROP VIEW names;");
    }

    private Task<DeploymentResult> MigrateUpAsync(string? to = null, string? reason = null, bool withoutRelease = false, bool dryRun = false) =>
        _app.RunAsync((deployer, request, token) => deployer.MigrateUpAsync(new MigrateUpRequest { To = to, Reason = reason, WithoutRelease = withoutRelease, DryRun = dryRun, LockTimeout = request.LockTimeout }, token));

    private Task<DeploymentResult> MigrateDownAsync(string to, bool acceptDataLoss = false, string reason = "tried", bool withoutRelease = false) =>
        _app.RunAsync((deployer, request, token) => deployer.MigrateDownAsync(new MigrateDownRequest { To = to, Reason = reason, AcceptDataLoss = acceptDataLoss, WithoutRelease = withoutRelease, LockTimeout = request.LockTimeout }, token));

    [Fact]
    public async Task They_go_up_to_a_version_and_on_and_a_deployment_finds_them_applied()
    {
        await PreparedAsync();
        var dry = await MigrateUpAsync("0002", dryRun: true);
        Assert.Equal("deployment_migrations items", await _database.TablesAsync());

        var first = await MigrateUpAsync("0002_notes", "the rest at night");
        Assert.True(first.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(first));
        Assert.Equal("deployment_migrations items notes", await _database.TablesAsync());
        Assert.Equal(["0002"], dry.Plan!.Migrations.Select(static migration => migration.Version));
        Assert.Equal([DeploymentSteps.Migrate], first.Plan!.Steps.Select(static step => step.Name));
        Assert.True(first.Run is { Kind: RunKind.Up, Plan: { MigrationsOnly: true, Reason: "the rest at night" } });
        Assert.Equal(DeploymentOutcome.NothingToDo, (await MigrateUpAsync("0002")).Outcome);

        var rest = await MigrateUpAsync();
        Assert.True(rest.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(rest));
        Assert.Equal("2", await _database.ScalarAsync("SELECT count(*) FROM names"));

        var plan = await _app.PlanAsync("2.0.0");
        Assert.Empty(plan.Plan!.Migrations);
        Assert.True(plan.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(plan));
        await _app.UpOkAsync("2.0.0");
    }

    [Fact]
    public async Task They_go_down_to_a_version_and_what_others_wrote_has_to_be_accepted()
    {
        await PreparedAsync();
        _app.Remove("R__names");
        await _app.UpOkAsync("2.0.0");
        await _database.ScalarAsync("INSERT INTO notes VALUES (7)");

        var refused = await MigrateDownAsync("0001");
        var accepted = await MigrateDownAsync("0001", acceptDataLoss: true);

        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Contains("notes: 1", DeployedApp.TextOf(refused), StringComparison.Ordinal);
        Assert.Contains("'deploy migrations down --to 0001 --reason \"tried\" --environment Development --accept-data-loss'", DeployedApp.TextOf(refused), StringComparison.Ordinal);
        Assert.True(accepted.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(accepted));
        Assert.Equal(["0003", "0002"], accepted.Plan!.Migrations.Select(static migration => migration.Version));
        Assert.Contains("release 2.0.0 is live and was verified with 0003_more, 0002_notes", accepted.Plan.Risks);
        Assert.Equal("deployment_migrations items", await _database.TablesAsync());
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM items"));
        // The journal knows the database as it is now.
        await _app.UpOkAsync("2.0.1");
        Assert.Equal("2", await _database.ScalarAsync("SELECT count(*) FROM items"));
        var all = await MigrateDownAsync("0");
        Assert.True(all.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(all));
        Assert.Equal("", await _database.TablesAsync());
    }

    [Fact]
    public async Task A_protected_environment_wants_it_said_and_a_version_has_to_be_there()
    {
        await PreparedAsync();
        _app.Configure = static builder => builder.AddEnvironments(static e => e.Add("Development", static d => d.Protected()));

        var up = await MigrateUpAsync(reason: "at night");
        var noReason = await MigrateUpAsync(withoutRelease: true);
        var down = await MigrateDownAsync("0");
        foreach (var refused in (DeploymentResult[])[up, noReason, down])
        {
            Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
            Assert.Contains("'Development' is protected", DeployedApp.TextOf(refused), StringComparison.Ordinal);
            Assert.Contains("--without-release", DeployedApp.TextOf(refused), StringComparison.Ordinal);
        }

        var meant = await MigrateUpAsync("0002", "at night", withoutRelease: true);
        Assert.True(meant.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(meant));
        _app.Configure = static _ => { };
        Assert.Contains("There is no migration '0009' to go to", DeployedApp.TextOf(await MigrateUpAsync("0009")), StringComparison.Ordinal);
        Assert.Contains("There is no migration '0009' to go to", DeployedApp.TextOf(await MigrateDownAsync("0009")), StringComparison.Ordinal);
        Assert.Contains("No migration above 0002 is applied", DeployedApp.TextOf(await MigrateDownAsync("0002")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_fails_goes_back_and_one_without_a_way_back_is_refused()
    {
        await PreparedAsync();
        _app.Migration("0004_bad", "INSERT INTO items (id, name) VALUES (1, 'again');", "SELECT 1;");

        var failed = await MigrateUpAsync();
        Assert.Equal(DeploymentOutcome.RolledBack, failed.Outcome);
        Assert.Contains("'deploy migrations up --environment Development' again", DeployedApp.TextOf(failed), StringComparison.Ordinal);
        Assert.Equal("deployment_migrations items", await _database.TablesAsync());

        _app.Migration("0004_bad", "INSERT INTO items (id, name) VALUES (4, 'four');");
        File.Delete(Path.Combine(_app.Folder, "migrations", "0004_bad.down.sql"));
        Assert.Equal(DeploymentOutcome.Succeeded, (await MigrateUpAsync()).Outcome);
        var stuck = await MigrateDownAsync("0002");
        Assert.Equal(DeploymentOutcome.Refused, stuck.Outcome);
        Assert.Contains("Migration 0004_bad has no way back of its own", DeployedApp.TextOf(stuck), StringComparison.Ordinal);
    }
}

public sealed class SqliteWithoutReleaseTests : WithoutReleaseConformance
{
    protected override Task<TargetUnderTest> CreateAsync() => Task.FromResult<TargetUnderTest>(new SqliteUnderTest());
}

public sealed class PostgreSqlWithoutReleaseTests(PostgreSqlServer server) : WithoutReleaseConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
}

public sealed class MySqlWithoutReleaseTests(MySqlServer server) : WithoutReleaseConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new MySqlUnderTest(await server.CreateDatabaseAsync());
}
