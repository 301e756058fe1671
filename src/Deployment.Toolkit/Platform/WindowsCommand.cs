using System.ComponentModel;
using System.Diagnostics;

namespace Deployment.Toolkit.Platform;

/// <summary>
/// <see cref="CommandRunner"/> and <see cref="ProcessGroup"/> by System.Diagnostics.Process. Not had here: a group that children can't
/// leave by losing their parent, SIGTERM and so a grace, and an empty standard input other than a closed pipe.
/// </summary>
internal static class WindowsCommand
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(1);

    internal static async Task<int> RunAsync(
        CommandLaunch launch,
        Action<string> onLine,
        Func<CommandIdentity, Task> started,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lines = new LineGate(onLine, stop);
        using var process = Start(launch);
        try
        {
            if (launch.Input is null)
                process.StandardInput.Close();
            await started(new CommandIdentity(process.Id, ProcessGroup.StartTicks(process.Id) ?? ""));
            var feed = launch.Input is { } input ? FeedAsync(input, process.StandardInput.BaseStream) : Task.CompletedTask;
            var output = launch.Output is { } bytes
                ? process.StandardOutput.BaseStream.CopyToAsync(bytes, CancellationToken.None)
                : ReadAsync(process.StandardOutput.BaseStream, lines);
            var error = ReadAsync(process.StandardError.BaseStream, lines);
            // Not WaitForExitAsync: it waits for pipes that a grandchild may keep open for ever.
            await ExitOf(process).WaitAsync(stop.Token);
            await feed.WaitAsync(stop.Token);
            if (launch.Output is not null)
                await output.WaitAsync(stop.Token);
            try
            {
                await Task.WhenAll(output, error).WaitAsync(Drain, TimeProvider.System, stop.Token);
            }
            catch (TimeoutException)
            {
                lines.Close();
            }
        }
        catch (Exception failure)
        {
            lines.Close();
            process.Kill(entireProcessTree: true);
            await ExitOf(process);
            lines.Failure?.Throw();
            if (failure is OperationCanceledException)
                cancellationToken.ThrowIfCancellationRequested();
            throw;
        }

        lines.Failure?.Throw();
        return process.ExitCode;
    }

    internal static async Task EndAsync(CommandIdentity id, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.GetProcessById(id.GroupId);
            if (ProcessGroup.StartTicks(process.Id) != id.StartToken)
                return;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (ArgumentException)
        {
            // Gone between the look and the kill.
        }
    }

    private static Process Start(CommandLaunch launch)
    {
        var information = new ProcessStartInfo(CommandLookup.Resolve(launch), launch.Arguments)
        {
            WorkingDirectory = launch.WorkingDirectory ?? "",
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        information.Environment.Clear();
        foreach (var (name, value) in launch.Environment)
            information.Environment[name] = value;
        try
        {
            return Process.Start(information)!;
        }
        catch (Win32Exception refused)
        {
            throw new CommandNotStartedException(
                $"The command '{launch.FileName}' ('{information.FileName}') can't be started: {refused.Message}"
            );
        }
    }

    private static async Task FeedAsync(Stream from, Stream to)
    {
        await using (to)
        {
            var buffer = new byte[64 * 1024];
            for (var count = await from.ReadAsync(buffer); count > 0; count = await from.ReadAsync(buffer))
            {
                try
                {
                    await to.WriteAsync(buffer.AsMemory(0, count));
                    await to.FlushAsync();
                }
                catch (IOException)
                {
                    // It has ended, and its exit code says how.
                    return;
                }
            }
        }
    }

    private static Task ExitOf(Process process)
    {
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => exited.TrySetResult();
        process.EnableRaisingEvents = true;
        if (process.HasExited)
            exited.TrySetResult();
        return exited.Task;
    }

    private static async Task ReadAsync(Stream stream, LineGate lines)
    {
        var splitter = new LineSplitter(lines.Deliver);
        var buffer = new byte[32 * 1024];
        try
        {
            for (var count = await stream.ReadAsync(buffer); count > 0; count = await stream.ReadAsync(buffer))
                splitter.Add(buffer.AsSpan(0, count));
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process object was disposed with a grandchild still at the pipe: what was read is all there is.
        }

        splitter.Complete();
    }
}
