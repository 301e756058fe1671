using MySqlConnector;
using Xunit;

namespace Deployment.Toolkit.Databases.Testing;

/// <summary>
/// A real MariaDB server for the tests of a run, and a fresh database for each that asks. It is started by the first that does. Where no server is
/// installed the test is skipped; in CI it fails.
/// </summary>
/// <remarks>
/// An assembly fixture: <c>[assembly: AssemblyFixture(typeof(MySqlServer))]</c>. A test that stops the server makes its own, with
/// <see cref="IsDurable"/>.
/// </remarks>
public sealed class MySqlServer : IAsyncDisposable
{
    private const string Missing = "No MariaDB server is installed: mariadbd and mariadb-install-db are neither on PATH nor in /usr/sbin.";

    private readonly Lazy<Task<MySqlProcess>> _process;
    private int _databases;

    public MySqlServer() => _process = new(() => MySqlProcess.StartAsync(MySqlPrograms.Find()!.Value, IsDurable));

    /// <summary>Whether it keeps what was committed when it is stopped at once; that costs time.</summary>
    public bool IsDurable { get; init; }

    /// <summary>Its socket, once it runs.</summary>
    public string Socket => _process.Value.Result.Socket;

    /// <summary>A database that nobody else has.</summary>
    public async Task<MySqlDatabase> CreateDatabaseAsync()
    {
        var server = await StartedAsync();
        var name = $"test {Interlocked.Increment(ref _databases)}";
        await using var connection = new MySqlConnection(server.ConnectionTo("").ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE `{name}`";
        await command.ExecuteNonQueryAsync();
        return new MySqlDatabase(name, server.ConnectionTo(name), server.ConnectionTo("").ConnectionString);
    }

    /// <summary>Ends it as the operating system would: nothing is finished, nobody is told.</summary>
    public async Task KillAsync() => await (await StartedAsync()).StopAsync("KILL");

    /// <summary>Starts it anew.</summary>
    public async Task StartAgainAsync() => await (await StartedAsync()).RunAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process.IsValueCreated)
            await (await _process.Value).DisposeAsync();
    }

    private Task<MySqlProcess> StartedAsync()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The tests start MariaDB on Linux and macOS only.");
        if (MySqlPrograms.Find() is null)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(Missing);
            Assert.Skip(Missing);
        }

        return _process.Value;
    }
}
