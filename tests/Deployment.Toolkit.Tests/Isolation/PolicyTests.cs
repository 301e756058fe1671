using Deployment.Toolkit.KillApp;
using Microsoft.Extensions.Time.Testing;

namespace Deployment.Toolkit.Tests.Isolation;

/// <summary>Rules of the app's own, with who is told, who is kept out and who is let off.</summary>
public sealed class PolicyTests : IDisposable
{
    private const string Rule = "no debug switches";

    private readonly TestApp _app = TestApp.WithMigrations();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
    private Action<PolicyOptions>? _options;

    public PolicyTests()
    {
        _app.Clock = _clock;
        _app.Settings["Debug"] = "true";
        _app.Configure = deployment => deployment
            .AddEnvironments(static e => e.Add("Development").Add("Staging"))
            .AddPolicy(Rule, static context => context.Configuration["Debug"] == "true" ? "Debug is on. Take it out of the settings." : null, _options);
    }

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task What_breaks_it_keeps_the_release_out_and_shows_in_check_and_plan()
    {
        var check = await _app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));
        Assert.Contains(check.Messages, static m => m.Code == "DTK7210" && m.Text.Contains("Gate 'policy: no debug switches' keeps release 1.0.0 out of 'Development': Debug is on. Take it out of the settings.", StringComparison.Ordinal));
        Assert.Equal(DeploymentOutcome.Refused, (await _app.UpAsync()).Outcome);
        _app.Settings.Remove("Debug");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
    }

    [Fact]
    public async Task Where_it_only_warns_and_where_it_does_not_count_releases_enter()
    {
        _options = static o => o.KeepOutOf("Staging").WarnIn("Development");
        var up = await _app.UpAsync();
        Assert.Equal(DeploymentOutcome.Succeeded, up.Outcome);
        Assert.Contains("a warning alone in 'Development': Debug is on", Gate(up).Reason, StringComparison.Ordinal);
        _options = static o => o.KeepOutOf("Staging");
        Assert.Contains("'Development' is not held to it", Gate(await _app.UpAsync("2.0.0")).Reason, StringComparison.Ordinal);
        Assert.Equal(DeploymentOutcome.Refused, (await _app.UpAsync(environment: "Staging")).Outcome);
    }

    [Fact]
    public async Task A_waiver_counts_until_its_day_is_over()
    {
        _options = static o => o.Waive("Development", new DateOnly(2026, 12, 2), "Anna Berg", "the vendor mends it");
        Assert.Contains("waived until 2026-12-02 by Anna Berg (the vendor mends it): Debug is on", Gate(await _app.UpAsync()).Reason, StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromDays(3));
        Assert.Contains("Its waiver was over on 2026-12-02.", Assert.Single((await _app.UpAsync("2.0.0")).Messages).Text, StringComparison.Ordinal);
        _options = static o => o.Waive("Development", new DateOnly(2027, 12, 2), "Anna Berg", "some day");
        Assert.Contains("more than 90 days ahead, and does not count yet", Assert.Single((await _app.UpAsync("2.0.0")).Messages).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slip_in_an_environments_name_lets_nothing_pass()
    {
        _options = static o => o.KeepOutOf("Stagign");
        _app.Settings.Remove("Debug");
        var refused = Assert.Single((await _app.UpAsync()).Messages);
        Assert.Contains("Stagign", refused.Text, StringComparison.Ordinal);
    }

    private static PlannedGate Gate(DeploymentResult result) => Assert.Single(result.Plan!.Gates, static gate => gate.Name == "policy: " + Rule);
}
