using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Playwright;

namespace Deployment.Toolkit.AspNetCore.Tests.Dashboard;

/// <summary>The dashboard in a real browser. DTK_SCREENSHOTS names a folder for pictures of every page.</summary>
public sealed class BrowserTests(Chromium chromium)
{
    private static readonly string[] Paths = ["", "/runs", "/next", "/migrations", "/configuration", "/health", "/figures"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<bool, int, ColorScheme> Looks =>
        FullRun.IsOn
            ? new()
            {
                { false, 400, ColorScheme.Light }, { false, 1280, ColorScheme.Dark }, { true, 400, ColorScheme.Light }, { true, 400, ColorScheme.Dark },
                { true, 1280, ColorScheme.Light }, { true, 1280, ColorScheme.Dark }, { true, 1600, ColorScheme.Light },
            }
            : new() { { true, 400, ColorScheme.Dark } };

    public static TheoryData<int, ColorScheme, int> Later =>
        FullRun.IsOn
            ? new() { { 400, ColorScheme.Light, 0 }, { 1280, ColorScheme.Light, 0 }, { 400, ColorScheme.Dark, 4 }, { 1280, ColorScheme.Dark, 4 } }
            : new() { { 1280, ColorScheme.Light, 4 } };

    [Theory(Skip = Chromium.Missing, SkipType = typeof(Chromium), SkipUnless = nameof(Chromium.IsThere))]
    [MemberData(nameof(Looks))]
    public async Task Every_page_fits_is_accessible_and_makes_no_error(bool isBusy, int width, ColorScheme scheme)
    {
        using var deployed = new Deployed();
        if (isBusy) await deployed.FillAsync();
        await using var app = await deployed.ServeAsync();
        List<string> paths = [.. Paths];
        if (isBusy)
        {
            await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
            var runs = await app.Services.GetRequiredService<DeploymentHistory>().GetRunsAsync("Staging", Token).ToListAsync(Token);
            paths.Add("/runs/Staging/" + runs[^1].Id);
            paths.Add($"/configuration?from={runs[^1].Id}&to=1.0.0");
        }

        await using var context = await chromium.OpenAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 }, ColorScheme = scheme });
        var page = await context.NewPageAsync();
        var errors = Errors(page);
        foreach (var path in paths)
        {
            await page.GotoAsync(app.Urls.Single() + "/deployments" + path);
            await page.GetByText("Live").First.WaitForAsync();
            await LookAsync(page, path, width, $"{(isBusy ? "busy" : "empty")}-{width}-{scheme}{path.Split('?')[0].Replace('/', '-')}{(path.Contains('?', StringComparison.Ordinal) ? "-compared" : "")}");
        }

        Assert.Empty(errors);
    }

    [Theory(Skip = Chromium.Missing, SkipType = typeof(Chromium), SkipUnless = nameof(Chromium.IsThere))]
    [InlineData("/runs")]
    [InlineData("/health")]
    [InlineData("/migrations")]
    public async Task On_a_phone_the_state_in_every_row_is_seen_without_scrolling(string path)
    {
        using var deployed = new Deployed();
        await deployed.FillAsync();
        await using var app = await deployed.ServeAsync();
        await using var context = await chromium.OpenAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 390, Height = 844 } });
        var page = await context.NewPageAsync();
        // What it shows anew would be without what is put in below.
        await page.RouteAsync("**/events", static route => route.AbortAsync());
        await page.GotoAsync(app.Urls.Single() + "/deployments" + path);
        // A name as long as an app may choose it, and the longest word for a state.
        await page.EvaluateAsync("path => { if (path !== '/runs') document.querySelector('tbody th').append(' of_the_published_content_in_all_languages'); document.querySelector('tbody .badge').textContent = 'needs attention'; }", path);
        if (Environment.GetEnvironmentVariable("DTK_SCREENSHOTS") is { Length: > 0 } folder) await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"phone{path.Replace('/', '-')}.png") });

        var ends = await page.EvaluateAsync<double[]>("() => [...document.querySelectorAll('tbody tr')].map(row => row.querySelector('.badge').getBoundingClientRect().right)");
        Assert.NotEmpty(ends);
        Assert.All(ends, static end => Assert.InRange(end, 1, 374));
    }

    [Theory(Skip = Chromium.Missing, SkipType = typeof(Chromium), SkipUnless = nameof(Chromium.IsThere))]
    [MemberData(nameof(Later))]
    public async Task Debts_databases_and_tenants_fit_and_are_accessible(int width, ColorScheme scheme, int daysLater)
    {
        using var fleet = new Fleet();
        await fleet.FillAsync();
        fleet.Later = TimeSpan.FromDays(daysLater);
        await using var staging = await fleet.ServeAsync("Staging");
        await using var production = await fleet.ServeAsync();
        var failed = (await staging.Services.GetRequiredService<DeploymentHistory>().GetRunsAsync("Staging", Token).ToListAsync(Token))[^1];
        await using var context = await chromium.OpenAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 }, ColorScheme = scheme });
        var page = await context.NewPageAsync();
        var errors = Errors(page);
        List<(WebApplication App, string Path, string Name)> shown = [(production, "", "overview"), (staging, "/migrations", "migrations"), (staging, "/next", "next"), (staging, "/runs/Staging/" + failed.Id, "run")];
        foreach (var (app, path, name) in shown)
        {
            await page.GotoAsync(app.Urls.Single() + "/deployments" + path);
            await page.GetByText("Live").First.WaitForAsync();
            // What is folded away has to fit, too.
            await page.EvaluateAsync("document.querySelectorAll('details').forEach(details => details.open = true)");
            await LookAsync(page, path, width, $"fleet-{width}-{scheme}-{name}");
        }

        Assert.Empty(errors);
    }

    [Fact(Skip = Chromium.Missing, SkipType = typeof(Chromium), SkipUnless = nameof(Chromium.IsThere))]
    public async Task A_deployment_shows_step_by_step_on_a_page_that_is_open()
    {
        using var deployed = new Deployed();
        using var may = new SemaphoreSlim(0);
        deployed.Work = (_, token) => may.WaitAsync(token);
        await using var app = await deployed.ServeAsync();
        await using var context = await chromium.OpenAsync(new BrowserNewContextOptions());
        var page = await context.NewPageAsync();
        var errors = Errors(page);
        await page.GotoAsync(app.Urls.Single() + "/deployments");
        await page.GetByText("Live").First.WaitForAsync();
        // Gone as soon as the page is loaded anew.
        await page.EvaluateAsync("window.isSame = true");

        var running = deployed.UpAsync("Development", "1.0.0");
        var step = page.Locator(".step", new PageLocatorOptions { HasText = "warm up" });
        await step.GetByText("running or in doubt").WaitForAsync();
        await page.Locator(".run .badge", new PageLocatorOptions { HasText = "running" }).WaitForAsync();
        await SaveAsync(page, "running");
        // What came before it is done, and what comes behind it is not begun.
        Assert.Equal("done", await page.Locator(".run .step", new PageLocatorOptions { HasText = "check configuration" }).Locator(".word").TextContentAsync());
        Assert.Equal("not begun", await page.Locator(".run .step", new PageLocatorOptions { HasText = "mark verified" }).Locator(".word").TextContentAsync());
        may.Release();
        Assert.Equal(DeploymentOutcome.Succeeded, (await running).Outcome);
        await page.Locator(".release", new PageLocatorOptions { HasText = "1.0.0" }).WaitForAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.isSame"));
        Assert.Empty(errors);
    }

    [Fact(Skip = Chromium.Missing, SkipType = typeof(Chromium), SkipUnless = nameof(Chromium.IsThere))]
    public async Task Without_script_it_works_when_it_is_loaded_and_by_the_keyboard_alone()
    {
        using var deployed = new Deployed();
        await deployed.FillAsync();
        await using var app = await deployed.ServeAsync();
        await using var context = await chromium.OpenAsync(new BrowserNewContextOptions { JavaScriptEnabled = false });
        var page = await context.NewPageAsync();
        await page.GotoAsync(app.Urls.Single() + "/deployments/runs");
        Assert.Equal(5, await page.Locator("tbody tr").CountAsync());

        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to content", await page.Locator(":focus").TextContentAsync());
        await page.GetByLabel("State").SelectOptionAsync("RolledBack");
        await page.GetByLabel("State").FocusAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        Assert.Contains("state=RolledBack", page.Url, StringComparison.Ordinal);
        await page.Locator("tbody a").ClickAsync();
        await page.Locator("summary, .error").First.WaitForAsync();
        Assert.Contains("Staging", await page.Locator("h1").TextContentAsync(), StringComparison.Ordinal);
    }

    private static async Task LookAsync(IPage page, string path, int width, string name)
    {
        await SaveAsync(page, name);
        var wide = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(wide <= 0, $"{path} is {wide} px wider than a screen of {width}");
        var axe = await page.RunAxe();
        Assert.True(axe.Violations.Length == 0, $"{path}: {string.Join('\n', axe.Violations.Select(static v => $"{v.Id}: {v.Help} {string.Join(' ', v.Nodes.Select(static node => node.Html))}"))}");
    }

    private static ConcurrentQueue<string> Errors(IPage page)
    {
        var errors = new ConcurrentQueue<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") errors.Enqueue($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => errors.Enqueue($"{page.Url}: {error}");
        return errors;
    }

    private static async Task SaveAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("DTK_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }
}
