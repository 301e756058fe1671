using System.Diagnostics;
using System.IO.Pipes;

namespace Deployment.Toolkit.Platform;

/// <summary>A started child of this process: its output, its exit and its exit code.</summary>
internal sealed unsafe class UnixChild
{
    private const int ByPid = 1,
        NoHang = 1,
        Exited = 4,
        MaxPoll = 50,
        NoChild = 10;
    private const short Readable = 1;

    // Everything that a full pipe of the greatest size can still hold when the leader exits.
    private const long MaxAfterExit = 1024 * 1024;
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(1);

    private readonly AnonymousPipeServerStream _output;
    private readonly AnonymousPipeServerStream _error;
    private readonly AnonymousPipeServerStream? _input;
    private readonly CommandLaunch _launch;

    private UnixChild(
        CommandLaunch launch,
        int process,
        AnonymousPipeServerStream? input,
        AnonymousPipeServerStream output,
        AnonymousPipeServerStream error
    ) => (_launch, Process, _input, _output, _error) = (launch, process, input, output, error);

    internal int Process { get; }

    private static int NoWait => OperatingSystem.IsLinux() ? 0x01000000 : 0x20;

    internal static UnixChild Start(CommandLaunch launch)
    {
        var program = CommandLookup.Resolve(launch);
        var output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        var error = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        var input = launch.Input is null ? null : new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        try
        {
            var process = UnixSpawn.Start(
                program,
                launch,
                (int?)input?.ClientSafePipeHandle.DangerousGetHandle(),
                (int)output.ClientSafePipeHandle.DangerousGetHandle(),
                (int)error.ClientSafePipeHandle.DangerousGetHandle()
            );
            output.DisposeLocalCopyOfClientHandle();
            error.DisposeLocalCopyOfClientHandle();
            input?.DisposeLocalCopyOfClientHandle();
            return new UnixChild(launch, process, input, output, error);
        }
        catch
        {
            input?.Dispose();
            output.Dispose();
            error.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads the output until the leader has exited and the pipes are at their end, or a second has passed since. Leaves the leader to
    /// <see cref="Reap"/>.
    /// </summary>
    /// <remarks>A thread of its own: a read of a pipe blocks, and a thread pool full of such reads would stop the app.</remarks>
    internal Task PumpAsync(Action<string> onLine)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using (_output)
                using (_error)
                    Pump(onLine);
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = $"Output of command {Process}",
        }.Start();
        return done.Task;
    }

    /// <summary>Hands the command what it is to read, and closes the pipe. A command that reads no further is nobody's failure.</summary>
    internal Task FeedAsync()
    {
        if (_input is null)
            return Task.CompletedTask;

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using (_input)
                    Feed(_launch.Input!, _input);
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = $"Input of command {Process}",
        }.Start();
        return done.Task;
    }

    /// <summary>Closes the pipe, where nothing was handed over it.</summary>
    internal void CloseInput() => _input?.Dispose();

    private static void Feed(Stream from, Stream to)
    {
        var buffer = new byte[64 * 1024];
        for (var count = from.Read(buffer); count > 0; count = from.Read(buffer))
        {
            try
            {
                to.Write(buffer, 0, count);
            }
            catch (IOException)
            {
                // It has ended, and its exit code says how.
                return;
            }
        }
    }

    /// <summary>
    /// Takes the exited leader off the process table, and members of its group that fell to this process (as pid 1 of a container).
    /// </summary>
    internal int Reap()
    {
        int status,
            result;
        do
        {
            result = LibC.WaitPid(Process, &status, 0);
        } while (result < 0 && LibC.LastError == LibC.Interrupted);
        if (result < 0)
            throw LibC.Failed(
                $"The exit code of process {Process} is lost; something in this process or the one that started it ignores SIGCHLD",
                LibC.LastError
            );

        int ignored;
        while (LibC.WaitPid(-Process, &ignored, NoHang) > 0)
            continue;
        var signal = status & 0x7F;
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal;
    }

    private void Pump(Action<string> onLine)
    {
        LineSplitter[] lines = [new(onLine), new(onLine)];
        var entries = stackalloc LibC.PollEntry[2];
        entries[0] = new() { File = (int)_output.SafePipeHandle.DangerousGetHandle(), Wanted = Readable };
        entries[1] = new() { File = (int)_error.SafePipeHandle.DangerousGetHandle(), Wanted = Readable };
        var buffer = new byte[32 * 1024];
        var (exited, exitTime, readAfterExit, pause) = (false, 0L, 0L, 1);
        while (true)
        {
            if (!exited && HasExited())
                (exited, exitTime) = (true, Stopwatch.GetTimestamp());
            if (exited && entries[0].File < 0 && entries[1].File < 0)
                break;

            // The machine's own clock: a pipe doesn't wait for a test's.
            var left = exited ? (int)(Drain - Stopwatch.GetElapsedTime(exitTime)).TotalMilliseconds : MaxPoll;
            var ready = LibC.Poll(entries, 2, Math.Clamp(left, 0, pause));
            if (left <= 0 && (ready <= 0 || readAfterExit > MaxAfterExit))
                break;
            pause = ready > 0 ? 1 : Math.Min(pause * 2, MaxPoll);
            for (var i = 0; i < 2 && ready > 0; i++)
            {
                if (entries[i].File < 0 || entries[i].Found == 0)
                    continue;
                var count = Read(entries[i].File, buffer);
                if (count <= 0)
                    entries[i].File = -1;
                else if (i == 0 && _launch.Output is { } bytes)
                    bytes.Write(buffer, 0, count);
                else
                    lines[i].Add(buffer.AsSpan(0, count));
                if (exited)
                    readAfterExit += count;
            }
        }

        lines[0].Complete();
        lines[1].Complete();
    }

    private static int Read(int file, byte[] buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = LibC.Read(file, start, (nuint)buffer.Length);
                if (count >= 0)
                    return (int)count;
                if (LibC.LastError != LibC.Interrupted)
                    throw LibC.Failed("A command's output can't be read", LibC.LastError);
            }
        }
    }

    // Looks without reaping: as long as the leader is a zombie its id can't go to another group, so signals can't hit a stranger.
    private bool HasExited()
    {
        // siginfo_t: its first int is the signal, 0 when nothing has happened yet.
        var information = stackalloc int[LibC.OpaqueSize / sizeof(int)];
        return LibC.WaitId(ByPid, Process, information, Exited | NoHang | NoWait) == 0 ? information[0] != 0 : LibC.LastError == NoChild;
    }
}
