using System.Diagnostics;
using System.Globalization;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>How a process of the kill app ended.</summary>
internal sealed record KillAppResult(int ExitCode, string Output)
{
    internal bool WasKilled => ExitCode == 137;

    internal string Outcome => Output.Split('\n')[0].Trim();
}

/// <summary>Starts the kill app as a process of its own.</summary>
internal static class KillApp
{
    internal static readonly string Assembly = Precompiled.PathOf("Deployment.Toolkit.KillApp");

    // One more than there are processors: each waits for the disk at every record.
    internal static readonly ParallelOptions Width = new() { MaxDegreeOfParallelism = Environment.ProcessorCount + 1 };

    // What a user's own folder remembers must not be this user's.
    internal static readonly string ConfigHome = Directory.CreateTempSubdirectory("dtk-config-").FullName;

    internal static async Task<KillAppResult> RunAsync(string folder, string verb, string release, params string[] options)
    {
        using var process = Start(folder, verb, release, options);
        return await EndAsync(process);
    }

    /// <summary>Runs it where no file may grow beyond a number of KiB: a write beyond that fails, as on a full disk.</summary>
    internal static async Task<KillAppResult> RunLimitedAsync(string folder, string verb, string release, long limit)
    {
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-c", "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"", "limited", limit.ToString(CultureInfo.InvariantCulture), "dotnet", "exec", Assembly, folder, verb, release])
            start.ArgumentList.Add(argument);
        // The runtime maps its code through files in memory, which the limit would meet first.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var process = Process.Start(start)!;
        return await EndAsync(process);
    }

    private static async Task<KillAppResult> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var text = await output + await errors;
        var result = new KillAppResult(process.ExitCode, text);
        if (result.WasKilled) Ran.AddKill();
        return result;
    }

    internal static Process Start(string folder, string verb, string release, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (string[])["exec", Assembly, folder, verb, release, .. options]) start.ArgumentList.Add(argument);
        // Half of the thousand starts is just-in-time compilation; the first tier alone is enough for a process that lives for 200 ms.
        start.Environment["XDG_CONFIG_HOME"] = ConfigHome;
        start.Environment["DOTNET_TieredPGO"] = "0";
        // What a killed process would leave in the temporary folder, and half a dozen files of no use to anybody.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_TC_BackgroundWorkerTimeoutMs"] = "0";
        return Process.Start(start)!;
    }
}
