using Npgsql;
using Xunit;

namespace Deployment.Toolkit.Databases.Testing;

/// <summary>
/// A real PostgreSQL server for the tests of a run, and a fresh database for each that asks. It is started by the first that does. Where no server is
/// installed the test is skipped; in CI it fails.
/// </summary>
/// <remarks>
/// An assembly fixture: <c>[assembly: AssemblyFixture(typeof(PostgreSqlServer))]</c>. A test that stops the server makes its own, with
/// <see cref="IsDurable"/>.
/// </remarks>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string Missing = "No PostgreSQL server is installed: initdb and postgres are neither on PATH nor under /usr/lib/postgresql.";

    private readonly Lazy<Task<PostgreSqlProcess>> _process;
    private int _databases;

    public PostgreSqlServer() => _process = new(() => PostgreSqlProcess.StartAsync(PostgreSqlPrograms.Find()!, IsDurable, HasSocket));

    private PostgreSqlServer(PostgreSqlProcess process)
    {
        _process = new(() => Task.FromResult(process));
        _ = _process.Value;
    }

    /// <summary>Whether it keeps what was committed when it is stopped at once; that costs time.</summary>
    public bool IsDurable { get; init; }

    /// <summary>Whether it listens on a socket too.</summary>
    public bool HasSocket { get; init; }

    /// <summary>Where its socket is, once it runs.</summary>
    public string SocketFolder => _process.Value.Result.Sockets;

    /// <summary>The folder of its programs.</summary>
    public static string Programs => PostgreSqlPrograms.Find()!;

    /// <summary>Its port, once it runs.</summary>
    public int Port => _process.Value.Result.Port;

    /// <summary>Stops it, copies all its files, and starts it and the copy on a port of its own.</summary>
    public async Task<PostgreSqlServer> CloneAsync() => new(await (await StartedAsync()).CloneAsync());

    /// <summary>A database that nobody else has.</summary>
    public async Task<PostgreSqlDatabase> CreateDatabaseAsync()
    {
        var server = await StartedAsync();
        var name = $"test {Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(server.ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE \"{name}\"";
        await command.ExecuteNonQueryAsync();
        return new PostgreSqlDatabase(name, server.Settings(name), server.ConnectionString("postgres"));
    }

    /// <summary>Stops it as the operating system's own end would: nothing is finished, nobody is told.</summary>
    public async Task StopAtOnceAsync() => await (await StartedAsync()).StopAsync("QUIT");

    /// <summary>Starts it anew.</summary>
    public async Task StartAgainAsync() => await (await StartedAsync()).RunAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process.IsValueCreated)
            await (await _process.Value).DisposeAsync();
    }

    private Task<PostgreSqlProcess> StartedAsync()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The tests start PostgreSQL on Linux and macOS only.");
        if (PostgreSqlPrograms.Find() is null)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(Missing);
            Assert.Skip(Missing);
        }

        return _process.Value;
    }
}
