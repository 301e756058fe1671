using Deployment.Toolkit.Databases.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Databases.Tests.PostgreSql;

/// <summary>CREATE OR REPLACE VIEW, which adds columns to a view and takes none away.</summary>
public sealed class RepeatableWayBackTests(PostgreSqlServer server) : IAsyncLifetime
{
    private const string Narrow = "CREATE OR REPLACE VIEW vv AS SELECT id FROM items;\n";
    private const string Wide = "CREATE OR REPLACE VIEW vv AS SELECT id, t FROM items;\n";
    private const string Down = "-- down\nDROP VIEW vv;";

    private PostgreSqlUnderTest? _database;
    private DeployedApp? _app;

    private PostgreSqlUnderTest Database => _database!;

    private DeployedApp App => _app!;

    public async ValueTask InitializeAsync()
    {
        _app = new DeployedApp(_database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync()));
        App.Migration("0001_items", "CREATE TABLE items (id int, t text);", "DROP TABLE items;");
        App.Migration("R__vv", Narrow + Down);
        await App.UpOkAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_run_that_fails_takes_the_newer_content_away_where_the_earlier_one_cannot_be_put_over_it()
    {
        App.Migration("R__vv", Wide + Down);
        App.Migration("0002_more", "CREATE TABLE more (id int);", "DROP TABLE more;");
        App.Health = HealthCheckResult.Unhealthy("no");

        var back = await App.UpAsync("2.0.0");

        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back));
        Assert.Equal("id", await ColumnsAsync());
        Assert.Contains(App.Said, static said => said == "R__vv: the earlier content can't be put over what is there, which its own way back takes away first");
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM deployment_repeatables"));
        App.Health = HealthCheckResult.Healthy();
        await App.UpOkAsync("2.0.1");
        Assert.Equal("id t", await ColumnsAsync());
    }

    [Fact]
    public async Task A_rollback_does_the_same()
    {
        App.Migration("R__vv", Wide + Down);
        await App.UpOkAsync("2.0.0");

        var back = await App.RollbackAsync();

        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(back));
        Assert.Equal("id", await ColumnsAsync());
    }

    [Theory]
    [InlineData(Down)]
    [InlineData("")]
    public async Task Where_that_fails_too_it_says_what_to_do_and_goes_on_once_it_is_done(string down)
    {
        App.Migration("R__vv", Wide + down);
        await App.UpOkAsync("2.0.0");
        await Database.Database.ExecuteAsync("CREATE VIEW ww AS SELECT id FROM vv");

        var stuck = await App.RollbackAsync();

        Assert.Equal(DeploymentOutcome.NeedsAttention, stuck.Outcome);
        Assert.Contains("by hand", DeployedApp.TextOf(stuck), StringComparison.Ordinal);
        Assert.Contains("'deploy resume --environment Development'", DeployedApp.TextOf(stuck), StringComparison.Ordinal);
        Assert.Equal("id t", await ColumnsAsync());

        await Database.Database.ExecuteAsync("DROP VIEW vv CASCADE");
        var back = await App.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(back));
        Assert.Equal("id", await ColumnsAsync());
    }

    [Fact]
    public async Task Rows_that_its_way_back_would_remove_are_not_lost_on_the_way()
    {
        App.Migration("R__vv", Wide + "-- down\nDROP VIEW vv;\nDELETE FROM items;");
        await App.UpOkAsync("2.0.0");
        await Database.Database.ExecuteAsync("INSERT INTO items VALUES (1, 'one')");

        var stuck = await App.RollbackAsync();

        Assert.True(stuck.Outcome == DeploymentOutcome.NeedsAttention, DeployedApp.TextOf(stuck));
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task Repair_says_that_its_way_back_is_no_file()
    {
        using var host = App.Build();
        var refused = await host.Services.GetRequiredService<DeploymentDatabase>().RepairMigrationAsync("R__vv", "why", false, TestContext.Current.CancellationToken);
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Contains("R__vv is a repeatable script", refused.Messages[0].Text, StringComparison.Ordinal);
    }

    private async Task<string?> ColumnsAsync() =>
        await Database.ScalarAsync("SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'vv'::regclass AND attnum > 0");
}
