using System.Diagnostics;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Databases.Tests.Races;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Pools;

/// <summary>
/// Processes behind PgBouncer in transaction mode: nothing is done twice, and one that was stopped past the end of its lease writes nothing more.
/// </summary>
public sealed class PooledRaceTests(PostgreSqlServer server)
{
    private static readonly int Runners = FullRun.Times(4, full: 8);
    private const int Pending = 10;
    private const int Held = 42;

    private static readonly int Rounds = FullRun.Times(1, full: 1, all: 10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Counted outside of every transaction: what was rolled back counts too.
    private static string Migration(int at) => $"SELECT nextval('runs_{at}');\nCREATE TABLE made_{at} (id int);\nINSERT INTO done VALUES ({at});\nSELECT count(*) FROM big;";

    private static IReadOnlyList<string> Migrations => [.. Enumerable.Range(1, Pending).Select(Migration)];

    // The fourth doesn't end before whoever has the key lets go of it.
    private static IReadOnlyList<string> HeldUp =>
        [.. Enumerable.Range(1, Pending).Select(static at => at == 4 ? $"INSERT INTO done VALUES (4);\nSELECT pg_advisory_xact_lock({Held});\nCREATE TABLE made_4 (id int);" : Migration(at))];

    [Fact]
    public async Task Those_that_start_together_apply_each_migration_once_whichever_way_they_come()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var database = await PreparedAsync();
            await using var bouncer = await PgBouncer.StartAsync(database, size: 40);
            // In every second round some come past the pool.
            using var racers = new Racers("postgresql", [.. Enumerable.Range(0, Runners).Select(at => round % 2 == 1 && at % 3 == 0 ? database.ConnectionString : bouncer.ConnectionString)], Migrations);
            await racers.GoAsync();

            var ended = await racers.EndAsync();

            Assert.All(ended, static one => Assert.True(one.ExitCode == 0, one.Output));
            await EnsureOnceAsync(database);
            for (var at = 1; at <= Pending; at++)
                Assert.Equal("1", await database.ScalarAsync($"SELECT last_value FROM runs_{at} WHERE is_called"));
            Assert.Equal(Pending, ended.Sum(static one => one.Output.Split('\n').Count(static line => line.Contains(": applied 00", StringComparison.Ordinal))));
        }
    }

    [FullRunFact]
    public async Task When_the_holder_is_killed_the_next_goes_on_once_its_lease_ends()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var database = await PreparedAsync();
            await using var bouncer = await PgBouncer.StartAsync(database, size: 40);
            await using var own = await database.OpenAsync();
            await ExecuteAsync(own, $"SELECT pg_advisory_lock({Held})");
            using var racers = new Racers("postgresql", bouncer.ConnectionString, Runners, HeldUp);
            await racers.GoAsync();
            var holder = await HeldUpAsync(own, database);

            racers.Kill(holder);
            await ExecuteAsync(own, $"SELECT pg_advisory_unlock({Held})");
            var ends = await database.ScalarAsync("SELECT lease_ends FROM deployment_migration_lock");
            await NextAsync(own, holder);
            var late = await database.ScalarAsync($"SELECT extract(epoch FROM clock_timestamp() - '{Convert.ToDateTime(ends, null):O}'::timestamptz)");
            var ended = await racers.EndAsync();

            Assert.True(double.Parse(late!, null) < 2, $"{late} s after the lease's end");
            Assert.Single(ended, static one => one.ExitCode != 0);
            await EnsureOnceAsync(database);
        }
    }

    [FullRunFact]
    public async Task A_holder_that_is_stopped_past_the_end_of_its_lease_writes_nothing_more_and_says_why()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var database = await PreparedAsync();
            await using var bouncer = await PgBouncer.StartAsync(database, size: 40);
            await using var own = await database.OpenAsync();
            await ExecuteAsync(own, $"SELECT pg_advisory_lock({Held})");
            using var racers = new Racers("postgresql", bouncer.ConnectionString, 3, HeldUp);
            await racers.GoAsync();
            var holder = await HeldUpAsync(own, database);

            racers.Signal(holder, "STOP");
            await ExecuteAsync(own, $"SELECT pg_advisory_unlock({Held})");
            await racers.OthersEndAsync(holder);
            var history = await database.ScalarAsync("SELECT string_agg(t::text, ' ' ORDER BY sequence) FROM deployment_migrations AS t");
            await EnsureOnceAsync(database);
            racers.Signal(holder, "CONT");
            var ended = await racers.EndAsync();

            var stopped = Assert.Single(ended, static one => one.ExitCode != 0);
            Assert.Contains("The lease that keeps others from migrating database", stopped.Output, StringComparison.Ordinal);
            Assert.Contains("ended before it was renewed", stopped.Output, StringComparison.Ordinal);
            Assert.Equal(history, await database.ScalarAsync("SELECT string_agg(t::text, ' ' ORDER BY sequence) FROM deployment_migrations AS t"));
            await EnsureOnceAsync(database);
        }
    }

    [FullRunFact]
    public async Task A_holder_of_the_journal_that_is_stopped_past_the_end_of_its_lease_appends_nothing_more_and_says_why()
    {
        await using var database = await PreparedAsync();
        await using var bouncer = await PgBouncer.StartAsync(database, size: 40);
        await using var own = await database.OpenAsync();
        await ExecuteAsync(own, $"SELECT pg_advisory_lock({Held})");
        using var racers = new Racers("postgresql", bouncer.ConnectionString, 2, HeldUp, sharesJournal: true);
        await racers.GoInTurnAsync();
        var holder = await HeldUpAsync(own, database);

        racers.Signal(holder, "STOP");
        await ExecuteAsync(own, $"SELECT pg_advisory_unlock({Held})");
        await racers.OthersEndAsync(holder);
        const string Everything = "SELECT (SELECT string_agg(t::text, ' ' ORDER BY sequence) FROM deployment.records AS t) || (SELECT string_agg(t::text, ' ' ORDER BY sequence) FROM deployment_migrations AS t)";
        var all = await database.ScalarAsync(Everything);
        racers.Signal(holder, "CONT");
        var ended = await racers.EndAsync();

        Assert.Contains(ended, static one => one.ExitCode != 0 && one.Output.Contains("DTK7105", StringComparison.Ordinal));
        Assert.Equal(all, await database.ScalarAsync(Everything));
    }

    [FullRunFact]
    public async Task A_pool_that_is_started_anew_in_the_middle_leaves_nothing_half_done()
    {
        await using var database = await PreparedAsync();
        await using var bouncer = await PgBouncer.StartAsync(database, size: 40);
        await using var own = await database.OpenAsync();
        await ExecuteAsync(own, $"SELECT pg_advisory_lock({Held})");
        using var racers = new Racers("postgresql", bouncer.ConnectionString, 3, HeldUp);
        await racers.GoAsync();
        await HeldUpAsync(own, database);

        await bouncer.RestartAsync();
        await ExecuteAsync(own, $"SELECT pg_advisory_unlock({Held})");
        var ended = await racers.EndAsync();

        // The one whose transaction went with the pool takes back what it had done; one of the others does all.
        Assert.True(ended.Any(static one => one.ExitCode == 0), string.Join("\n---\n", ended.Select(static one => $"{one.ExitCode} {one.Output}")));
        await EnsureOnceAsync(database);
    }

    /// <summary>Waits until a process is at the migration that is held up.</summary>
    private static async Task<int> HeldUpAsync(NpgsqlConnection own, PostgreSqlDatabase database)
    {
        while (true)
        {
            Token.ThrowIfCancellationRequested();
            if (await database.ScalarAsync($"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = {Held}") == "1" && await LeaseHolder.ProcessAsync(own) is { } holder)
                return holder;
        }
    }

    private static async Task NextAsync(NpgsqlConnection own, int holder)
    {
        while (await LeaseHolder.ProcessAsync(own) is not { } next || next == holder) Token.ThrowIfCancellationRequested();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
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
        Assert.Equal($"{Pending} {Pending}", await database.ScalarAsync("SELECT count(*) || ' ' || count(DISTINCT migration) FROM done"));
    }
}
