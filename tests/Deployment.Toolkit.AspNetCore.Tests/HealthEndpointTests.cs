using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.AspNetCore.Tests;

/// <summary>The endpoints, over a real port.</summary>
public sealed class HealthEndpointTests
{
    private static readonly string[] Probes = ["live", "ready", "startup"];

    private static CancellationToken Token => WebHost.Token;

    [Fact]
    public async Task They_answer_in_the_shape_that_dashboards_read()
    {
        await using var host = await WebHost.StartAsync(static checks => checks
            .AddCheck("database", static () => HealthCheckResult.Unhealthy("no route"), tags: ["ready", "sql"])
            .AddCheck("orders", static () => HealthCheckResult.Unhealthy("no database"), tags: ["ready"])
            .AddCheck("process", static () => HealthCheckResult.Healthy("well"), tags: ["live"])
            .Services.Configure<HealthCheckPolicy>("orders", static policy => policy.DependsOn.Add("database")));

        using var live = await host.Client.GetAsync("/health/live", Token);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal("application/json", live.Content.Headers.ContentType?.MediaType);
        Assert.True(live.Headers.CacheControl?.NoStore);
        var json = JsonDocument.Parse(await live.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal("Healthy", json.GetProperty("status").GetString());
        Assert.True(TimeSpan.TryParse(json.GetProperty("totalDuration").GetString(), out _));
        var entry = Assert.Single(json.GetProperty("entries").EnumerateObject());
        Assert.Equal("process", entry.Name);
        Assert.Equal("Healthy", entry.Value.GetProperty("status").GetString());
        Assert.Equal("well", entry.Value.GetProperty("description").GetString());
        Assert.True(TimeSpan.TryParse(entry.Value.GetProperty("duration").GetString(), out _));
        Assert.Equal(JsonValueKind.Object, entry.Value.GetProperty("data").ValueKind);
        Assert.Equal("live", entry.Value.GetProperty("tags")[0].GetString());

        using var ready = await host.Client.GetAsync("/health/ready", Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        json = JsonDocument.Parse(await ready.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal("Unhealthy", json.GetProperty("status").GetString());
        Assert.Equal(["database", "orders"], json.GetProperty("entries").EnumerateObject().Select(static check => check.Name));
        var orders = json.GetProperty("entries").GetProperty("orders");
        Assert.Equal(("down", "required", "database"), (orders.GetProperty("state").GetString(), orders.GetProperty("role").GetString(), orders.GetProperty("rootCauses")[0].GetString()));

        using var head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/health/ready"), Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Token));
        using var post = await host.Client.PostAsync("/health/ready", null, Token);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task Outside_of_Development_strangers_see_the_status_alone()
    {
        static void Register(IHealthChecksBuilder checks) => checks.AddCheck("database", static () => HealthCheckResult.Unhealthy("no route to db-7"), tags: ["ready"]);
        await using var host = await WebHost.StartAsync(Register, environment: "Production");
        var text = await (await host.Client.GetAsync("/health/ready", Token)).Content.ReadAsStringAsync(Token);
        Assert.DoesNotContain("database", text, StringComparison.Ordinal);
        Assert.DoesNotContain("db-7", text, StringComparison.Ordinal);
        Assert.Equal("Unhealthy", JsonDocument.Parse(text).RootElement.GetProperty("status").GetString());

        await using var shown = await WebHost.StartAsync(Register, static options => options.ShowDetails = static context => context.Request.Headers.ContainsKey("X-Inside"), environment: "Production");
        Assert.DoesNotContain("db-7", await (await shown.Client.GetAsync("/health/ready", Token)).Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        shown.Client.DefaultRequestHeaders.Add("X-Inside", "1");
        Assert.Contains("db-7", await (await shown.Client.GetAsync("/health/ready", Token)).Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_driver_repeats_of_a_secret_is_masked()
    {
        await using var host = await WebHost.StartAsync(
            static checks => checks.AddCheck("database", static () => throw new InvalidOperationException("refused: Host=db;Password=c4n4ry-of-health"), tags: ["ready"]),
            settings: new Dictionary<string, string?> { ["ConnectionStrings:App"] = "Host=db;Password=c4n4ry-of-health" });
        var text = await (await host.Client.GetAsync("/health/ready", Token)).Content.ReadAsStringAsync(Token);
        Assert.Contains("refused", text, StringComparison.Ordinal);
        Assert.DoesNotContain("c4n4ry-of-health", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_probes_run_a_check_once_in_its_time()
    {
        var probes = FullRun.Times(2000, full: 10_000);
        var age = TimeSpan.FromSeconds(1);
        var ran = 0;
        await using var host = await WebHost.StartAsync(checks => checks
            .AddAsyncCheck("database", async () => { Interlocked.Increment(ref ran); await Task.Delay(5, Token); return HealthCheckResult.Healthy(); }, tags: ["live", "ready"])
            .Services.Configure<HealthCheckPolicy>(policy => policy.MaximumAge = age));

        var began = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, probes), new ParallelOptions { MaxDegreeOfParallelism = 50, CancellationToken = Token }, async (i, _) =>
        {
            // The host's own endpoint asks the same service.
            Assert.Equal(200, await host.StatusAsync((i % 4) is 3 ? "/healthz" : "/health/" + Probes[i % 4]));
        });
        var took = Stopwatch.GetElapsedTime(began);
        TestContext.Current.TestOutputHelper!.WriteLine($"{probes} probes in {took.TotalSeconds:F1} s: {ran} runs");
        Assert.InRange(ran, 1, (int)Math.Floor(took / age) + 1);
    }

    [Fact]
    public async Task A_database_that_hangs_keeps_the_app_alive_and_takes_it_out_of_rotation_within_its_timeout()
    {
        var timeout = TimeSpan.FromMilliseconds(500);
        using var hangs = new ManualResetEventSlim();
        using var ends = new ManualResetEventSlim();
        await using var host = await WebHost.StartAsync(checks => checks
            .AddCheck("process", static () => HealthCheckResult.Healthy(), tags: ["live"])
            // A driver that blocks and knows of no token.
            .AddCheck("database", () => { if (hangs.IsSet) ends.Wait(TimeSpan.FromSeconds(20)); return HealthCheckResult.Healthy(); }, tags: ["ready"], timeout: timeout)
            .Services.Configure<HealthCheckPolicy>(static policy => policy.MaximumAge = TimeSpan.FromMilliseconds(20)));
        Assert.Equal((200, 200), (await host.StatusAsync("/health/live"), await host.StatusAsync("/health/ready")));

        hangs.Set();
        var began = Stopwatch.GetTimestamp();
        var isOut = false;
        while (!isOut)
        {
            var ready = host.StatusAsync("/health/ready");
            while (!ready.IsCompleted)
            {
                Assert.Equal(200, await host.StatusAsync("/health/live"));
                await Task.Delay(10, Token);
            }

            isOut = await ready == 503;
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(15), "It stayed ready.");
        }

        var took = Stopwatch.GetElapsedTime(began);
        TestContext.Current.TestOutputHelper!.WriteLine($"out of rotation after {took.TotalMilliseconds:F0} ms, with a timeout of {timeout.TotalMilliseconds:F0} ms");
        Assert.True(took >= timeout, $"{took}");
        Assert.Equal(200, await host.StatusAsync("/health/live"));

        hangs.Reset();
        ends.Set();
        for (began = Stopwatch.GetTimestamp(); await host.StatusAsync("/health/ready") != 200; await Task.Delay(20, Token))
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(15), "It never came back.");
    }

    [Fact]
    public async Task An_endpoint_answers_in_its_time_although_a_check_may_take_longer()
    {
        var end = new TaskCompletionSource<HealthCheckResult>();
        await using var host = await WebHost.StartAsync(
            checks => checks.AddAsyncCheck("slow", () => end.Task, tags: ["ready", "live"], timeout: TimeSpan.FromHours(1)),
            static options => options.AnswerWithin = TimeSpan.FromMilliseconds(200));
        Assert.Equal((503, 200), (await host.StatusAsync("/health/ready"), await host.StatusAsync("/health/live")));
        end.SetResult(HealthCheckResult.Healthy());
        for (var began = Stopwatch.GetTimestamp(); await host.StatusAsync("/health/ready") != 200; await Task.Delay(20, Token))
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(15), "It never came.");
    }

    [Fact]
    public async Task It_is_ready_when_its_schema_is()
    {
        SQLitePCL.Batteries_V2.Init();
        var root = Directory.CreateTempSubdirectory("dtk-web-").FullName;
        Directory.CreateDirectory(Path.Combine(root, "migrations"));
        await File.WriteAllTextAsync(Path.Combine(root, "migrations", "0001_items.sql"), "CREATE TABLE items (id INTEGER PRIMARY KEY);", Token);
        await File.WriteAllTextAsync(Path.Combine(root, "migrations", "0001_items.down.sql"), "DROP TABLE items;", Token);
        try
        {
            await using var host = await WebHost.StartAsync(
                static checks => checks.AddCheck("own", static () => HealthCheckResult.Healthy()).Services.Configure<HealthCheckPolicy>(static policy => policy.MaximumAge = TimeSpan.Zero),
                deployment: static d => d.UseSqlite(SqliteFactory.Instance, "App").AddMigrations(static m => m.FromDirectory("migrations")).GuardSchema(SchemaOnStart.Off).AddHealthGate(static h => h.WaitAtMost = TimeSpan.Zero),
                settings: new Dictionary<string, string?> { ["ConnectionStrings:App"] = $"Data Source={Path.Combine(root, "app.db")};Pooling=False" },
                root: root);
            using var behind = await host.Client.GetAsync("/health/ready", Token);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, behind.StatusCode);
            Assert.Contains("not applied", await behind.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
            Assert.Equal(200, await host.StatusAsync("/health/live"));

            var up = await host.App.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = "1.0.0" }, Token);
            Assert.Equal(DeploymentOutcome.Succeeded, up.Outcome);
            Assert.Equal(200, await host.StatusAsync("/health/ready"));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task It_is_ready_when_it_is_warm()
    {
        var (begun, ends) = (0, new TaskCompletionSource());
        await using var host = await WebHost.StartAsync(
            checks => checks.AddCheck("own", static () => HealthCheckResult.Healthy()).AddWarmUpCheck("cache", async (_, _) =>
            {
                Interlocked.Increment(ref begun);
                await Volatile.Read(ref ends).Task;
            }).Services.Configure<HealthCheckPolicy>(static policy => policy.MaximumAge = TimeSpan.Zero));
        for (var i = 0; i < 3; i++)
        {
            using var cold = await host.Client.GetAsync("/health/ready", Token);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, cold.StatusCode);
            Assert.Contains("warming up", await cold.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        Assert.Equal((200, 503), (await host.StatusAsync("/health/live"), await host.StatusAsync("/health/startup")));
        // One that fails is begun again.
        var failed = Interlocked.Exchange(ref ends, new TaskCompletionSource());
        failed.SetException(new InvalidOperationException("no cache yet"));
        await Deployment.Toolkit.Tests.Platform.Until.TrueAsync(() => host.StatusAsync("/health/startup").GetAwaiter().GetResult() == 503 && Volatile.Read(ref begun) == 2, "it is begun again");
        Assert.Equal(503, await host.StatusAsync("/health/ready"));
        ends.SetResult();
        for (var began = Stopwatch.GetTimestamp(); await host.StatusAsync("/health/ready") != 200; await Task.Delay(20, Token))
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(15), "It never was warm.");
        Assert.Equal(200, await host.StatusAsync("/health/startup"));
        Assert.Equal(2, begun);
    }

    [Fact]
    public async Task It_is_not_ready_from_the_moment_that_it_stops()
    {
        await using var host = await WebHost.StartAsync(static checks => checks.AddCheck("well", static () => HealthCheckResult.Healthy(), tags: ["live", "ready"]));
        Assert.Equal((200, 200), (await host.StatusAsync("/health/live"), await host.StatusAsync("/health/ready")));

        // Before any service of the host is told to stop.
        (int Live, int Ready, string Text) seen = default;
        host.App.Lifetime.ApplicationStopping.Register(() => Task.Run(async () =>
        {
            using var ready = await host.Client.GetAsync("/health/ready", Token);
            seen = (await host.StatusAsync("/health/live"), (int)ready.StatusCode, await ready.Content.ReadAsStringAsync(Token));
        }).GetAwaiter().GetResult());
        await host.App.StopAsync(Token);
        Assert.Equal((200, 503), (seen.Live, seen.Ready));
        Assert.Contains("the host is stopping", seen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_three_take_what_is_said_of_endpoints_and_an_app_without_a_deployment_is_told()
    {
        var builder = WebApplication.CreateSlimBuilder();
        await using var without = builder.Build();
        Assert.Contains("builder.AddDeployment()", Assert.Throws<InvalidOperationException>(() => without.MapDeploymentHealth()).Message, StringComparison.Ordinal);

        var with = WebApplication.CreateSlimBuilder();
        with.AddDeployment();
        await using var app = with.Build();
        app.MapDeploymentHealth("/internal/health").WithMetadata("inside");
        var endpoints = ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).DataSources.SelectMany(static source => source.Endpoints).OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>().ToList();
        Assert.Equal(["/internal/health/live", "/internal/health/ready", "/internal/health/startup"], endpoints.Select(static endpoint => endpoint.RoutePattern.RawText));
        Assert.All(endpoints, static endpoint => Assert.Contains("inside", endpoint.Metadata));
    }
}
