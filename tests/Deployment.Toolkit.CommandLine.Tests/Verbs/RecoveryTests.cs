using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>Marks are taken all or none, and reports say what happened.</summary>
public sealed class RecoveryTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("resume --mark-done|warm up|--mark-done|migrate|--mark-not-done|nonsense", "Step 'migrate' of run", "Step 'nonsense' of run")]
    [InlineData("abort --mark-not-done|warm up|--mark-not-done|activate", "Step 'activate' of run", "is not in doubt. Nothing was recorded. In doubt is 'warm up': mark that.")]
    [InlineData("resume --mark-done|warm up|--mark-not-done|warm up", "is marked done and not done at once. Nothing was recorded.", "Step 'warm up' of run")]
    public async Task One_wrong_mark_refuses_all_with_every_fault(string line, string first, string second)
    {
        await InterruptAsync<WarmUp>();
        var before = Records();

        var (verb, marks) = (line.Split(' ')[0], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split('|'));
        var ran = await _app.RunAsync([verb, "--environment", "Development", .. marks]);

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains(first, ran.Out, StringComparison.Ordinal);
        Assert.Contains(second, ran.Out, StringComparison.Ordinal);
        Assert.Equal(before, Records());
        // The right one is still taken.
        Assert.Equal(0, (await _app.RunAsync("resume", "--environment", "Development", "--mark-done", "warm up", "--mark-done", "warm up")).ExitCode);
    }

    [Fact]
    public async Task An_abort_that_is_refused_for_what_a_mark_says_has_not_recorded_it()
    {
        await InterruptAsync<Notice>();
        var before = Records();

        var ran = await _app.RunAsync("abort", "--environment", "Development", "--mark-done", "notice");

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("error DTK7014", ran.Out, StringComparison.Ordinal);
        Assert.Equal(before, Records());
        Assert.Equal(1, (await _app.RunAsync("abort", "--environment", "Development", "--mark-not-done", "notice")).ExitCode);
    }

    [Fact]
    public async Task A_step_without_a_way_back_is_not_called_undone()
    {
        _app.Configure = static deployment => deployment.AddStep<WarmUp>().AddCommandStep("announce", "/bin/true", [], static c => c.After = "warm up");
        _app.Health = HealthCheckResult.Unhealthy("no reader");

        var text = await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0");
        var steps = (await _app.RunAsync("history", "--environment", "Development", "--output", "json")).Json.GetProperty("runs")[0].GetProperty("steps").EnumerateArray().ToDictionary(static step => step.GetProperty("name").GetString()!, static step => step.GetProperty("state").GetString());

        Assert.Equal(1, text.ExitCode);
        Assert.Contains("Undone: migrate. Not undone, because there is no way back: announce, warm up.", text.Out, StringComparison.Ordinal);
        Assert.Contains("done; no way back, so it stays", text.Out, StringComparison.Ordinal);
        Assert.Contains("it has no way back: what it did stays", text.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("warm up (way back): done", text.Error, StringComparison.Ordinal);
        Assert.Equal(("kept", "kept", "reverted"), (steps["warm up"], steps["announce"], steps["migrate"]));
    }

    [Fact]
    public async Task A_step_that_had_no_effect_is_not_called_undone()
    {
        _app.Configure = static deployment => deployment.AddStep<NeverBegan>();

        var text = await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0");

        Assert.Contains("failed; had no effect", text.Out, StringComparison.Ordinal);
        Assert.Contains("Undone: migrate.", text.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Undone: never began", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_a_person_found_not_done_is_not_called_undone()
    {
        await InterruptAsync<Notice>();

        var text = await _app.RunAsync("abort", "--environment", "Development", "--mark-not-done", "notice");

        Assert.Equal(1, text.ExitCode);
        Assert.DoesNotContain("Undone: notice", text.Out, StringComparison.Ordinal);
        Assert.Contains("Undone: migrate.", text.Out, StringComparison.Ordinal);
    }

    private async Task InterruptAsync<TStep>()
        where TStep : DeploymentStep
    {
        using var source = new CancellationTokenSource();
        _app.Configure = static deployment => deployment.AddStep<TStep>();
        _app.Cancellation = source.Token;
        WarmUp.Work.Value = async token =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        };
        Assert.Equal(130, (await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0")).ExitCode);
        _app.Cancellation = CancellationToken.None;
        WarmUp.Work.Value = null;
    }

    // Taking the lock is a record of its own, and none of the run.
    private List<string> Records() => [.. File.ReadLines(Path.Combine(_app.Root, ".deployment", "development", "journal.jsonl")).Where(static line => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString() != "lockTaken")
        .Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()!)];
}
