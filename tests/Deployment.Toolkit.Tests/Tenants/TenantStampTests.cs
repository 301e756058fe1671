using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>A tenant's database says whose it is.</summary>
public sealed class TenantStampTests : IDisposable
{
    private readonly TenantApp _app = new(5);

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_run_that_succeeds_stamps_those_that_it_migrated_and_one_that_goes_back_none()
    {
        _app.App.Health = HealthCheckResult.Unhealthy("the test says so");
        Assert.Equal(DeploymentOutcome.RolledBack, (await _app.App.UpAsync()).Outcome);
        Assert.All(_app.Tenants, tenant => Assert.Null(Stamp(tenant)));

        _app.App.Health = HealthCheckResult.Healthy();
        await _app.SucceedAsync();
        Assert.All(_app.Tenants, tenant => Assert.Equal("Development", Stamp(tenant)));

        _app.Tenants.Add("new");
        _app.Execute("t01", "DROP TABLE deployment_stamp");
        await _app.SucceedAsync("2.0.0");
        Assert.Equal("Development", Stamp("new"));
        // There was nothing to do in it.
        Assert.Null(Stamp("t01"));
    }

    [Fact]
    public async Task One_that_bears_another_environments_stamp_is_refused_by_the_plan_and_by_the_run_that_finds_it_later()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Execute("t03", "UPDATE deployment_stamp SET environment_id = 'another', environment = 'Production'");

        var plan = await _app.PlanAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.Refused, plan.Outcome);
        var fault = Assert.Single(plan.Messages, static message => message.Code == "DTK7419");
        Assert.StartsWith("Tenant 't03' of 'Tenants': The database bears the stamp of environment 'Production' under journal another, ", fault.Text, StringComparison.Ordinal);

        _app.Tenants.Remove("t03");
        var asked = 0;
        _app.Found = () => { if (++asked == 3) _app.Tenants.Add("t03"); };
        var up = await _app.App.UpAsync("2.0.0");
        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        var result = TenantApp.StepOf(up).Tenants.Single(static result => result.Id == "t03");
        Assert.Equal(TenantOutcome.Failed, result.Outcome);
        Assert.Contains("[DTK7419]", result.Error, StringComparison.Ordinal);
        Assert.Equal("0001", _app.Applied("t03"));
    }

    private object? Stamp(string tenant) =>
        _app.Scalar(tenant, "SELECT 1 FROM sqlite_master WHERE name = 'deployment_stamp'") is null ? null : _app.Scalar(tenant, "SELECT environment FROM deployment_stamp");
}
