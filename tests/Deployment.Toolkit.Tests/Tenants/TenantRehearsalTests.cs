using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>What is pending for tenants is tried on a copy of one of them, for all.</summary>
public sealed class TenantRehearsalTests : IDisposable
{
    private readonly TenantApp _app = new(5);

    // A rehearsal is of the binary that runs it.
    private static string Release { get; } =
        Assembly.GetEntryAssembly()!.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task It_is_tried_on_the_first_that_lacks_something_or_the_one_that_was_declared_and_none_is_changed()
    {
        await _app.SucceedAsync();
        Assert.Empty((await RehearseAsync()).Migrations);
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Migration("0003_most", "CREATE TABLE most (id INTEGER PRIMARY KEY);", null);

        var report = await RehearseAsync();

        Assert.True(report.IsProven);
        Assert.Equal(
            ["Tenants t01 0002 Proven", "Tenants t01 0003 NoWayBack"],
            report.Migrations.Select(static tried => $"{tried.Database} {tried.Tenant} {tried.Version} {tried.Verdict}"));
        Assert.All(_app.Tenants, tenant => Assert.Equal("0001", _app.Applied(tenant)));

        _app.Careful = static tenants => tenants.FirstAlone("t04");
        Assert.All((await RehearseAsync("Tenants")).Migrations, static tried => Assert.Equal("t04", tried.Tenant));
        using var host = _app.App.Build();
        var own = await host.Services.GetRequiredService<DeploymentDatabase>().OfTenant("Tenants", "t02").RehearseAsync(Token);
        Assert.All(own.Migrations, static tried => Assert.Equal("t02", tried.Tenant));
    }

    [Fact]
    public async Task An_environment_that_wants_a_rehearsal_wants_it_of_tenants_and_takes_one_for_all()
    {
        var more = _app.More;
        _app.More = deployment =>
        {
            more(deployment);
            deployment.AddEnvironments(static environments => environments.Add("Development", static development => development.RequireRehearsal()));
        };
        var refused = await _app.App.UpAsync(Release);
        Assert.Contains(refused.Messages, static message => message.Code == "DTK7341");
        await RehearseAsync();
        await _app.SucceedAsync(Release);

        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more_or_less;");
        refused = await _app.App.UpAsync(Release);
        Assert.Contains("as this plan has it, was not", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
        Assert.False((await RehearseAsync()).IsProven);
        refused = await _app.App.UpAsync(Release);
        Assert.Contains("0002_more was not proven", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);

        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        Assert.True((await RehearseAsync()).IsProven);
        _app.Tenants.Add("came later");
        var up = await _app.SucceedAsync(Release);
        Assert.Contains(up.Plan!.Gates, static gate => gate.Name == "rehearsal" && gate.Reason.StartsWith("proven on a copy of tenant 't01', which stands for the others, at ", StringComparison.Ordinal));
    }

    private async Task<RehearsalReport> RehearseAsync(string? name = null)
    {
        using var host = _app.App.Build();
        var database = host.Services.GetRequiredService<DeploymentDatabase>();
        return await (name is null ? database : database.Of(name)).RehearseAsync(Token);
    }
}
