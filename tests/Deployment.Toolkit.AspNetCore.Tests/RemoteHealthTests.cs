using System.Diagnostics;
using Deployment.Toolkit.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.AspNetCore.Tests;

/// <summary>Asking an app that runs somewhere else, which may answer anything.</summary>
public sealed class RemoteHealthTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Our_endpoints_and_those_of_the_framework_are_understood()
    {
        static void Register(IHealthChecksBuilder checks) => checks
            .AddCheck("database", static () => HealthCheckResult.Unhealthy("no route"), tags: ["ready"]).AddCheck("process", static () => HealthCheckResult.Degraded("slow"), tags: ["live"]);
        await using var open = await WebHost.StartAsync(Register);
        await using var closed = await WebHost.StartAsync(Register, environment: "Production");

        var report = await AskAsync(new Uri(open.Client.BaseAddress!, "/health/ready"));
        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Unhealthy, "no route"), (report.Status, report.Entries["database"].Status, report.Entries["database"].Description));
        Assert.Equal(HealthStatus.Degraded, (await AskAsync(new Uri(open.Client.BaseAddress!, "/health/live"))).Entries["process"].Status);

        // Strangers get no names: what there is to tell is told of the address.
        var address = new Uri(closed.Client.BaseAddress!, "/health/ready");
        var (name, entry) = Assert.Single((await AskAsync(new Uri(address + "?key=c4n4ry"))).Entries);
        Assert.Equal((address.ToString(), HealthStatus.Unhealthy, "answers 503 (Unhealthy)"), (name, entry.Status, entry.Description));
        Assert.Equal("answers 200 (Degraded)", Assert.Single((await AskAsync(new Uri(closed.Client.BaseAddress!, "/health/live"))).Entries.Values).Description);
        Assert.Equal("answers 503 (Unhealthy)", Assert.Single((await AskAsync(new Uri(closed.Client.BaseAddress!, "/healthz"))).Entries.Values).Description);
    }

    [Theory]
    [InlineData("/ok", HealthStatus.Healthy, "answers 204")]
    [InlineData("/missing", HealthStatus.Unhealthy, "answers 404")]
    [InlineData("/page", HealthStatus.Unhealthy, "answers 200 with a page, not with a status")]
    [InlineData("/lie", HealthStatus.Unhealthy, "answers 503 (Healthy)")]
    [InlineData("/near", HealthStatus.Healthy, "answers 204")]
    [InlineData("/far", HealthStatus.Unhealthy, "it sends on to http://other.example.org/ok, which is another address and was not asked")]
    [InlineData("/circle", HealthStatus.Unhealthy, "it sends on more than 5 times")]
    [InlineData("/endless", HealthStatus.Unhealthy, "its answer is longer than 1024 KiB")]
    [InlineData("/garbage", HealthStatus.Healthy, "answers 200")]
    [InlineData("/half", HealthStatus.Healthy, "answers 200")]
    [InlineData("/half-names", HealthStatus.Unhealthy, null)]
    [InlineData("/files", HealthStatus.Unhealthy, "it sends on to ftp://127.0.0.1/ok, which is no address to ask")]
    [InlineData("/sends-on?to=https:", HealthStatus.Unhealthy, "it sends on to what is no address")]
    [InlineData("/sends-on?to=//", HealthStatus.Unhealthy, "it sends on to what is no address")]
    [InlineData("/sends-on?to=//[bad", HealthStatus.Unhealthy, "it sends on to what is no address")]
    [InlineData("/marked", HealthStatus.Unhealthy, "answers 200 (Unhealthy)")]
    [InlineData("/marked-word", HealthStatus.Degraded, "answers 200 (Degraded)")]
    [InlineData("/entries-alone", HealthStatus.Unhealthy, "no route")]
    public async Task Whatever_it_answers_is_judged_by_its_status_and_bounded(string path, HealthStatus status, string? description)
    {
        await using var app = await OddAsync();
        var report = await AskAsync(new Uri(new Uri(app.Urls.Single()), path));
        Assert.Equal((status, status, description), (report.Status, Assert.Single(report.Entries.Values).Status, report.Entries.Values.Single().Description));
    }

    [Theory]
    [InlineData("/hangs")]
    [InlineData("/drips")]
    public async Task One_that_never_ends_is_left_at_the_limit(string path)
    {
        await using var app = await OddAsync();
        var began = Stopwatch.GetTimestamp();
        var report = await AskAsync(new Uri(new Uri(app.Urls.Single()), path), TimeSpan.FromMilliseconds(300));
        Assert.Equal("no answer within 0.3 s", Assert.Single(report.Entries.Values).Description);
        Assert.True(Stopwatch.GetElapsedTime(began) < Limit);
        await app.StopAsync(new CancellationToken(canceled: true));
    }

    [Fact]
    public async Task Where_nobody_listens_that_is_what_is_told()
    {
        await using var app = await OddAsync();
        var address = new Uri(app.Urls.Single());
        await app.StopAsync(WebHost.Token);
        var report = await AskAsync(address);
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Contains("refused", Assert.Single(report.Entries.Values).Description, StringComparison.OrdinalIgnoreCase);
    }

    private static Task<HealthReport> AskAsync(Uri address, TimeSpan? limit = null) => new RemoteHealth(TimeProvider.System).AskAsync(address, limit ?? Limit, WebHost.Token);

    private static async Task<WebApplication> OddAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/ok", static () => Results.NoContent());
        app.MapGet("/page", static () => Results.Content("<html>Welcome</html>", "text/html"));
        app.MapGet("/lie", static () => Results.Text("Healthy", statusCode: 503));
        app.MapGet("/near", static () => Results.Redirect("/ok"));
        app.MapGet("/far", static () => Results.Redirect("http://other.example.org/ok?key=c4n4ry"));
        app.MapGet("/circle", static () => Results.Redirect("/circle"));
        app.MapGet("/garbage", static () => Results.Text("{ \"entries\": [", "application/json"));
        app.MapGet("/half", static () => Results.Text("{ \"status\": \"\\ud800\" }", "application/json"));
        app.MapGet("/half-names", static () => Results.Text("{ \"status\": \"Unhealthy\", \"entries\": { \"\\ud800\": { \"status\": \"\\ud800\", \"description\": \"\\ud800\" } } }", "application/json"));
        app.MapGet("/sends-on", static (HttpContext context, string to) =>
        {
            (context.Response.StatusCode, context.Response.Headers.Location) = (302, to);
        });
        app.MapGet("/marked", static () => Results.Text("\ufeff{ \"status\": \"Unhealthy\" }", "application/json"));
        app.MapGet("/marked-word", static () => Results.Text("\ufeffDegraded"));
        app.MapGet("/entries-alone", static () => Results.Text("{ \"entries\": { \"db\": { \"status\": \"Unhealthy\", \"description\": \"no route\" } } }", "application/json"));
        app.MapGet("/files", static () => Results.Redirect("ftp://127.0.0.1/ok"));
        app.MapGet("/endless", static async (HttpContext context) =>
        {
            for (var chunk = new byte[64 * 1024]; ;) await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
        });
        app.MapGet("/hangs", static (HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        app.MapGet("/drips", static async (HttpContext context) =>
        {
            while (true)
            {
                await context.Response.WriteAsync(".", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(20, context.RequestAborted);
            }
        });
        await app.StartAsync(WebHost.Token);
        return app;
    }
}
