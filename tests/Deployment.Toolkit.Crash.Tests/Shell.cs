using System.Diagnostics;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>What only a shell can set up around a process: mounts in a namespace of its own.</summary>
internal static class Shell
{
    internal static async Task<bool> CanMountAsync() => await RunAsync("unshare -m mount -t tmpfs none /mnt") is (0, _);

    internal static async Task<(int Code, string Output)> RunAsync(string command)
    {
        using var process = Start(command);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    internal static Process Start(string command) => Process.Start(
        new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
}
