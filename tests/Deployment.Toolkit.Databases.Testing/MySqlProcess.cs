using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MySqlConnector;

namespace Deployment.Toolkit.Databases.Testing;

/// <summary>A server with a data folder of its own, on a port of its own that only this machine reaches.</summary>
internal sealed class MySqlProcess : IAsyncDisposable
{
    // Asks whoever started it to stay: when the pipe ends, be it that the tests were killed, the server is stopped and its rows go.
    private const string Keeper = "\"$1\" --defaults-file=\"$2/my.cnf\" & pid=$!; trap '' INT TERM; read -r how; kill -\"${how:-KILL}\" $pid; wait $pid; [ -n \"$how\" ] || rm -rf \"$2/data\"";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _server;
    private readonly string _folder;
    private Process? _keeper;

    private MySqlProcess(string server, string folder, int port) => (_server, _folder, Port) = (server, folder, port);

    internal const string Superuser = "deployer";

    internal const string Password = "correct horse; battery 'staple'";

    internal int Port { get; }

    private string Data => Path.Combine(_folder, "data");

    private string LogFile => Path.Combine(_folder, "log.err");

    internal static async Task<MySqlProcess> StartAsync((string Server, string Installer) programs, bool isDurable)
    {
        var folder = Directory.CreateTempSubdirectory("dtk-mariadb-").FullName;
        var server = new MySqlProcess(programs.Server, folder, FreePort());
        try
        {
            // Others may have to write there: the server refuses to be run by root.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
            await File.WriteAllLinesAsync(Path.Combine(folder, "my.cnf"), server.Settings(isDurable));
            await server.InitializeAsync(programs.Installer);
            await server.RunAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    internal MySqlConnectionStringBuilder ConnectionTo(string database) => new()
    {
        Server = "127.0.0.1",
        Port = (uint)Port,
        Database = database,
        UserID = Superuser,
        Password = Password,
        Pooling = false,
    };

    internal async Task RunAsync()
    {
        _keeper = Process.Start(Command("/bin/sh", "-c", Keeper, "mariadb", _server, _folder))!;
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
                await using var connection = new MySqlConnection(ConnectionTo("").ConnectionString);
                await connection.OpenAsync();
                return;
            }
            catch (MySqlException e) when (!_keeper.HasExited && since.Elapsed < Patience)
            {
                _ = e;
                Thread.Sleep(50);
            }
            catch (MySqlException e)
            {
                throw new InvalidOperationException($"MariaDB did not start: {(File.Exists(LogFile) ? await File.ReadAllTextAsync(LogFile) : e.Message)}", e);
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

    // The account is there before the server listens.
    private async Task InitializeAsync(string installer)
    {
        using var process = Process.Start(Command(installer, $"--defaults-file={Path.Combine(_folder, "my.cnf")}", "--auth-root-authentication-method=normal", "--skip-test-db", "--cross-bootstrap"))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"mariadb-install-db failed: {await output}{errors}");
    }

    private List<string> Settings(bool isDurable)
    {
        var account = Path.Combine(_folder, "account.sql");
        File.WriteAllText(
            account,
            $"CREATE OR REPLACE USER '{Superuser}'@'127.0.0.1' IDENTIFIED BY '{Password.Replace("'", "''", StringComparison.Ordinal)}';\n"
                + $"GRANT ALL ON *.* TO '{Superuser}'@'127.0.0.1' WITH GRANT OPTION;\n");
        var settings = new List<string>
        {
            "[mysqld]",
            $"datadir={Data}",
            $"socket={Path.Combine(_folder, "sock")}",
            $"pid-file={Path.Combine(_folder, "pid")}",
            $"log-error={LogFile}",
            $"init-file={account}",
            "bind-address=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"port={Port}"),
            "skip-name-resolve",
            "max_connections=200",
            "character-set-server=utf8mb4",
            "innodb_buffer_pool_size=32M",
            "innodb_log_file_size=32M",
            "key_buffer_size=1M",
            "aria_pagecache_buffer_size=4M",
            "performance_schema=OFF",
        };
        if (!isDurable)
            settings.AddRange(["innodb_flush_log_at_trx_commit=0", "innodb_doublewrite=0", "innodb_flush_method=nosync", "sync_frm=OFF"]);
        return settings;
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
        File.ReadLines("/etc/passwd").Any(static line => line.StartsWith("mysql:", StringComparison.Ordinal)) ? "mysql" : "nobody";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
