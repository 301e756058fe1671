using System.Diagnostics;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Two processes at one environment.</summary>
[Collection("processes")]
public sealed class LockTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dtk-lock-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("up")]
    [InlineData("up, with the journal in SQLite")]
    public async Task When_the_holder_is_killed_the_one_that_waits_goes_on_within_two_seconds(string scenario)
    {
        Assert.SkipUnless(FullRun.IsOn || scenario == "up", FullRun.Only);
        var folder = await Scenario.Get(scenario).PrepareAsync(_root);
        using var holder = KillApp.Start(folder.Path, "hold", "2.0.0", []);
        Assert.Equal("holding", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        using var waiting = KillApp.Start(folder.Path, "up", "2.0.0", ["--progress"]);
        var line = await waiting.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"is locked by somebody@somewhere, process {holder.Id}", line, StringComparison.Ordinal);

        holder.Kill();
        var killed = Stopwatch.GetTimestamp();
        while (await waiting.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } next && !next.StartsWith("RunStarted", StringComparison.Ordinal))
        {
        }

        var passed = Stopwatch.GetElapsedTime(killed);
        var rest = await waiting.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await waiting.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Succeeded", rest, StringComparison.Ordinal);
        Assert.True(passed < TimeSpan.FromSeconds(2), $"it took {passed}");
    }

    [Theory]
    [InlineData("up")]
    [InlineData("up, with the journal in SQLite")]
    public async Task Of_two_that_deploy_at_once_one_runs_and_the_other_finds_nothing_left_to_do(string scenario)
    {
        Assert.SkipUnless(FullRun.IsOn || scenario == "up", FullRun.Only);
        var folder = await Scenario.Get(scenario).PrepareAsync(_root);

        var results = await Task.WhenAll(KillApp.RunAsync(folder.Path, "up", "2.0.0"), KillApp.RunAsync(folder.Path, "up", "2.0.0"));

        Assert.Equal(["NothingToDo", "Succeeded"], results.Select(static result => result.Outcome).Order(StringComparer.Ordinal));
        Assert.Equal(2, folder.Ledger().Runs.Count);
    }
}
