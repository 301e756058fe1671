using Deployment.Toolkit.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Configuration;

public sealed class PinningTests
{
    public sealed class ShopOptions
    {
        public string? Title { get; init; }

        public string? Added { get; init; }

        public string? Gone { get; init; }

        public IReadOnlyList<string> Languages { get; init; } = [];

        public Secret? Key { get; init; }

        public string? Password { get; init; }
    }

    [Fact]
    public async Task Configuration_goes_back_with_the_release_until_the_next_one_is_deployed()
    {
        using var app = await TwoReleasesAsync();

        var back = await app.RollbackAsync();

        Assert.Equal((DeploymentOutcome.Succeeded, "pin configuration"), (back.Outcome, back.Run!.Steps[0].Name));
        var pinned = Read(app);
        Assert.Equal(("old", null, "still there"), (pinned.Title, pinned.Added, pinned.Gone));
        Assert.Equal(["en"], pinned.Languages);

        var up = await app.UpAsync("3.0.0");
        Assert.Equal((DeploymentOutcome.Succeeded, "unpin configuration"), (up.Outcome, up.Run!.Steps[0].Name));
        var set = Read(app);
        Assert.Equal(("new", "since 2.0.0", null), (set.Title, set.Added, set.Gone));
        Assert.Equal(["en", "de"], set.Languages);
    }

    [Fact]
    public async Task A_pin_is_above_what_code_and_the_command_line_set()
    {
        using var app = await TwoReleasesAsync();
        await app.RollbackAsync();

        using var host = app.Build();
        var configuration = host.Services.GetRequiredService<IConfiguration>();
        Assert.Equal("old", configuration["Shop:Title"]);
        // A line in Program.cs behind AddDeployment sets it on every provider.
        configuration["Shop:Title"] = "by code";
        configuration["Shop:Added"] = "by code";
        configuration["Shop:Other"] = "by code";
        Assert.Equal(("old", null, "by code"), (configuration["Shop:Title"], configuration["Shop:Added"], configuration["Shop:Other"]));
    }

    [Fact]
    public async Task A_release_that_fails_leaves_the_pin_as_it_was()
    {
        using var app = await TwoReleasesAsync();
        await app.RollbackAsync();
        app.Health = HealthCheckResult.Unhealthy();

        Assert.Equal(DeploymentOutcome.RolledBack, (await app.UpAsync("3.0.0")).Outcome);
        Assert.Equal("old", Read(app).Title);
    }

    [Fact]
    public async Task The_release_that_a_rollback_brings_is_verified_with_what_is_pinned()
    {
        using var app = await TwoReleasesAsync();
        await app.RollbackAsync();

        app.Settings["Shop:Title"] = "newer still";
        await app.UpAsync("3.0.0");
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RollbackAsync()).Outcome);
        Assert.Equal("old", Read(app).Title);
    }

    [Fact]
    public async Task Nothing_is_pinned_when_nothing_differs()
    {
        using var app = new TestApp { Configure = static deployment => deployment.AddValidatedOptions<ShopOptions>("Shop") };
        app.Settings["Shop:Title"] = "same";
        await app.UpAsync("1.0.0");
        await app.UpAsync("2.0.0");

        var back = await app.RollbackAsync();

        Assert.DoesNotContain(back.Run!.Steps, static step => step.Name == "pin configuration");
        Assert.False(File.Exists(PinOf(app)));
    }

    [Fact]
    public async Task Without_declared_options_nothing_is_pinned_and_what_stays_is_named()
    {
        using var app = new TestApp();
        (app.Settings["Shop:Title"], app.Settings["Shop:Languages:0"]) = ("old", "en");
        await app.UpAsync("1.0.0");
        (app.Settings["Shop:Title"], app.Settings["Shop:Languages:1"]) = ("new", "de");
        await app.UpAsync("2.0.0");

        var back = await app.RollbackAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, back.Outcome);
        Assert.DoesNotContain(back.Run!.Steps, static step => step.Name == "pin configuration");
        Assert.False(File.Exists(PinOf(app)));
        Assert.Contains(back.Plan!.Risks, static risk => risk.EndsWith("no value of them: Shop:Languages:1, Shop:Title", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_that_came_since_is_pinned_to_none_without_declared_options()
    {
        using var app = new TestApp();
        await app.UpAsync("1.0.0");
        app.Settings["Shop:Added"] = "since 2.0.0";
        await app.UpAsync("2.0.0");

        var back = await app.RollbackAsync();

        Assert.Equal((DeploymentOutcome.Succeeded, "pin configuration"), (back.Outcome, back.Run!.Steps[0].Name));
        using var host = app.Build();
        Assert.Null(host.Services.GetRequiredService<IConfiguration>()["Shop:Added"]);
    }

    [Fact]
    public async Task References_go_back_and_must_still_open_while_other_secrets_stay_and_are_named()
    {
        using var app = await TwoReleasesAsync(static settings => (settings["Shop:Key"], settings["Shop:Password"]) = ("secret://old-key", "hunter-one"));
        app.Settings["Shop:Key"] = "secret://new-key";
        app.Settings["Shop:Password"] = "hunter-two";
        await app.UpAsync("2.1.0");

        var refused = await app.RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request with { To = "1.0.0" }, token));
        Assert.Equal((DeploymentOutcome.Refused, "DTK7022"), (refused.Outcome, Assert.Single(refused.Messages).Code));
        Assert.Contains("Shop:Key of release 1.0.0 refers to secret 'old-key'", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.False(File.Exists(PinOf(app)));

        Directory.CreateDirectory(Path.Combine(app.Folder, "mounted"));
        await File.WriteAllTextAsync(Path.Combine(app.Folder, "mounted", "old-key"), "value", TestContext.Current.CancellationToken);
        var back = await app.RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request with { To = "1.0.0" }, token));

        Assert.Equal(DeploymentOutcome.Succeeded, back.Outcome);
        Assert.Contains(back.Plan!.Risks, static risk => risk.Contains("stay as they are now", StringComparison.Ordinal) && risk.Contains("Shop:Password", StringComparison.Ordinal));
        var pinned = Read(app);
        Assert.Equal(("value", "hunter-two"), (pinned.Key!.Reveal(), pinned.Password));
        Assert.DoesNotContain("hunter", await File.ReadAllTextAsync(PinOf(app), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_data_is_does_not_go_back()
    {
        using var app = await TwoReleasesAsync();
        app.Settings["ConnectionStrings:Archive"] = "Data Source=moved.db";

        var back = await app.RollbackAsync();

        Assert.Contains(back.Plan!.Risks, static risk => risk.Contains("stay as they are now: ConnectionStrings:Archive", StringComparison.Ordinal));
        using var host = app.Build();
        var configuration = host.Services.GetRequiredService<IConfiguration>();
        Assert.Equal(("old", "Data Source=moved.db"), (configuration["Shop:Title"], configuration.GetConnectionString("Archive")));
        Assert.DoesNotContain("ConnectionStrings", await File.ReadAllTextAsync(PinOf(app), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"release\": ")]
    [InlineData("{ \"release\": \"1.0.0\" }")]
    [InlineData("null")]
    public async Task A_pin_that_cannot_be_read_is_a_fault_and_no_crash(string content)
    {
        using var app = await TwoReleasesAsync();
        await app.RollbackAsync();
        await File.WriteAllTextAsync(PinOf(app), content, TestContext.Current.CancellationToken);

        using var host = app.Build();
        var faults = host.Services.GetRequiredService<ConfigurationStore>().Check(ConfigurationPhase.Deploy);

        Assert.Contains(faults, static fault => fault.Text.Contains("Run 'deploy rollback' again, or delete the file", StringComparison.Ordinal));
        Assert.Equal(DeploymentOutcome.Refused, (await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token), "3.0.0")).Outcome);
    }

    private static string PinOf(TestApp app) => Path.Combine(app.Folder, ".deployment", "development", "pinned.json");

    private static ShopOptions Read(TestApp app)
    {
        using var host = app.Build();
        return host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<ShopOptions>>().Value;
    }

    private static async Task<TestApp> TwoReleasesAsync(Action<Dictionary<string, string?>>? first = null)
    {
        var app = new TestApp { Configure = static deployment => deployment.AddValidatedOptions<ShopOptions>("Shop") };
        app.Settings["Deployment:SecretsDirectory"] = "mounted";
        (app.Settings["Shop:Title"], app.Settings["Shop:Gone"], app.Settings["Shop:Languages:0"]) = ("old", "still there", "en");
        Directory.CreateDirectory(Path.Combine(app.Folder, "mounted"));
        await File.WriteAllTextAsync(Path.Combine(app.Folder, "mounted", "new-key"), "new value");
        await File.WriteAllTextAsync(Path.Combine(app.Folder, "mounted", "old-key"), "old value");
        first?.Invoke(app.Settings);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("1.0.0")).Outcome);
        File.Delete(Path.Combine(app.Folder, "mounted", "old-key"));
        app.Settings.Remove("Shop:Gone");
        if (first is not null) app.Settings["Shop:Key"] = "secret://new-key";
        (app.Settings["Shop:Title"], app.Settings["Shop:Added"], app.Settings["Shop:Languages:1"]) = ("new", "since 2.0.0", "de");
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        return app;
    }
}
