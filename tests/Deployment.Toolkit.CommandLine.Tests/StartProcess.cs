using System.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Tests;

/// <summary>The app of StartApp as a process of its own, in a content root of its own.</summary>
internal sealed class StartProcess : IDisposable
{
    internal StartProcess()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "scripts"));
        Write("scripts/0001_items.sql", "CREATE TABLE items (id INTEGER PRIMARY KEY);\n");
        Write("scripts/0001_items.down.sql", "DROP TABLE items;\n");
        Settings($"Data Source={Path.Combine(Folder, "app.db")}");
    }

    internal string Folder { get; } = Directory.CreateTempSubdirectory("dtk-start-").FullName;

    internal static string Binary => Path.Combine(AppContext.BaseDirectory, "Deployment.Toolkit.StartApp.dll");

    internal void Write(string file, string text) => File.WriteAllText(Path.Combine(Folder, file), text);

    internal void Settings(string? connectionString, string more = "") =>
        Write("appsettings.json", $$"""{ {{(connectionString is null ? "" : $"\"ConnectionStrings\": {{ \"App\": \"{connectionString}\" }}")}} {{(connectionString is null || more.Length == 0 ? "" : ",")}} {{more}} }""");

    /// <summary>Runs it, as another user where one is named (Linux, root).</summary>
    internal async Task<Ran> RunAsync(string line, string? wrapper = null)
    {
        string[] words = [.. wrapper?.Split(' ') ?? [], Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", Binary, .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var start = new ProcessStartInfo(words[0]) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var word in words[1..]) start.ArgumentList.Add(word);
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        // Nothing here changes a settings file, and watchers of files are few on some machines.
        start.Environment["DOTNET_hostBuilder__reloadConfigOnChange"] = "false";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Ran(process.ExitCode, output, await error);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
