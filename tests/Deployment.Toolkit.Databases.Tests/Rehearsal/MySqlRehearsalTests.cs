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
