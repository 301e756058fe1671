using System.Collections.Concurrent;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Tests.Platform;

/// <summary>A command under way, with what it told so far.</summary>
internal sealed class RunningCommand : IDisposable
{
    internal const string Windows = "Runs /bin/sh.";

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<CommandIdentity> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _lines = new();

    internal RunningCommand(CommandLaunch launch, TimeSpan? grace = null, TimeProvider? time = null)
    {
        ExitCode = CommandRunner.RunAsync(
            launch,
            _lines.Enqueue,
            identity =>
            {
                _started.SetResult(identity);
                return Task.CompletedTask;
            },
            grace ?? TimeSpan.FromSeconds(10),
            time ?? TimeProvider.System,
            _stop.Token);
    }

    internal Task<int> ExitCode { get; }

    internal Task<CommandIdentity> Identity => _started.Task;

    internal string[] Lines => [.. _lines];

    internal static CommandLaunch Shell(string script, params string[] arguments) =>
        new("/bin/sh", ["-c", script, "sh", .. arguments]) { Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" } };

    internal static async Task<(int ExitCode, string[] Lines)> RunAsync(CommandLaunch launch)
    {
        using var command = new RunningCommand(launch);
        var exitCode = await command.ExitCode.WaitAsync(Until.Deadline);
        return (exitCode, command.Lines);
    }

    internal Task SaysAsync(string line) => Until.TrueAsync(() => _lines.Contains(line), $"the command says '{line}'");

    internal async Task CancelAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ExitCode.WaitAsync(Until.Deadline));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }
}
