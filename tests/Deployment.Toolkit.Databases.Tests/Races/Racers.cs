using System.Diagnostics;

namespace Deployment.Toolkit.Databases.Tests.Races;

/// <summary>Processes of the race app, each with a folder of its own: no journal knows of another.</summary>
internal sealed class Racers : IDisposable
{
    private static readonly string Assembly = Precompiled.PathOf("Deployment.Toolkit.RaceApp");

    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-race-").FullName;
    private readonly List<Process> _processes = [];
    private readonly List<Task<string>> _outputs = [];
    private readonly List<Task> _ready = [];
    private readonly bool _sharesJournal;

    internal Racers(string kind, IReadOnlyList<string> connectionStrings, IReadOnlyList<string> migrations)
        : this(kind, connectionStrings[0], 0, migrations)
    {
        for (var at = 0; at < connectionStrings.Count; at++)
            Start(kind, connectionStrings[at], at);
    }

    internal Racers(string kind, string connectionString, int count, IReadOnlyList<string> migrations, bool sharesJournal = false)
    {
        _sharesJournal = sharesJournal;
        Directory.CreateDirectory(Path.Combine(_folder, "migrations"));
        for (var at = 0; at < migrations.Count; at++)
            File.WriteAllText(Path.Combine(_folder, "migrations", $"{at + 1:D4}_m.sql"), migrations[at]);
        for (var at = 0; at < count; at++)
            Start(kind, connectionString, at);
    }

    /// <summary>Lets all go once each stands before its first migration.</summary>
    internal async Task GoAsync()
    {
        await Task.WhenAll(_ready);
        foreach (var process in _processes)
            await process.StandardInput.WriteLineAsync();
    }

    /// <summary>Lets the first that stands before its first migration go, and the others as soon as they do.</summary>
    internal async Task GoInTurnAsync()
    {
        await Task.WhenAny(_ready);
        foreach (var process in _processes)
            await process.StandardInput.WriteLineAsync();
    }

    /// <summary>Sends one a signal by its number.</summary>
    internal void Signal(int id, string signal)
    {
        Assert.Contains(_processes, process => process.Id == id);
        using var kill = Process.Start("kill", [$"-{signal}", id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits until all but one have ended.</summary>
    internal async Task OthersEndAsync(int id)
    {
        foreach (var process in _processes.Where(process => process.Id != id))
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends one by its number, as the operating system would.</summary>
    internal void Kill(int id) => _processes.Single(process => process.Id == id).Kill();

    /// <summary>What each said, once it has ended.</summary>
    internal async Task<IReadOnlyList<(int ExitCode, string Output)>> EndAsync()
    {
        var ended = new List<(int, string)>();
        for (var at = 0; at < _processes.Count; at++)
        {
            var output = await _outputs[at];
            await _processes[at].WaitForExitAsync();
            ended.Add((_processes[at].ExitCode, output));
        }

        return ended;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void Start(string kind, string connectionString, int number)
    {
        var own = Directory.CreateDirectory(Path.Combine(_folder, $"app{number}")).FullName;
        var start = new ProcessStartInfo("dotnet", ["exec", Assembly, own, Path.Combine(_folder, "migrations")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["RACE_DATABASE"] = connectionString;
        start.Environment["RACE_KIND"] = kind;
        start.Environment["RACE_JOURNAL"] = _sharesJournal ? "database" : "own";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["XDG_CONFIG_HOME"] = own;
        var process = Process.Start(start)!;
        var isReady = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _processes.Add(process);
        _ready.Add(isReady.Task);
        _outputs.Add(ReadAsync(process, isReady));
    }

    private static async Task<string> ReadAsync(Process process, TaskCompletionSource isReady)
    {
        var errors = process.StandardError.ReadToEndAsync();
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line == "ready")
                isReady.TrySetResult();
        }

        // One that never comes to it must not hold up the others' test.
        isReady.TrySetResult();
        return string.Join('\n', lines) + await errors;
    }
}
