using System.Diagnostics;
using System.Text;

namespace ReportWorker.Tests;

/// <summary>The sample as a process, in a folder of its own that holds its settings and is gone afterwards: all that lasts is the database.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-worker-").FullName;
    private readonly StringBuilder _said = new();
    private readonly Process _process;

    private WorkerProcess(string connectionString, string[] arguments)
    {
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "appsettings*.json")) File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "ReportWorker.dll"), .. arguments]) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["ConnectionStrings__Reports"] = connectionString;
        start.Environment["Reports__Every"] = "00:00:01";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    internal static WorkerProcess Start(string connectionString, string arguments = "") =>
        new(connectionString, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Runs a verb in a folder that nothing was in before.</summary>
    internal static async Task<(int ExitCode, string Said)> DeployAsync(string connectionString, string arguments)
    {
        using var process = Start(connectionString, "deploy " + arguments);
        return (await process.EndAsync(), process.Said);
    }

    internal void Kill() => _process.Kill();

    internal void Terminate() => Process.Start("kill", ["-TERM", $"{_process.Id}"]).WaitForExit();

    internal async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Add(string? line)
    {
        if (line is null) return;
        lock (_said) _said.AppendLine(line);
    }
}
