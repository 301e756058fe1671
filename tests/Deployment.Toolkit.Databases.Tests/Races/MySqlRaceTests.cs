using System.Globalization;
using System.Text.RegularExpressions;
using Deployment.Toolkit.Databases.Testing;
using MySqlConnector;

namespace Deployment.Toolkit.Databases.Tests.Races;

/// <summary>
/// Processes that start together, each with a journal of its own, and one database in which no change of the schema has a transaction: nothing is done twice and nobody
/// fails, also when the one that is at it is killed between two statements or within one.
/// </summary>
public sealed partial class MySqlRaceTests(MySqlServer server)
{
    private static readonly int Runners = FullRun.Times(4, full: 8);
    private const int Pending = 10;

    private static readonly int Rounds = FullRun.Times(1, full: 3, all: 10);

    // Sequences are counted outside of every transaction: what was rolled back counts too.
    private static IReadOnlyList<string> Migrations =>
    [
        .. Enumerable.Range(1, Pending).Select(static at => at switch
        {
            4 => "CREATE INDEX by_name ON big (name);\nALTER TABLE big ADD COLUMN note varchar(20) DEFAULT 'x', ADD INDEX by_note (note);",
            7 => "CREATE TABLE copy AS SELECT * FROM big;\nALTER TABLE copy ADD PRIMARY KEY (id);\nINSERT INTO done VALUES (70);",
            9 => "INSERT INTO done VALUES (9);\nUPDATE done SET migration = 99 WHERE migration = 9;",
            _ => $"CREATE TABLE made_{at} (id int);\nINSERT INTO done VALUES ({at});\nALTER TABLE made_{at} ADD COLUMN name text;\nINSERT INTO made_{at} (id) VALUES (1);",
        }),
    ];

    [FullRunFact]
    public async Task Those_that_start_together_apply_each_migration_once()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var database = await PreparedAsync();
            using var racers = new Racers("mysql", database.ConnectionString, Runners, Migrations);
            await racers.GoAsync();

            var ended = await racers.EndAsync();

            Assert.All(ended, static one => Assert.True(one.ExitCode == 0, one.Output));
            await EnsureOnceAsync(database);
            // Each but the first was told for whom it waits.
            Assert.Equal(Runners - 1, ended.Count(static one => one.Output.Contains("is being migrated by 'deployment ", StringComparison.Ordinal) || one.Output.Contains("is being migrated by another process", StringComparison.Ordinal)));
            Assert.Contains(ended, static one => one.Output.Contains("is being migrated by 'deployment ", StringComparison.Ordinal));
            Assert.Equal(Pending, ended.Sum(static one => one.Output.Split('\n').Count(static line => line.Contains(": applied 00", StringComparison.Ordinal))));
        }
    }

    [FullRunFact]
    public async Task When_the_one_that_is_at_it_is_killed_the_next_goes_on_within_the_script()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var killAfter = Random.Shared.Next(Pending);
            var soon = Random.Shared.Next(60);
            await using var database = await PreparedAsync();
            using var racers = new Racers("mysql", database.ConnectionString, Runners, Migrations);
            await racers.GoAsync();

            var killed = await KillHolderAsync(database, racers, killAfter, soon);
            var ended = await racers.EndAsync();

            Assert.True(ended.Count(static one => one.ExitCode != 0) == (killed ? 1 : 0), $"killed after {killAfter} and {soon} ms:\n{string.Join("\n---\n", ended.Select(static one => $"{one.ExitCode} {one.Output}"))}");
            await EnsureOnceAsync(database);
        }
    }

    private static async Task<bool> KillHolderAsync(MySqlDatabase database, Racers racers, int killAfter, int soon)
    {
        while (true)
        {
            var applied = await TryAsync(database, "SELECT COUNT(*) FROM deployment_migrations");
            if (applied == $"{Pending}")
                return false;
            if (applied is not null && int.Parse(applied, CultureInfo.InvariantCulture) >= killAfter)
                break;
        }

        SpinWait.SpinUntil(static () => false, TimeSpan.FromMilliseconds(soon));
        if (await TryAsync(database, "SELECT holder FROM deployment_migration_lock") is not { } name)
            return false;
        try
        {
            racers.Kill(int.Parse(ProcessId().Match(name).Groups["id"].Value, CultureInfo.InvariantCulture));
            return true;
        }
        catch (InvalidOperationException)
        {
            // It was through in between.
            return false;
        }
    }

    private static async Task<string?> TryAsync(MySqlDatabase database, string question)
    {
        try
        {
            return await database.ScalarAsync(question);
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.NoSuchTable)
        {
            return null;
        }
    }

    private async Task<MySqlDatabase> PreparedAsync()
    {
        var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE done (migration int); CREATE TABLE big (id int, name char(32)); INSERT INTO big SELECT seq, MD5(seq) FROM seq_1_to_30000");
        return database;
    }

    private static async Task EnsureOnceAsync(MySqlDatabase database)
    {
        Assert.Equal($"{Pending}", await database.ScalarAsync("SELECT COUNT(DISTINCT version) FROM deployment_migrations"));
        Assert.Equal("1,2,3,5,6,8,10,70,99", await database.ScalarAsync("SELECT GROUP_CONCAT(migration ORDER BY migration) FROM done"));
        Assert.Equal("1 1 1 1 1 1 1", await database.ScalarAsync("SELECT CONCAT_WS(' ', " + string.Join(", ", ((int[])[1, 2, 3, 5, 6, 8, 10]).Select(static at => $"(SELECT COUNT(*) FROM made_{at})")) + ")"));
        Assert.Equal("by_name,by_note", await database.ScalarAsync("SELECT GROUP_CONCAT(index_name ORDER BY index_name) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'big'"));
        Assert.Equal("30000", await database.ScalarAsync("SELECT COUNT(*) FROM copy"));
        Assert.Equal("0", await database.ScalarAsync("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN ('deployment_migration_attempts', 'deployment_migration_lock')"));
    }

    [GeneratedRegex(@"\((?<id>\d+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex ProcessId();
}
