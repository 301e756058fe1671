using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>What a process took from its start to its end.</summary>
/// <param name="Wall">Seconds on the clock.</param>
/// <param name="Processor">Seconds of processor time, user and system together.</param>
internal readonly partial record struct ProcessTimes(double Wall, double Processor)
{
    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    internal static ProcessTimes Of(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var before = OfEndedChildren();
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var wall = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {output}{errors.GetAwaiter().GetResult()}");

        return new(wall, OperatingSystem.IsWindows() ? process.TotalProcessorTime.TotalSeconds : OfEndedChildren() - before);
    }

    // Of a process that has ended Linux and macOS tell nothing but this sum.
    private static double OfEndedChildren()
    {
        if (OperatingSystem.IsWindows()) return 0;

        const int children = -1;
        var usage = new long[32];
        if (GetUsage(children, usage) != 0) throw new InvalidOperationException($"getrusage failed with {Marshal.GetLastPInvokeError()}.");
        return Time(usage[0], usage[1]) + Time(usage[2], usage[3]);

        // macOS has 32 bits of microseconds, and 32 of nothing behind them.
        static double Time(long seconds, long microseconds) => seconds + (1e-6 * (int)microseconds);
    }

    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static partial int GetUsage(int who, [Out] long[] usage);
}
