using System.Reflection;
using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.Rehearsal;

/// <summary>An environment that takes migrations only once they were tried on a copy.</summary>
public abstract class RequiredRehearsalConformance : IAsyncLifetime
{
    private TargetUnderTest _database = null!;
    private DeployedApp _app = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TargetUnderTest> CreateAsync();

    public async ValueTask InitializeAsync()
    {
        _database = await CreateAsync();
        _app = new DeployedApp(_database)
        {
            Configure = static builder => builder.AddEnvironments(static e => e.Add("Development", static d => d.RequireRehearsal())),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Task<RehearsalReport> RehearseAsync() => _app.AskAsync(static database => database.RehearseAsync(Token));

    // A rehearsal is of the entry assembly's release.
    private static string Release { get; } =
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    [Fact]
    public async Task Without_a_proof_of_just_this_plan_nothing_enters()
    {
        _app.Migration("0001_items", "CREATE TABLE items (id INTEGER);", "DROP TABLE items;");
        var refused = await _app.UpAsync(Release);
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Contains("DTK7341", DeployedApp.TextOf(refused), StringComparison.Ordinal);
        Assert.Contains("Run 'deploy rehearse --environment Development'", DeployedApp.TextOf(refused), StringComparison.Ordinal);

        var report = await RehearseAsync();
        Assert.True(report.IsProven);
        Assert.Equal(64, report.PlanHash!.Length);
        var plan = await _app.PlanAsync(Release);
        Assert.Contains(plan.Plan!.Gates, static gate => gate is { Name: "rehearsal", Outcome: GateOutcome.Passed } && gate.Reason.StartsWith("proven on a copy at ", StringComparison.Ordinal));

        // What changes the plan changes what was proven.
        _app.Migration("0001_items", "CREATE TABLE items (id INTEGER, name TEXT);", "DROP TABLE items;");
        Assert.Contains("DTK7341", DeployedApp.TextOf(await _app.UpAsync(Release)), StringComparison.Ordinal);
        _app.Migration("0001_items", "CREATE TABLE items (id INTEGER);", "DROP TABLE items; -- another way back");
        Assert.Contains("DTK7341", DeployedApp.TextOf(await _app.UpAsync(Release)), StringComparison.Ordinal);
        _app.Migration("0001_items", "CREATE TABLE items (id INTEGER);", "DROP TABLE items;");
        Assert.Contains("DTK7341", DeployedApp.TextOf(await _app.UpAsync("9.9.9")), StringComparison.Ordinal);

        await _app.UpOkAsync(Release);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.UpAsync(Release)).Outcome);
    }

    [Fact]
    public async Task A_rehearsal_that_failed_is_no_proof_and_a_later_one_is()
    {
        _app.Migration("0001_items", "CREATE TABLE items (id INTEGER);", "SELECT 1;");
        Assert.False((await RehearseAsync()).IsProven);

        Assert.Contains("0001_items was not proven", DeployedApp.TextOf(await _app.UpAsync(Release)), StringComparison.Ordinal);
    }
}

public sealed class SqliteRequiredRehearsalTests : RequiredRehearsalConformance
{
    protected override Task<TargetUnderTest> CreateAsync() => Task.FromResult<TargetUnderTest>(new SqliteUnderTest());
}

public sealed class PostgreSqlRequiredRehearsalTests(PostgreSqlServer server) : RequiredRehearsalConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
}
