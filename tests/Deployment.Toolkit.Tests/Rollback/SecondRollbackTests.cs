using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Rollback;

public sealed class SecondRollbackTests
{
    [Fact]
    public async Task A_second_rollback_goes_further_back_and_never_to_what_the_first_one_left()
    {
        using var app = new TestApp();
        foreach (var release in (string[])["1.0.0", "2.0.0", "3.0.0"]) await app.UpAsync(release);
        Assert.Equal("2.0.0", (await app.RollbackAsync()).Run!.Release.Version);
        await UnholdAsync(app, "3.0.0");

        Assert.Equal("1.0.0", (await app.RollbackAsync()).Run!.Release.Version);
        await UnholdAsync(app, "2.0.0");

        var none = await app.RollbackAsync();
        Assert.Equal((DeploymentOutcome.Refused, "DTK7017"), (none.Outcome, Assert.Single(none.Messages).Code));
        Assert.Contains("no release was verified before it", none.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("2.0.0, 3.0.0", none.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("--to", none.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_release_is_gone_to_when_it_is_named_and_the_next_rollback_leaves_it_again()
    {
        using var app = new TestApp();
        foreach (var release in (string[])["1.0.0", "2.0.0"]) await app.UpAsync(release);
        await app.RollbackAsync();
        await UnholdAsync(app, "2.0.0");

        var named = await app.RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request with { To = "2.0.0" }, token));
        Assert.Equal("2.0.0", named.Run!.Release.Version);
        await UnholdAsync(app, "1.0.0");
        Assert.Equal("1.0.0", (await app.RollbackAsync()).Run!.Release.Version);
    }

    [Fact]
    public async Task Deploying_an_earlier_release_again_is_going_back_too()
    {
        using var app = new TestApp();
        foreach (var release in (string[])["1.0.0", "2.0.0", "3.0.0", "2.0.0"]) await app.UpAsync(release);

        Assert.Equal("1.0.0", (await app.RollbackAsync()).Run!.Release.Version);
    }

    [Fact]
    public async Task What_a_rollback_jumped_over_is_not_gone_back_to()
    {
        using var app = new TestApp();
        foreach (var release in (string[])["1.0.0", "2.0.0", "3.0.0"]) await app.UpAsync(release);
        Assert.Equal("2.0.0", (await app.RollbackAsync()).Run!.Release.Version);
        await UnholdAsync(app, "3.0.0");
        await app.UpAsync("3.0.0");
        await app.RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request with { To = "1.0.0" }, token));
        await UnholdAsync(app, "3.0.0");
        await app.UpAsync("4.0.0");

        Assert.Equal("1.0.0", (await app.RollbackAsync()).Run!.Release.Version);
    }

    private static async Task UnholdAsync(TestApp app, string release)
    {
        using var host = app.Build();
        Assert.Equal(DeploymentOutcome.Succeeded, (await host.Services.GetRequiredService<DeploymentHistory>().UnholdAsync(release, "mended", CancellationToken.None)).Outcome);
    }
}
