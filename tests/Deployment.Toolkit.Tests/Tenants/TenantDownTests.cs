using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>Migrations of tenants that are undone while the release stays.</summary>
public sealed class TenantDownTests : IDisposable
{
    private readonly TenantApp _app = new(4);

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task All_that_have_more_go_down_to_a_version_and_the_release_stays()
    {
        await DeployThreeAsync();
        _app.Tenants.Remove("t04");
        await DownAsync("0002");
        _app.Tenants.Add("t04");

        var down = await DownAsync("0001_notes");

        Assert.Equal(["revert migrate:Tenants"], down.Plan!.Steps.Select(static step => step.Name));
        Assert.True(down.Plan.MigrationsOnly);
        Assert.Equal(["3 1", "1 2"], down.Plan.Tenants![0].Groups.Select(static group => $"{group.Count} {group.Pending}"));
        Assert.Equal(["0003", "0002"], down.Plan.Tenants[0].Migrations.Select(static migration => migration.Version));
        Assert.Equal(["0001"], down.Plan.Tenants[0].Versions);
        Assert.Contains("release 1.0.0 is live and was verified with Tenants: 0003_most, Tenants: 0002_more", down.Plan.Risks);
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
        Assert.Equal(
            ["t01 Reverted 1", "t02 Reverted 1", "t03 Reverted 1", "t04 Reverted 2"],
            TenantApp.StepOf(down).Tenants.OrderBy(static result => result.Id, StringComparer.Ordinal).Select(static result => $"{result.Id} {result.Outcome} {result.Migrations}"));

        await DownAsync("0");
        Assert.All(_app.Tenants, tenant => Assert.Equal("", _app.Applied(tenant)));
        var nothing = await TryAsync("0");
        Assert.Equal(DeploymentOutcome.Refused, nothing.Outcome);
        Assert.Contains("No migration above 0 is applied in the database of any tenant of 'Tenants'", Assert.Single(nothing.Messages).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_be_lost_is_counted_over_all_and_wants_to_be_accepted()
    {
        await DeployThreeAsync();
        _app.Execute("t02", "INSERT INTO more VALUES (1), (2)");
        _app.Execute("t03", "INSERT INTO more VALUES (1)");

        var refused = await TryAsync("0001");
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        var fault = Assert.Single(refused.Messages);
        Assert.Equal("DTK7018", fault.Code);
        Assert.Contains("3 rows (more: 3) that were written since, in 2 tenants 't02', 't03'.", fault.Text, StringComparison.Ordinal);
        Assert.Contains("'deploy migrations down --to 0001 --database Tenants --reason \"why\" --environment Development --accept-data-loss'", fault.Text, StringComparison.Ordinal);

        var down = await DownAsync("0001", acceptDataLoss: true);
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));
        using var host = _app.App.Build();
        var kept = host.Services.GetRequiredService<DeploymentDatabase>().Of("Tenants").GetBackups();
        Assert.Equal(["t02", "t03"], kept.Where(backup => backup.Name == down.Run!.Id + "-before").Select(static backup => backup.Tenant).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Past_one_without_a_way_back_nothing_moves()
    {
        await _app.SucceedAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", null);
        _app.Migration("0003_most", "CREATE TABLE most (id INTEGER PRIMARY KEY);", "DROP TABLE most;");
        await _app.SucceedAsync("2.0.0");

        var refused = await TryAsync("0001");
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Contains("0002_more in 't01', 't02', 't03' and 1 more. Nothing was changed.", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002 0003", _app.Applied(tenant)));

        await DownAsync("0002");
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001 0002", _app.Applied(tenant)));
    }

    [Fact]
    public async Task A_repeatable_script_stays_and_a_version_that_nobody_knows_is_refused()
    {
        _app.Migration("R__view", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT text FROM notes;\n-- down\nDROP VIEW v;", null);
        await DeployThreeAsync();

        var refused = await TryAsync("0009");
        Assert.Contains("There is no migration '0009' to go to", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
        await DownAsync("0002");

        Assert.All(_app.Tenants, tenant => Assert.Equal("first", _app.Scalar(tenant, "SELECT text FROM v")));
    }

    private async Task DeployThreeAsync()
    {
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Migration("0003_most", "CREATE TABLE most (id INTEGER PRIMARY KEY);", "DROP TABLE most;");
        await _app.SucceedAsync();
    }

    private async Task<DeploymentResult> DownAsync(string to, bool acceptDataLoss = false)
    {
        var down = await TryAsync(to, acceptDataLoss);
        Assert.True(down.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', down.Messages));
        return down;
    }

    private async Task<DeploymentResult> TryAsync(string to, bool acceptDataLoss = false)
    {
        using var host = _app.App.Build();
        return await host.Services.GetRequiredService<Deployer>().MigrateDownAsync(
            new MigrateDownRequest { Database = "Tenants", To = to, Reason = "why", AcceptDataLoss = acceptDataLoss },
            TestContext.Current.CancellationToken);
    }
}
