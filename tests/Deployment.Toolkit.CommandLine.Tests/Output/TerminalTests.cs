using Deployment.Toolkit.CommandLine.Output;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.CommandLine.Tests.Output;

public sealed class TerminalTests : IDisposable
{
    private static readonly string[] Up = ["up", "--environment", "Development", "--release", "1.0.0+abc"];

    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("", "xterm", true)]
    [InlineData("1", "xterm", false)]
    [InlineData("", "dumb", false)]
    public void Variables_can_forbid_colours(string noColor, string term, bool may) =>
        Assert.Equal(may, Terminal.MayColor(name => name == "NO_COLOR" ? noColor : name == "TERM" ? term : null));

    [Fact]
    public async Task Colours_are_written_only_where_they_may_be()
    {
        Assert.DoesNotContain("\e[", (await _app.RunAsync(Up)).Out, StringComparison.Ordinal);
        _app.Terminal = _app.Terminal with { OutHasColor = true };
        Assert.Contains("\e[", (await _app.RunAsync("status")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_stand_below_each_other_with_and_without_colours()
    {
        await _app.RunAsync(Up);
        var plain = (await _app.RunAsync("status")).Out;
        _app.Terminal = _app.Terminal with { OutHasColor = true };
        var coloured = (await _app.RunAsync("status")).Out;
        Assert.Equal(plain, Patterns.Colour().Replace(coloured, ""));
    }

    [Fact]
    public async Task A_terminal_without_symbols_gets_ascii()
    {
        _app.Terminal = _app.Terminal with { HasSymbols = false };
        var ran = await _app.RunAsync(Up);
        Assert.All(ran.Out + ran.Error, static c => Assert.True(char.IsAscii(c)));
        Assert.Contains("  +  migrate", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Someone_who_watches_without_colours_sees_no_colour_code()
    {
        _app.Terminal = _app.Terminal with { IsWatched = true };
        var ran = await _app.RunAsync(Up);
        Assert.Equal(0, ran.ExitCode);
        Assert.Contains("migrate: done in", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[3", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_goes_to_standard_error_also_with_JSON()
    {
        var ran = await _app.RunAsync([.. Up, "--output", "json"]);
        Assert.Contains("migrate: done in", ran.Error, StringComparison.Ordinal);
        Assert.Equal("succeeded", ran.Json.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task The_apps_console_logs_go_to_standard_error()
    {
        Microsoft.Extensions.Options.IOptionsMonitor<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>? options = null;
        _app.ConfigureHost = static builder => builder.Logging.AddConsole();
        _app.Configure = static deployment => deployment.AddStep<WarmUp>();
        _app.ConfigureHost += builder => builder.Services.AddSingleton<TimeProvider>(services =>
        {
            options = services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>>();
            return _app.Clock;
        });
        await _app.RunAsync(Up);
        Assert.Equal(LogLevel.Trace, options!.CurrentValue.LogToStandardErrorThreshold);
    }
}
