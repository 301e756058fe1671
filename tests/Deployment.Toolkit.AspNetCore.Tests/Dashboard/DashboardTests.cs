using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.AspNetCore.Tests.Dashboard;

/// <summary>The dashboard's pages over a real port: what they say, to whom, and what they never say.</summary>
public sealed class DashboardTests
{
    private static readonly string[] Paths = ["", "/runs", "/next", "/migrations", "/configuration", "/configuration?from=Staging&to=Development", "/health", "/figures"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Before_the_first_deployment_every_page_says_what_to_do()
    {
        using var deployed = new Deployed();
        await using var app = await deployed.ServeAsync();
        using var client = Client(app);
        foreach (var path in Paths)
        {
            using var answer = await client.GetAsync("/deployments" + path, Token);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}");
        }

        Assert.Contains("no release yet", await client.GetStringAsync("/deployments", Token), StringComparison.Ordinal);
        Assert.Contains("<code>deploy up --environment Development</code>", await client.GetStringAsync("/deployments/runs", Token), StringComparison.Ordinal);
        Assert.Contains("deploy migrations add", await client.GetStringAsync("/deployments/migrations", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_shows_where_every_environment_stands_and_what_became_of_every_run()
    {
        using var deployed = new Deployed();
        await deployed.FillAsync();
        await using var app = await deployed.ServeAsync("Staging", static options => options.Allow = static _ => true);
        using var client = Client(app);

        var overview = await client.GetStringAsync("/deployments", Token);
        Assert.InRange(overview.IndexOf("lane-Staging", StringComparison.Ordinal), overview.IndexOf("lane-Development", StringComparison.Ordinal), overview.IndexOf("lane-Production", StringComparison.Ordinal));
        Assert.Contains("1.1.0&#x2B;9fceb02d0a is verified in Development", overview, StringComparison.Ordinal);
        Assert.Contains("rolled back", overview, StringComparison.Ordinal);

        var runs = await client.GetStringAsync("/deployments/runs", Token);
        Assert.Equal(5, Count(runs, "<th scope=\"row\">"));
        Assert.Equal(1, Count(await client.GetStringAsync("/deployments/runs?state=RolledBack", Token), "<th scope=\"row\">"));
        Assert.Equal(2, Count(await client.GetStringAsync("/deployments/runs?environment=staging&release=1.", Token), "<th scope=\"row\">"));
        Assert.Contains("No run fits", await client.GetStringAsync("/deployments/runs?release=9.9", Token), StringComparison.Ordinal);

        var history = app.Services.GetRequiredService<DeploymentHistory>();
        var failed = (await history.GetRunsAsync("Staging", Token).ToListAsync(Token))[^1];
        var run = await client.GetStringAsync($"/deployments/runs/Staging/{failed.Id}", Token);
        foreach (var expected in (string[])["warm up", "failed", "taken back", "at the door", "promotion order", "empties it", "0002"]) Assert.Contains(expected, run, StringComparison.Ordinal);

        Assert.Contains("promotion order", await client.GetStringAsync("/deployments/next", Token), StringComparison.Ordinal);
        Assert.Contains("pending", await client.GetStringAsync("/deployments/migrations", Token), StringComparison.Ordinal);
        var compared = await client.GetStringAsync($"/deployments/configuration?from={failed.Id}&to=Production", Token);
        Assert.True(compared.Contains("ConnectionStrings:App", StringComparison.Ordinal), compared);
        Assert.Contains("not asked yet", await client.GetStringAsync("/deployments/health", Token), StringComparison.Ordinal);
        Assert.Contains("50 %", await client.GetStringAsync("/deployments/figures", Token), StringComparison.Ordinal);

        Assert.Contains("&#x27;deploy up --environment Staging --release 1.1.0&#x2B;9fceb02d0ae598e95dc970b74767f19372d61af8&#x27; again; &#x27;deploy history --environment Staging&#x27;", run, StringComparison.Ordinal);

        using var unknown = await client.GetAsync("/deployments/runs/Staging/20200101-000000-0000", Token);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task No_page_holds_a_secret_or_runs_what_was_written_into_it()
    {
        using var deployed = new Deployed();
        await deployed.FillAsync();
        await using var app = await deployed.ServeAsync();
        using var client = Client(app);
        await app.Services.GetRequiredService<DeploymentHealth>().CheckAsync(HealthProbe.Ready, Token);
        await app.Services.GetRequiredService<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckService>().CheckHealthAsync(Token);
        List<string> paths = [.. Paths];
        foreach (var environment in (string[])["Development", "Staging"])
            await foreach (var run in app.Services.GetRequiredService<DeploymentHistory>().GetRunsAsync(environment, Token))
                paths.Add($"/runs/{environment}/{run.Id}");
        paths.Add("/runs?release=%22%3E%3Cscript%3Ealert(1)%3C/script%3E");

        var seen = 0;
        foreach (var path in paths)
        {
            using var answer = await client.GetAsync("/deployments" + path, Token);
            var page = await answer.Content.ReadAsStringAsync(Token);
            foreach (var secret in (string[])[Deployed.Canary, WebUtility.HtmlEncode(Deployed.Canary), "c4n4ry"]) Assert.False(page.Contains(secret, StringComparison.Ordinal), $"{path} holds {secret}");
            Assert.DoesNotContain("<script>", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
            if (page.Contains("&lt;script&gt;", StringComparison.Ordinal)) seen++;
            foreach (var command in Regex.Matches(page, "<(ul class=\"messages\"|p class=\"error\")>.*?</(ul|p)>", RegexOptions.Singleline).SelectMany(static told => Regex.Matches(told.Value, "&#x27;deploy .*?&#x27;"))) Assert.True(command.Value.Contains("--environment ", StringComparison.Ordinal), $"{path} names {command.Value}");
            Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.True(answer.Headers.CacheControl?.NoStore);
        }

        // That what a step wrote is shown at all, and what was typed into the filter.
        Assert.Equal(2, seen);
    }

    [Fact]
    public async Task Outside_of_Development_nobody_sees_it_until_the_app_says_who()
    {
        using var deployed = new Deployed();
        await using (var forgotten = await deployed.ServeAsync("Production"))
        {
            using var client = Client(forgotten);
            foreach (var path in (string[])["", "/runs", "/events", "/health"])
            {
                using var answer = await client.GetAsync("/deployments" + path, Token);
                Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            }

            var page = await (await client.GetAsync("/deployments", Token)).Content.ReadAsStringAsync(Token);
            Assert.Contains("RequireAuthorization()", page, StringComparison.Ordinal);
            Assert.DoesNotContain("lane-", page, StringComparison.Ordinal);
        }

        await using (var anonymous = await deployed.ServeAsync("Production", map: static mapped => mapped.AllowAnonymous()))
        {
            using var client = Client(anonymous);
            Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/deployments", Token)).StatusCode);
        }

        await using var allowed = await deployed.ServeAsync("Production", static options => options.Allow = static context => context.Request.Headers.ContainsKey("X-Inside"));
        using var inside = Client(allowed);
        Assert.Equal(HttpStatusCode.Forbidden, (await inside.GetAsync("/deployments", Token)).StatusCode);
        inside.DefaultRequestHeaders.Add("X-Inside", "1");
        Assert.Equal(HttpStatusCode.OK, (await inside.GetAsync("/deployments", Token)).StatusCode);
    }

    [Fact]
    public async Task It_only_reads()
    {
        using var deployed = new Deployed();
        await using var app = await deployed.ServeAsync();
        using var client = Client(app);
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch])
        {
            using var answer = await client.SendAsync(new HttpRequestMessage(method, "/deployments/runs"), Token);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Its_links_hold_wherever_it_is_mapped()
    {
        using var deployed = new Deployed();
        await deployed.FillAsync();
        await using var app = await deployed.ServeAsync(pattern: "/ops/{tenant}/deploy");
        using var client = Client(app);
        var page = await client.GetStringAsync("/ops/acme/deploy/runs", Token);
        Assert.Contains("href=\"/ops/acme/deploy/migrations\"", page, StringComparison.Ordinal);
        var style = System.Text.RegularExpressions.Regex.Match(page, "href=\"(?<at>[^\"]+\\.css[^\"]*)\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5)).Groups["at"].Value;
        using var css = await client.GetAsync(style, Token);
        Assert.Equal((HttpStatusCode.OK, "text/css"), (css.StatusCode, css.Content.Headers.ContentType?.MediaType));
        var run = System.Text.RegularExpressions.Regex.Match(page, "href=\"(?<at>/ops/acme/deploy/runs/[^\"]+)\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5)).Groups["at"].Value;
        Assert.Contains("href=\"/ops/acme/deploy/runs\"", await client.GetStringAsync(run, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_page_is_told_when_a_step_begins_and_ends()
    {
        using var deployed = new Deployed();
        using var begun = new SemaphoreSlim(0);
        using var may = new SemaphoreSlim(0);
        deployed.Work = async (_, token) =>
        {
            begun.Release();
            await may.WaitAsync(token);
        };
        await using var app = await deployed.ServeAsync();
        using var client = Client(app);
        await using var events = await client.GetStreamAsync("/deployments/events", Token);
        using var reader = new StreamReader(events);
        var first = await NextAsync(reader);
        var running = deployed.UpAsync("Development", "1.0.0");
        await begun.WaitAsync(Token);
        Assert.NotEqual(first, await NextAsync(reader));
        Assert.Contains("running", await client.GetStringAsync("/deployments", Token), StringComparison.Ordinal);
        may.Release();
        Assert.Equal(DeploymentOutcome.Succeeded, (await running).Outcome);
        while (!(await client.GetStringAsync("/deployments", Token)).Contains("<p class=\"release\">1.0.0</p>", StringComparison.Ordinal)) await NextAsync(reader);
    }

    private static async Task<string> NextAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync(Token) is { } line)
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return line;
        throw new EndOfStreamException();
    }

    private static HttpClient Client(WebApplication app) => new() { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(60) };

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
