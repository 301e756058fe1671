using Deployment.Toolkit.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class ConfigDiffTests : IDisposable
{
    private readonly TestApp _app = ConfigApp.Create();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Environments_differ_by_their_files() => await CheckAsync("config-diff-environments", "config", "diff", "development", "Production", "--environment", "Development");

    [Fact]
    public async Task Releases_differ_by_what_was_recorded()
    {
        await UpAsync("1.0.0");
        Change();
        await UpAsync("2.0.0");
        await CheckAsync("config-diff-releases", "config", "diff", "1.0.0", "2.0.0", "--environment", "Development");
    }

    [Fact]
    public async Task A_run_is_named_by_its_id()
    {
        await UpAsync("1.0.0");
        var run = (await _app.RunAsync("history", "--environment", "Development", "--output", "json")).Json.GetProperty("runs")[0].GetProperty("id").GetString()!;
        var ran = await _app.RunAsync("config", "diff", run, "Development", "--environment", "Development");

        Assert.Equal(0, ran.ExitCode);
        Assert.Equal($"No key differs from run {run} in Development to this host of Development.", ran.Out.TrimEnd());
    }

    [Fact]
    public async Task An_unknown_state_is_refused_with_a_suggestion()
    {
        var ran = await _app.RunAsync("config", "diff", "Stagin", "Production", "--environment", "Development");

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("error DTK7042: 'Stagin' is neither a declared environment nor a run or verified release that a journal here knows. Did you mean 'Staging'?", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_verified_release_nothing_can_drift() =>
        Assert.Equal(0, (await _app.RunAsync("config", "drift", "--environment", "Development")).ExitCode);

    [Fact]
    public async Task Drift_is_what_changed_since_the_release_was_verified()
    {
        await UpAsync("1.0.0");
        Assert.Equal(0, (await _app.RunAsync("config", "drift", "--environment", "Development")).ExitCode);
        Change();
        await CheckAsync("config-drift", "config", "drift", "--environment", "Development");
    }

    [Fact]
    public async Task The_health_check_follows_the_drift()
    {
        _app.Configure += static deployment => deployment.AddConfigurationDriftCheck().AddConfigurationDriftCheck();
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync()).Status);
        await UpAsync("1.0.0");
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync()).Status);
        Change();
        var drifted = await HealthAsync();

        Assert.Equal(HealthStatus.Degraded, drifted.Status);
        Assert.Equal("other than release 1.0.0 was verified with: Content:Title, Mail:ApiKey, Mail:Retries", drifted.Description);
        // A deployment that verifies the new values must not be stopped by their being new.
        await UpAsync("1.1.0");
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync()).Status);
    }

    private async Task<HealthReportEntry> HealthAsync()
    {
        HealthReportEntry entry = default;
        await _app.WithHostAsync(async host => entry = (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries[ConfigurationDriftCheck.Name]);
        return entry;
    }

    private void Change()
    {
        var file = Path.Combine(_app.Root, "appsettings.json");
        File.WriteAllText(file, File.ReadAllText(file)
            .Replace(ConfigApp.Canary + "-key", ConfigApp.Canary + "-line", StringComparison.Ordinal)
            .Replace("\"Pages\"", "\"Articles\"", StringComparison.Ordinal)
            .Replace("\"Sender\"", "\"Retries\": 3, \"Sender\"", StringComparison.Ordinal));
    }

    private async Task UpAsync(string release) =>
        Assert.Equal(0, (await _app.RunAsync("up", "--environment", "Development", "--release", release)).ExitCode);

    private async Task CheckAsync(string name, params string[] args)
    {
        var ran = await _app.RunAsync(args);
        Assert.DoesNotContain(ConfigApp.Canary, ran.Out + ran.Error, StringComparison.Ordinal);
        Approval.Check(_app.Normalize($"$ deploy {string.Join(' ', args)}\n{ran.Out}[exit {ran.ExitCode}]\n"), name);
    }
}
