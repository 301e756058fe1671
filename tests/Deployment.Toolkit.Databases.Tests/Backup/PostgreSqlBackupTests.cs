using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Databases.Tests.Rehearsal;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Backup;

public sealed class PostgreSqlBackupTests(PostgreSqlServer server)
{
    private const string Items = "CREATE TABLE items (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);";
    private const string More = "CREATE TABLE more (id int); INSERT INTO items (name) VALUES ('from two');";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Before_it_migrates_a_backup_is_taken_and_verified_by_restoring_it()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        await database.Database.ExecuteAsync("INSERT INTO items (name) SELECT 'item ' || n FROM generate_series(1, 1000) AS n");
        app.Migration("0002_more", More);
        await app.UpOkAsync("2.0.0");

        var backups = await BackupsAsync(app);
        Assert.Equal([["0001"], []], backups.Select(static backup => backup.Schema));
        await using var copy = await OpenAsync(database, backups[0]);
        Assert.Equal(1000L, await ScalarAsync(copy.Connection, "SELECT count(*) FROM items"));
        Assert.Contains(app.Said, said => said.Contains(", verified", StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backups[0].File));
    }

    [FullRunFact]
    public async Task Under_constant_writers_it_holds_one_moment()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        await database.Database.ExecuteAsync("CREATE TABLE a (id int PRIMARY KEY, n bigint); CREATE TABLE b (id int PRIMARY KEY, n bigint); INSERT INTO a SELECT i, 1000 FROM generate_series(1, 50) AS i; INSERT INTO b SELECT i, 1000 FROM generate_series(1, 50) AS i; CREATE TABLE log (id serial PRIMARY KEY, t text)");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var moved = 0;
        var writers = Enumerable.Range(0, 4).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            await using var connection = await database.Database.OpenAsync();
            while (!stop.IsCancellationRequested)
            {
                await using var command = connection.CreateCommand();
                command.CommandText = $"BEGIN; UPDATE a SET n = n - {random.Next(9)} WHERE id = 0; WITH x AS (SELECT {random.Next(1, 100)} AS n) , t AS (UPDATE a SET n = a.n - x.n FROM x WHERE id = {random.Next(1, 51)} RETURNING x.n) UPDATE b SET n = b.n + t.n FROM t WHERE id = {random.Next(1, 51)}; INSERT INTO log (t) VALUES ('x'); COMMIT";
                await command.ExecuteNonQueryAsync(Token);
                Interlocked.Increment(ref moved);
            }
        }, Token)).ToList();
        for (var round = 0; round < FullRun.Times(2, full: 8); round++)
        {
            var at = Volatile.Read(ref moved);
            while (Volatile.Read(ref moved) < at + 20)
                await Task.Yield();
            var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));
            Assert.True(Volatile.Read(ref moved) > at + 20, "nobody wrote meanwhile");
            await using var copy = await OpenAsync(database, backup);
            Assert.Equal(100000m, await ScalarAsync(copy.Connection, "SELECT (SELECT sum(n) FROM a) + (SELECT sum(n) FROM b)"));
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restored_it_is_what_it_was_and_what_was_there_is_kept_as_a_backup(bool hasJournalInside)
    {
        Assert.SkipUnless(FullRun.IsOn || !hasJournalInside, FullRun.Only);
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true, Configure = builder => { if (hasJournalInside) builder.ForJournal(); } };
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        var name = database.Database.Name;
        await database.Database.ExecuteAsync($"INSERT INTO items (name) VALUES ('kept'); ALTER DATABASE \"{name}\" SET search_path = public, pg_temp; ALTER DATABASE \"{name}\" CONNECTION LIMIT 77; COMMENT ON DATABASE \"{name}\" IS 'the shop''s'; REVOKE CONNECT ON DATABASE \"{name}\" FROM PUBLIC; ALTER ROLE postgres IN DATABASE \"{name}\" SET work_mem = '7MB'");
        var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));
        await database.Database.ExecuteAsync("DELETE FROM items WHERE name = 'kept'; INSERT INTO items (name) VALUES ('later'); CREATE TABLE later (id int)");
        var access = await AccessAsync(database);

        // Without accepted loss nothing is begun.
        var refused = await RestoreAsync(app, backup, acceptDataLoss: false);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7018"), (refused.Outcome, refused.Messages[0].Code));

        // The app goes on, and is put out for the moment.
        await using var other = await database.Database.OpenAsync();
        var planned = await PlanRestoreAsync(app, backup);
        Assert.Contains(planned.Plan!.Risks, static risk => risk.Contains(" session", StringComparison.Ordinal) && risk.Contains("): these sessions are ended", StringComparison.Ordinal));
        var result = await RestoreAsync(app, backup, acceptDataLoss: true);
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result) + string.Join('\n', app.Said));
        Assert.Equal("kept", await database.ScalarAsync("SELECT string_agg(name, ' ') FROM items"));
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('later')::text"));
        Assert.Equal(access, await AccessAsync(database));
        await using var ended = other.CreateCommand();
        ended.CommandText = "SELECT 1";
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ended.ExecuteScalarAsync(Token));

        // What was there before is a backup, and no other database is left.
        var before = (await BackupsAsync(app)).Single(static found => found.Name.EndsWith("-before", StringComparison.Ordinal));
        await using (var copy = await OpenAsync(database, before))
            Assert.Equal("later", await ScalarAsync(copy.Connection, "SELECT string_agg(name, ' ') FROM items"));
        Assert.Equal("0", await LeftAsync(database));

        // The journal has it, and goes on.
        using (var host = app.Build())
        {
            var history = (DeploymentHistory)host.Services.GetService(typeof(DeploymentHistory))!;
            var runs = new List<DeploymentRun>();
            await foreach (var run in history.GetRunsAsync(cancellationToken: Token))
                runs.Add(run);
            Assert.Contains(runs, static run => run.Plan?.Kind == RunKind.Restore);
        }

        app.Migration("0002_more", More);
        await app.UpOkAsync("2.0.0");
        Assert.Equal("2", await database.ScalarAsync("SELECT count(*) FROM items"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_release_that_is_unhealthy_goes_back_by_the_backup(bool hasJournalInside)
    {
        Assert.SkipUnless(FullRun.IsOn || !hasJournalInside, FullRun.Only);
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true, Configure = builder => { if (hasJournalInside) builder.ForJournal(); } };
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        await database.Database.ExecuteAsync("INSERT INTO items (name) VALUES ('one')");
        app.Migration("0002_more", More);
        app.Migration("0003_drop", "ALTER TABLE items DROP COLUMN name;");
        app.Health = HealthCheckResult.Unhealthy("no");
        var planned = await app.PlanAsync("2.0.0");
        Assert.Contains(planned.Plan!.Risks, static risk => risk.Contains("ends the sessions of everybody", StringComparison.Ordinal));
        await using var other = await database.Database.OpenAsync();
        var result = await app.UpAsync("2.0.0");
        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(result) + string.Join('\n', app.Said));
        Assert.Equal("one", await database.ScalarAsync("SELECT string_agg(name, ' ') FROM items"));
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('more')::text"));
        Assert.Equal("0", await LeftAsync(database));
        app.Health = HealthCheckResult.Healthy();
        await app.UpOkAsync("2.0.1");
    }

    [FullRunFact]
    public async Task What_somebody_wrote_since_stops_the_way_back()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        app.Migration("0002_more", More);
        app.Health = HealthCheckResult.Unhealthy("no");
        var done = 0;
        app.OnProgress = progress =>
        {
            if (progress.Text.Contains("applied 0002", StringComparison.Ordinal) && Interlocked.Exchange(ref done, 1) == 0)
                database.Database.ExecuteAsync("INSERT INTO items (name) VALUES ('written since')").GetAwaiter().GetResult();
        };
        var stopped = await app.UpAsync("2.0.0");
        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        Assert.Contains("at least 1 row (items: 1)", DeployedApp.TextOf(stopped), StringComparison.Ordinal);
        Assert.Equal("2", await database.ScalarAsync("SELECT count(*) FROM items"));

        var back = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token), "2.0.0", acceptDataLoss: true);
        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back));
        Assert.Equal("0", await database.ScalarAsync("SELECT count(*) FROM items"));
        var before = (await BackupsAsync(app)).Single(static found => found.Name.EndsWith("-before", StringComparison.Ordinal));
        await using var copy = await OpenAsync(database, before);
        Assert.Equal("from two written since", await ScalarAsync(copy.Connection, "SELECT string_agg(name, ' ' ORDER BY id) FROM items"));
    }

    [Theory]
    [InlineData("altered")]
    [InlineData("truncated")]
    public async Task A_file_that_is_not_what_it_was_is_refused(string how)
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));
        await database.Database.ExecuteAsync("INSERT INTO items (name) VALUES ('here')");
        var bytes = await File.ReadAllBytesAsync(backup.File, Token);
        if (how == "altered")
            bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(backup.File, how == "altered" ? bytes : bytes[..^1], Token);
        var refused = await RestoreAsync(app, backup, acceptDataLoss: true);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7403"), (refused.Outcome, refused.Messages[0].Code));
        Assert.Equal("here", await database.ScalarAsync("SELECT name FROM items"));
    }

    [Fact]
    public async Task Without_the_programs_check_and_plan_say_what_is_missing_and_what_else_there_is()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true, Configure = static builder => PostgreSqlRehearsalTests.Programs(builder, []) };
        app.Migration("0001_items", Items);
        foreach (var refused in (DeploymentResult[])[await app.PlanAsync(), await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token))])
        {
            Assert.Equal((DeploymentOutcome.Refused, "DTK7402"), (refused.Outcome, refused.Messages[0].Code));
            foreach (var part in (string[])["pg_dump and pg_restore are neither on PATH", "postgresql-client-", ".BackupBy(…)", ".WithoutBackup(\"why\")"])
                Assert.Contains(part, refused.Messages[0].Text, StringComparison.Ordinal);
        }

        Assert.Equal(DeploymentOutcome.Refused, (await app.UpAsync()).Outcome);
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('items')::text"));
    }

    [Theory]
    [InlineData("exit 1", "pg_dump ended with exit code 1: pg_dump: error: the disk of *** is full")]
    [InlineData("kill -9 $$", "pg_dump ended with exit code 137")]
    [InlineData("exit 0", "does not verify|pg_restore ended with exit code")]
    public async Task A_program_that_breaks_off_in_the_middle_leaves_no_backup_and_nothing_migrated(string how, string told)
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var folder = new FakePrograms(
            "case \"$*\" in *--version*) echo 'pg_dump (PostgreSQL) 99.1'; exit 0;; esac\nfor a in \"$@\"; do case \"$a\" in --file=*) f=${a#--file=};; *battery*) exit 42;; esac; done\nhead -c 100 /dev/zero > \"$f\"\necho \"pg_dump: error: the disk of $PGPASSWORD is full\" >&2\n" + how,
            "case \"$*\" in *--version*) echo 'pg_restore (PostgreSQL) 99.1'; exit 0;; esac\nexec pg_restore \"$@\"");
        using var app = new DeployedApp(database) { TakesBackups = true, Configure = builder => PostgreSqlRehearsalTests.Programs(builder, [folder.Path]) };
        app.Migration("0001_items", Items);
        var failed = await app.UpAsync();
        Assert.Equal(DeploymentOutcome.Failed, failed.Outcome);
        var text = DeployedApp.TextOf(failed);
        Assert.Contains(told.Split('|'), part => text.Contains(part, StringComparison.Ordinal));
        Assert.DoesNotContain("battery", text, StringComparison.Ordinal);
        Assert.Empty(await BackupsAsync(app));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(app.Folder, ".deployment", "development", "backups")));
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('items')::text"));
        Assert.Equal("0", await LeftAsync(database));
    }

    [Fact]
    public async Task Programs_that_are_older_than_the_server_are_none()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var folder = new FakePrograms("echo 'pg_dump (PostgreSQL) 9.6.24'", "echo 'pg_restore (PostgreSQL) 9.6.24'");
        using var app = new DeployedApp(database) { TakesBackups = true, Configure = builder => PostgreSqlRehearsalTests.Programs(builder, [folder.Path]) };
        app.Migration("0001_items", Items);
        var refused = await app.PlanAsync();
        Assert.Contains($"pg_dump of version 9 in '{folder.Path}' is older than the server", refused.Messages[0].Text, StringComparison.Ordinal);
    }

    [FullRunFact]
    public async Task A_role_that_may_make_no_databases_is_told_with_the_plan()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        var role = "plain_" + Guid.NewGuid().ToString("N")[..8];
        await database.Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT ALL ON SCHEMA public TO {role}");
        using var app = new DeployedApp(database)
        {
            TakesBackups = true,
            Settings = { ["ConnectionStrings:App"] = database.Database.ConnectionStringWith(settings => (settings.Username, settings.Password) = (role, "secret")) },
        };
        app.Migration("0001_items", Items);
        var refused = await app.PlanAsync();
        Assert.Contains($"ALTER ROLE \"{role}\" CREATEDB", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);

        // One that may, and owns the database, backs it up and goes back without being more.
        await database.Database.ExecuteAsync($"ALTER ROLE {role} CREATEDB; ALTER DATABASE \"{database.Database.Name}\" OWNER TO {role}; ALTER SCHEMA public OWNER TO {role}");
        await app.UpOkAsync();
        app.Migration("0002_more", More);
        app.Health = HealthCheckResult.Unhealthy("no");
        var back = await app.UpAsync("2.0.0");
        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back) + string.Join('\n', app.Said));

        // Another's session it may not end: said before anything is begun.
        app.Health = HealthCheckResult.Healthy();
        await app.UpOkAsync("2.0.1");
        var backup = (await BackupsAsync(app))[0];
        await using var other = await database.Database.OpenAsync();
        var blocked = await RestoreAsync(app, backup, acceptDataLoss: true);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7406"), (blocked.Outcome, blocked.Messages[0].Code));
        Assert.Contains("pg_signal_backend", blocked.Messages[0].Text, StringComparison.Ordinal);
    }

    // Writers that connect anew whenever they are put out: what was acknowledged to them is in the database, or in a copy of it as it was.
    [FullRunFact]
    public async Task Every_row_that_was_acknowledged_is_in_the_database_or_in_a_copy()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true, Configure = static builder => builder.ForJournal() };
        app.Migration("0001_items", "CREATE TABLE numbers (n bigint PRIMARY KEY);");
        await app.UpOkAsync();
        var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var acknowledged = new System.Collections.Concurrent.ConcurrentQueue<long>();
        var (next, putOut) = (0L, 0);
        var writers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await using var connection = await database.Database.OpenAsync();
                    while (!stop.IsCancellationRequested)
                    {
                        var number = Interlocked.Increment(ref next);
                        await using var command = connection.CreateCommand();
                        command.CommandText = $"INSERT INTO numbers VALUES ({number})";
                        await command.ExecuteNonQueryAsync(Token);
                        acknowledged.Enqueue(number);
                    }
                }
                catch (NpgsqlException)
                {
                    Interlocked.Increment(ref putOut);
                }
            }
        }, Token)).ToList();
        for (var round = 0; round < FullRun.Times(2, full: 6); round++)
        {
            var before = acknowledged.Count;
            while (acknowledged.Count < before + 20)
                await Task.Yield();
            var result = await RestoreAsync(app, backup, acceptDataLoss: true);
            Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result));
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        Assert.True(putOut >= 3, "nobody was put out");
        var found = new HashSet<long>(await NumbersAsync(await database.Database.OpenAsync()));
        foreach (var kept in (await BackupsAsync(app)).Where(static kept => kept.Name.Contains("-before", StringComparison.Ordinal)))
        {
            await using var copy = await OpenAsync(database, kept);
            found.UnionWith(await NumbersAsync(copy.Connection));
        }

        Assert.Empty(acknowledged.Where(number => !found.Contains(number)));

        static async Task<List<long>> NumbersAsync(System.Data.Common.DbConnection connection)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT n FROM numbers";
            await using var reader = await command.ExecuteReaderAsync(Token);
            var numbers = new List<long>();
            while (await reader.ReadAsync(Token))
                numbers.Add(reader.GetInt64(0));
            return numbers;
        }
    }

    internal static async Task<string?> LeftAsync(PostgreSqlUnderTest database)
    {
        var cluster = new PostgreSqlCluster(() => new NpgsqlConnection(database.ConnectionString));
        await using var probe = await PostgreSqlOwnDatabase.ReserveAsync(cluster, "probe", Token);
        return await database.ScalarAsync($"SELECT count(*) FROM pg_database WHERE starts_with(datname, '{probe.Name[..(probe.Name.IndexOf('_', "deployment_toolkit_".Length) + 1)]}')");
    }

    internal static async Task<IReadOnlyList<BackupInfo>> BackupsAsync(DeployedApp app) => await app.AskAsync(static database => Task.FromResult(database.GetBackups()));

    private static Task<OpenedCopy> OpenAsync(PostgreSqlUnderTest database, BackupInfo backup)
    {
        var target = (TargetDatabase)new PostgreSqlDialect().Open(() => new NpgsqlConnection(database.ConnectionString), "/");
        return target.OpenCopyAsync(new BackupFile(backup.File), Token);
    }

    private static async Task<object?> ScalarAsync(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Token);
    }

    private static Task<string?> AccessAsync(PostgreSqlUnderTest database) => database.ScalarAsync(
        "SELECT concat_ws('|', pg_get_userbyid(datdba), datcollate, datconnlimit, (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(datacl) AS a), shobj_description(oid, 'pg_database'), (SELECT string_agg(setrole || setconfig::text, ';' ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid)) FROM pg_database AS d WHERE datname = current_database()");

    private static Task<DeploymentResult> RestoreAsync(DeployedApp app, BackupInfo backup, bool acceptDataLoss) =>
        app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup.Name, request, token), acceptDataLoss: acceptDataLoss);

    private static Task<DeploymentResult> PlanRestoreAsync(DeployedApp app, BackupInfo backup) =>
        app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup.Name, request with { DryRun = true }, token), acceptDataLoss: true);

    /// <summary>Programs that take the names of PostgreSQL's.</summary>
    private sealed class FakePrograms : IDisposable
    {
        internal FakePrograms(string dump, string restore)
        {
            foreach (var (name, script) in ((string, string)[])[("pg_dump", dump), ("pg_restore", restore)])
            {
                var file = System.IO.Path.Combine(Path, name);
                File.WriteAllText(file, "#!/bin/sh\n" + script + "\n");
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        internal string Path { get; } = Directory.CreateTempSubdirectory("dtk-programs-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
