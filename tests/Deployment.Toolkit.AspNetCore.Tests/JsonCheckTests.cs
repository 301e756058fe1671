using System.Net;
using System.Net.Http.Json;
using Deployment.Toolkit.Health.Checks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.AspNetCore.Tests;

/// <summary>Checks that read what an app answers, that do what its users do, and that count what waits.</summary>
public sealed class JsonCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"quality":0.71,"state":"ok","open":true,"items":[{"n":3}]}""", HealthStatus.Healthy, "answers 200")]
    [InlineData("""{"quality":0.7,"state":"ok","open":true,"items":[{"n":3}]}""", HealthStatus.Healthy, "answers 200")]
    [InlineData("""{"quality":0.69,"state":"ok","open":true,"items":[{"n":3}]}""", HealthStatus.Degraded, " has 0.69 at $.quality, below 0.7")]
    [InlineData("""{"quality":0.49,"state":"ok","open":true,"items":[{"n":3}]}""", HealthStatus.Unhealthy, " has 0.49 at $.quality, below 0.5")]
    [InlineData("""{"quality":0.69,"state":"no","open":true,"items":[{"n":3}]}""", HealthStatus.Unhealthy, " has another value than 'ok' at $.state")]
    [InlineData("""{"quality":1,"state":"ok","open":false,"items":[{"n":3}]}""", HealthStatus.Unhealthy, " has another value than true at $.open")]
    [InlineData("""{"quality":1,"state":"ok","open":true,"items":[{"n":6}]}""", HealthStatus.Degraded, " has 6 at $['items'][0].n, above 5")]
    [InlineData("""{"quality":1,"state":"ok","open":true,"items":[{"n":9}]}""", HealthStatus.Unhealthy, " has 9 at $['items'][0].n, above 8")]
    [InlineData("""{"quality":1,"state":"ok","open":true,"items":[]}""", HealthStatus.Unhealthy, " has no value at $['items'][0].n")]
    [InlineData("""{"quality":null,"state":"ok","open":true,"items":[{"n":3}]}""", HealthStatus.Unhealthy, " has no value at $.quality")]
    [InlineData("""{"quality":"0.9","state":"ok","open":true,"items":[{"n":3}]}""", HealthStatus.Unhealthy, " has no number at $.quality")]
    [InlineData("""{"quality":1e999,"state":"ok","open":true,"items":[{"n":3}]}""", HealthStatus.Healthy, "answers 200")]
    [InlineData("[1]", HealthStatus.Unhealthy, " has no value at $.quality")]
    [InlineData("c4n4ry, no JSON", HealthStatus.Unhealthy, ": its answer is no JSON")]
    public async Task An_answer_is_judged_by_its_values(string body, HealthStatus status, string text)
    {
        await using var app = await ServeAsync(app => app.MapGet("/quality", () => Results.Text(body)));
        var url = app.Urls.Single();
        var report = await AskAsync(checks => checks.AddHttpCheck("quality", new Uri(url + "/quality"), static h =>
        {
            h.Json("$.quality").AtLeast(0.5).DegradedBelow(0.7);
            h.Json("$.state").Is("ok");
            h.Json("$.open").Is(true);
            h.Json("$['items'][0].n").AtMost(8).DegradedAbove(5);
        }));
        var entry = report.Entries["quality"];
        Assert.Equal((status, (text[0] is ' ' or ':' ? url + "/quality" : "") + text), (entry.Status, entry.Description));
    }

    [Fact]
    public async Task An_answer_without_an_end_is_not_read_to_it()
    {
        await using var app = await ServeAsync(static app => app.MapGet("/", static async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.WriteAsync(new string(' ', 16 * 1024), context.RequestAborted);
        }));
        var report = await AskAsync(checks => checks.AddHttpCheck("endless", new Uri(app.Urls.Single()), static h => h.Json("$.a")));
        Assert.EndsWith(": its answer is longer than 1024 KiB", report.Entries["endless"].Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quality")]
    [InlineData("$.")]
    [InlineData("$..quality")]
    [InlineData("$.items[*]")]
    [InlineData("$.items[-1]")]
    [InlineData("$.items[0")]
    [InlineData("$['a]")]
    [InlineData("$.items[99999999999]")]
    public void A_path_that_could_mean_more_than_one_value_is_refused(string path)
    {
        Assert.Contains(path, Assert.Throws<FormatException>(() => JsonPlace.Parse(path)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(static () => new ServiceCollection().AddHealthChecks().AddHttpCheck("x", new Uri("http://localhost"), static h => { h.UseHead = true; h.Json("$.a"); }));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new HttpHealthOptions().Json("$").AtLeast(double.NaN));
    }

    [Fact]
    public async Task What_a_user_does_is_done_and_taken_back()
    {
        await using var shop = await Shop.StartAsync();
        var entry = (await AskAsync(checks => checks.AddSyntheticCheck("order", shop.Address, Order))).Entries["order"];
        Assert.Equal((HealthStatus.Healthy, "2 requests answer as they have to"), (entry.Status, entry.Description));
        Assert.Equal(["POST /api/items", "GET /api/items/a%2Fb 1", "DELETE /api/items/a%2Fb 1"], shop.Asked);
    }

    [Fact]
    public async Task What_it_made_is_taken_back_where_it_does_not_work_too()
    {
        await using var shop = await Shop.StartAsync();
        shop.Name = "other";
        var entry = (await AskAsync(checks => checks.AddSyntheticCheck("order", shop.Address, Order))).Entries["order"];
        Assert.Equal((HealthStatus.Unhealthy, "GET /items/{id} has another value than 'probe' at $.name"), (entry.Status, entry.Description));
        Assert.Equal("DELETE /api/items/a%2Fb 1", shop.Asked[^1]);

        shop.Created = 202;
        entry = (await AskAsync(checks => checks.AddSyntheticCheck("order", shop.Address, Order))).Entries["order"];
        Assert.Equal("POST /items answers 202", entry.Description);
        Assert.Equal("DELETE /api/items/a%2Fb 1", shop.Asked[^1]);
    }

    [Fact]
    public async Task What_could_not_be_taken_back_is_told()
    {
        await using var shop = await Shop.StartAsync();
        shop.Deleted = 500;
        var entry = (await AskAsync(checks => checks.AddSyntheticCheck("order", shop.Address, Order))).Entries["order"];
        Assert.Equal((HealthStatus.Degraded, "works; what it made is still there: DELETE /items/{id} answers 500"), (entry.Status, entry.Description));
        shop.Deleted = 404;
        Assert.Equal(HealthStatus.Healthy, (await AskAsync(checks => checks.AddSyntheticCheck("order", shop.Address, Order))).Status);
    }

    [Fact]
    public async Task What_it_made_is_taken_back_also_when_its_time_is_over()
    {
        await using var shop = await Shop.StartAsync();
        shop.Hangs = new TaskCompletionSource();
        var entry = (await AskAsync(checks => checks.AddSyntheticCheck("order", shop.Address, Order, timeout: TimeSpan.FromMilliseconds(500)))).Entries["order"];
        Assert.StartsWith("timed out", entry.Description, StringComparison.Ordinal);
        await Deployment.Toolkit.Tests.Platform.Until.TrueAsync(() => shop.Asked[^1].StartsWith("DELETE", StringComparison.Ordinal), "it is taken back");
        shop.Hangs.SetResult();
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public async Task An_id_that_leads_elsewhere_is_not_followed(string id)
    {
        await using var shop = await Shop.StartAsync();
        shop.Id = id;
        var entry = (await AskAsync(checks => checks.AddSyntheticCheck("order", shop.Address, Order))).Entries["order"];
        Assert.Equal("POST /items has nothing at $.id to go on with", entry.Description);
        Assert.Equal(["POST /api/items"], shop.Asked);
    }

    [Fact]
    public void A_transaction_that_could_never_be_done_is_refused()
    {
        var checks = new ServiceCollection().AddHealthChecks();
        var address = new Uri("http://localhost");
        Assert.Contains("call Send", Assert.Throws<ArgumentException>(() => checks.AddSyntheticCheck("x", address, static _ => { })).Message, StringComparison.Ordinal);
        Assert.Contains("'{id}', which no request before it keeps", Assert.Throws<ArgumentException>(() => checks.AddSyntheticCheck("x", address, static t => t.Send(HttpMethod.Get, "/items/{id}"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => checks.AddSyntheticCheck("x", address, static t => t.Send(HttpMethod.Get, "items")));
        Assert.Throws<ArgumentException>(() => checks.AddSyntheticCheck("x", new Uri("ftp://localhost"), static t => t.Send(HttpMethod.Get, "/")));
        Assert.Throws<InvalidOperationException>(() => checks.AddSyntheticCheck("x", address, static t => t.Keep("id", "$.id")));
        Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddSyntheticCheck("x", address, static t => t.CleanUpWithin = TimeSpan.FromMinutes(2)));
    }

    [Theory]
    [InlineData(100, HealthStatus.Healthy, "100 waiting")]
    [InlineData(101, HealthStatus.Degraded, "101 waiting, more than 100")]
    [InlineData(1_001, HealthStatus.Unhealthy, "1,001 waiting, more than 1,000")]
    public async Task A_queue_is_judged_by_what_waits_in_it(long waiting, HealthStatus status, string text)
    {
        var entry = (await AskAsync(checks => checks.AddQueueCheck("queue", (_, _) => new ValueTask<long>(waiting), 100, 1_000))).Entries["queue"];
        Assert.Equal((status, text), (entry.Status, entry.Description));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ServiceCollection().AddHealthChecks().AddQueueCheck("x", static (_, _) => default, 100, 99));
    }

    [Fact]
    public async Task A_journal_that_was_altered_is_told()
    {
        var root = Directory.CreateTempSubdirectory("dtk-").FullName;
        try
        {
            var settings = new Dictionary<string, string?> { ["Deployment:Directory"] = root };
            await using var app = await WebHost.StartAsync(static _ => { }, deployment: static d => d.AddJournalCheck().AddHealthGate(static h => h.Nothing("test")), settings: settings, root: root);
            var health = app.App.Services.GetRequiredService<HealthCheckService>();
            Assert.Equal(DeploymentOutcome.Succeeded, (await app.App.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = "1.0.0" }, cancellationToken: Token)).Outcome);
            Assert.Equal("whole", (await health.CheckHealthAsync(Token)).Entries["journal"].Description);

            await using var again = await WebHost.StartAsync(static _ => { }, deployment: static d => d.AddJournalCheck().AddHealthGate(static h => h.Nothing("test")), settings: settings, root: root);
            var file = Directory.GetFiles(root, "*.jsonl", SearchOption.AllDirectories).Single();
            var lines = await File.ReadAllLinesAsync(file, Token);
            await File.WriteAllLinesAsync(file, lines.Where(static (_, index) => index != 2), Token);
            var report = await again.App.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
            Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Healthy), (report.Entries["journal"].Status, report.Status));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void Order(SyntheticTransaction order) => order
        .Send(HttpMethod.Post, "/items", static () => JsonContent.Create(new { name = "probe" }), static r => r.Statuses.Add(HttpStatusCode.Created))
        .Keep("id", "$.id")
        .Send(HttpMethod.Get, "/items/{id}", expect: static r => r.Json("$.name").Is("probe"))
        .CleanUp(HttpMethod.Delete, "/items/{id}")
        .RequestHeaders = static () => new Dictionary<string, string> { ["X-Key"] = "1" };

    private static async Task<HealthReport> AskAsync(Action<IHealthChecksBuilder> register)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        register(builder.Services.AddHealthChecks());
        builder.AddDeployment();
        using var host = builder.Build();
        return await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
    }

    private static async Task<WebApplication> ServeAsync(Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        map(app);
        await app.StartAsync(Token);
        return app;
    }

    /// <summary>An app that has items.</summary>
    private sealed class Shop : IAsyncDisposable
    {
        private readonly List<string> _asked = [];
        private WebApplication _app = null!;

        internal string Id { get; set; } = "a/b";

        internal string Name { get; set; } = "probe";

        internal int Created { get; set; } = 201;

        internal int Deleted { get; set; } = 204;

        internal TaskCompletionSource? Hangs { get; set; }

        internal Uri Address => new(_app.Urls.Single() + "/api/");

        internal IReadOnlyList<string> Asked { get { lock (_asked) return [.. _asked]; } }

        internal static async Task<Shop> StartAsync()
        {
            var shop = new Shop();
            shop._app = await ServeAsync(app =>
            {
                app.MapPost("/api/items", (HttpContext context) => { shop.Note(context); return Results.Json(new { id = shop.Id }, statusCode: shop.Created); });
                app.MapGet("/api/items/{id}", async (HttpContext context) => { shop.Note(context); await (shop.Hangs?.Task ?? Task.CompletedTask); return Results.Json(new { name = shop.Name }); });
                app.MapDelete("/api/items/{id}", (HttpContext context) => { shop.Note(context); return Results.StatusCode(shop.Deleted); });
            });
            return shop;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private void Note(HttpContext context)
        {
            var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            lock (_asked) _asked.Add($"{context.Request.Method} {target}{(context.Request.Method == "POST" ? "" : $" {context.Request.Headers["X-Key"]}")}");
        }
    }
}
