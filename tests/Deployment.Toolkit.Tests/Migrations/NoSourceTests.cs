namespace Deployment.Toolkit.Tests.Migrations;

/// <summary>Migrations of which something is said, and not where they are, would silently not be applied.</summary>
public sealed class NoSourceTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Saying_something_of_migrations_and_no_place_is_refused()
    {
        _app.Configure = static deployment => deployment.AddMigrations(static m => m.WaitAtMost(TimeSpan.FromMinutes(10)));

        var refused = await _app.UpAsync();

        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Contains("AddMigrations(m => …) names no place", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_nobody_has_filled_in_yet_is_told_before_it_counts_as_applied()
    {
        _app.Migration("0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY);", "DROP TABLE items;");
        _app.Migration("0002_later", "-- What it does\n", null);

        var plan = await _app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(new PlanRequest { Release = request.Release }, token));

        Assert.Contains("migration 0002_later holds no statement yet, and is recorded as applied all the same", plan.Plan!.Risks);
        Assert.DoesNotContain(plan.Plan.Risks, static risk => risk.Contains("0001", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_a_place_named_by_another_call_it_is_enough()
    {
        _app.Migration("0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY);", "DROP TABLE items;");
        _app.Configure = static deployment => deployment.AddMigrations(static m => m.WaitAtMost(TimeSpan.FromMinutes(10)));

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        Assert.Contains("items", _app.Tables());
    }
}
