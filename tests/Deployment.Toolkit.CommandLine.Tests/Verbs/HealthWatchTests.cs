using Deployment.Toolkit.CommandLine.Output;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>Looking at health until one has seen enough.</summary>
public sealed class HealthWatchTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();
    private readonly CancellationTokenSource _end = new();

    public void Dispose()
    {
        _end.Dispose();
        _app.Dispose();
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(6, 0)]
    public async Task Each_change_is_one_line_and_the_last_answer_is_the_exit_code(int enough, int exitCode)
    {
        Ask(enough);
        var ran = await _app.RunAsync("health", "--environment", "Development", "--watch", "--every", "1ms");
        Assert.Equal(exitCode, ran.ExitCode);
        var lines = ran.Error.Split('\n').Where(static line => line.Contains("provider", StringComparison.Ordinal)).Select(static line => line[9..].Trim()).ToList();
        List<string> expected = ["provider: healthy, answer 1", "provider: unhealthy, answer 3", "provider: healthy, answer 5"];
        Assert.Equal(expected.Take(enough == 4 ? 2 : 3), lines);
        Assert.Contains(exitCode == 0 ? "Healthy: " : "Not healthy: ", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_shows_one_table_that_stays()
    {
        Ask(6);
        _app.Terminal = _app.Terminal with { IsWatched = true, HasColor = false };
        var ran = await _app.RunAsync("health", "--environment", "Development", "--watch", "--every", "1ms");
        Assert.Equal(0, ran.ExitCode);
        // Of the last table, which the others were overwritten by.
        Assert.Contains("2 of 6", ran.Error, StringComparison.Ordinal);
        Assert.Contains("answer 6", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[31m", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_check_says_is_shown_as_text()
    {
        foreach (var isWatched in (bool[])[false, true])
        {
            using var end = new CancellationTokenSource();
            var asked = 0;
            _app.ConfigureHost = builder => builder.Services.AddHealthChecks().AddCheck("ansi\e[31m[red]", () =>
            {
                if (++asked > 1) end.Cancel();
                return HealthCheckResult.Degraded("a\e[2Jb [bold]c[/]\nd");
            });
            _app.Cancellation = end.Token;
            _app.Terminal = _app.Terminal with { IsWatched = isWatched };
            var ran = await _app.RunAsync("health", "--environment", "Development", "--watch", "--every", "1ms");
            Assert.Contains("[bold]c[/]", ran.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("\e[2J", ran.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("\e[31m[red]", ran.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("soon")]
    public async Task A_pause_that_is_none_is_refused(string every) =>
        Assert.Equal(2, (await _app.RunAsync("health", "--environment", "Development", "--watch", "--every", every)).ExitCode);

    /// <summary>Well, then twice not, then well again; ends when it has been asked often enough.</summary>
    private void Ask(int enough)
    {
        var asked = 0;
        _app.ConfigureHost = builder => builder.Services.AddHealthChecks().AddAsyncCheck("provider", async token =>
        {
            if (++asked > enough)
            {
                await _end.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
            }

            return asked is 3 or 4 ? HealthCheckResult.Unhealthy($"answer {asked}") : HealthCheckResult.Healthy($"answer {asked}");
        });
        _app.Cancellation = _end.Token;
    }
}
