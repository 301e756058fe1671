using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Deployment.Toolkit.Databases.Testing;

/// <summary>A server with a data folder of its own, on a port of its own that only this machine reaches.</summary>
internal sealed class PostgreSqlProcess : IAsyncDisposable
{
    // Asks whoever started it to stay: when the pipe ends, be it that the tests were killed, the server is stopped and its rows go.
    private const string Keeper = "\"$1/postgres\" -D \"$2\" & pid=$!; trap '' INT TERM; read -r how; kill -\"${how:-INT}\" $pid; wait $pid; [ -n \"$how\" ] || rm -rf \"$2\"";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _programs;
    private readonly string _folder;
    private Process? _keeper;

    private PostgreSqlProcess(string programs, string folder, int port) => (_programs, _folder, Port) = (programs, folder, port);

    internal const string Superuser = "postgres";

    internal const string Password = "correct horse; battery 'staple'";

    internal int Port { get; }

    private string Data => Path.Combine(_folder, "data");

    private string LogFile => Path.Combine(_folder, "log");

    internal static async Task<PostgreSqlProcess> StartAsync(string programs, bool isDurable)
    {
        var folder = Directory.CreateTempSubdirectory("dtk-postgresql-").FullName;
        var server = new PostgreSqlProcess(programs, folder, FreePort());
        try
        {
            // Others may have to write there: PostgreSQL refuses to be run by root.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
            var passwords = Path.Combine(folder, "password");
            await File.WriteAllTextAsync(passwords, Password);
            await server.InitializeAsync(passwords, isDurable);
            await server.RunAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    internal string ConnectionString(string database) => Settings(database).ConnectionString;

    internal NpgsqlConnectionStringBuilder Settings(string database) => new()
    {
        Host = "127.0.0.1",
        Port = Port,
        Database = database,
        Username = Superuser,
        Password = Password,
        Pooling = false,
    };

    internal async Task RunAsync()
    {
        _keeper = Process.Start(Command("/bin/sh", "-c", Keeper, "postgresql", _programs, Data))!;
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
                await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException e) when (!_keeper.HasExited && since.Elapsed < Patience)
            {
                _ = e;
                Thread.Sleep(50);
            }
            catch (NpgsqlException e)
            {
                throw new InvalidOperationException($"PostgreSQL did not start: {(File.Exists(LogFile) ? await File.ReadAllTextAsync(LogFile) : e.Message)}", e);
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

        Directory.Delete(_folder, recursive: true);
    }

    private async Task InitializeAsync(string passwords, bool isDurable)
    {
        using var process = Process.Start(Command(
            Path.Combine(_programs, "initdb"), "-D", Data, "-U", Superuser, "-A", "scram-sha-256", "--pwfile", passwords, "-E", "UTF8", "--locale=C", "--no-sync"))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"initdb failed: {await output}{errors}");

        var settings = new List<string>
        {
            "listen_addresses = '127.0.0.1'",
            string.Create(CultureInfo.InvariantCulture, $"port = {Port}"),
            "unix_socket_directories = ''",
            "max_connections = 200",
            "shared_buffers = 32MB",
            "log_destination = stderr",
            "logging_collector = on",
            $"log_directory = '{_folder}'",
            "log_filename = log",
            "log_file_mode = 0644",
        };
        if (!isDurable)
            settings.AddRange(["fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off"]);
        await File.AppendAllLinesAsync(Path.Combine(Data, "postgresql.conf"), settings);
    }

    private static ProcessStartInfo Command(string program, params string[] arguments)
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
    private static string Unprivileged() =>
        File.ReadLines("/etc/passwd").Any(static line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
