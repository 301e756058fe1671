using Deployment.Toolkit.AspNetCore.Tests.Dashboard;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Deployment.Toolkit.AspNetCore.Tests.Dashboard;

/// <summary>The browser that is installed on this machine, started once for all tests.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public static bool IsThere => Find() is not null || Environment.GetEnvironmentVariable("CI") == "true";

    public const string Missing = "No Chromium is on PATH: apt-get install chromium.";

    public async Task<IBrowserContext> OpenAsync(BrowserNewContextOptions options)
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            // Root has no sandbox of its own, and a container's /dev/shm is small.
            _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Find() ?? throw new InvalidOperationException(Missing), Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
        }
        finally
        {
            _gate.Release();
        }

        return await _browser.NewContextAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        _gate.Dispose();
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).SelectMany(static folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}
