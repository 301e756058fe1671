using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Databases.Tests.Backup;

namespace Deployment.Toolkit.Databases.Tests.Rehearsal;

public sealed class MySqlRehearsalTests(MySqlServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // A generator that knows what it broke: every broken way back is found, and no good one is suspected.
    [Fact]
    public async Task Of_made_up_migrations_each_broken_way_back_is_told_from_the_good_ones()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        foreach (var statement in MadeUpMySqlMigration.Before)
            await database.Database.ExecuteAsync(statement);
        var tables = await database.TablesAsync();
        var broken = 0;
        for (var seed = 1; seed <= FullRun.Times(6, full: 50, all: 200); seed++)
        {
            using var app = new DeployedApp(database);
            var made = MadeUpMySqlMigration.Make(seed);
            app.Migration("0001_made_up", made.Up, made.Down);
            var migration = Assert.Single((await app.AskAsync(static database => database.RehearseAsync(Token))).Migrations);
            var isRight = made.Break is null
                ? migration.Verdict == RehearsalVerdict.Proven
                : migration.Verdict is RehearsalVerdict.WayBackDiffers or RehearsalVerdict.WayBackFailed or RehearsalVerdict.NotRepeatable;
            Assert.True(isRight, $"seed {seed}, broken by {made.Break ?? "nothing"}: {migration.Verdict} {migration.Failure}\n{string.Join('\n', migration.Differences)}\n{made.Up}\n--\n{made.Down}");
            broken += made.Break is null ? 0 : 1;
        }

        Assert.InRange(broken, FullRun.Times(1, full: 12, all: 70), FullRun.Times(5, full: 38, all: 130));
        Assert.Empty(await MySqlBackupTests.LeftAsync(database));
        Assert.Equal(tables, await database.TablesAsync());
    }

    // Behind a second, what a clock chose is another.
    [Theory]
    [InlineData("EVERY 1 DAY")]
    [InlineData("EVERY 1 DAY STARTS CURRENT_TIMESTAMP + INTERVAL 1 HOUR ENDS CURRENT_TIMESTAMP + INTERVAL 9 DAY")]
    [InlineData("AT CURRENT_TIMESTAMP + INTERVAL 1 HOUR")]
    [InlineData("EVERY 1 DAY STARTS '2037-03-01 03:00:00'")]
    public async Task When_an_event_starts_by_the_clock_is_no_difference_between_two_ups(string schedule)
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database);
        app.Migration("0001_nightly", $"CREATE EVENT nightly ON SCHEDULE {schedule} DO SET @a = 1;", "DROP EVENT nightly; DO SLEEP(1.1);");
        var migration = Assert.Single((await app.AskAsync(static database => database.RehearseAsync(Token))).Migrations);
        Assert.True(migration.Verdict == RehearsalVerdict.Proven, $"{migration.Verdict} {migration.Failure}\n{string.Join('\n', migration.Differences)}");
    }

    [Theory]
    [InlineData("EVERY 1 DAY", "EVERY 1 DAY", true)]
    [InlineData("EVERY 1 DAY", "EVERY 2 DAY", false)]
    [InlineData("EVERY 1 DAY STARTS '2037-03-01 03:00:00'", "EVERY 1 DAY STARTS '2037-03-01 04:00:00'", false)]
    [InlineData("EVERY 1 DAY", "EVERY 1 DAY STARTS '2037-03-01 04:00:00'", false)]
    [InlineData("EVERY 1 DAY STARTS '2037-03-01 03:00:00'", "EVERY 1 DAY", false)]
    public async Task A_way_back_makes_an_event_as_it_was_when_its_written_start_is_the_same(string before, string after, bool isSame)
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database);
        app.Migration("0001_nightly", $"CREATE EVENT nightly ON SCHEDULE {before} DO SET @a = 1;", "DROP EVENT nightly;");
        app.Migration("0002_none", "DROP EVENT nightly;", $"DO SLEEP(1.1); CREATE EVENT nightly ON SCHEDULE {after} DO SET @a = 1;");
        var migration = (await app.AskAsync(static database => database.RehearseAsync(Token))).Migrations[1];
        Assert.True(migration.Verdict == (isSame ? RehearsalVerdict.Proven : RehearsalVerdict.WayBackDiffers), $"{migration.Verdict} {migration.Failure}\n{string.Join('\n', migration.Differences)}");
    }

    [Fact]
    public async Task Without_the_programs_it_says_what_is_missing()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { Configure = static builder => MySqlBackupTests.Programs(builder, []) };
        app.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        var refused = await Assert.ThrowsAsync<DeploymentException>(() => app.AskAsync(static database => database.RehearseAsync(Token)));
        Assert.Equal("DTK7332", refused.Messages[0].Code);
        Assert.Contains("mariadb-client", refused.Messages[0].Text, StringComparison.Ordinal);
    }
}
