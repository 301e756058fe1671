using System.Diagnostics;

namespace Deployment.Toolkit.Packaging.Tests;

/// <summary>The SDK's commands, run as a user runs them but leaving no process and, with a folder for packages, no package behind.</summary>
internal sealed class DotNet(string? packages)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>What the command is told beside the process's own variables.</summary>
    internal Dictionary<string, string> Variables { get; } = [];

    private static string Host => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    internal async Task<(int ExitCode, string Output)> RunAsync(string folder, params string[] arguments)
    {
        var (exitCode, output, error) = await StartAsync(folder, Host, arguments);
        return (exitCode, output + error);
    }

    /// <summary>Commands as a person types them, one a line. The shell stops at the first that fails.</summary>
    internal Task<(int ExitCode, string Output, string Error)> ShellAsync(string folder, string commands) => StartAsync(folder, "sh", ["-e", "-c", commands]);

    private async Task<(int ExitCode, string Output, string Error)> StartAsync(string folder, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            // `dotnet test` tells its own build by them where its parts are.
            start.Environment.Remove(name);
        }

        // What a shell calls dotnet is the one that runs the tests.
        if (Path.GetDirectoryName(Host) is { Length: > 0 } folderOfHost) start.Environment["PATH"] = folderOfHost + Path.PathSeparator + start.Environment["PATH"];
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        if (packages is not null)
        {
            start.Environment["NUGET_PACKAGES"] = packages;
            // Read, never written: what the machine has already needs no source.
            start.Environment["NUGET_FALLBACK_PACKAGES"] = MachinePackages();
        }

        foreach (var (name, value) in Variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{program} {string.Join(' ', arguments)}' was not done within {s_patience.TotalMinutes} minutes.");
        }

        return (process.ExitCode, await output, await error);
    }

    private static string MachinePackages()
    {
        var folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ??
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Directory.Exists(folder) ? folder : "";
    }
}
