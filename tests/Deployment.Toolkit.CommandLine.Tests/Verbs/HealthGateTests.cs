using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>A gate that asks nothing says nothing of the release.</summary>
public sealed class HealthGateTests : IDisposable
{
    private static readonly string[] Verbs = ["check", "plan", "up", "health"];

    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("raedy", "The health gate requires tag 'raedy', which none of the 2 registered health checks carries, so it would ask nothing of it. Did you mean 'ready'?")]
    [InlineData("live", "The health gate requires tag 'live', which none of the 2 registered health checks carries")]
    public async Task A_tag_that_no_check_carries_is_refused(string tag, string text)
    {
        _app.ConfigureHost = static builder => builder.Services.AddHealthChecks().AddCheck("content", static () => HealthCheckResult.Unhealthy("down"), tags: ["ready"]);
        _app.Configure = deployment => deployment.AddHealthGate(h => h.RequireTag(tag));
        await EachRefuses(text);
        Assert.DoesNotContain("no health check is registered", (await _app.RunAsync("plan", "--environment", "Development")).Out, StringComparison.Ordinal);
        // Also beside one that matches: half of what was asked for would not be asked.
        _app.Configure = deployment => deployment.AddHealthGate(h => h.RequireTag("ready").RequireTag(tag));
        await EachRefuses(text);
        Assert.False(Directory.Exists(Path.Combine(_app.Root, ".deployment")));
    }

    [Fact]
    public async Task An_app_without_checks_is_refused()
    {
        _app.ConfigureHost = static builder => builder.Services.Configure<HealthCheckServiceOptions>(static options => options.Registrations.Clear());
        await EachRefuses("The health gate asks nothing: no health check is registered");
    }

    [Fact]
    public async Task A_gate_that_is_declared_to_ask_nothing_says_why_and_passes()
    {
        _app.Health = HealthCheckResult.Unhealthy("down");
        _app.Configure = static deployment => deployment.AddHealthGate(static h => h.Nothing("the platform watches it"));

        Assert.Contains("nothing to ask: the platform watches it", (await _app.RunAsync("plan", "--environment", "Development", "--release", "1.0.0")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0")).ExitCode);
        Assert.Contains("Nothing to ask: the platform watches it", (await _app.RunAsync("health", "--environment", "Development")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_is_not_declared_to_ask_nothing_and_something()
    {
        _app.Configure = static deployment => deployment.AddHealthGate(static h => h.Nothing("nobody knows").RequireTag("ready"));
        await EachRefuses("is declared to ask nothing (nobody knows) and to require tag 'ready'");
    }

    private async Task EachRefuses(string text)
    {
        foreach (var verb in Verbs)
        {
            var ran = await _app.RunAsync([verb, "--environment", "Development"]);
            Assert.True(ran.ExitCode == (verb == "health" ? 1 : 2), ran.Out);
            Assert.Contains("error DTK7505: ", ran.Out, StringComparison.Ordinal);
            Assert.Contains(text, ran.Out, StringComparison.Ordinal);
        }
    }
}
