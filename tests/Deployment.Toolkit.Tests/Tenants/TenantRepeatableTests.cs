using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>Scripts that run again whenever they are changed, in each tenant's database.</summary>
public sealed class TenantRepeatableTests : IDisposable
{
    private readonly TenantApp _app = new(12);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task One_is_applied_in_each_behind_the_others_and_again_only_where_it_is_another()
    {
        View("1");
        var up = await _app.SucceedAsync();

        Assert.All(_app.Tenants, tenant => Assert.Equal(1L, Value(tenant)));
        Assert.All(TenantApp.StepOf(up).Tenants, static result => Assert.Equal((TenantOutcome.Migrated, 2), (result.Outcome, result.Migrations)));
        Assert.Equal(["0001", "R__value"], up.Plan!.Tenants![0].Migrations.Select(static migration => migration.Version));
        Assert.Equal("apply what is pending up to 0001, and scripts that were changed, in the database of each tenant of 'Tenants'", TenantApp.StepOf(up).Effect);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.App.UpAsync()).Outcome);

        View("2");
        _app.Tenants.Add("new");
        var plan = await _app.PlanAsync("2.0.0");
        Assert.Equal(["12 1", "1 2"], plan.Plan!.Tenants![0].Groups.Select(static group => $"{group.Count} {group.Pending}"));
        using (var host = _app.App.Build())
        {
            var states = await host.Services.GetRequiredService<DeploymentDatabase>().Of("Tenants").GetMigrationsAsync(Token);
            Assert.Equal(["0001 12 of 13 False", "R__value 0 of 13 True"], states.Select(static state => $"{state.Version} {state.AppliedTenants} of {state.Tenants} {state.IsChanged}"));
        }

        var changed = await _app.SucceedAsync("2.0.0");
        Assert.All(_app.Tenants, tenant => Assert.Equal(2L, Value(tenant)));
        Assert.Equal(12, TenantApp.StepOf(changed).Tenants.Count(static result => result is { Outcome: TenantOutcome.Migrated, Migrations: 1 }));
    }

    [Fact]
    public async Task What_goes_back_brings_back_what_each_had_before()
    {
        View("1");
        await _app.SucceedAsync();
        View("2");
        _app.Tenants.Add("new");
        _app.App.Health = HealthCheckResult.Unhealthy("the test says so");

        var up = await _app.App.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        Assert.All(_app.Tenants.SkipLast(1), tenant => Assert.Equal(1L, Value(tenant)));
        Assert.Equal("", _app.Applied("new"));
        Assert.Equal(0L, _app.Scalar("new", "SELECT count(*) FROM sqlite_master WHERE type = 'view'"));
        Assert.Equal(13, TenantApp.StepOf(up).Tenants.Count(static result => result.Outcome == TenantOutcome.Reverted));
    }

    [Fact]
    public async Task A_rollback_brings_back_what_the_release_had_and_takes_it_from_those_who_never_had_that()
    {
        View("1");
        await _app.SucceedAsync();
        View("2");
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Tenants.Add("new");
        await _app.SucceedAsync("2.0.0");

        var back = await _app.App.RollbackAsync(acceptDataLoss: true);

        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', back.Messages));
        Assert.Equal(["R__value", "0002"], back.Plan!.Tenants![0].Migrations.Select(static migration => migration.Version));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
        Assert.All(_app.Tenants.SkipLast(1), tenant => Assert.Equal(1L, Value(tenant)));
        Assert.Equal(0L, _app.Scalar("new", "SELECT count(*) FROM sqlite_master WHERE type = 'view'"));
        View("1");
        Assert.Equal(["12 1", "1 2"], (await _app.PlanAsync("3.0.0")).Plan!.Tenants![0].Groups.Select(static group => $"{group.Count} {group.Pending}"));
    }

    [Fact]
    public async Task Versions_alone_are_moved_to_where_a_version_was_named()
    {
        await _app.SucceedAsync();
        View("1");
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        using var host = _app.App.Build();

        var up = await host.Services.GetRequiredService<Deployer>().MigrateUpAsync(new MigrateUpRequest { Database = "Tenants", To = "0002" }, Token);

        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', up.Messages));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002", _app.Applied(tenant)));
        Assert.All(_app.Tenants, tenant => Assert.Equal(0L, _app.Scalar(tenant, "SELECT count(*) FROM sqlite_master WHERE type = 'view'")));
    }

    private void View(string value) =>
        _app.Migration("R__value", $"DROP VIEW IF EXISTS value;\nCREATE VIEW value AS SELECT {value} AS value;\n-- down\nDROP VIEW value;", null);

    private object? Value(string tenant) => _app.Scalar(tenant, "SELECT value FROM value");
}
