using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>What is about one database, done to that of one tenant.</summary>
public sealed class TenantVerbTests : IDisposable
{
    private readonly TenantApp _app = new(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_tenant_that_was_made_by_hand_is_taken_in_by_its_baseline_alone()
    {
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Execute("t02", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)");
        Assert.Equal(DeploymentOutcome.RolledBack, (await _app.App.UpAsync()).Outcome);

        var baselined = await OnAsync("t02", static database => database.BaselineAsync(new BaselineRequest { Version = "0001", Reason = "made by hand" }, Token));

        Assert.True(baselined.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', baselined.Messages));
        Assert.Equal("0001", _app.Applied("t02"));
        Assert.All(_app.Tenants.Where(static tenant => tenant != "t02"), tenant => Assert.Equal("", _app.Applied(tenant)));
        await _app.SucceedAsync();
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002", _app.Applied(tenant)));
        Assert.Equal(0L, _app.Scalar("t02", "SELECT count(*) FROM notes"));
        var states = await OnAsync("t02", static database => database.GetMigrationsAsync(Token));
        Assert.Equal(["0001 True", "0002 True"], states.Select(static state => $"{state.Version} {state.IsApplied}"));
    }

    [Fact]
    public async Task A_tenant_that_another_tool_migrated_until_now_is_taken_in_by_that_tools_history()
    {
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Execute("t03", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)");
        _app.Execute("t03", "CREATE TABLE SchemaVersions (SchemaVersionID INTEGER PRIMARY KEY, ScriptName TEXT NOT NULL, Applied DATETIME NOT NULL)");
        _app.Execute("t03", "INSERT INTO SchemaVersions (ScriptName, Applied) VALUES ('Shop.Scripts.0001_notes.sql', '2026-01-01')");

        var baselined = await OnAsync("t03", static database => database.BaselineAsync(new BaselineRequest { From = "dbup", Reason = "DbUp until now" }, Token));

        Assert.True(baselined.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', baselined.Messages));
        await _app.SucceedAsync();
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002", _app.Applied(tenant)));
    }

    [Fact]
    public async Task A_script_for_one_tenant_applies_what_it_lacks_and_the_next_run_finds_it_there()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");

        var script = await OnAsync("t03", static database => database.ScriptMigrationsAsync(new ScriptMigrationsRequest(), Token));
        Assert.Equal(["0002"], script.Versions);
        Assert.Contains("Tenants/t03", script.Sql, StringComparison.Ordinal);
        // But for what sqlite3 itself is told.
        _app.Execute("t03", string.Join('\n', script.Sql.Split('\n').Where(static line => !line.StartsWith('.'))));

        Assert.Equal("0001 0002", _app.Applied("t03"));
        var up = await _app.SucceedAsync("2.0.0");
        Assert.Equal(["3 1", "1 0"], up.Plan!.Tenants![0].Groups.Select(static group => $"{group.Count} {group.Pending}"));
        // What it has by now, a baseline of another time says nothing of.
        Assert.Empty((await OnAsync("t03", static database => database.ScriptMigrationsAsync(new ScriptMigrationsRequest(), Token))).Versions);
    }

    [Fact]
    public async Task A_way_back_is_repaired_in_one_tenants_history()
    {
        await _app.SucceedAsync();
        _app.Migration("0001_notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);\nINSERT INTO notes (text) VALUES ('first');", "DROP TABLE IF EXISTS notes;");

        var repaired = await OnAsync("t01", static database => database.RepairMigrationAsync("0001", "it failed", dryRun: false, Token));

        Assert.True(repaired.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', repaired.Messages));
        Assert.Equal("DROP TABLE IF EXISTS notes;", _app.Scalar("t01", "SELECT down_sql FROM deployment_migrations"));
        Assert.Equal("DROP TABLE notes;", _app.Scalar("t02", "SELECT down_sql FROM deployment_migrations"));
    }

    [Fact]
    public async Task One_that_bears_another_environments_stamp_and_history_is_taken_over()
    {
        await _app.SucceedAsync();
        _app.Execute("t01", "UPDATE deployment_stamp SET environment_id = 'another', environment = 'Production'");
        _app.Execute("t01", "UPDATE deployment_migrations SET journal = 'another'");
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        var refused = await _app.PlanAsync("2.0.0");
        Assert.Contains("'deploy isolation adopt --database Tenants --tenant ID --environment Development --reason \"why\"'", refused.Messages[0].Text, StringComparison.Ordinal);

        var taken = await OnAsync("t01", static database => database.TakeOverAsync("a copy that is meant", Token));

        Assert.True(taken.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', taken.Messages));
        Assert.Equal(DeploymentOutcome.NothingToDo, (await OnAsync("t01", static database => database.TakeOverAsync("again", Token))).Outcome);
        await _app.SucceedAsync("2.0.0");
        Assert.Equal("Development", _app.Scalar("t01", "SELECT environment FROM deployment_stamp"));
    }

    [Fact]
    public async Task What_is_for_one_database_says_how_to_name_a_tenant()
    {
        await _app.SucceedAsync();
        using var host = _app.App.Build();

        var refused = await host.Services.GetRequiredService<DeploymentDatabase>().Of("Tenants").BaselineAsync(new BaselineRequest { Version = "0001", Reason = "why" }, Token);

        Assert.Contains("Say whose with --tenant ID", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
    }

    private async Task<T> OnAsync<T>(string tenant, Func<DeploymentDatabase, Task<T>> work)
    {
        using var host = _app.App.Build();
        return await work(host.Services.GetRequiredService<DeploymentDatabase>().OfTenant("Tenants", tenant));
    }
}
