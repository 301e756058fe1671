namespace Deployment.Toolkit.Platform;

/// <summary><see cref="CommandRunner"/> on Unix.</summary>
internal static class UnixCommand
{
    internal static async Task<int> RunAsync(
        CommandLaunch launch,
        Action<string> onLine,
        Func<CommandIdentity, Task> started,
        TimeSpan killGrace,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lines = new LineGate(onLine, stop);
        var child = UnixChild.Start(launch);
        Task? pump = null;
        var feed = Task.CompletedTask;
        try
        {
            await started(UnixProcessGroup.Identify(child.Process));
            stop.Token.ThrowIfCancellationRequested();
            feed = child.FeedAsync();
            pump = child.PumpAsync(lines.Deliver);
            // What can't be read to its end must not look to the command as if that were the end.
            if (await Task.WhenAny(pump, feed).WaitAsync(stop.Token) == feed)
                await feed;
            await pump.WaitAsync(stop.Token);
            await feed.WaitAsync(stop.Token);
        }
        catch (Exception failure)
        {
            // The output is read on: a command that says what it cleans up must not hang at a full pipe.
            pump ??= child.PumpAsync(lines.Deliver);
            try
            {
                await UnixProcessGroup.EndAsync(
                    child.Process,
                    () => UnixProcessGroup.HasLiveMembers(child.Process),
                    killGrace,
                    time,
                    CancellationToken.None
                );
                await ((Task)pump).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                // Whoever gave the input closes it next.
                await feed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                child.CloseInput();
                _ = child.Reap();
            }
            finally
            {
                lines.Close();
            }

            lines.Failure?.Throw();
            if (failure is OperationCanceledException)
                cancellationToken.ThrowIfCancellationRequested();
            throw;
        }

        var exitCode = child.Reap();
        lines.Failure?.Throw();
        return exitCode;
    }
}
