using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deployment.Toolkit.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Deployment.Toolkit.AspNetCore.Tests;

/// <summary>The dashboard and the rules that docs/observability.md hands out, asked of a real Prometheus that scrapes a real app.</summary>
public sealed partial class PrometheusTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_panel_of_the_dashboard_and_every_rule_finds_what_the_app_measures()
    {
        var root = Directory.CreateTempSubdirectory("dtk-").FullName;
        try
        {
            await using var app = await StartAsync(root);
            var target = new Uri(app.Urls.Single()).Authority;
            await using var prometheus = await LocalProgram.StartAsync("prometheus", (folder, port) =>
            {
                var file = Path.Combine(folder, "prometheus.yml");
                File.WriteAllText(file, $"global: {{ scrape_interval: 1s }}\nscrape_configs:\n  - job_name: app\n    static_configs: [{{ targets: ['{target}'] }}]\n");
                return [$"--config.file={file}", $"--storage.tsdb.path={Path.Combine(folder, "data")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"];
            });
            await MeasureEverythingAsync(app);

            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{prometheus.Port}") };
            // Two scrapes at least: a rate needs two points.
            var queries = Panels().Concat(Rules()).ToList();
            Assert.InRange(queries.Count, 15, 100);
            var missing = queries;
            var since = Stopwatch.GetTimestamp();
            while (missing.Count > 0 && Stopwatch.GetElapsedTime(since) < Patience)
            {
                var asked = await Task.WhenAll(missing.Select(async query => (Query: query, Found: await FindsAsync(client, query.Expression))));
                missing = [.. asked.Where(static one => !one.Found).Select(static one => one.Query)];
                await Task.Delay(TimeSpan.FromMilliseconds(250), Token);
            }

            Assert.True(missing.Count == 0, $"These find nothing:\n{string.Join('\n', missing)}\nwhere there is\n{await client.GetStringAsync("/api/v1/label/__name__/values", Token)}");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task Prometheus_takes_the_rules()
    {
        var file = Repository("docs/observability/alerts.yml");
        var isThere = File.Exists("/usr/bin/promtool");
        if (!isThere && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail("promtool is not installed.");
        Assert.SkipUnless(isThere, "promtool is not installed.");
        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "rules", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var told = await promtool.StandardOutput.ReadToEndAsync(Token) + await promtool.StandardError.ReadToEndAsync(Token);
        await promtool.WaitForExitAsync(Token);
        Assert.True(promtool.ExitCode == 0, told);
    }

    /// <summary>An app that deploys, fails to, is asked for its health by a check that hangs, holds a secret that is due, and cuts a request off.</summary>
    private static async Task MeasureEverythingAsync(WebApplication app)
    {
        var deployer = app.Services.GetRequiredService<Deployer>();
        Assert.Equal(DeploymentOutcome.Succeeded, (await deployer.UpAsync(new UpRequest { Release = "1.0.0" }, cancellationToken: Token)).Outcome);
        app.Services.GetRequiredService<Switch>().IsDown = true;
        Assert.NotEqual(DeploymentOutcome.Succeeded, (await deployer.UpAsync(new UpRequest { Release = "1.1.0" }, cancellationToken: Token)).Outcome);
        for (var i = 0; i < 4; i++) await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        Telemetry.Count(Telemetry.DrainsAborted);
    }

    private static async Task<WebApplication> StartAsync(string root)
    {
        SQLitePCL.Batteries_V2.Init();
        Directory.CreateDirectory(Path.Combine(root, "migrations"));
        await File.WriteAllTextAsync(Path.Combine(root, "migrations", "0001_items.sql"), "CREATE TABLE items (id INTEGER PRIMARY KEY);", Token);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development", ContentRootPath = root });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:App"] = $"Data Source={Path.Combine(root, "app.db")};Pooling=False" });
        builder.Services.AddOpenTelemetry().WithMetrics(static metrics => metrics.AddMeter("Deployment.Toolkit").AddPrometheusExporter());
        var change = new Switch();
        builder.Services.AddSingleton(change);
        builder.Services.Configure<HealthCheckPolicy>(static policy => { policy.MaximumAge = TimeSpan.Zero; policy.FailuresToGoDown = 1; });
        builder.Services.AddHealthChecks()
            .AddCheck("well", () => change.IsDown ? HealthCheckResult.Unhealthy("down") : HealthCheckResult.Healthy(), tags: ["ready"])
            .AddAsyncCheck("hangs", static () => new TaskCompletionSource<HealthCheckResult>().Task, ["slow"], TimeSpan.FromMilliseconds(50));
        builder.AddDeployment()
            .UseSqlite(SqliteFactory.Instance, "App")
            .AddMigrations(static m => m.FromDirectory("migrations"))
            .AddHealthGate(static h => { h.RequireTag("ready"); h.WaitAtMost = TimeSpan.Zero; });
        var app = builder.Build();
        app.MapPrometheusScrapingEndpoint();
        await app.StartAsync(Token);
        return app;
    }

    private static IEnumerable<(string Title, string Expression)> Panels()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Repository("docs/observability/grafana-dashboard.json")));
        foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
        {
            foreach (var query in panel.GetProperty("targets").EnumerateArray())
            {
                var expression = query.GetProperty("expr").GetString()!.Replace("$environment", ".*", StringComparison.Ordinal).Replace("$__range", "1m", StringComparison.Ordinal).Replace("$__rate_interval", "1m", StringComparison.Ordinal);
                Assert.DoesNotContain('$', expression);
                yield return (panel.GetProperty("title").GetString()!, expression);
            }
        }
    }

    // What a rule compares has to be there, whether it is over the limit or not.
    private static IEnumerable<(string Title, string Expression)> Rules() =>
        from rule in Alert().Matches(File.ReadAllText(Repository("docs/observability/alerts.yml")))
        let expression = rule.Groups["expression"].Value
        where !expression.Contains("secret_remaining", StringComparison.Ordinal) && !expression.Contains("hotfix_remaining", StringComparison.Ordinal) && !expression.Contains("needs_attention", StringComparison.Ordinal)
        select (rule.Groups["name"].Value, Limit().Replace(expression, "").Replace("[1h:1m]", "[1m:1s]", StringComparison.Ordinal).Replace("[15m:1m]", "[1m:1s]", StringComparison.Ordinal));

    private static async Task<bool> FindsAsync(HttpClient client, string query)
    {
        using var answer = await client.GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}", Token);
        var body = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, $"{query}: {body}");
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("data").GetProperty("result").GetArrayLength() > 0;
    }

    private static string Repository(string path)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Deployment.Toolkit.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository's root is not above the tests.");
        return Path.Combine(folder, path);
    }

    [GeneratedRegex("alert: (?<name>.*)\n +expr: (?<expression>.*)\n", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Alert();

    [GeneratedRegex(" [<>] [0-9* ]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Limit();

    private sealed class Switch
    {
        internal bool IsDown { get; set; }
    }
}
