using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Tests.Migrations;

/// <summary>Rows of tables that refer to the one that is rebuilt or dropped.</summary>
public sealed class RebuildTests
{
    private const string Family = """
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, "user id" INTEGER REFERENCES users (id) ON DELETE {0});
        INSERT INTO users VALUES (1, 'a'), (2, 'b');
        INSERT INTO orders VALUES (1, 1), (2, 1), (3, 2);
        """;

    private const string Rebuild = """
        CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        INSERT INTO new_users SELECT id, name FROM users;
        DROP TABLE users;
        ALTER TABLE new_users RENAME TO users;
        """;

    [Theory]
    [InlineData("CASCADE", "deletes 3 rows of 'orders' (ON DELETE CASCADE)")]
    [InlineData("SET NULL", "sets user id to NULL in 3 rows of 'orders' (ON DELETE SET NULL)")]
    [InlineData("SET DEFAULT", "sets user id to its default in 3 rows of 'orders' (ON DELETE SET DEFAULT)")]
    public async Task Rebuilding_a_parent_table_without_the_marker_is_refused_and_loses_nothing(string action, string told)
    {
        using var app = await WithFamilyAsync(action);
        app.Migration("0002_rebuild", Rebuild, null);

        var result = await app.UpAsync("2.0.0");

        AssertRefused(app, result, "DTK7307", told);
    }

    [Theory]
    [InlineData("PRAGMA defer_foreign_keys = ON;\n")]
    [InlineData("-- orders is named, too\nCREATE INDEX orders_user ON orders (\"user id\");\n")]
    public async Task It_is_refused_under_deferred_checks_and_where_the_child_is_named(string before)
    {
        using var app = await WithFamilyAsync("CASCADE");
        app.Migration("0002_rebuild", before + Rebuild, null);

        AssertRefused(app, await app.UpAsync("2.0.0"), "DTK7307", "deletes 3 rows of 'orders'");
    }

    [Theory]
    [InlineData("DROP TABLE users;")]
    [InlineData("DROP TABLE IF EXISTS main.\"users\";")]
    [InlineData("drop /* */ table [USERS]")]
    [InlineData("DROP TABLE 'users'")]
    public async Task Dropping_a_parent_table_is_refused(string drop)
    {
        using var app = await WithFamilyAsync("CASCADE");
        app.Migration("0002_drop", drop, null);

        AssertRefused(app, await app.UpAsync("2.0.0"), "DTK7307", "To give the table up, first delete or change the rows that refer to it.");
    }

    [Theory]
    [InlineData("CASCADE")]
    [InlineData("SET NULL")]
    [InlineData("SET DEFAULT")]
    [InlineData("RESTRICT")]
    [InlineData("NO ACTION")]
    public async Task With_the_marker_it_is_rebuilt_and_no_row_is_lost(string action)
    {
        using var app = await WithFamilyAsync(action);
        app.Migration("0002_rebuild", "-- foreign-keys: off\n" + Rebuild, null);

        var result = await app.UpAsync("2.0.0");

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', result.Messages));
        Assert.Equal(3L, app.Scalar("SELECT count(\"user id\") FROM orders JOIN users ON users.id = orders.\"user id\""));
        Assert.Contains("NOT NULL", (string)app.Scalar("SELECT sql FROM sqlite_master WHERE name = 'users'")!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_marker_a_rebuild_that_forgets_rows_is_rolled_back()
    {
        using var app = await WithFamilyAsync("CASCADE");
        app.Migration("0002_rebuild", "-- foreign-keys: off\n" + Rebuild.Replace("FROM users;", "FROM users WHERE id = 1;", StringComparison.Ordinal), null);

        AssertRefused(app, await app.UpAsync("2.0.0"), "DTK7312", "1 rows of 'orders' refer to rows of 'users' that aren't there");
    }

    [Fact]
    public async Task References_that_were_broken_before_do_not_hold_a_rebuild_up()
    {
        using var app = await WithFamilyAsync("CASCADE");
        app.Scalar("PRAGMA foreign_keys = OFF; INSERT INTO orders VALUES (9, 99);");
        app.Migration("0002_rebuild", "-- foreign-keys: off\n" + Rebuild, null);

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        Assert.Equal(4L, app.Scalar("SELECT count(*) FROM orders"));
    }

    [Fact]
    public async Task A_table_is_dropped_once_nothing_refers_to_its_rows()
    {
        using var app = await WithFamilyAsync("CASCADE");
        app.Migration("0002_drop", "DROP TABLE orders; DROP TABLE users;", null);

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        Assert.Equal(["deployment_migrations"], app.Tables());
    }

    [Fact]
    public async Task A_down_script_that_would_cascade_is_refused_and_the_run_waits()
    {
        using var app = await WithFamilyAsync("CASCADE");
        app.Migration("0002_rebuild", "-- foreign-keys: off\n" + Rebuild, Rebuild.Replace(" NOT NULL", "", StringComparison.Ordinal));
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);

        var result = await app.RollbackAsync(acceptDataLoss: true);

        Assert.Equal(DeploymentOutcome.NeedsAttention, result.Outcome);
        Assert.Contains("deletes 3 rows of 'orders'", string.Join(' ', result.Messages), StringComparison.Ordinal);
        Assert.Equal(3L, app.Scalar("SELECT count(*) FROM orders"));
    }

    [Fact]
    public async Task Rows_that_a_delete_cascades_to_are_missed_unless_they_are_named()
    {
        using var app = await WithFamilyAsync("CASCADE");
        app.Migration("0002_delete", "DELETE FROM users WHERE id = 1;", null);
        AssertRefused(app, await app.UpAsync("2.0.0"), "DTK7311", "orders (3 before, 1 after)");

        app.Migration("0002_delete", "-- changes-rows: Orders\nDELETE FROM users WHERE id = 1;", null);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM orders"));
    }

    [Theory]
    [InlineData("REPLACE INTO users VALUES (1, 'c');")]
    [InlineData("WITH one AS (SELECT 1 AS id) DELETE FROM users WHERE id IN (SELECT id FROM one);")]
    public async Task Rows_that_go_along_in_other_ways_are_missed_too(string statement)
    {
        using var app = await WithFamilyAsync("CASCADE");
        app.Migration("0002_delete", statement, null);

        AssertRefused(app, await app.UpAsync("2.0.0"), "DTK7311", "orders (3 before, 1 after)");
    }

    [Fact]
    public async Task Rows_that_a_trigger_deletes_or_adds_elsewhere_are_noticed()
    {
        using var app = await WithFamilyAsync("NO ACTION");
        app.Migration("0002_trigger", "CREATE TABLE audit (text TEXT); CREATE TRIGGER renamed AFTER UPDATE ON users BEGIN INSERT INTO audit VALUES (new.name); DELETE FROM orders WHERE \"user id\" = new.id; END;", null);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        app.Migration("0003_names", "UPDATE users SET name = 'c' WHERE id = 1;", null);

        AssertRefused(app, await app.UpAsync("3.0.0"), "DTK7311", "audit (0 before, 1 after), orders (3 before, 1 after)");
    }

    [Theory]
    [InlineData(typeof(RebuildsByContext), "DTK7307", "deletes 3 rows of 'orders'")]
    [InlineData(typeof(RebuildsByItself), "DTK7311", "orders (3 before, 0 after)")]
    [InlineData(typeof(RebuildsByCommand), "DTK7311", "orders (3 before, 0 after)")]
    [InlineData(typeof(SwitchesInside), "DTK5005", "Write ForeignKeysOff = true on the class's [Migration].")]
    public async Task A_class_that_rebuilds_a_parent_table_loses_nothing(Type migration, string code, string told)
    {
        using var app = await WithFamilyAsync("CASCADE");
        AddClass(app, migration);

        AssertRefused(app, await app.UpAsync("2.0.0"), code, told);
    }

    [Fact]
    public async Task What_on_delete_sets_in_rows_of_others_is_noticed_in_a_class()
    {
        using var app = await WithFamilyAsync("SET NULL");
        AddClass(app, typeof(RebuildsByItself));

        AssertRefused(app, await app.UpAsync("2.0.0"), "DTK7311", "orders (3 references were set by ON DELETE)");
        Assert.Equal(3L, app.Scalar("SELECT count(\"user id\") FROM orders"));
    }

    [Fact]
    public async Task A_class_that_says_so_rebuilds_a_parent_table()
    {
        using var app = await WithFamilyAsync("CASCADE");
        AddClass(app, typeof(RebuildsWithKeysOff));

        var result = await app.UpAsync("2.0.0");

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', result.Messages));
        Assert.Equal(3L, app.Scalar("SELECT count(*) FROM orders JOIN users ON users.id = orders.\"user id\""));
    }

    [Fact]
    public async Task A_class_adds_rows_by_whatever_means_and_deletes_what_it_names()
    {
        using var app = await WithFamilyAsync("CASCADE");
        AddClass(app, typeof(Backfills));

        var result = await app.UpAsync("2.0.0");

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', result.Messages));
        Assert.Equal(2L, app.Scalar("SELECT count(*) FROM orders"));
    }

    private static async Task<TestApp> WithFamilyAsync(string action)
    {
        var app = new TestApp();
        app.Migration("0001_family", Family.Replace("{0}", action, StringComparison.Ordinal), null);
        var result = await app.UpAsync();
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', result.Messages));
        return app;
    }

    private static void AddClass(TestApp app, Type migration) => app.Configure = deployment => deployment.AddMigrations(migrations => _ = migration.Name switch
    {
        nameof(RebuildsByContext) => migrations.Add<RebuildsByContext>(),
        nameof(RebuildsByItself) => migrations.Add<RebuildsByItself>(),
        nameof(RebuildsByCommand) => migrations.Add<RebuildsByCommand>(),
        nameof(SwitchesInside) => migrations.Add<SwitchesInside>(),
        nameof(RebuildsWithKeysOff) => migrations.Add<RebuildsWithKeysOff>(),
        _ => migrations.Add<Backfills>(),
    });

    private static void AssertRefused(TestApp app, DeploymentResult result, string code, string told)
    {
        Assert.True(result.Outcome is DeploymentOutcome.RolledBack or DeploymentOutcome.Failed or DeploymentOutcome.Refused, result.Outcome + ": " + string.Join(' ', result.Messages));
        Assert.Contains(result.Messages, message => message.ToString().Contains(told, StringComparison.Ordinal));
        Assert.Contains(code, string.Join(' ', result.Messages), StringComparison.Ordinal);
        Assert.Equal(3L, app.Scalar("SELECT count(*) FROM orders"));
        Assert.Equal(2L, app.Scalar("SELECT count(*) FROM users"));
    }

    private abstract class Rebuilds : Migration
    {
        protected static readonly string[] Statements = Rebuild.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
        {
            foreach (var statement in Statements) await context.ExecuteAsync(statement, cancellationToken);
        }
    }

    [Migration("0002", "rebuild")]
    private sealed class RebuildsByContext : Rebuilds;

    [Migration("0002", "rebuild", ForeignKeysOff = true)]
    private sealed class RebuildsWithKeysOff : Rebuilds;

    [Migration("0002", "rebuild")]
    private sealed class SwitchesInside : Rebuilds
    {
        public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
        {
            await context.ExecuteAsync("PRAGMA foreign_keys = OFF", cancellationToken);
            await base.UpAsync(context, cancellationToken);
        }
    }

    /// <summary>With commands that nobody sees, and a pragma that does nothing inside a transaction.</summary>
    [Migration("0002", "rebuild")]
    private sealed class RebuildsByItself : Rebuilds
    {
        public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
        {
            foreach (var statement in (string[])["PRAGMA foreign_keys = OFF", .. Statements])
            {
                await using var command = context.Connection.CreateCommand();
                command.Transaction = context.Transaction;
                command.CommandText = statement;
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    /// <summary>With commands that are seen when they are made, and the child among what they name.</summary>
    [Migration("0002", "rebuild")]
    private sealed class RebuildsByCommand : Rebuilds
    {
        public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
        {
            foreach (var statement in (string[])["SELECT count(*) FROM orders", .. Statements])
            {
                await using var command = context.CreateCommand(statement);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    [Migration("0002", "backfill")]
    private sealed class Backfills : Migration
    {
        public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
        {
            await using var command = context.Connection.CreateCommand();
            command.Transaction = context.Transaction;
            command.CommandText = "INSERT INTO users VALUES (7, 'c')";
            await command.ExecuteNonQueryAsync(cancellationToken);
            await context.ExecuteAsync("DELETE FROM orders WHERE id = 3", cancellationToken);
        }
    }
}
