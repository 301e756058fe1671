using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Tests.Platform;

/// <summary>The Windows way is plain .NET, so that most of it can be tested here.</summary>
public sealed class WindowsCommandTests
{
    [Fact]
    public async Task It_gives_exact_environment_lines_and_exit_code()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), RunningCommand.Windows);
        var lines = new List<string>();
        var launch = RunningCommand.Shell("/usr/bin/env -u PWD -u SHLVL -u _ -u OLDPWD; echo \"$1\" >&2; cat; exit 3", "two \"words\"");
        Assert.Equal(3, await RunAsync(launch, lines.Add));
        Assert.Equal(["PATH=/usr/bin:/bin", "two \"words\""], lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_is_not_held_up_by_a_grandchild_at_the_pipe()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), RunningCommand.Windows);
        var lines = new List<string>();
        Assert.Equal(0, await RunAsync(RunningCommand.Shell("sleep 300 & echo $!"), lines.Add).WaitAsync(Until.Deadline));
        _ = LibC.SendSignal(int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture), LibC.Kill);
    }

    [Fact]
    public async Task Cancellation_ends_the_tree()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), RunningCommand.Windows);
        using var stop = new CancellationTokenSource();
        var grandchild = new TaskCompletionSource<string>();
        var run = RunAsync(RunningCommand.Shell("trap '' TERM; sleep 300 & echo $!; wait"), line => grandchild.TrySetResult(line), stop.Token);
        var id = int.Parse(await grandchild.Task.WaitAsync(Until.Deadline), System.Globalization.CultureInfo.InvariantCulture);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(Until.Deadline));
        await Until.TrueAsync(() => LibC.SendSignal(id, 0) < 0, "the grandchild is gone");
    }

    [Fact]
    public async Task What_the_line_handler_throws_ends_the_command()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), RunningCommand.Windows);
        var run = RunAsync(RunningCommand.Shell("echo one; sleep 300"), static line => throw new InvalidDataException(line));
        await Assert.ThrowsAsync<InvalidDataException>(() => run.WaitAsync(Until.Deadline));
    }

    private static Task<int> RunAsync(CommandLaunch launch, Action<string> onLine, CancellationToken cancellationToken = default) =>
        WindowsCommand.RunAsync(launch, onLine, static _ => Task.CompletedTask, cancellationToken);
}
