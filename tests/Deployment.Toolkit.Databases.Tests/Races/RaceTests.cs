using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.Races;

/// <summary>
/// Processes that start together, each with a journal of its own on what might be a disk of its own, and one database: nothing is done twice and nobody fails, also
/// when the one that is at it is killed.
/// </summary>
public sealed class RaceTests(PostgreSqlServer server)
{
    private static readonly int Runners = FullRun.Times(4, full: 8);
    private const int Pending = 10;

    private static readonly int Rounds = FullRun.Times(1, full: 3, all: 10);

    // Counted outside of every transaction: what was rolled back counts too.
    private static IReadOnlyList<string> Migrations =>
    [
        .. Enumerable.Range(1, Pending).Select(static at => at switch
        {
            4 => "CREATE INDEX CONCURRENTLY by_name ON big (name);",
            7 => "CREATE UNIQUE INDEX CONCURRENTLY by_id ON big (id);\nCREATE INDEX CONCURRENTLY by_both ON big (id, name);",
            _ => $"SELECT nextval('runs_{at}');\nCREATE TABLE made_{at} (id int);\nINSERT INTO done VALUES ({at});\nSELECT count(*) FROM big;",
        }),
    ];

    [FullRunFact]
    public async Task Those_that_start_together_apply_each_migration_once()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var database = await PreparedAsync();
            using var racers = new Racers("postgresql", database.ConnectionString, Runners, Migrations);
            await racers.GoAsync();

            var ended = await racers.EndAsync();

            Assert.All(ended, static one => Assert.True(one.ExitCode == 0, one.Output));
            await EnsureOnceAsync(database);
            for (var at = 1; at <= Pending; at++)
            {
                if (at is not (4 or 7))
                    Assert.Equal("1", await database.ScalarAsync($"SELECT last_value FROM runs_{at} WHERE is_called"));
            }

            // Each but the first was told for whom it waits.
            Assert.Equal(Runners - 1, ended.Count(static one => one.Output.Contains("is being migrated by 'deployment ", StringComparison.Ordinal)));
            Assert.Equal(Pending, ended.Sum(static one => one.Output.Split('\n').Count(static line => line.Contains(": applied 00", StringComparison.Ordinal))));
        }
    }

    [Fact]
    public async Task When_the_one_that_is_at_it_is_killed_the_next_goes_on()
    {
        // A seed of its own each round, told when it fails.
        for (var round = 0; round < Rounds; round++)
        {
            var killAfter = Random.Shared.Next(Pending);
            var soon = Random.Shared.Next(40);
            await using var database = await PreparedAsync();
            using var racers = new Racers("postgresql", database.ConnectionString, Runners, Migrations);
            await racers.GoAsync();

            var killed = await KillHolderAsync(database, racers, killAfter, soon);
            var ended = await racers.EndAsync();

            Assert.True(ended.Count(static one => one.ExitCode != 0) == (killed ? 1 : 0), $"killed after {killAfter} and {soon} ms:\n{string.Join("\n---\n", ended.Select(static one => $"{one.ExitCode} {one.Output}"))}");
            await EnsureOnceAsync(database);
        }
    }

    private static async Task<bool> KillHolderAsync(PostgreSqlDatabase database, Racers racers, int killAfter, int soon)
    {
        await using var connection = await database.OpenAsync();
        while (true)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT to_regclass('deployment_migrations')::text";
            if (await command.ExecuteScalarAsync() is string)
            {
                command.CommandText = "SELECT count(*) FROM deployment_migrations";
                var applied = (long)(await command.ExecuteScalarAsync())!;
                if (applied == Pending)
                    return false;
                if (applied >= killAfter)
                    break;
            }
            else if (killAfter == 0)
            {
                break;
            }
        }

        SpinWait.SpinUntil(static () => false, TimeSpan.FromMilliseconds(soon));
        if (await LockHolder.ProcessAsync(connection) is not { } holder)
            return false;

        try
        {
            racers.Kill(holder);
            return true;
        }
        catch (InvalidOperationException)
        {
            // It was through in between.
            return false;
        }
    }

    private async Task<PostgreSqlDatabase> PreparedAsync()
    {
        var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE done (migration int); CREATE TABLE big AS SELECT n AS id, md5(n::text) AS name FROM generate_series(1, 30000) AS n;"
            + string.Concat(Enumerable.Range(1, Pending).Select(static at => $"CREATE SEQUENCE runs_{at};")));
        return database;
    }

    private static async Task EnsureOnceAsync(PostgreSqlDatabase database)
    {
        Assert.Equal($"{Pending}", await database.ScalarAsync("SELECT count(DISTINCT version) FROM deployment_migrations"));
        Assert.Equal($"{Pending - 2} {Pending - 2}", await database.ScalarAsync("SELECT count(*) || ' ' || count(DISTINCT migration) FROM done"));
        Assert.Equal("3", await database.ScalarAsync("SELECT count(*) FROM pg_index WHERE indisvalid AND indrelid = 'big'::regclass"));
        Assert.Equal("3", await database.ScalarAsync("SELECT count(*) FROM pg_index WHERE indrelid = 'big'::regclass"));
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('deployment_migration_attempts')::text"));
    }
}
