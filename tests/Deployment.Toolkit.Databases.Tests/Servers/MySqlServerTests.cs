using Deployment.Toolkit.Databases.Testing;
using MySqlConnector;

[assembly: AssemblyFixture(typeof(MySqlServer))]

namespace Deployment.Toolkit.Databases.Tests.Servers;

public sealed class MySqlServerTests(MySqlServer server)
{
    [Fact]
    public async Task Every_test_has_a_database_of_its_own()
    {
        await using var one = await server.CreateDatabaseAsync();
        await using var other = await server.CreateDatabaseAsync();
        await one.ExecuteAsync("CREATE TABLE items (id int)");

        Assert.Equal("0", await other.ScalarAsync("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"));
        Assert.Equal("1", await one.ScalarAsync("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"));
    }

    [Fact]
    public async Task A_database_goes_also_while_somebody_has_it_open()
    {
        await using var other = await server.CreateDatabaseAsync();
        var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE items (id int)");
        await using var connection = await database.OpenAsync();
        await using (var command = new MySqlCommand("BEGIN; SELECT * FROM items", connection))
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await database.DisposeAsync();

        Assert.Equal("0", await other.ScalarAsync($"SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '{database.Name}'"));
    }

    [Fact]
    public async Task A_password_is_asked_for()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var connection = new MySqlConnection(database.ConnectionStringWith(static settings => settings.Password = "another"));

        var refusal = await Assert.ThrowsAsync<MySqlException>(() => connection.OpenAsync(TestContext.Current.CancellationToken));

        Assert.Equal(MySqlErrorCode.AccessDenied, refusal.ErrorCode);
    }

    [Fact]
    public async Task What_was_committed_is_there_after_a_kill()
    {
        await using var own = new MySqlServer { IsDurable = true };
        await using var database = await own.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE items (id int); INSERT INTO items VALUES (1)");

        await own.KillAsync();
        await own.StartAgainAsync();

        Assert.Equal("1", await database.ScalarAsync("SELECT COUNT(*) FROM items"));
    }
}
