using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Testing;

namespace Deployment.Toolkit.Databases.Tests.PostgreSql;

/// <summary>Statements that have no transaction go on where they were cut off.</summary>
public sealed class OutsideTransactionTests(PostgreSqlServer server)
{
    private const string Two = "CREATE INDEX CONCURRENTLY by_id ON items (id);\nCREATE INDEX CONCURRENTLY by_name ON items (name);";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_done_is_not_done_again_and_an_invalid_index_is_built_anew()
    {
        await using var database = await PreparedAsync();
        using var trial = new ScriptTrial(database);
        await CutOffAsync(trial, Two, at: 1);
        // As a build that is cut off in the middle leaves it.
        await database.ExecuteAsync("CREATE INDEX by_name ON items (id); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_name'::regclass");
        var first = await database.ScalarAsync("SELECT 'by_id'::regclass::oid::text");

        await trial.ApplyAsync(Two, Token);

        Assert.Equal(first, await database.ScalarAsync("SELECT 'by_id'::regclass::oid::text"));
        Assert.Equal("2", await database.ScalarAsync("SELECT count(*) FROM pg_index WHERE indrelid = 'items'::regclass AND indisvalid"));
        Assert.Contains("(name)", await database.ScalarAsync("SELECT pg_get_indexdef('by_name'::regclass)"), StringComparison.Ordinal);
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('deployment_migration_attempts')::text"));
    }

    [Fact]
    public async Task Taking_back_what_was_cut_off_drops_what_it_made_and_nothing_else()
    {
        await using var database = await PreparedAsync();
        await database.ExecuteAsync("CREATE INDEX theirs ON items (id)");
        using var trial = new ScriptTrial(database);
        await CutOffAsync(trial, Two, at: 2);
        var known = trial.Load(Two);
        await using var connection = trial.Connect(known, out var runner);
        var attempt = Assert.Single(await MigrationAttempts.ReadAsync(trial.Target, Token));

        await runner.ForgetAsync(attempt, known.All[0], connection, "deploy abort", Token);

        Assert.Equal(2, attempt.Done);
        Assert.Equal("theirs", await database.ScalarAsync("SELECT string_agg(indexrelid::regclass::text, ',') FROM pg_index WHERE indrelid = 'items'::regclass"));
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('deployment_migration_attempts')::text"));
    }

    [Fact]
    public async Task A_deployment_that_fails_at_an_index_that_somebody_else_made_leaves_that_index()
    {
        var database = await PreparedAsync();
        await database.ExecuteAsync("CREATE INDEX by_id ON items (id)");
        await using var target = new PostgreSqlUnderTest(database);
        using var app = new DeployedApp(target);
        app.Migration("0001_index", "CREATE INDEX CONCURRENTLY by_id ON items (id);", "DROP INDEX CONCURRENTLY by_id;");

        Assert.Equal(DeploymentOutcome.RolledBack, (await app.UpAsync("1.0.0")).Outcome);
        Assert.Equal("by_id", await database.ScalarAsync("SELECT to_regclass('by_id')::text"));
    }

    [Theory]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY one_each ON items (id);", 1, 1)]
    [InlineData("SET lock_timeout = '5s';\n\n-- why\n  CREATE UNIQUE INDEX CONCURRENTLY one_each ON items (id);", 4, 3)]
    [InlineData("SET lock_timeout = '5s'; CREATE UNIQUE INDEX CONCURRENTLY one_each ON items (id);", 1, 26)]
    [InlineData("SET lock_timeout = '5s';\nCREATE INDEX CONCURRENTLY one_each ON items (nothere);", 2, 1)]
    [InlineData("SET lock_timeout = '5s';\nCREATE INDEX CONCURRENTLY one_each ON nothere (id);", 2, 1)]
    public async Task One_that_fails_is_shown_where_it_begins(string script, int line, int column)
    {
        await using var database = await PreparedAsync();
        await database.ExecuteAsync("INSERT INTO items VALUES (1, 'twice'), (1, 'twice')");
        using var trial = new ScriptTrial(database);

        var message = (await Assert.ThrowsAsync<DeploymentException>(() => trial.ApplyAsync(script, Token))).Messages[0];

        Assert.Equal((line, column, column), (message.Line, message.Column, message.Excerpt!.Split('\n')[^1].Length));
    }

    [Fact]
    public async Task An_index_that_breaks_off_is_cleaned_away_so_that_the_next_attempt_can_build_it()
    {
        await using var database = await PreparedAsync();
        await database.ExecuteAsync("INSERT INTO items VALUES (1, 'twice'), (1, 'twice')");
        using var trial = new ScriptTrial(database);
        const string script = "CREATE UNIQUE INDEX CONCURRENTLY one_each ON items (id);";

        var failure = await Assert.ThrowsAsync<DeploymentException>(() => trial.ApplyAsync(script, Token));
        var left = await database.ScalarAsync("SELECT to_regclass('one_each')::text");
        await database.ExecuteAsync("DELETE FROM items");
        await trial.ApplyAsync(script, Token);

        Assert.Contains("could not create unique index \"one_each\"", failure.Messages[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("transaction was rolled back", failure.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("It runs outside a transaction, so what it had done before stays until it is taken back.", failure.Messages[0].Text, StringComparison.Ordinal);
        Assert.Null(left);
        Assert.Equal("1", await database.ScalarAsync("SELECT count(*) FROM pg_index WHERE indrelid = 'items'::regclass AND indisvalid"));
    }

    [Fact]
    public async Task An_index_that_was_invalid_before_is_told_also_where_it_would_be_passed_over()
    {
        await using var database = await PreparedAsync();
        await database.ExecuteAsync("CREATE INDEX by_id ON items (id); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_id'::regclass");
        using var trial = new ScriptTrial(database);

        var failure = await Assert.ThrowsAsync<DeploymentException>(() => trial.ApplyAsync("CREATE INDEX CONCURRENTLY IF NOT EXISTS by_id ON items (id);", Token));

        Assert.Contains("index by_id is there and invalid", failure.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("DROP INDEX CONCURRENTLY by_id", failure.Messages[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DROP INDEX CONCURRENTLY gone;", "SELECT to_regclass('gone')::text", null)]
    [InlineData("ALTER TYPE kind ADD VALUE 'new';", "SELECT count(*) FROM pg_enum", "2")]
    [InlineData("ALTER TABLE parts DETACH PARTITION part CONCURRENTLY;", "SELECT count(*) FROM pg_inherits", "0")]
    public async Task A_statement_that_was_done_when_it_was_cut_off_is_known(string statement, string question, string? answer)
    {
        await using var database = await PreparedAsync();
        await database.ExecuteAsync("CREATE INDEX gone ON items (id); CREATE TYPE kind AS ENUM ('old'); CREATE TABLE parts (id int) PARTITION BY LIST (id); CREATE TABLE part PARTITION OF parts FOR VALUES IN (1);");
        using var trial = new ScriptTrial(database);
        await CutOffAsync(trial, statement, at: 1);
        // Done, and cut off before that was noted.
        await database.ExecuteAsync("UPDATE deployment_migration_attempts SET done = 0");

        await trial.ApplyAsync(statement, Token);

        Assert.Equal(answer, await database.ScalarAsync(question));
    }

    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY by_id_and_name ON items (id, name);\nCREATE INDEX CONCURRENTLY by_name ON items (name);")]
    [InlineData("ANALYZE items;\nCREATE INDEX CONCURRENTLY by_id ON items (id);\nCREATE INDEX CONCURRENTLY by_name ON items (name);")]
    [InlineData("-- transaction: none\nANALYZE items;")]
    public async Task A_script_that_was_changed_in_what_is_done_is_not_gone_on_with(string changed)
    {
        await using var database = await PreparedAsync();
        using var trial = new ScriptTrial(database);
        await CutOffAsync(trial, Two, at: 1);
        const string Indexes = "SELECT string_agg(indexrelid::regclass::text, ' ') FROM pg_index WHERE indrelid = 'items'::regclass";

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => trial.ApplyAsync(changed, Token));
        var known = trial.Load(changed);
        await using (var connection = trial.Connect(known, out var runner))
        {
            var attempt = Assert.Single(await MigrationAttempts.ReadAsync(trial.Target, Token));
            await Assert.ThrowsAsync<DeploymentException>(() => runner.ForgetAsync(attempt, known.All[0], connection, "deploy abort", Token));
        }

        Assert.Equal("DTK7316", refused.Messages[0].Code);
        Assert.Contains("is half applied: 1 of its statements are committed, and", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal("by_id", await database.ScalarAsync(Indexes));
        await trial.ApplyAsync(Two, Token);
        Assert.Equal("by_id by_name", await database.ScalarAsync(Indexes));
    }

    [Fact]
    public async Task A_script_that_was_begun_outside_a_transaction_and_by_now_runs_in_one_is_not_gone_on_with()
    {
        await using var target = new PostgreSqlUnderTest(await PreparedAsync());
        using var app = new DeployedApp(target);
        await target.Database.ExecuteAsync("CREATE TABLE deployment_migration_attempts (version text PRIMARY KEY, direction text, run text, fence bigint, begun_at text, done bigint, done_hash text); INSERT INTO deployment_migration_attempts VALUES ('0001', 'Up', 'other', 1, '', 1, 'else')");
        app.Migration("0001_index", "CREATE TABLE other (id int);", "DROP TABLE other;");

        var result = await app.UpAsync();

        Assert.Contains("DTK7316", DeployedApp.TextOf(result), StringComparison.Ordinal);
        Assert.Null(await target.ScalarAsync("SELECT to_regclass('other')::text"));
    }

    [Fact]
    public async Task A_script_that_was_changed_behind_what_is_done_goes_on_and_so_does_one_whose_progress_an_earlier_version_noted()
    {
        await using var database = await PreparedAsync();
        using var trial = new ScriptTrial(database);
        await CutOffAsync(trial, Two, at: 1);
        await trial.ApplyAsync("CREATE INDEX CONCURRENTLY by_id ON items (id);\nCREATE INDEX CONCURRENTLY by_name_and_id ON items (name, id);", Token);
        Assert.Equal("2", await database.ScalarAsync("SELECT count(*) FROM pg_index WHERE indrelid = 'items'::regclass"));

        await using var other = await PreparedAsync();
        using var earlier = new ScriptTrial(other);
        await CutOffAsync(earlier, Two, at: 1);
        await other.ExecuteAsync("ALTER TABLE deployment_migration_attempts DROP COLUMN done_hash");
        await earlier.ApplyAsync(Two, Token);
        Assert.Equal("2", await other.ScalarAsync("SELECT count(*) FROM pg_index WHERE indrelid = 'items'::regclass AND indisvalid"));
    }

    [Fact]
    public async Task A_deployment_builds_an_index_and_takes_it_back()
    {
        await using var target = new PostgreSqlUnderTest(await PreparedAsync());
        using var app = new DeployedApp(target);
        await app.UpOkAsync();
        app.Migration("0001_index", "SET lock_timeout = '5s';\nCREATE INDEX CONCURRENTLY by_id ON items (id);", "DROP INDEX CONCURRENTLY by_id;");
        await app.UpOkAsync("2.0.0");
        var built = await target.ScalarAsync("SELECT to_regclass('by_id')::text");

        var result = await app.RollbackAsync();

        Assert.Equal("by_id", built);
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result));
        Assert.Null(await target.ScalarAsync("SELECT to_regclass('by_id')::text"));
    }

    private async Task<PostgreSqlDatabase> PreparedAsync()
    {
        var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE items (id int, name text)");
        return database;
    }

    // As a process that dies behind a statement: what it wrote is there, and nothing else.
    private static async Task CutOffAsync(ScriptTrial trial, string script, int at)
    {
        var known = trial.Load(script);
        await using var connection = trial.Connect(known, out var runner, "cut off");
        var left = at;
        using var cut = new CancellationTokenSource();
        BoundaryListener.Current = moment =>
        {
            if (moment == $"statement of {trial.Title}" && --left == 0)
                cut.Cancel();
        };
        try
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.ApplyAsync(known.All[0], connection, keepContents: false, cut.Token));
        }
        finally
        {
            BoundaryListener.Current = null;
        }
    }
}
