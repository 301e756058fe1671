using System.Diagnostics;
using Deployment.Toolkit.Databases.Testing;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace ReportWorker.Tests;

/// <summary>What the sample's README promises, with its real binary: of one process to the next only the database is left.</summary>
public sealed class StoryTests(PostgreSqlServer server) : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private PostgreSqlDatabase _database = null!;

    private string Connection => _database.ConnectionString;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Killed_in_the_middle_of_a_migration_it_is_resumed_from_a_folder_that_shares_nothing_but_the_database()
    {
        // Who makes a table of the same name and does not say yet whether it stays keeps the deployment where it is.
        await using var other = new NpgsqlConnection(Connection);
        await other.OpenAsync();
        var transaction = await other.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("CREATE TABLE \"Reports\" (id integer)", other, transaction)) await command.ExecuteNonQueryAsync();
        using (var first = WorkerProcess.Start(Connection, "deploy up --environment Development"))
        {
            await UntilAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", "1", () => first.Said);
            first.Kill();
            await first.EndAsync();
        }

        await transaction.RollbackAsync();
        await UntilAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> ''", "0", () => "sessions are left");

        var status = await WorkerProcess.DeployAsync(Connection, "status");
        var resumed = await WorkerProcess.DeployAsync(Connection, "resume --environment Development");
        var verified = await WorkerProcess.DeployAsync(Connection, "verify-journal --environment Development");

        Assert.Contains("deploy resume", status.Said, StringComparison.Ordinal);
        Assert.True(resumed.ExitCode == 0, resumed.Said);
        Assert.True(verified.ExitCode == 0, verified.Said);
        Assert.Equal("2", await _database.ScalarAsync("SELECT count(*) FROM \"__EFMigrationsHistory\""));
        Assert.StartsWith("Nothing to do", (await WorkerProcess.DeployAsync(Connection, "up --environment Development")).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replicas_that_start_before_the_deployment_wait_for_it_and_one_writes_the_days_report()
    {
        using var one = WorkerProcess.Start(Connection);
        using var two = WorkerProcess.Start(Connection);
        await UntilAsync(() => Task.FromResult(one.Said.Contains("waits for the schema", StringComparison.Ordinal) && two.Said.Contains("waits for the schema", StringComparison.Ordinal)), () => one.Said + two.Said);
        Assert.Null(await _database.ScalarAsync("SELECT to_regclass('\"Reports\"')::text"));

        var up = await WorkerProcess.DeployAsync(Connection, "up --environment Development");
        Assert.True(up.ExitCode == 0, up.Said);
        await UntilAsync("SELECT count(*) FROM \"Reports\"", "1", () => one.Said + two.Said);
        one.Terminate();
        two.Terminate();

        Assert.True(await one.EndAsync() == 0, one.Said);
        Assert.True(await two.EndAsync() == 0, two.Said);
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM \"ReportLine\""));
    }

    [Fact]
    public async Task A_replica_that_is_told_to_end_while_it_waits_ends_well()
    {
        using var one = WorkerProcess.Start(Connection);
        await UntilAsync(() => Task.FromResult(one.Said.Contains("waits for the schema", StringComparison.Ordinal)), () => one.Said);

        one.Terminate();

        Assert.True(await one.EndAsync() == 0, one.Said);
        Assert.DoesNotContain("Unhandled exception", one.Said, StringComparison.Ordinal);
    }

    private Task UntilAsync(string sql, string expected, Func<string> said) => UntilAsync(async () => await _database.ScalarAsync(sql) == expected, said);

    private static async Task UntilAsync(Func<Task<bool>> isSo, Func<string> said)
    {
        var began = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(began.Elapsed < s_patience, $"It did not come to it within {s_patience}: {said()}");
            await Task.Delay(50);
        }
    }
}
