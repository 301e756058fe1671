using Deployment.Toolkit.Databases.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Databases.Tests.Backup;

/// <summary>Expressions, which the server puts into other words once they were dumped and restored.</summary>
public sealed class PostgreSqlWordsTests(PostgreSqlServer server)
{
    private const string Orders = """
        CREATE DOMAIN grade AS varchar(3) CHECK (VALUE IN ('a', 'b'));
        CREATE FUNCTION states(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 <> 'x' $$;
        CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state varchar(20) NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid', 'sent')), amount int DEFAULT (1 + 2 + 3),
            grade grade, is_open boolean GENERATED ALWAYS AS (state IN ('new', 'paid')) STORED, CHECK (amount BETWEEN 1 AND 90 AND state <> 'x' AND id > 0 AND (grade IS NULL OR amount > 2)));
        CREATE INDEX open_orders ON orders (amount) WHERE state IN ('new', 'paid') AND amount > 1 AND id > 0;
        CREATE VIEW open AS SELECT id, state FROM orders WHERE state IN ('new', 'paid') AND amount BETWEEN 1 AND 50 AND id > 0;
        CREATE MATERIALIZED VIEW sums AS SELECT state, sum(amount) FROM orders WHERE state NOT IN ('sent') AND amount > 1 AND id > 0 GROUP BY state;
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER notes BEFORE UPDATE ON orders FOR EACH ROW WHEN (NEW.state IN ('paid', 'sent') AND NEW.amount > 1 AND NEW.id > 0) EXECUTE FUNCTION note();
        CREATE POLICY seen ON orders USING (state IN ('new', 'paid') AND amount > 1 AND id > 0);
        CREATE RULE quiet AS ON DELETE TO orders WHERE OLD.state IN ('new', 'paid') AND OLD.amount > 1 AND OLD.id > 0 DO INSTEAD NOTHING;
        INSERT INTO orders (state, amount) VALUES ('new', 3), ('paid', 9);
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [FullRunFact]
    public async Task They_verify_in_a_backup_and_it_is_told_from_the_database_by_what_was_changed_alone()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_orders", Orders);
        await app.UpOkAsync();
        var words = await WordsAsync(database);
        var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));

        // Back and back again: what comes of a backup holds what it holds, in whichever words.
        await database.Database.ExecuteAsync("INSERT INTO orders (state) VALUES ('sent')");
        for (var round = 0; round < 2; round++)
        {
            var result = await RestoreAsync(app, backup, acceptDataLoss: round == 0);
            Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result) + string.Join('\n', app.Said));
            Assert.Equal("2", await database.ScalarAsync("SELECT count(*) FROM orders"));
        }

        // The server's words did change: else this test shows nothing.
        Assert.NotEqual(words, await WordsAsync(database));
        Assert.Single(await PostgreSqlBackupTests.BackupsAsync(app), static found => found.Name.Contains("-before", StringComparison.Ordinal));

        // A change of a rule that the words hide is one.
        await database.Database.ExecuteAsync("ALTER TABLE orders DROP CONSTRAINT orders_state_check, ADD CONSTRAINT orders_state_check CHECK (state IN ('new', 'paid'))");
        Assert.Equal("DTK7018", (await RestoreAsync(app, backup, acceptDataLoss: false)).Messages[0].Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unhealthy_release_goes_back_by_its_backup(bool isRestored)
    {
        Assert.SkipUnless(FullRun.IsOn || !isRestored, FullRun.Only);
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_orders", Orders);
        await app.UpOkAsync();
        if (isRestored)
        {
            var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));
            await database.Database.ExecuteAsync("INSERT INTO orders (state) VALUES ('sent')");
            Assert.Equal(DeploymentOutcome.Succeeded, (await RestoreAsync(app, backup, acceptDataLoss: true)).Outcome);
        }

        app.Migration("0002_more", "CREATE TABLE more (state varchar(9) CHECK (state IN ('a', 'b'))); ALTER TABLE orders DROP COLUMN is_open;");
        app.Health = HealthCheckResult.Unhealthy("no");
        var back = await app.UpAsync("2.0.0");
        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back) + string.Join('\n', app.Said));
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('more')::text"));
    }

    // What does not come back, or not in the version that it had, is not what somebody wrote.
    [Fact]
    public async Task An_index_that_was_never_finished_and_an_extension_that_is_behind_stand_in_no_way_back()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_items", "CREATE TABLE items (id int); CREATE INDEX broken ON items (id); CREATE EXTENSION pgcrypto;");
        await app.UpOkAsync();
        await database.Database.ExecuteAsync("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass; UPDATE pg_extension SET extversion = '1.0' WHERE extname = 'pgcrypto'");
        app.Migration("0002_more", "CREATE TABLE more (id int);");
        app.Health = HealthCheckResult.Unhealthy("no");
        var back = await app.UpAsync("2.0.0");
        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back) + string.Join('\n', app.Said));
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('more')::text"));
    }

    private static Task<string?> WordsAsync(PostgreSqlUnderTest database) =>
        database.ScalarAsync("SELECT string_agg(pg_get_constraintdef(oid), E'\\n' ORDER BY conname) FROM pg_constraint WHERE contype = 'c'");

    private static Task<DeploymentResult> RestoreAsync(DeployedApp app, BackupInfo backup, bool acceptDataLoss) =>
        app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup.Name, request, token), acceptDataLoss: acceptDataLoss);
}
