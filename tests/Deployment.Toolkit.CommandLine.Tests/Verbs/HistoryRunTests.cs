using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>What <c>deploy history RUN</c> tells of one run.</summary>
public sealed class HistoryRunTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();

    public HistoryRunTests() => _app.Configure = static deployment => deployment.AddStep<WarmUp>();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_run_is_told_with_its_plan_its_steps_output_and_whoever_was_at_it()
    {
        using var source = new CancellationTokenSource();
        _app.Cancellation = source.Token;
        WarmUp.Work.Value = async token =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        };
        await DeployAsync("--as", "anna");
        _app.Cancellation = CancellationToken.None;
        WarmUp.Work.Value = null;
        Assert.Equal(0, (await _app.RunAsync("resume", "--environment", "Development", "--mark-not-done", "warm up", "--as", "bert")).ExitCode);

        var told = await _app.RunAsync("history", await IdAsync(), "--environment", "Development", "--output", "json");

        Assert.Equal(0, told.ExitCode);
        var run = told.Json.GetProperty("run");
        Assert.Equal("succeeded", run.GetProperty("state").GetString());
        Assert.EndsWith("(claims to be anna)", run.GetProperty("startedBy").GetString(), StringComparison.Ordinal);
        var taken = Assert.Single(run.GetProperty("resumptions").EnumerateArray());
        Assert.Equal("resume", taken.GetProperty("verb").GetString());
        Assert.EndsWith("(claims to be bert)", taken.GetProperty("by").GetString(), StringComparison.Ordinal);
        Assert.Equal("2026-11-21T03:43:51.000Z", taken.GetProperty("at").GetString());
        var step = Step(run, "warm up");
        Assert.Equal(2, step.GetProperty("attempts").GetInt32());
        Assert.Equal("warming", Assert.Single(step.GetProperty("output").EnumerateArray()).GetString());
        var plan = told.Json.GetProperty("plan");
        Assert.Equal(run.GetProperty("planHash").GetString(), plan.GetProperty("hash").GetString());
        Assert.Equal("0001", Assert.Single(plan.GetProperty("migrations").EnumerateArray()).GetProperty("version").GetString());
    }

    [Fact]
    public async Task What_a_failed_run_said_is_told_again_and_the_verb_itself_succeeds()
    {
        _app.Health = HealthCheckResult.Unhealthy("no reader");
        var failed = await DeployAsync();

        var told = await _app.RunAsync("history", await IdAsync(), "--environment", "Development");

        Assert.Equal(0, told.ExitCode);
        Assert.Contains(": up, rolled back", told.Out, StringComparison.Ordinal);
        Assert.Contains("| warming", told.Out, StringComparison.Ordinal);
        Assert.Equal(1, failed.ExitCode);
        foreach (var message in failed.Json.GetProperty("messages").EnumerateArray())
            Assert.Contains($"{message.GetProperty("code").GetString()}: {message.GetProperty("text").GetString()}", told.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_no_run_has_is_refused_with_the_near_one_and_the_call_that_lists_them()
    {
        await DeployAsync();
        var id = await IdAsync();
        var near = id[..^1] + (id[^1] == '0' ? '1' : '0');

        var told = await _app.RunAsync("history", near, "--environment", "Development");

        Assert.Equal(2, told.ExitCode);
        Assert.Contains($"The journal of 'Development' has no run '{near}'. Did you mean '{id}'? 'deploy history --environment Development' lists those that there are.", told.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_and_a_number_of_runs_are_not_asked_for_at_once()
    {
        await DeployAsync();

        var told = await _app.RunAsync("history", await IdAsync(), "--last", "2", "--environment", "Development");

        Assert.Equal(2, told.ExitCode);
        Assert.Contains("Leave out one of them.", told.Out, StringComparison.Ordinal);
    }

    private static JsonElement Step(JsonElement run, string name) => run.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("name").GetString() == name);

    private Task<Ran> DeployAsync(params string[] more) => _app.RunAsync(["up", "--environment", "Development", "--release", "1.0.0", "--output", "json", .. more]);

    private async Task<string> IdAsync() =>
        (await _app.RunAsync("history", "--environment", "Development", "--output", "json")).Json.GetProperty("runs")[0].GetProperty("id").GetString()!;
}
