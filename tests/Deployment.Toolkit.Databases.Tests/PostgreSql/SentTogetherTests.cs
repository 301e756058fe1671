using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.PostgreSql;

/// <summary>A script that fills a table does not wait for each answer before it sends the next row, and tells as well as before where it failed.</summary>
public sealed class SentTogetherTests(PostgreSqlServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INSERT INTO a VALUES (1, 'x')", true)]
    [InlineData("/* seed */ insert into a (id) values (1) on conflict do nothing returning id", true)]
    [InlineData("INSERT INTO a SELECT id FROM b", false)]
    [InlineData("INSERT INTO a VALUES ((SELECT max(id) FROM b))", false)]
    [InlineData("WITH b AS (VALUES (1)) INSERT INTO a TABLE b", false)]
    [InlineData("CREATE TABLE a (id int)", false)]
    [InlineData("UPDATE a SET id = 1", false)]
    public void Only_rows_that_are_written_out_are_sent_together(string statement, bool expected) =>
        Assert.Equal(expected, PostgreSqlStatement.IsSentTogether(statement));

    [Fact]
    public async Task Many_rows_take_few_round_trips()
    {
        await using var database = await server.CreateDatabaseAsync();
        using var trial = new ScriptTrial(database);
        var sent = new ConcurrentBag<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Npgsql",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TagObjects.Any(tag => tag.Value is string text && text == database.Name))
                    sent.Add(activity.OperationName);
            },
        };
        ActivitySource.AddActivityListener(listener);

        await trial.ApplyAsync(Rows(1000), Token);

        Assert.Equal("1000", await database.ScalarAsync("SELECT count(*) FROM a"));
        Assert.InRange(sent.Count, 11, 60);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(777)]
    [InlineData(1000)]
    public async Task The_one_that_fails_is_told_and_nothing_stays(int which)
    {
        await using var database = await server.CreateDatabaseAsync();
        using var trial = new ScriptTrial(database);

        var failure = await Assert.ThrowsAsync<DeploymentException>(() => trial.ApplyAsync(
            Rows(1000).Replace($"VALUES ({which}, ", "VALUES (NULL, ", StringComparison.Ordinal), Token));

        Assert.Equal(which + 1, failure.Messages[0].Line);
        Assert.Contains("null value in column \"id\"", failure.Messages[0].Text, StringComparison.Ordinal);
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('a')::text"));
    }

    [Fact]
    public async Task What_depends_on_what_is_sent_with_it_finds_it()
    {
        await using var database = await server.CreateDatabaseAsync();
        using var trial = new ScriptTrial(database);

        await trial.ApplyAsync(
            """
            CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1); CREATE SCHEMA other; SET search_path = other; CREATE TABLE a (id int);
            INSERT INTO a VALUES (2); INSERT INTO a VALUES (3); DROP TABLE a; SET search_path = public;
            INSERT INTO a VALUES (4); ALTER TABLE a ADD COLUMN name text; INSERT INTO a VALUES (5, E'\'; x');
            INSERT INTO a (id, name) VALUES (5, 'five') ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING id;
            """,
            Token);

        Assert.Equal("1,4,5 five", await database.ScalarAsync("SELECT string_agg(concat_ws(' ', id, name), ',' ORDER BY id) FROM public.a"));
    }

    [Fact]
    public async Task Of_several_that_wait_for_somebody_at_the_limit_the_first_is_told_and_how_many_more_it_may_be()
    {
        await using var target = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(target) { Configure = static deployment => deployment.AddMigrations(static m => m.WaitAtMost(TimeSpan.FromSeconds(2))) };
        app.Migration("0001_items", "CREATE TABLE free (id int); CREATE TABLE held (id int);", "DROP TABLE free; DROP TABLE held;");
        await app.UpOkAsync();
        using var other = await target.Database.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync(Token);
        await using (var command = other.CreateCommand())
        {
            command.CommandText = "LOCK TABLE held IN SHARE MODE";
            await command.ExecuteNonQueryAsync(Token);
        }

        app.Migration("0002_rows", "INSERT INTO free VALUES (1);\nINSERT INTO free VALUES (2);\nINSERT INTO held VALUES (3);\nINSERT INTO free VALUES (4);", "DELETE FROM free;");
        var ended = await app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.RolledBack, ended.Outcome);
        Assert.Contains("0002_rows.sql:1:1 or one of the 3 statements behind it", DeployedApp.TextOf(ended), StringComparison.Ordinal);
    }

    private static string Rows(int count) =>
        "CREATE TABLE a (id int PRIMARY KEY, name text);\n"
        + string.Concat(Enumerable.Range(1, count).Select(static id => string.Create(CultureInfo.InvariantCulture, $"INSERT INTO a VALUES ({id}, 'row {id}; it''s one');\n")));
}
