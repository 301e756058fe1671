using System.Text.RegularExpressions;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Migrations;
using MySqlConnector;

namespace Deployment.Toolkit.Databases.Tests.MySql;

/// <summary>A script whose statements are committed one by one goes on where it stopped, or says why it can't.</summary>
public sealed class ResumeTests(MySqlServer server)
{
    private const string Mixed = """
        SET @@session.innodb_lock_wait_timeout = 7;
        CREATE TABLE made (id int PRIMARY KEY, name varchar(20));
        INSERT INTO log VALUES ('first');
        ALTER TABLE made ADD COLUMN note text, ADD INDEX by_name (name);
        INSERT INTO log SELECT CONCAT('timeout ', @@session.innodb_lock_wait_timeout);
        RENAME TABLE made TO renamed;
        INSERT INTO renamed (id) VALUES (1);
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cut_off_at_any_moment_it_goes_on_and_does_nothing_twice()
    {
        var died = new List<string>();
        for (var number = 1; ; number++)
        {
            await using var database = await PreparedAsync();
            using var trial = new MySqlTrial(database);
            var left = number;

            var moment = await Moments.DieAsync(_ => --left == 0, () => trial.ApplyAsync(Mixed, Token));
            if (moment is null)
                break;
            died.Add(moment);
            if (!moment.EndsWith(": after commit", StringComparison.Ordinal))
                await ApplyAgainAsync(trial, Mixed);

            Assert.Equal("first,timeout 7", await database.ScalarAsync("SELECT GROUP_CONCAT(what ORDER BY what) FROM log"));
            Assert.Equal("1", await database.ScalarAsync("SELECT COUNT(*) FROM renamed"));
            Assert.Equal("3", await database.ScalarAsync("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'renamed'"));
            Assert.Equal("deployment_migrations,log,renamed", await TablesAsync(database));
        }

        Assert.Equal(3, died.Count(static moment => moment.EndsWith(": sent", StringComparison.Ordinal)));
        Assert.Equal(3, died.Count(static moment => moment.EndsWith(": done", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("CREATE TABLE x (id int)", "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'x'", "1")]
    [InlineData("CREATE OR REPLACE TABLE x (id int)", "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'x'", "1")]
    [InlineData("CREATE TABLE x AS SELECT 1 AS n UNION ALL SELECT 2", "SELECT COUNT(*) FROM x", "2")]
    [InlineData("DROP TABLE there", "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'there'", "0")]
    [InlineData("ALTER TABLE there ADD COLUMN c int", "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'there'", "2")]
    [InlineData("ALTER TABLE there MODIFY id bigint", "SELECT data_type FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'there'", "bigint")]
    [InlineData("ALTER TABLE there RENAME TO x", "SELECT COUNT(*) FROM x", "1")]
    [InlineData("ALTER TABLE there COMMENT = 'x'", "SELECT table_comment FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'there'", "x")]
    [InlineData("CREATE INDEX i ON there (id)", "SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_name = 'i'", "1")]
    [InlineData("DROP INDEX here ON indexed", "SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'indexed'", "0")]
    [InlineData("CREATE VIEW v AS SELECT 1 AS n", "SELECT n FROM v", "1")]
    [InlineData("CREATE TRIGGER g BEFORE INSERT ON there FOR EACH ROW SET NEW.id = 1", "SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = DATABASE()", "1")]
    [InlineData("CREATE FUNCTION f() RETURNS int RETURN 1", "SELECT f()", "1")]
    [InlineData("CREATE PROCEDURE p() SELECT 1", "SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = DATABASE() AND routine_name = 'p'", "1")]
    [InlineData("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1", "SELECT COUNT(*) FROM information_schema.events WHERE event_schema = DATABASE()", "1")]
    [InlineData("CREATE SEQUENCE s START WITH 4", "SELECT NEXTVAL(s)", "4")]
    [InlineData("RENAME TABLE there TO x, indexed TO there, x TO indexed", "SELECT COUNT(*) FROM indexed", "1")]
    [InlineData("TRUNCATE TABLE emptied", "SELECT COUNT(*) FROM emptied", "0")]
    [InlineData("ALTER DATABASE CHARACTER SET latin1", "SELECT @@character_set_database", "latin1")]
    [InlineData("ANALYZE TABLE there", "SELECT COUNT(*) FROM there", "1")]
    public async Task What_became_of_a_statement_is_told_by_the_catalogue(string statement, string question, string answer)
    {
        foreach (var end in (string[])[": sent", ": done"])
        {
            await using var database = await PreparedAsync();
            await database.ExecuteAsync("CREATE TABLE there (id int); INSERT INTO there VALUES (1); CREATE TABLE indexed (id int, KEY here (id)); CREATE TABLE emptied (id int)");
            using var trial = new MySqlTrial(database);

            var moment = await Moments.DieAtAsync(end, () => trial.ApplyAsync(statement, Token));
            await ApplyAgainAsync(trial, statement);

            Assert.NotNull(moment);
            Assert.Equal(answer, await database.ScalarAsync(question));
            Assert.Equal("1", await database.ScalarAsync("SELECT COUNT(*) FROM deployment_migrations"));
        }
    }

    [Fact]
    public async Task Of_several_tables_that_are_dropped_the_rest_goes_too()
    {
        await using var database = await PreparedAsync();
        await database.ExecuteAsync("CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE c (id int)");
        using var trial = new MySqlTrial(database);
        await Moments.DieAtAsync(": sent", () => trial.ApplyAsync("DROP TABLE a, b, c", Token));
        // As a server that broke down within the statement leaves it.
        await database.ExecuteAsync("DROP TABLE a");

        await ApplyAgainAsync(trial, "DROP TABLE a, b, c");

        Assert.Equal("deployment_migrations,log", await TablesAsync(database));
    }

    [Theory]
    [InlineData("CALL fills()", "what it runs may have done part of its work", true)]
    [InlineData("CALL fills()", "what it runs may have done part of its work", false)]
    [InlineData("TRUNCATE TABLE filled", "the table has rows", true)]
    [InlineData("ALTER TABLE filled EXCHANGE PARTITION p WITH TABLE log", "it moves rows", true)]
    [InlineData("CREATE OR REPLACE TABLE filled (what text)", "has rows that it would lose", true)]
    [InlineData("EXECUTE IMMEDIATE 'INSERT INTO log VALUES (1)'", "what it runs may have done part of its work", true)]
    public async Task What_nobody_can_tell_is_left_to_a_person_who_says_which(string statement, string reason, bool wasDone)
    {
        await using var database = await PreparedAsync();
        await database.ExecuteAsync("CREATE TABLE filled (what text); INSERT INTO filled VALUES ('row'); CREATE PROCEDURE fills() BEGIN INSERT INTO log VALUES ('called'); END");
        using var trial = new MySqlTrial(database);
        var script = $"CREATE TABLE x (id int);\n{statement};\nINSERT INTO log VALUES ('after');";
        await Moments.DieAsync(moment => moment.EndsWith(": sent", StringComparison.Ordinal) && database.ScalarAsync($"SELECT COUNT(*) FROM deployment_migration_attempts WHERE done = 1").GetAwaiter().GetResult() == "1", () => trial.ApplyAsync(script, Token));

        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => ApplyAgainAsync(trial, script));
        await database.ExecuteAsync(Regex.Matches(refusal.Messages[0].Text, "\"(UPDATE [^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(5))[wasDone ? 0 : 1].Groups[1].Value);
        await ApplyAgainAsync(trial, script);

        Assert.Equal(DeploymentOutcome.NeedsAttention, refusal.Outcome);
        Assert.Equal("DTK7316", refusal.Messages[0].Code);
        Assert.Equal((2, 1), (refusal.Messages[0].Line, refusal.Messages[0].Column));
        Assert.Contains(reason, refusal.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(wasDone ? "after" : "after,called", await database.ScalarAsync("SELECT GROUP_CONCAT(what ORDER BY what) FROM log"));
    }

    [Fact]
    public async Task What_a_statement_left_on_its_connection_is_missed_when_it_goes_on()
    {
        await using var database = await PreparedAsync();
        using var trial = new MySqlTrial(database);
        const string script = "CREATE TEMPORARY TABLE t AS SELECT 'temporary' AS what;\nCREATE TABLE x (id int);\nINSERT INTO log SELECT what FROM t;";
        await Moments.DieAtAsync(": done", () => trial.ApplyAsync(script, Token));

        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => ApplyAgainAsync(trial, script));

        Assert.Equal(("DTK7316", 1), (refusal.Messages[0].Code, refusal.Messages[0].Line));
        Assert.Contains("went with that", refusal.Messages[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TABLE x (id bigint);\nINSERT INTO log VALUES ('one');", false)]
    [InlineData("CREATE TABLE x (id int);\nINSERT INTO log VALUES ('other');", true)]
    public async Task A_script_may_change_behind_what_is_done_and_not_before(string changed, bool goesOn)
    {
        await using var database = await PreparedAsync();
        using var trial = new MySqlTrial(database);
        await Moments.DieAtAsync(": before commit", () => trial.ApplyAsync("CREATE TABLE x (id int);\nINSERT INTO log VALUES ('one');", Token));

        var outcome = await Record.ExceptionAsync(() => ApplyAgainAsync(trial, changed));

        if (goesOn)
            Assert.Null(outcome);
        else
            Assert.Contains("was changed in what is done already", Assert.IsType<DeploymentException>(outcome).Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(goesOn ? "other" : null, await database.ScalarAsync("SELECT MAX(what) FROM log"));
    }

    [Fact]
    public async Task Whoever_was_away_for_long_writes_nothing_more_once_another_goes_on()
    {
        await using var database = await PreparedAsync();
        using var trial = new MySqlTrial(database);
        var isTaken = false;
        DeploymentException? refusal = null;
        await Moments.ListenAsync(
            moment =>
            {
                if (isTaken || !moment.EndsWith($"statement of {trial.Title}: done", StringComparison.Ordinal))
                    return;
                isTaken = true;
                database.ExecuteAsync("UPDATE deployment_migration_attempts SET run = 'another', fence = 2").GetAwaiter().GetResult();
            },
            async () => refusal = await Assert.ThrowsAsync<DeploymentException>(() => trial.ApplyAsync("CREATE TABLE x (id int);\nINSERT INTO log VALUES ('one');", Token)));

        Assert.Contains("was gone on with by another process", refusal!.Messages[0].Text, StringComparison.Ordinal);
        Assert.Null(await database.ScalarAsync("SELECT MAX(what) FROM log"));
    }

    [Fact]
    public async Task A_session_that_still_works_for_a_process_that_is_gone_is_waited_for()
    {
        await using var database = await PreparedAsync();
        using var trial = new MySqlTrial(database);
        await using (await trial.Target.OpenAsync(Token)) { }
        await using var orphan = await database.OpenAsync();
        await using var command = new MySqlCommand($"SELECT GET_LOCK('{Toolkit.Databases.MySql.MySqlSessionLock.NameOf("work", trial.Dialect.LockKey)}', 0)", orphan);
        await command.ExecuteScalarAsync(Token);
        var known = trial.Load("CREATE TABLE x (id int);");
        var runner = new MigrationRunner(trial.Target, null!, TimeProvider.System, known, TimeSpan.FromSeconds(20), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var waits = new TaskCompletionSource<string>();
        await using var connection = runner.Connect(new MigrationWriter("run", "1.0.0", "journal", 1, 0, ""), said => waits.TrySetResult(said));

        var applying = runner.ApplyAsync(known.All[0], connection, keepContents: false, Token);
        var told = await waits.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        var before = await database.ScalarAsync("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'x'");
        await orphan.CloseAsync();

        Assert.True(await applying);
        Assert.Contains("is being migrated by another process from 127.0.0.1 (session ", told, StringComparison.Ordinal);
        Assert.Equal("0", before);
    }

    private async Task<Testing.MySqlDatabase> PreparedAsync()
    {
        var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE log (what varchar(40))");
        return database;
    }

    private static async Task ApplyAgainAsync(MySqlTrial trial, string script)
    {
        var known = trial.Load(script);
        await using var connection = trial.Connect(known, out var runner, "again", fence: 2);
        Assert.True(await runner.ApplyAsync(known.All[0], connection, keepContents: false, Token));
    }

    private static Task<string?> TablesAsync(Testing.MySqlDatabase database) =>
        database.ScalarAsync("SELECT GROUP_CONCAT(table_name ORDER BY table_name) FROM information_schema.tables WHERE table_schema = DATABASE()");
}
