using System.Diagnostics;

namespace ContentApi.Tests;

/// <summary>How a process of the sample ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors);

/// <summary>The sample as a process of its own, in a folder that holds its settings and nothing else.</summary>
internal sealed class ContentApiProcess : IDisposable
{
    internal ContentApiProcess() => ContentFolder.CopySettingsTo(Folder);

    private static readonly string ConfigHome = Directory.CreateTempSubdirectory("dtk-config-").FullName;

    internal string Folder { get; } = Directory.CreateTempSubdirectory("dtk-content-").FullName;

    /// <summary>Takes the settings away, so that the folder is like any other that somebody happens to stand in.</summary>
    internal void Empty()
    {
        foreach (var file in Directory.EnumerateFiles(Folder)) File.Delete(file);
    }

    internal string Database(string environment) => Path.Combine(Folder, $"content.{environment}.db");

    internal Process Start(string[] arguments, params (string Name, string? Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "ContentApi.dll"), .. arguments]) start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["XDG_CONFIG_HOME"] = ConfigHome;
        // All secrets but Development's come from outside, as a platform would give them.
        if (!arguments.Contains("Development", StringComparer.OrdinalIgnoreCase)) start.Environment["DEPLOYMENT_SECRET_PROVIDER_KEY"] = "given by the platform";
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    internal async Task<Ended> DeployAsync(string arguments, params (string Name, string? Value)[] variables)
    {
        using var process = Start(["deploy", .. arguments.Split(' ')], variables);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Ended(process.ExitCode, output, await errors);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
