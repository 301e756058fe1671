using System.Collections.Concurrent;
using System.Diagnostics;
using Deployment.Toolkit.Platform;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Backup;

/// <summary>What a restore owes to those who write meanwhile, and to the file as it is on disk.</summary>
public sealed class RestoreSafetyTests
{
    [Fact]
    public async Task A_row_that_is_committed_once_the_restore_has_begun_stops_it()
    {
        using var app = await WithBackupAsync();
        WriteWhenItBegins(app, "INSERT INTO items (name) VALUES ('late')");

        var stopped = await RestoreAsync(app, acceptDataLoss: false);

        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        Assert.Contains(stopped.Messages, static message => message.Code == "DTK7018" && message.Text.Contains("deploy resume --environment Development --accept-data-loss", StringComparison.Ordinal));
        Assert.Equal(2L, app.Scalar("SELECT count(*) FROM items"));

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request with { AcceptDataLoss = true }, token))).Outcome);
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));
        Assert.Equal(2L, Count(Assert.Single(Kept(app))));
    }

    [Fact]
    public async Task With_accepted_loss_it_is_in_the_copy_of_the_database_as_it_was()
    {
        using var app = await WithBackupAsync();
        app.Scalar("INSERT INTO items (name) VALUES ('early')");
        WriteWhenItBegins(app, "INSERT INTO items (name) VALUES ('late')");

        Assert.Equal(DeploymentOutcome.Succeeded, (await RestoreAsync(app, acceptDataLoss: true)).Outcome);
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));
        Assert.Equal(3L, Count(Assert.Single(Kept(app))));
    }

    // Who waits for the lock while the file is replaced takes the next journal of that name for its own, and would commit into the file that went.
    [Theory]
    [InlineData("TRUNCATE")]
    [InlineData("PERSIST")]
    public async Task A_database_whose_journal_stays_beside_it_is_replaced_only_when_nobody_else_has_it_open(string mode)
    {
        if (!OperatingSystem.IsLinux()) return;

        using var app = await WithBackupAsync();
        using (var other = new SqliteConnection($"Data Source={app.Database};Pooling=False"))
        {
            other.Open();
            using var write = other.CreateCommand();
            write.CommandText = $"PRAGMA journal_mode = {mode}; INSERT INTO items (name) VALUES ('since')";
            write.ExecuteNonQuery();

            var refused = await RestoreAsync(app, acceptDataLoss: true);
            Assert.Equal((DeploymentOutcome.Refused, "DTK7406"), (refused.Outcome, Assert.Single(refused.Messages).Code));
            Assert.Contains("keeps its journal between transactions", refused.Messages[0].Text, StringComparison.Ordinal);
            Assert.Contains("this process", refused.Messages[0].Text, StringComparison.Ordinal);
        }

        using (var late = new SqliteConnection($"Data Source={app.Database};Pooling=False"))
        {
            app.OnProgress = progress =>
            {
                if (progress is not { Kind: ProgressKind.StepStarted, Step: "restore backup" }) return;
                late.Open();
                using var read = late.CreateCommand();
                read.CommandText = "SELECT count(*) FROM items";
                read.ExecuteScalar();
            };
            var stopped = await RestoreAsync(app, acceptDataLoss: true);
            Assert.Equal((DeploymentOutcome.NeedsAttention, "DTK7406"), (stopped.Outcome, stopped.Messages[0].Code));
            Assert.Equal(2L, app.Scalar("SELECT count(*) FROM items"));
            app.OnProgress = static _ => { };
        }

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request with { AcceptDataLoss = true }, token))).Outcome);
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));
        Assert.Equal(2L, Count(Assert.Single(Kept(app))));
    }

    [Fact]
    public async Task Every_row_that_was_acknowledged_is_in_the_database_or_in_a_copy()
    {
        using var app = await WithBackupAsync();
        app.Scalar("CREATE TABLE numbers (n INTEGER PRIMARY KEY)");
        var backup = await BackUpAsync(app);
        var acknowledged = new ConcurrentQueue<long>();
        using var stop = new CancellationTokenSource();
        var writer = Task.Factory.StartNew(() => Write(app.Database, acknowledged, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            for (var round = 0; round < 3; round++)
            {
                var before = acknowledged.Count;
                SpinWait.SpinUntil(() => acknowledged.Count > before + 5, TimeSpan.FromMinutes(1));
                var restored = await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup, request with { AcceptDataLoss = true }, token));
                Assert.True(restored.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', restored.Messages));
            }
        }
        finally
        {
            await stop.CancelAsync();
            await writer;
        }

        var found = Kept(app).Append(app.Database).SelectMany(static file => Numbers(file)).ToHashSet();
        Assert.NotEmpty(acknowledged);
        Assert.Empty(acknowledged.Where(number => !found.Contains(number)));
    }

    [Fact]
    public async Task A_database_that_is_a_link_keeps_the_link_and_the_file_behind_it_is_replaced()
    {
        if (OperatingSystem.IsWindows()) return;

        using var app = TestApp.WithMigrations();
        var real = Path.Combine(Directory.CreateDirectory(Path.Combine(app.Folder, "data")).FullName, "real.db");
        File.CreateSymbolicLink(app.Database, "data/real.db");
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync()).Outcome);
        await BackUpAsync(app);
        app.Scalar("INSERT INTO items (name) VALUES ('since')");
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Equal(DeploymentOutcome.Succeeded, (await RestoreAsync(app, acceptDataLoss: true)).Outcome);

        Assert.Equal("data/real.db", new FileInfo(app.Database).LinkTarget);
        Assert.Equal(1L, Count(real));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(real));
        Assert.DoesNotContain(Directory.GetFiles(app.Folder, "*", SearchOption.AllDirectories), static file => file.EndsWith(".restoring", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_database_in_write_ahead_mode_stays_in_it(bool acceptDataLoss)
    {
        using var app = await WithBackupAsync();
        Assert.Equal("wal", app.Scalar("PRAGMA journal_mode = WAL"));
        WriteWhenItBegins(app, "INSERT INTO items (name) VALUES ('late')");

        var result = await RestoreAsync(app, acceptDataLoss);

        Assert.Equal(acceptDataLoss ? DeploymentOutcome.Succeeded : DeploymentOutcome.NeedsAttention, result.Outcome);
        Assert.False(File.Exists(app.Database + ".restoring"));
        Assert.Equal("wal", app.Scalar("PRAGMA journal_mode"));
        Assert.Equal(acceptDataLoss ? 1L : 2L, app.Scalar("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task Who_has_a_database_in_write_ahead_mode_open_is_named_before_anything_begins()
    {
        if (!OperatingSystem.IsLinux()) return;

        using var app = await WithBackupAsync();
        app.Scalar("PRAGMA journal_mode = WAL");
        app.Scalar("INSERT INTO items (name) VALUES ('since')");
        using var other = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec sleep 300 < '{app.Database}'"]))!;
        try
        {
            SpinWait.SpinUntil(() => OpenFiles.Holders(app.Database).Count > 0, TimeSpan.FromMinutes(1));
            var started = Stopwatch.GetTimestamp();

            var refused = await RestoreAsync(app, acceptDataLoss: true);

            Assert.Equal((DeploymentOutcome.Refused, "DTK7406"), (refused.Outcome, Assert.Single(refused.Messages).Code));
            Assert.Contains($"process {other.Id} (sleep)", refused.Messages[0].Text, StringComparison.Ordinal);
            Assert.Equal(2L, app.Scalar("SELECT count(*) FROM items"));
            // Not waited for: the driver's own timeout would be half a minute.
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(25));
        }
        finally
        {
            other.Kill();
            await other.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(DeploymentOutcome.Succeeded, (await RestoreAsync(app, acceptDataLoss: true)).Outcome);
    }

    [Fact]
    public async Task An_idle_connection_of_a_pool_in_this_process_does_not_stand_in_the_way()
    {
        using var app = await WithBackupAsync();
        app.Scalar("PRAGMA journal_mode = WAL");
        using (var pooled = new SqliteConnection($"Data Source={app.Database};Pooling=True"))
        {
            pooled.Open();
            using var write = pooled.CreateCommand();
            write.CommandText = "INSERT INTO items (name) VALUES ('since')";
            write.ExecuteNonQuery();
        }

        Assert.Equal(DeploymentOutcome.Succeeded, (await RestoreAsync(app, acceptDataLoss: true)).Outcome);
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task A_copy_of_the_database_as_it_was_names_the_release_whose_database_that_is()
    {
        using var app = await WithBackupAsync();
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", down: null);
        await app.UpAsync("2.0.0");
        var first = await RestoreAsync(app, acceptDataLoss: true, static backup => backup.Schema.Count == 1);
        Assert.Equal(DeploymentOutcome.Succeeded, first.Outcome);
        app.Scalar("INSERT INTO items (name) VALUES ('since')");
        var second = await RestoreAsync(app, acceptDataLoss: true, static backup => backup.Name.EndsWith("-before", StringComparison.Ordinal));
        Assert.Equal(DeploymentOutcome.Succeeded, second.Outcome);

        using var host = app.Build();
        var backups = host.Services.GetRequiredService<DeploymentDatabase>().GetBackups();
        Assert.Equal("2.0.0", backups.Single(backup => backup.Name == first.Run!.Id + "-before").Release?.Version);
        Assert.Equal("1.0.0", backups.Single(backup => backup.Name == second.Run!.Id + "-before").Release?.Version);
    }

    [Fact]
    public async Task A_table_whose_key_uses_a_collation_of_the_app_alone_is_backed_up_and_restored()
    {
        using var app = await WithBackupAsync();
        using (var own = new SqliteConnection($"Data Source={app.Database};Pooling=False"))
        {
            own.Open();
            own.CreateCollation("FOLD", static (a, b) => string.Compare(a, b, StringComparison.OrdinalIgnoreCase));
            using var make = own.CreateCommand();
            make.CommandText = "CREATE TABLE folded (name TEXT COLLATE FOLD PRIMARY KEY, v TEXT); CREATE TABLE keyed (name TEXT COLLATE FOLD PRIMARY KEY, v TEXT) WITHOUT ROWID; INSERT INTO folded VALUES ('a', 'x'); INSERT INTO keyed VALUES ('a', 'x');";
            make.ExecuteNonQuery();
        }

        var backup = await BackUpAsync(app);
        app.Scalar("DELETE FROM items");
        var result = await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup, request with { AcceptDataLoss = true }, token));

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages));
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));
        Assert.Equal("x", app.Scalar("SELECT v FROM folded"));
    }

    [Fact]
    public void Files_that_are_mounted_are_told_from_the_table_of_mounts() => Assert.Equal(
        ["/", "/app/my app.db", "/back\\slash"],
        MountPoints.Read(["22 1 8:1 / / rw - ext4 /dev/sda1 rw", "23 22 8:1 /x /app/my\\040app.db rw - ext4 /dev/sda1 rw", "24 22 8:1 /y /back\\134slash rw - ext4 /dev/sda1 rw", "odd"]));

    private static void WriteWhenItBegins(TestApp app, string sql) => app.OnProgress = progress =>
    {
        if (progress is { Kind: ProgressKind.StepStarted, Step: "restore backup" }) app.Scalar(sql);
        app.OnProgress = progress is { Kind: ProgressKind.StepStarted, Step: "restore backup" } ? static _ => { } : app.OnProgress;
    };

    // Like an app: one connection for a while, and another one when that fails.
    private static void Write(string database, ConcurrentQueue<long> acknowledged, CancellationToken stop)
    {
        for (long number = 1; !stop.IsCancellationRequested;)
        {
            try
            {
                using var connection = new SqliteConnection($"Data Source={database};Pooling=False;Default Timeout=5");
                connection.Open();
                using var insert = connection.CreateCommand();
                // What is committed is seen by others at once; that it is on disk is another matter, which would keep the lock most of the time.
                insert.CommandText = "PRAGMA synchronous = OFF";
                insert.ExecuteNonQuery();
                for (var turn = 0; turn < 40 && !stop.IsCancellationRequested; turn++, number++)
                {
                    insert.CommandText = $"INSERT INTO numbers VALUES ({number})";
                    insert.ExecuteNonQuery();
                    acknowledged.Enqueue(number);
                    Thread.Yield();
                }
            }
            catch (SqliteException)
            {
                // Not acknowledged: the number is not used again.
                number++;
            }
        }
    }

    private static async Task<TestApp> WithBackupAsync()
    {
        var app = TestApp.WithMigrations();
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync()).Outcome);
        await BackUpAsync(app);
        return app;
    }

    private static async Task<string> BackUpAsync(TestApp app)
    {
        using var host = app.Build();
        return (await host.Services.GetRequiredService<DeploymentDatabase>().CreateBackupAsync(TestContext.Current.CancellationToken)).Name;
    }

    private static async Task<DeploymentResult> RestoreAsync(TestApp app, bool acceptDataLoss, Func<BackupInfo, bool>? choose = null)
    {
        using var host = app.Build();
        var backup = host.Services.GetRequiredService<DeploymentDatabase>().GetBackups().First(choose ?? (static backup => backup.Name.StartsWith("manual-", StringComparison.Ordinal))).Name;
        return await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup, request with { AcceptDataLoss = acceptDataLoss }, token));
    }

    private static string[] Kept(TestApp app) => Directory.GetFiles(Path.Combine(app.Folder, ".deployment", "development", "backups"), "*-before*.db");

    private static long Count(string database) => Read(database, "SELECT count(*) FROM items").Single();

    private static List<long> Numbers(string database) => Read(database, "SELECT n FROM numbers");

    private static List<long> Read(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<long>();
        while (reader.Read()) values.Add(reader.GetInt64(0));
        return values;
    }
}
