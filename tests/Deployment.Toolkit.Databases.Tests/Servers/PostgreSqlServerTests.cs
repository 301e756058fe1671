using Deployment.Toolkit.Databases.Testing;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace Deployment.Toolkit.Databases.Tests.Servers;

public sealed class PostgreSqlServerTests(PostgreSqlServer server)
{
    [Fact]
    public async Task Every_test_has_a_database_of_its_own()
    {
        await using var one = await server.CreateDatabaseAsync();
        await using var other = await server.CreateDatabaseAsync();
        await one.ExecuteAsync("CREATE TABLE items (id int)");

        Assert.Null(await other.ScalarAsync("SELECT to_regclass('items')::text"));
        Assert.Equal("items", await one.ScalarAsync("SELECT to_regclass('items')::text"));
    }

    [Fact]
    public async Task A_database_goes_also_while_somebody_has_it_open()
    {
        await using var other = await server.CreateDatabaseAsync();
        var database = await server.CreateDatabaseAsync();
        await using var connection = await database.OpenAsync();

        await database.DisposeAsync();

        Assert.Equal("0", await other.ScalarAsync($"SELECT count(*) FROM pg_database WHERE datname = '{database.Name}'"));
    }

    [Fact]
    public async Task A_password_is_asked_for()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionStringWith(static settings => settings.Password = "another"));

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(TestContext.Current.CancellationToken));

        Assert.Equal("28P01", refusal.SqlState);
    }

    [Fact]
    public async Task What_was_committed_is_there_after_a_stop_at_once()
    {
        await using var own = new PostgreSqlServer { IsDurable = true };
        await using var database = await own.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE items (id int); INSERT INTO items VALUES (1)");

        await own.StopAtOnceAsync();
        await own.StartAgainAsync();

        Assert.Equal("1", await database.ScalarAsync("SELECT count(*) FROM items"));
    }
}
