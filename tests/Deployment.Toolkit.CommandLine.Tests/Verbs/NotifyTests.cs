using System.Text.Json;
using Deployment.Toolkit.Testing;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary><c>deploy notify</c>, and what <c>deploy status</c> says of what waits.</summary>
public sealed class NotifyTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();
    private readonly Receiver _receiver = new();

    public NotifyTests()
    {
        _app.ConfigureHost = builder => builder.Configuration.AddInMemoryCollection([new("Notifications:Ops", _receiver.Address)]);
        _app.Configure = static deployment => deployment.AddWebhook("ops", "Notifications:Ops");
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _app.Dispose();
    }

    [Fact]
    public async Task A_test_is_accepted_and_confirmed_by_the_code_that_it_names()
    {
        var sent = await _app.RunAsync("notify", "test", "--environment", "Development");
        Assert.True(sent.ExitCode == 0, sent.Out + sent.Error);
        Assert.Contains("Receiver 'ops' accepted the test", sent.Out, StringComparison.Ordinal);
        var code = JsonDocument.Parse(Assert.Single(_receiver.Taken).Body).RootElement.GetProperty("id").GetString()!["test-".Length..];
        Assert.DoesNotContain(code, sent.Out, StringComparison.Ordinal);
        Assert.Equal(2, (await _app.RunAsync("notify", "test", "--seen", "no", "--environment", "Development")).ExitCode);
        Assert.Equal(0, (await _app.RunAsync("notify", "test", "--seen", code, "--environment", "Development")).ExitCode);
        _app.Configure = static _ => { };
        Assert.Contains("AddWebhook", (await _app.RunAsync("notify", "test", "--environment", "Development")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_shows_in_status_and_is_sent_on_demand()
    {
        // The clock of these tests stands still, and whoever says when to come again is not waited for.
        (_receiver.Answer, _receiver.RetryAfter) = (static _ => 503, "60");
        Assert.Equal(0, (await _app.RunAsync("up", "--release", "1.0.0", "--environment", "Development")).ExitCode);
        var text = await _app.RunAsync("status", "--environment", "Development");
        Assert.True(text.Out.Contains("Development: 1 notice for 'ops' waits since 2026-11-21 03:43 UTC: It answered 503.", StringComparison.Ordinal), text.Out);
        var waiting = (await _app.RunAsync("status", "--environment", "Development", "--output", "json")).Json.GetProperty("environments")[0].GetProperty("notices")[0];
        Assert.Equal(("ops", 1, "It answered 503."), (waiting.GetProperty("receiver").GetString(), waiting.GetProperty("count").GetInt32(), waiting.GetProperty("lastError").GetString()));
        Assert.Equal(1, (await _app.RunAsync("notify", "send", "--environment", "Development")).ExitCode);
        _receiver.Answer = static _ => 200;
        Assert.Equal(0, (await _app.RunAsync("notify", "send", "--environment", "Development")).ExitCode);
        Assert.False((await _app.RunAsync("status", "--environment", "Development", "--output", "json")).Json.GetProperty("environments")[0].TryGetProperty("notices", out _));
        Assert.Single(_receiver.Taken);
    }
}
