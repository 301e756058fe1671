namespace Deployment.Toolkit.Platform;

/// <summary>Runs an external command without a shell, its input empty unless one is given, its output handed on line by line.</summary>
/// <remarks>
/// On Unix the command leads a process group of its own from its first instruction on, so that what it starts ends with it.
/// A member that leaves the group (setsid) is no longer found. Windows has no process groups and no SIGTERM: there cancellation ends
/// the tree of processes at once, without a grace, and a child whose parent is gone already is missed.
/// </remarks>
internal static class CommandRunner
{
    /// <summary>Runs the command to its end and returns its exit code; 128 + n when signal n ended it.</summary>
    /// <param name="launch">What to run.</param>
    /// <param name="onLine">
    /// Gets each line of standard output, unless that goes elsewhere, and standard error, one at a time, each stream's in order. What it
    /// throws ends the command and is thrown from here.
    /// </param>
    /// <param name="started">
    /// Awaited before any output is read, so that the identity can be made durable. What it throws ends the command and is thrown from
    /// here.
    /// </param>
    /// <param name="killGrace">How long the group may take after SIGTERM before it gets SIGKILL.</param>
    /// <param name="time">The clock of <paramref name="killGrace"/>.</param>
    /// <param name="cancellationToken">Ends the whole group; the task ends only when no member is left.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandNotStartedException">The command never ran.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, and the group is gone.</exception>
    internal static Task<int> RunAsync(
        CommandLaunch launch,
        Action<string> onLine,
        Func<CommandIdentity, Task> started,
        TimeSpan killGrace,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<int>(cancellationToken);
        try
        {
            Check(launch);
        }
        catch (CommandNotStartedException notStarted)
        {
            return Task.FromException<int>(notStarted);
        }

        return OperatingSystem.IsWindows()
            ? WindowsCommand.RunAsync(launch, onLine, started, cancellationToken)
            : UnixCommand.RunAsync(launch, onLine, started, killGrace, time, cancellationToken);
    }

    // A NUL would silently shorten what the program gets. Values stay out of the messages: they may be secrets.
    private static void Check(CommandLaunch launch)
    {
        if (launch.FileName.Length == 0 || launch.FileName.Contains('\0', StringComparison.Ordinal))
            throw new CommandNotStartedException(
                $"The command '{launch.FileName.Replace('\0', '?')}' names no program. Give a program's name or path."
            );
        for (var i = 0; i < launch.Arguments.Count; i++)
        {
            if (launch.Arguments[i].Contains('\0', StringComparison.Ordinal))
                throw new CommandNotStartedException(
                    $"Argument {i + 1} of the command '{launch.FileName}' holds a NUL character, which no program can be given. Remove it."
                );
        }

        foreach (var (name, value) in launch.Environment)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
                throw new CommandNotStartedException(
                    $"'{name.Replace('\0', '?')}' can't name an environment variable of the command '{launch.FileName}'. A name is not "
                        + $"empty and holds neither '=' nor NUL."
                );
            if (value.Contains('\0', StringComparison.Ordinal))
                throw new CommandNotStartedException(
                    $"The environment variable '{name}' of the command '{launch.FileName}' holds a NUL character, which no program can "
                        + $"be given. Remove it."
                );
        }

        if (launch.WorkingDirectory is { } directory && !Directory.Exists(directory))
            throw new CommandNotStartedException(
                $"The command '{launch.FileName}' can't run in '{directory}', which is not a folder. Create it or correct the working "
                    + $"directory."
            );
    }
}
