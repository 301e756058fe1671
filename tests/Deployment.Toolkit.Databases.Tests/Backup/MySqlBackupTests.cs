using Deployment.Toolkit.Databases.MySql;
using Deployment.Toolkit.Databases.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MySqlConnector;

namespace Deployment.Toolkit.Databases.Tests.Backup;

public sealed class MySqlBackupTests(MySqlServer server)
{
    private const string Items = "CREATE TABLE items (id int AUTO_INCREMENT PRIMARY KEY, name varchar(80) NOT NULL);";
    private const string More = "CREATE TABLE more (id int); INSERT INTO items (name) VALUES ('from two');";

    private static readonly BackupPacking s_gzip = new(static file => file, static file => new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Before_it_migrates_a_backup_is_taken_and_verified_by_restoring_it()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        await database.Database.ExecuteAsync("INSERT INTO items (name) SELECT CONCAT('item ', seq) FROM seq_1_to_1000");
        app.Migration("0002_more", More);
        await app.UpOkAsync("2.0.0");

        var backups = await app.AskAsync(static database => Task.FromResult(database.GetBackups()));
        Assert.Equal([["0001"], []], backups.Select(static backup => backup.Schema));
        Assert.EndsWith(".sql.gz", backups[0].File, StringComparison.Ordinal);
        Assert.Contains(app.Said, said => said.Contains(", verified", StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backups[0].File));
        Assert.Empty(await LeftAsync(database));
    }

    [Fact]
    public async Task Under_constant_writers_it_holds_one_moment()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        await database.Database.ExecuteAsync("CREATE TABLE a (id int PRIMARY KEY, n bigint); CREATE TABLE b (id int PRIMARY KEY, n bigint); INSERT INTO a SELECT seq, 1000 FROM seq_1_to_50; INSERT INTO b SELECT seq, 1000 FROM seq_1_to_50");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var moved = 0;
        var writers = Enumerable.Range(0, 4).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            await using var connection = await database.Database.OpenAsync();
            while (!stop.IsCancellationRequested)
            {
                var n = random.Next(1, 100);
                await using var command = connection.CreateCommand();
                command.CommandText = $"BEGIN; UPDATE a SET n = n - {n} WHERE id = {random.Next(1, 51)}; UPDATE b SET n = n + {n} WHERE id = {random.Next(1, 51)}; COMMIT";
                try
                {
                    await command.ExecuteNonQueryAsync(Token);
                }
                catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout)
                {
                    await using var back = connection.CreateCommand();
                    back.CommandText = "ROLLBACK";
                    await back.ExecuteNonQueryAsync(Token);
                }

                Interlocked.Increment(ref moved);
            }
        }, Token)).ToList();
        for (var round = 0; round < FullRun.Times(2, full: 8); round++)
        {
            var at = Volatile.Read(ref moved);
            while (Volatile.Read(ref moved) < at + 20)
                await GoOnAsync(writers);
            // It is verified by its digests being those of the moment at which it was dumped.
            var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));
            Assert.True(Volatile.Read(ref moved) > at + 20, "nobody wrote meanwhile");
            Assert.Equal("100000", await HeldAsync(database, backup, "SELECT (SELECT SUM(n) FROM a) + (SELECT SUM(n) FROM b)"));
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restored_it_is_what_it_was_and_what_was_there_is_kept_as_a_backup(bool hasJournalInside)
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true, Configure = builder => { if (hasJournalInside) builder.ForJournal(); } };
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        await database.Database.ExecuteAsync("CREATE TABLE parts (id int PRIMARY KEY, item int, CONSTRAINT part_of FOREIGN KEY (item) REFERENCES items (id)); CREATE VIEW names AS SELECT name FROM items; CREATE VIEW first_names AS SELECT MIN(name) AS n FROM names; CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 2; CREATE TABLE counted (n int)");
        await database.Database.ExecuteAsync("CREATE TRIGGER counts AFTER INSERT ON items FOR EACH ROW INSERT INTO counted VALUES (NEW.id)");
        await database.Database.ExecuteAsync("INSERT INTO items (name) VALUES ('kept'); INSERT INTO parts VALUES (1, 1); CREATE SEQUENCE tickets START WITH 70");
        var shape = await ShapeAsync(database);
        var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));
        await database.Database.ExecuteAsync("DELETE FROM parts; DELETE FROM items; INSERT INTO items (name) VALUES ('later'); CREATE TABLE later (id int); DROP VIEW first_names; CREATE OR REPLACE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 3; CREATE VIEW more_names AS SELECT name FROM items; DROP TRIGGER counts");
        await database.Database.ExecuteAsync("CREATE TRIGGER others AFTER INSERT ON items FOR EACH ROW INSERT INTO counted VALUES (-1)");

        var refused = await RestoreAsync(app, backup, acceptDataLoss: false);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7018"), (refused.Outcome, refused.Messages[0].Code));
        var result = await RestoreAsync(app, backup, acceptDataLoss: true);
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result) + string.Join('\n', app.Said));
        Assert.Equal("kept", await database.ScalarAsync("SELECT GROUP_CONCAT(name) FROM items"));
        Assert.Equal(shape, await ShapeAsync(database));
        Assert.Equal("70", await database.ScalarAsync("SELECT NEXTVAL(tickets)"));
        await database.Database.ExecuteAsync("INSERT INTO items (name) VALUES ('fires')");
        Assert.Equal("2", await database.ScalarAsync("SELECT COUNT(*) FROM counted"));

        var before = (await app.AskAsync(static database => Task.FromResult(database.GetBackups()))).Single(static found => found.Name.EndsWith("-before", StringComparison.Ordinal));
        Assert.Equal("later", await HeldAsync(database, before, "SELECT GROUP_CONCAT(name) FROM items"));
        Assert.Empty(await LeftAsync(database));
        using (var host = app.Build())
        {
            var history = (DeploymentHistory)host.Services.GetService(typeof(DeploymentHistory))!;
            var runs = new List<DeploymentRun>();
            await foreach (var run in history.GetRunsAsync(cancellationToken: Token))
                runs.Add(run);
            Assert.Contains(runs, static run => run.Plan?.Kind == RunKind.Restore);
        }

        app.Migration("0002_more", "CREATE TABLE more (id int);");
        await app.UpOkAsync("2.0.0");
    }

    // What was written since can't be told from what a change of the schema did, which no transaction holds: a person says that it may go.
    [Fact]
    public async Task A_release_that_is_unhealthy_goes_back_by_the_backup_once_a_person_says_so()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        await database.Database.ExecuteAsync("INSERT INTO items (name) VALUES ('one')");
        app.Migration("0002_more", "CREATE TABLE more (id int);");
        app.Migration("0003_drop", "ALTER TABLE items DROP COLUMN name;");
        app.Health = HealthCheckResult.Unhealthy("no");
        var planned = await app.PlanAsync("2.0.0");
        Assert.Contains(planned.Plan!.Risks, static risk => risk.Contains("deploy abort --accept-data-loss", StringComparison.Ordinal));
        var stopped = await app.UpAsync("2.0.0");
        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        Assert.Contains("DTK7018", stopped.Messages.Select(static message => message.Code));
        Assert.Equal("1", await database.ScalarAsync("SELECT COUNT(*) FROM items"));
        var result = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token), "2.0.0", acceptDataLoss: true);
        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(result) + string.Join('\n', app.Said));
        Assert.Equal("one", await database.ScalarAsync("SELECT GROUP_CONCAT(name) FROM items"));
        Assert.Equal("deployment_migrations items", await database.TablesAsync());
        Assert.Empty(await LeftAsync(database));
        app.Health = HealthCheckResult.Healthy();
        await app.UpOkAsync("2.0.1");
    }

    [Fact]
    public async Task What_somebody_wrote_since_stops_the_way_back()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        app.Migration("0002_more", "CREATE TABLE more (id int);");
        app.Health = HealthCheckResult.Unhealthy("no");
        var done = 0;
        app.OnProgress = progress =>
        {
            if (progress.Text.Contains("applied 0002", StringComparison.Ordinal) && Interlocked.Exchange(ref done, 1) == 0)
                database.Database.ExecuteAsync("INSERT INTO items (name) VALUES ('written since')").GetAwaiter().GetResult();
        };
        var stopped = await app.UpAsync("2.0.0");
        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        Assert.Contains("would lose", DeployedApp.TextOf(stopped), StringComparison.Ordinal);
        Assert.Equal("1", await database.ScalarAsync("SELECT COUNT(*) FROM items"));

        var back = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token), "2.0.0", acceptDataLoss: true);
        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back));
        Assert.Equal("0", await database.ScalarAsync("SELECT COUNT(*) FROM items"));
        var before = (await app.AskAsync(static database => Task.FromResult(database.GetBackups()))).Single(static found => found.Name.EndsWith("-before", StringComparison.Ordinal));
        Assert.Equal("written since", await HeldAsync(database, before, "SELECT GROUP_CONCAT(name) FROM items"));
    }

    [Fact]
    public async Task Every_row_that_was_acknowledged_while_it_is_restored_is_in_the_database_or_in_a_copy()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_numbers", "CREATE TABLE numbers (n bigint PRIMARY KEY); CREATE TABLE zeros (n bigint PRIMARY KEY);");
        await app.UpOkAsync();
        var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var acknowledged = new System.Collections.Concurrent.ConcurrentBag<string>();
        var number = 0;
        var writers = Enumerable.Range(0, 4).Select(seed => Task.Run(async () =>
        {
            await using var connection = await database.Database.OpenAsync();
            while (!stop.IsCancellationRequested)
            {
                var (table, n) = (seed % 2 == 0 ? "numbers" : "zeros", Interlocked.Increment(ref number));
                await using var command = connection.CreateCommand();
                command.CommandText = $"INSERT INTO {table} VALUES ({n})";
                // While all is looked at nobody writes.
                command.CommandTimeout = 0;
                await command.ExecuteNonQueryAsync(Token);
                acknowledged.Add($"{table} {n}");
            }
        }, Token)).ToList();
        for (var round = 0; round < FullRun.Times(2, full: 10); round++)
        {
            var at = acknowledged.Count;
            while (acknowledged.Count < at + 50)
                await GoOnAsync(writers);
            var result = await RestoreAsync(app, backup, acceptDataLoss: true);
            Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result) + string.Join('\n', app.Said));
            Assert.True(acknowledged.Count > at + 50, "nobody wrote meanwhile");
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        const string All = "SELECT GROUP_CONCAT(t) FROM (SELECT CONCAT('numbers ', n) AS t FROM numbers UNION ALL SELECT CONCAT('zeros ', n) FROM zeros) AS x";
        var found = new HashSet<string>((await HereAsync(database, null, All) ?? "").Split(','));
        foreach (var kept in (await app.AskAsync(static database => Task.FromResult(database.GetBackups()))).Where(static kept => kept.Name.Contains("-before", StringComparison.Ordinal)))
            found.UnionWith((await HeldAsync(database, kept, All) ?? "").Split(','));
        foreach (var left in await LeftAsync(database))
            found.UnionWith((await HereAsync(database, left, All) ?? "").Split(','));
        Assert.Empty(acknowledged.Where(one => !found.Contains(one)));
    }

    [Fact]
    public async Task Without_the_programs_check_and_plan_say_what_is_missing_and_what_else_there_is()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true, Configure = static builder => Programs(builder, []) };
        app.Migration("0001_items", Items);
        foreach (var refused in (DeploymentResult[])[await app.PlanAsync(), await app.UpAsync()])
        {
            Assert.Equal((DeploymentOutcome.Refused, "DTK7402"), (refused.Outcome, refused.Messages[0].Code));
            foreach (var part in (string[])["mariadb-dump with mariadb, or mysqldump with mysql, are not on PATH", "mariadb-client", ".BackupBy(…)", ".WithoutBackup(\"why\")"])
                Assert.Contains(part, refused.Messages[0].Text, StringComparison.Ordinal);
        }

        Assert.Equal("", await database.TablesAsync());
    }

    [Theory]
    [InlineData("exit 3", "mariadb-dump ended with exit code 3: the disk of *** is full")]
    [InlineData("kill -9 $$", "mariadb-dump ended with exit code 137")]
    [InlineData("exit 0", "does not verify")]
    public async Task A_program_that_breaks_off_in_the_middle_leaves_no_backup_and_nothing_migrated(string how, string told)
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        await database.Database.ExecuteAsync("CREATE TABLE there (id int); INSERT INTO there VALUES (1)");
        var folder = Directory.CreateTempSubdirectory("dtk-programs-");
        try
        {
            foreach (var (name, script) in ((string, string)[])
                [
                    ("mariadb-dump", "case \"$*\" in *--version*) exec mariadb-dump --version;; *battery*) exit 42;; esac\necho '-- Table structure'\necho \"the disk of $MYSQL_PWD is full\" >&2\n" + how),
                    ("mariadb", "exec mariadb \"$@\""),
                ])
            {
                var file = Path.Combine(folder.FullName, name);
                await File.WriteAllTextAsync(file, "#!/bin/sh\n" + script + "\n", Token);
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            using var app = new DeployedApp(database) { TakesBackups = true, Configure = builder => Programs(builder, [folder.FullName]) };
            app.Migration("0001_items", Items);
            var failed = await app.UpAsync();
            Assert.Equal(DeploymentOutcome.Failed, failed.Outcome);
            Assert.Contains(told, DeployedApp.TextOf(failed), StringComparison.Ordinal);
            Assert.DoesNotContain("battery", DeployedApp.TextOf(failed), StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(app.Folder, ".deployment", "development", "backups")));
            Assert.Equal("there", await database.TablesAsync());
            Assert.Empty(await LeftAsync(database));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_account_that_may_make_no_databases_is_told_so()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        var user = "plain_" + Guid.NewGuid().ToString("N")[..8];
        await database.Database.ExecuteAsync($"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'secret'; GRANT ALL ON `{database.Database.Name}`.* TO {user}@'127.0.0.1'");
        using var app = new DeployedApp(database)
        {
            TakesBackups = true,
            Settings = { ["ConnectionStrings:App"] = database.Database.ConnectionStringWith(settings => (settings.UserID, settings.Password) = (user, "secret")) },
        };
        app.Migration("0001_items", Items);
        var refused = await app.PlanAsync();
        Assert.Contains($"GRANT ALL ON `deployment\\_toolkit\\_%`.* TO `{user}`@`127.0.0.1`'", refused.Messages[0].Text, StringComparison.Ordinal);
        await database.Database.ExecuteAsync($"GRANT ALL ON `deployment\\_toolkit\\_%`.* TO {user}@'127.0.0.1'");
        var taken = await app.UpAsync();
        Assert.True(taken.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(taken));
        await database.Database.ExecuteAsync($"DROP USER {user}@'127.0.0.1'");
    }

    private static async Task GoOnAsync(List<Task> writers)
    {
        await Task.Yield();
        if (writers.Find(static writer => writer.IsCompleted) is { } ended)
            await ended;
    }

    internal static void Programs(DeploymentBuilder builder, IReadOnlyList<string> folders) =>
        ((MySqlDialect)builder.Registrations.Of<DeclaredDatabases>().All[0].Dialect).Programs = new MySqlPrograms(folders);

    /// <summary>What copies are left beside a database.</summary>
    internal static async Task<IReadOnlyList<string>> LeftAsync(MySqlUnderTest database)
    {
        await using var connection = await database.Database.OpenAsync();
        return await MySqlOwnDatabase.OfAsync(connection, database.Database.Name, Token);
    }

    private static async Task<string?> HeldAsync(MySqlUnderTest database, BackupInfo backup, string sql)
    {
        var live = (Databases.MySql.MySqlDatabase)new MySqlDialect().Open(() => new MySqlConnection(database.ConnectionString), "/");
        var file = new BackupFile(backup.File, s_gzip);
        await using var copy = await live.OpenCopyAsync(file, Token);
        await using var command = copy.Connection.CreateCommand();
        command.CommandText = "SET SESSION group_concat_max_len = 10000000; " + sql;
        return Convert.ToString(await command.ExecuteScalarAsync(Token), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string?> HereAsync(MySqlUnderTest database, string? name, string sql)
    {
        await using var connection = await database.Database.OpenAsync();
        if (name is not null)
            await connection.ChangeDatabaseAsync(name, Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "SET SESSION group_concat_max_len = 10000000; " + sql;
        return Convert.ToString(await command.ExecuteScalarAsync(Token), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string> ShapeAsync(MySqlUnderTest database)
    {
        var dialect = new MySqlDialect();
        dialect.Journals(() => new MySqlConnection(database.ConnectionString), "", "deployment");
        await using var connection = await dialect.Open(() => new MySqlConnection(database.ConnectionString), "/").OpenAsync(Token);
        var catalogue = await dialect.ReadCatalogueAsync(connection, null, null, Token);
        return string.Join('\n', catalogue.Objects.Select(static found => $"{found.Key}: {found.Sql}").Order(StringComparer.Ordinal));
    }

    private static Task<DeploymentResult> RestoreAsync(DeployedApp app, BackupInfo backup, bool acceptDataLoss) =>
        app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup.Name, request, token), acceptDataLoss: acceptDataLoss);
}
