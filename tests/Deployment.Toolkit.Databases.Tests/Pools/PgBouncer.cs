using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Deployment.Toolkit.Databases.Testing;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Pools;

/// <summary>PgBouncer in front of a database. Where it is not installed the test is skipped.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly ProcessStartInfo _start;
    private Process _process;

    private PgBouncer(string folder, ProcessStartInfo start, string connectionString)
    {
        (_folder, _start, ConnectionString) = (folder, start, connectionString);
        Run();
    }

    internal string ConnectionString { get; }

    internal static async Task<PgBouncer> StartAsync(PostgreSqlDatabase database, string mode = "transaction", int size = 20)
    {
        var program = ((string[])["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"]).FirstOrDefault(File.Exists);
        if (program is null) Assert.Skip("PgBouncer is not installed.");

        var folder = Directory.CreateTempSubdirectory("dtk-pgbouncer-").FullName;
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var port = FreePort();
        var settings = Path.Combine(folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(settings, string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            pooled = host={server.Host} port={server.Port} dbname='{server.Database}' user={server.Username} password='{server.Password!.Replace("'", "''", StringComparison.Ordinal)}'
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = {size}
            query_wait_timeout = 10
            ignore_startup_parameters = extra_float_digits
            """));
        var start = new ProcessStartInfo(program, ["-q", settings]) { RedirectStandardError = true };
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)
        {
            // It refuses to be run by root.
            start.UserName = "nobody";
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        }

        var way = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = port, Database = "pooled", Pooling = false, Timeout = 5 };
        var bouncer = new PgBouncer(folder, start, way.ConnectionString);
        await bouncer.AnswersAsync();
        return bouncer;
    }

    /// <summary>Ends it with every connection through it, and starts it anew.</summary>
    internal async Task RestartAsync()
    {
        await EndAsync();
        Run();
        await AnswersAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_process))]
    private void Run()
    {
        _process = Process.Start(_start)!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
    }

    private async Task EndAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task AnswersAsync()
    {
        for (var since = Stopwatch.StartNew(); ;)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString);
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (!_process.HasExited && since.Elapsed < TimeSpan.FromSeconds(20))
            {
                await Task.Yield();
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
