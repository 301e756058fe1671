using System.Data.Common;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Deployment.Toolkit.Databases.Testing;

/// <summary>A server with a data folder of its own, on a port of its own that only this machine reaches.</summary>
internal abstract class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _title;
    private readonly string _account;
    private Process? _keeper;

    /// <param name="title">What it is called.</param>
    /// <param name="account">The user that its package makes: servers refuse to be run by root.</param>
    protected ServerProcess(string title, string account)
    {
        (_title, _account) = (title, account);
        Folder = Directory.CreateTempSubdirectory($"dtk-{title.ToLowerInvariant()}-").FullName;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder, (UnixFileMode)0b111_111_111);
    }

    internal const string Password = "correct horse; battery 'staple'";

    internal int Port { get; }

    protected string Folder { get; }

    protected string Data => Path.Combine(Folder, "data");

    protected abstract string LogFile { get; }

    /// <summary>
    /// Asks whoever started it to stay: when the pipe ends, be it that the tests were killed, the server is stopped and its rows go. A line on
    /// it names the signal that stops it and keeps them.
    /// </summary>
    protected abstract string Keeper { get; }

    protected abstract string[] KeeperArguments { get; }

    protected abstract Task InitializeAsync(bool isDurable);

    /// <summary>A closed connection to whatever is there from the beginning.</summary>
    protected abstract DbConnection Connect();

    protected static async Task<T> StartAsync<T>(T server, bool isDurable)
        where T : ServerProcess
    {
        try
        {
            await server.InitializeAsync(isDurable);
            await server.RunAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    internal async Task RunAsync()
    {
        _keeper = Process.Start(Command("/bin/sh", ["-c", Keeper, _title, .. KeeperArguments]))!;
        // Whatever it says is in its log; a pipe that nobody reads would stop it.
        _keeper.OutputDataReceived += static (_, _) => { };
        _keeper.ErrorDataReceived += static (_, _) => { };
        _keeper.BeginOutputReadLine();
        _keeper.BeginErrorReadLine();
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = Connect();
                await connection.OpenAsync();
                return;
            }
            catch (DbException e) when (!_keeper.HasExited && since.Elapsed < Patience)
            {
                _ = e;
                Thread.Sleep(50);
            }
            catch (DbException e)
            {
                throw new InvalidOperationException($"{_title} did not start: {(File.Exists(LogFile) ? await File.ReadAllTextAsync(LogFile) : e.Message)}", e);
            }
        }
    }

    /// <summary>Stops it by a signal, and keeps its data.</summary>
    internal async Task StopAsync(string signal)
    {
        await _keeper!.StandardInput.WriteLineAsync(signal);
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
        _keeper = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_keeper is not null)
        {
            _keeper.StandardInput.Close();
            await _keeper.WaitForExitAsync();
            _keeper.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Runs a program to its end.</summary>
    protected async Task ToEndAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(Command(program, arguments))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{Path.GetFileName(program)} failed: {await output}{errors}");
    }

    private ProcessStartInfo Command(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (Environment.IsPrivilegedProcess)
            start.UserName = Unprivileged();
        return start;
    }

    // The one that the server's package makes, else the one that every system has.
    private string Unprivileged() =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith(_account + ":", StringComparison.Ordinal)) ? _account : "nobody";
}
