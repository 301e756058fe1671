using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.Migrations;

/// <summary>What migrations do on every kind of database.</summary>
public abstract class MigrationConformance : IAsyncLifetime
{
    private const string Items = "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO items (id, name) VALUES (1, 'one');";

    private TargetUnderTest _database = null!;
    private DeployedApp _app = null!;

    protected abstract Task<TargetUnderTest> CreateAsync();

    public async ValueTask InitializeAsync()
    {
        _database = await CreateAsync();
        _app = new DeployedApp(_database);
    }

    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Pending_migrations_are_applied_in_order_and_again_there_is_nothing_to_do()
    {
        _app.Migration("0002_more", "INSERT INTO items (id, name) VALUES (2, 'two');");
        _app.Migration("0001_items", Items);
        _app.Migration("10_last", "INSERT INTO items (id, name) SELECT 3, name FROM items WHERE id = 2;");

        await _app.UpOkAsync();
        var again = await _app.UpAsync();

        Assert.Equal("two", await _database.ScalarAsync("SELECT name FROM items WHERE id = 3"));
        Assert.Equal(DeploymentOutcome.NothingToDo, again.Outcome);
        Assert.Equal(["0001", "0002", "10"], (await _app.AskAsync(static database => database.GetMigrationsAsync())).Where(static m => m.IsApplied).Select(static m => m.Version));
    }

    [Fact]
    public async Task What_failed_first_is_still_said_when_the_way_back_fails_too()
    {
        _app.Migration("0001_items", Items);
        await _app.UpOkAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", "DROP TABLE nothere;");
        _app.Migration("0003_last", "INSERT INTO missing (id) VALUES (1);", "DROP TABLE missing;");

        var stopped = await _app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        Assert.Equal(["DTK7303", "DTK7303", "DTK7205"], stopped.Messages.Select(static message => message.Code));
        Assert.Contains("missing", stopped.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("nothere", stopped.Messages[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("'deploy", stopped.Messages[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_in_a_folder_named_like_the_database_takes_the_place_of_the_one_beside_it_and_those_of_others_count_nothing()
    {
        foreach (var folder in (string[])["sqlite", "postgresql", "mysql"])
            Directory.CreateDirectory(Path.Combine(_app.Folder, "migrations", folder));
        _app.Migration("0001_items", Items);
        _app.Migration("0002_kind", "CREATE TABLE no_kind (id INTEGER);", "DROP TABLE no_kind;");
        _app.Migration("sqlite/0002_kind", "CREATE TABLE kind_sqlite (id INTEGER);", "DROP TABLE kind_sqlite;");
        _app.Migration("postgresql/0002_kind", "CREATE TABLE kind_postgresql (id INTEGER);", "DROP TABLE kind_postgresql;");
        _app.Migration("mysql/0002_kind", "CREATE TABLE kind_mysql (id INTEGER);", "DROP TABLE kind_mysql;");
        _app.Migration($"{_database.Folder}/0003_only", "CREATE TABLE only_here (id INTEGER);");
        _app.Migration($"{(_database.Folder == "sqlite" ? "postgresql" : "sqlite")}/0004_elsewhere", "This is for another kind;");

        await _app.UpOkAsync();

        Assert.Equal($"deployment_migrations items kind_{_database.Folder} only_here", await _database.TablesAsync());
        Assert.DoesNotContain((await _app.PlanAsync()).Messages, static message => message.Code == "DTK7309");
    }

    [Fact]
    public async Task Rows_of_a_table_that_has_a_trigger_may_be_written_by_a_script_that_names_it()
    {
        _app.Migration("0001_items", Items + "\nCREATE TABLE log (id INTEGER);\n" + _database.Trigger("items", "UPDATE log SET id = 1"));
        _app.Migration("0002_more", "INSERT INTO items (id, name) VALUES (2, 'two');");

        await _app.UpOkAsync();

        Assert.Equal("2", await _database.ScalarAsync("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task What_takes_the_old_shape_away_waits_until_a_release_that_does_without_it_is_live()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        await _app.UpOkAsync("1.3.0");
        _app.Migration("0002_drop_name", "-- contracts-after: 1.4.0\nALTER TABLE items DROP COLUMN name;", "ALTER TABLE items ADD COLUMN name TEXT;");

        var tooEarly = await _app.UpAsync("1.5.0");
        var planned = await _app.PlanAsync("1.4.0");
        _app.Remove("0002_drop_name");
        File.Delete(Path.Combine(_app.Folder, "migrations", "0002_drop_name.down.sql"));
        await _app.UpOkAsync("1.4.0");
        await _app.RollbackAsync();
        _app.Migration("0002_drop_name", "-- contracts-after: 1.4.0\nALTER TABLE items DROP COLUMN name;", "ALTER TABLE items ADD COLUMN name TEXT;");
        var afterRollback = await _app.PlanAsync("1.5.0");

        Assert.All((DeploymentResult[])[tooEarly, planned, afterRollback], static result => Assert.Equal("DTK7337", Assert.Single(result.Messages, static message => message.Severity == MessageSeverity.Error).Code));
        Assert.Contains("1.3.0 is live", tooEarly.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_takes_the_old_shape_away_runs_after_it_and_where_nothing_is_live()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        _app.Migration("0002_drop_name", "-- contracts-after: 1.0.0\nALTER TABLE items DROP COLUMN name;", "ALTER TABLE items ADD COLUMN name TEXT;");
        await _app.UpOkAsync();
        _app.Migration("0003_other", "CREATE TABLE other (id INTEGER);", "DROP TABLE other;");
        await _app.UpOkAsync("2.0.0");
        _app.Migration("0004_drop_other", "-- contracts-after: 1.0.0\nDROP TABLE other;", "CREATE TABLE other (id INTEGER);");

        await _app.UpOkAsync("3.0.0");

        Assert.Equal("deployment_migrations items", await _database.TablesAsync());
    }

    [Fact]
    public async Task A_release_that_never_came_here_is_before_a_later_one_by_its_number()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        await _app.UpOkAsync("1.3.0");
        await _app.UpOkAsync("1.5.0");
        _app.Migration("0002_drop_name", "-- contracts-after : 1.4.0\nALTER TABLE items DROP COLUMN name;", "ALTER TABLE items ADD COLUMN name TEXT;");
        Assert.DoesNotContain((await _app.PlanAsync("1.6.0")).Messages, static message => message.Code == "DTK7337");

        await _app.RollbackAsync();
        Assert.Contains((await _app.PlanAsync("1.6.0")).Messages, static message => message.Code == "DTK7337");
    }

    [Theory]
    [InlineData("")]
    [InlineData("release 1.4.0")]
    public async Task A_release_that_is_not_one_word_is_refused_with_its_place(string value)
    {
        _app.Migration("0001_items", $"{Items}\n-- contracts-after: {value}\n");

        var result = await _app.PlanAsync();

        Assert.Contains("0001_items.sql:3:", DeployedApp.TextOf(result), StringComparison.Ordinal);
        Assert.Contains("-- contracts-after: 1.4.0", DeployedApp.TextOf(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_script_says_must_be_so_is_asked_before_its_commit()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        _app.Migration("0002_one", "UPDATE items SET name = 'one more';\n-- verify: SELECT count(*) = 1 FROM items\n-- verify: SELECT count(*) FROM items;", "UPDATE items SET name = 'one';");
        await _app.UpOkAsync();
        _app.Migration("0003_more", "INSERT INTO items (id, name) VALUES (2, 'two');\n  -- verify: SELECT count(*) > 2 FROM items\n", "DELETE FROM items WHERE id = 2;");

        var isNotSo = await _app.UpAsync("2.0.0");
        _app.Migration("0003_more", "INSERT INTO items (id, name) VALUES (2, 'two');\n-- verify: SELECT nothere FROM items\n", "DELETE FROM items WHERE id = 2;");
        var unanswered = await _app.UpAsync("2.0.0");

        foreach (var result in (DeploymentResult[])[isNotSo, unanswered])
        {
            Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
            Assert.Contains("DTK7338", DeployedApp.TextOf(result), StringComparison.Ordinal);
        }

        Assert.Contains("0003_more.sql:2:3) did not lead to what it says: 'SELECT count(*) > 2 FROM items' is not so.", DeployedApp.TextOf(isNotSo), StringComparison.Ordinal);
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM items"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("that all is well")]
    [InlineData("DELETE FROM items")]
    [InlineData("WITH gone AS (DELETE FROM items RETURNING id) SELECT count(*) FROM gone")]
    [InlineData("SELECT 1; SELECT 2")]
    public async Task What_is_no_single_question_is_refused_with_its_place(string value)
    {
        _app.Migration("0001_items", $"{Items}\n-- verify: {value}\n");

        var result = await _app.PlanAsync();

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Contains("0001_items.sql:3:", DeployedApp.TextOf(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_runs_outside_a_transaction_is_not_asked_whether_it_may_stay()
    {
        _app.Migration("0001_upkeep", _database.Upkeep + "-- verify: SELECT 1 = 1\n");

        Assert.Contains("Marker 'verify' asks inside a transaction", DeployedApp.TextOf(await _app.PlanAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_and_those_before_it_in_the_run_go_back()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        await _app.UpOkAsync();
        _app.Migration("0002_notes", "CREATE TABLE notes (id INTEGER);", "DROP TABLE notes;");
        _app.Migration("0003_bad", "CREATE TABLE half (id INTEGER);\nINSERT INTO half VALUES (1);\nINSERT INTO items (id, name)\n  VALUES (1, 'again');", "DROP TABLE half;");

        var result = await _app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Contains("0003_bad.sql:3:1", DeployedApp.TextOf(result), StringComparison.Ordinal);
        Assert.Equal("deployment_migrations items", await _database.TablesAsync());
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM deployment_migrations"));
    }

    [Fact]
    public async Task The_place_of_an_error_is_shown_with_a_caret()
    {
        _app.Migration("0001_items", Items);
        _app.Migration("0002_bad", "\n  -- ünïcode 💥 before it\nSELECT nothere FROM items;", "SELECT 1;");

        var result = await _app.UpAsync();

        Assert.Contains($"0002_bad.sql:3:{_database.UnknownColumn}", DeployedApp.TextOf(result), StringComparison.Ordinal);
        Assert.Contains($"SELECT nothere FROM items;\n{new string(' ', _database.UnknownColumn - 1)}^", DeployedApp.TextOf(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_was_changed_after_it_was_applied_is_refused_and_line_ends_are_no_change()
    {
        _app.Migration("0001_items", Items);
        await _app.UpOkAsync();
        _app.Migration("0001_items", "\uFEFF" + Items.ReplaceLineEndings("\r\n") + "  \r\n\r\n");
        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.UpAsync()).Outcome);

        _app.Migration("0001_items", Items + " -- changed");
        var result = await _app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Contains("was changed after it was applied", DeployedApp.TextOf(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_is_gone_is_missed_and_one_that_this_binary_does_not_have_is_ahead()
    {
        _app.Migration("0001_items", Items);
        _app.Migration("0002_notes", "CREATE TABLE notes (id INTEGER);");
        _app.Migration("0003_other", "CREATE TABLE other (id INTEGER);");
        await _app.UpOkAsync();
        _app.Remove("0002_notes");
        _app.Remove("0003_other");

        var text = DeployedApp.TextOf(await _app.UpAsync("2.0.0"));
        _app.Migration("0003_other", "CREATE TABLE other (id INTEGER);");
        var missing = DeployedApp.TextOf(await _app.UpAsync("2.0.0"));

        Assert.Contains("Migration 0003_other is applied in 'Development', but release 2.0.0 knows none above 0001", text, StringComparison.Ordinal);
        Assert.Contains("Migration 0002_notes is applied in 'Development', but release 2.0.0 does not have it", missing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Out_of_order_is_a_risk_to_know_of_and_refused_in_a_protected_environment()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        _app.Migration("0003_notes", "CREATE TABLE notes (id INTEGER);", "DROP TABLE notes;");
        await _app.UpOkAsync();
        _app.Migration("0002_between", "CREATE TABLE between_them (id INTEGER);", "DROP TABLE between_them;");

        var plan = await _app.PlanAsync("2.0.0");
        _app.Configure = static builder => builder.AddEnvironments(static e => e.Add("Development", static d => d.Protected()));
        var refused = await _app.UpAsync("2.0.0");
        _app.Configure = static _ => { };
        await _app.UpOkAsync("2.0.0");

        Assert.Contains("migration 0002_between is pending below versions that are applied already", plan.Plan!.Risks);
        Assert.Contains("Give it a version above them", DeployedApp.TextOf(refused), StringComparison.Ordinal);
        Assert.Equal("between_them deployment_migrations items notes", await _database.TablesAsync());
    }

    [Fact]
    public async Task A_rollback_takes_the_way_back_and_the_history_goes_with_its_last_row()
    {
        await _app.UpOkAsync();
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        _app.Migration("0002_notes", "CREATE TABLE notes (id INTEGER); ALTER TABLE items ADD COLUMN note TEXT;", "ALTER TABLE items DROP COLUMN note; DROP TABLE notes;");
        await _app.UpOkAsync("2.0.0");

        var result = await _app.RollbackAsync();

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result));
        Assert.Equal("", await _database.TablesAsync());
    }

    [Theory]
    [InlineData("DROP TABLE notes;", "INSERT INTO notes VALUES (7, 'x')", "notes: 1")]
    [InlineData("DELETE FROM items WHERE id > 1;", "INSERT INTO items VALUES (8, 'x')", "items: 1")]
    [InlineData("UPDATE items SET name = 'one' WHERE id = 1;", "UPDATE items SET name = 'theirs'", "items: 1")]
    [InlineData("ALTER TABLE items DROP COLUMN note;", "UPDATE items SET note = 'theirs'", "items.note: 2")]
    public async Task Rows_that_others_wrote_are_counted_before_a_way_back_removes_them(string down, string theirs, string told)
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        await _app.UpOkAsync();
        _app.Migration("0002_more", "CREATE TABLE notes (id INTEGER, text TEXT); ALTER TABLE items ADD COLUMN note TEXT; INSERT INTO items (id, name) VALUES (2, 'two'); UPDATE items SET name = 'first' WHERE id = 1;", down);
        await _app.UpOkAsync("2.0.0");
        if (theirs.Contains("items VALUES", StringComparison.Ordinal))
            theirs = theirs.Replace("items VALUES", "items (id, name) VALUES", StringComparison.Ordinal);
        await _database.ScalarAsync(theirs);

        var refused = await _app.RollbackAsync();
        var accepted = await _app.RollbackAsync(acceptDataLoss: true);

        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Contains(told, DeployedApp.TextOf(refused), StringComparison.Ordinal);
        Assert.True(accepted.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(accepted));
    }

    [Fact]
    public async Task What_migrations_wrote_themselves_is_no_loss()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        await _app.UpOkAsync();
        _app.Migration("0002_notes", "CREATE TABLE notes (id INTEGER, text TEXT); INSERT INTO notes VALUES (1, 'a'), (2, 'b');", "DROP TABLE notes;");
        _app.Migration("0003_change", $"UPDATE notes SET text = {_database.Concat("text", "'!'")}; INSERT INTO notes VALUES (3, 'c');", "DELETE FROM notes WHERE id = 3; UPDATE notes SET text = 'a';");
        await _app.UpOkAsync("2.0.0");

        var result = await _app.RollbackAsync();

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result));
        Assert.Equal("deployment_migrations items", await _database.TablesAsync());
    }

    [Fact]
    public async Task Rows_of_tables_that_a_migration_does_not_name_must_stay()
    {
        _app.Migration("0001_items", Items + "CREATE TABLE parts (id INTEGER PRIMARY KEY, item INTEGER REFERENCES items (id) ON DELETE CASCADE); INSERT INTO parts VALUES (1, 1), (2, 1);");
        await _app.UpOkAsync();
        _app.Migration("0002_clean", "DELETE FROM items WHERE id = 1;", "SELECT 1;");

        var refused = await _app.UpAsync("2.0.0");
        _app.Migration("0002_clean", "-- changes-rows: parts\nDELETE FROM items WHERE id = 1;", "SELECT 1;");
        var taken = await _app.UpAsync("2.0.1");

        Assert.Contains("changed rows of tables that it does not name: parts (2 before, 0 after)", DeployedApp.TextOf(refused), StringComparison.Ordinal);
        Assert.True(taken.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(taken));
        Assert.Equal("0", await _database.ScalarAsync("SELECT count(*) FROM parts"));
    }

    [Fact]
    public async Task What_triggers_do_behind_a_migration_is_seen_too()
    {
        _app.Migration("0001_items", Items + "CREATE TABLE audit (what TEXT);" + _database.Trigger("items", "INSERT INTO audit VALUES ('x')"));
        await _app.UpOkAsync();
        _app.Migration("0002_more", "INSERT INTO items (id, name) VALUES (2, 'two');", "DELETE FROM items WHERE id = 2;");

        var refused = await _app.UpAsync("2.0.0");

        Assert.Contains("audit (0 before, 1 after)", DeployedApp.TextOf(refused), StringComparison.Ordinal);
        Assert.Equal("0", await _database.ScalarAsync("SELECT count(*) FROM audit"));
    }

    [Fact]
    public async Task A_class_migrates_verifies_and_goes_back()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        await _app.UpOkAsync();
        _app.Configure = static builder => builder.AddMigrations(static m => m.Add<Doubling>());
        Doubling.IsRefused = true;
        var refused = await _app.UpAsync("2.0.0");
        Doubling.IsRefused = false;
        await _app.UpOkAsync("2.0.1");
        var after = await _database.ScalarAsync("SELECT count(*) FROM items");

        var back = await _app.RollbackAsync();

        Assert.Contains("not enough items", DeployedApp.TextOf(refused), StringComparison.Ordinal);
        Assert.Equal("2", after);
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(back));
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM items"));
    }

    [Theory]
    [InlineData("COMMIT")]
    [InlineData("BEGIN")]
    [InlineData("ROLLBACK")]
    public async Task A_statement_that_ends_the_transaction_is_refused_with_its_place(string statement)
    {
        _app.Migration("0001_items", $"{Items}\n  {statement};\nSELECT 1;");

        var result = await _app.UpAsync();

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Contains($"0001_items.sql:3:3: Statement '{statement}' cannot run inside the transaction", DeployedApp.TextOf(result), StringComparison.Ordinal);
        Assert.Contains($"  {statement};\n  ^", DeployedApp.TextOf(result), StringComparison.Ordinal);
        Assert.Equal("", await _database.TablesAsync());
    }

    [Fact]
    public async Task What_cannot_run_in_a_transaction_runs_outside_of_one_and_the_plan_says_so()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        _app.Migration("0002_upkeep", _database.Upkeep);

        var plan = await _app.PlanAsync();
        var scripts = await _app.AskAsync(database => Task.FromResult(database.GetScripts(plan.Plan!)));
        await _app.UpOkAsync();

        Assert.Equal([!_database.HasTransactionsOfSchema, true], scripts.Select(static script => script.IsOutsideTransaction));
        Assert.Equal("deployment_migrations items", await _database.TablesAsync());
    }

    [Fact]
    public async Task An_empty_script_and_names_that_are_not_ascii_are_migrations_too()
    {
        var (table, column) = (_database.Quote(_database.ForeignName), _database.Quote("Länge"));
        _app.Migration("0001_nothing", "-- nothing yet\n;\n", "-- nothing\n");
        _app.Migration("0002_umlaut", $"CREATE TABLE {table} ({column} INTEGER); INSERT INTO {table} VALUES (7);", $"DROP TABLE {table};");
        await _app.UpOkAsync();
        await _database.ScalarAsync($"INSERT INTO {table} VALUES (8)");
        _app.Migration("0003_more", $"UPDATE {table} SET {column} = 9 WHERE {column} = 7;", "SELECT 1;");
        await _app.UpOkAsync("2.0.0");

        Assert.Equal("17", await _database.ScalarAsync($"SELECT sum({column}) FROM {table}"));
    }

    [Fact]
    public async Task A_way_back_is_repaired_in_the_history()
    {
        await _app.UpOkAsync();
        _app.Migration("0001_items", Items, "DROP TABLE items; DROP TABLE nothere;");
        await _app.UpOkAsync("2.0.0");
        var failed = await _app.RollbackAsync();
        _app.Migration("0001_items", Items, "DROP TABLE items;");

        var repaired = await _app.AskAsync(static database => database.RepairMigrationAsync("0001", "it named no table", dryRun: false));
        var resumed = await _app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

        Assert.Equal(DeploymentOutcome.NeedsAttention, failed.Outcome);
        Assert.True(repaired.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(repaired));
        Assert.True(resumed.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(resumed));
        Assert.Equal("", await _database.TablesAsync());
    }

    [Fact]
    public async Task A_database_of_another_journal_is_refused_until_it_is_taken_over()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        await _app.UpOkAsync();
        using var other = new DeployedApp(_database);
        other.Migration("0001_items", Items, "DROP TABLE items;");
        other.Migration("0002_notes", "CREATE TABLE notes (id INTEGER);", "DROP TABLE notes;");

        var refused = await other.UpAsync();
        var taken = await other.AskAsync(static database => database.TakeOverAsync("the disk is gone"));
        await other.UpOkAsync("2.0.0");

        Assert.Contains("bears the stamp of environment", DeployedApp.TextOf(refused), StringComparison.Ordinal);
        Assert.True(taken.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(taken));
        Assert.Equal("deployment_migrations items notes", await _database.TablesAsync());
    }

    [Fact]
    public async Task A_release_that_is_not_healthy_goes_back_with_its_schema()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        await _app.UpOkAsync();
        _app.Migration("0002_notes", "CREATE TABLE notes (id INTEGER); INSERT INTO notes VALUES (1);", "DROP TABLE notes;");
        _app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy("no");

        var result = await _app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Equal("deployment_migrations items", await _database.TablesAsync());
    }

    [Fact]
    public async Task Without_a_backup_a_migration_without_way_back_is_irreversible_and_the_plan_takes_none()
    {
        _app.Migration("0001_items", Items);

        var plan = await _app.PlanAsync();

        Assert.Contains("it has no way back of its own, and no backup is taken: the test needs none", plan.Plan!.Migrations[0].Irreversible, StringComparison.Ordinal);
        Assert.DoesNotContain(plan.Plan.Steps, static step => step.Name == DeploymentSteps.BackUp);
    }

    [Fact]
    public async Task Files_of_the_next_migration_are_written_and_applied()
    {
        _app.Migration("0001_items", Items, "DROP TABLE items;");
        var files = await _app.AskAsync(static database => database.AddMigrationAsync("more items"));
        await File.AppendAllTextAsync(files[0], "INSERT INTO items (id, name) VALUES (2, 'two');", TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(files[1], "DELETE FROM items WHERE id = 2;", TestContext.Current.CancellationToken);

        // The first folder that is named is the one that they are written into.
        await _app.UpOkAsync();

        Assert.EndsWith("0002_more_items.sql", files[0], StringComparison.Ordinal);
        Assert.Equal("2", await _database.ScalarAsync("SELECT count(*) FROM items"));
    }

    [Toolkit.Migrations.Migration("0002", "doubling")]
    internal sealed class Doubling : Toolkit.Migrations.Migration
    {
        internal static bool IsRefused { get; set; }

        public override Task UpAsync(Toolkit.Migrations.MigrationContext context, CancellationToken cancellationToken) =>
            context.ExecuteAsync("INSERT INTO items (id, name) SELECT id + 100, name FROM items", cancellationToken);

        public override Task DownAsync(Toolkit.Migrations.MigrationContext context, CancellationToken cancellationToken) =>
            context.ExecuteAsync("DELETE FROM items WHERE id > 100", cancellationToken);

        public override Task VerifyAsync(Toolkit.Migrations.MigrationContext context, CancellationToken cancellationToken) =>
            IsRefused ? throw new InvalidOperationException("not enough items") : Task.CompletedTask;
    }
}

public sealed class SqliteMigrationTests : MigrationConformance
{
    protected override Task<TargetUnderTest> CreateAsync() => Task.FromResult<TargetUnderTest>(new SqliteUnderTest());
}

public sealed class PostgreSqlMigrationTests(PostgreSqlServer server) : MigrationConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
}

public sealed class MySqlMigrationTests(MySqlServer server) : MigrationConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new MySqlUnderTest(await server.CreateDatabaseAsync());
}
