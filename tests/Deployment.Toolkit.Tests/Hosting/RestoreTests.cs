using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Hosting;

public sealed class RestoreTests
{
    [Theory]
    [InlineData(0, "not a database")]
    [InlineData(4096, "page 2")]
    public async Task A_damaged_database_gives_way_to_its_backup_and_is_kept_byte_for_byte(int from, string told)
    {
        using var app = await WithBackupAsync();
        Damage(app, from);
        File.WriteAllText(app.Database + "-wal", "what was left of a log that would be replayed");
        var damaged = await File.ReadAllBytesAsync(app.Database, TestContext.Current.CancellationToken);

        var refused = await RestoreAsync(app, acceptDataLoss: false);
        Assert.Equal("DTK7018", Assert.Single(refused.Messages).Code);
        Assert.Contains("is damaged", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.True(refused.Messages[0].Text.Contains(told, StringComparison.OrdinalIgnoreCase), refused.Messages[0].Text);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(app.Database, TestContext.Current.CancellationToken));

        Assert.Equal(DeploymentOutcome.Succeeded, (await RestoreAsync(app, acceptDataLoss: true)).Outcome);
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));
        Assert.Equal("ok", app.Scalar("PRAGMA integrity_check"));
        var kept = Assert.Single(Directory.GetFiles(Backups(app), "*.damaged"));
        Assert.Equal(damaged, await File.ReadAllBytesAsync(kept, TestContext.Current.CancellationToken));
        Assert.False(File.Exists(app.Database + "-wal"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_backup_that_cannot_be_read_replaces_nothing(bool isLiveDamaged)
    {
        using var app = await WithBackupAsync();
        var whole = await File.ReadAllBytesAsync(app.Database, TestContext.Current.CancellationToken);
        Damage(app, from: 0);
        var damaged = await File.ReadAllBytesAsync(app.Database, TestContext.Current.CancellationToken);
        var live = isLiveDamaged ? damaged : whole;
        await File.WriteAllBytesAsync(app.Database, live, TestContext.Current.CancellationToken);

        // As if the password had changed since: the bytes are those that were described.
        var backup = Directory.GetFiles(Backups(app), "manual-*.db").Single();
        await File.WriteAllBytesAsync(backup, damaged, TestContext.Current.CancellationToken);
        var description = await File.ReadAllTextAsync(backup + ".json", TestContext.Current.CancellationToken);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(damaged));
        await File.WriteAllTextAsync(
            backup + ".json", System.Text.RegularExpressions.Regex.Replace(description, "[0-9a-f]{64}", hash), TestContext.Current.CancellationToken);

        var refused = await RestoreAsync(app, acceptDataLoss: true);

        Assert.Equal("DTK7403", Assert.Single(refused.Messages).Code);
        Assert.Contains("correct the connection string's password", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(live, await File.ReadAllBytesAsync(app.Database, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_database_that_is_gone_comes_back_from_its_backup_and_not_with_the_log_that_it_left()
    {
        using var app = await WithBackupAsync();
        using (var writer = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={app.Database};Pooling=False"))
        {
            writer.Open();
            using var write = writer.CreateCommand();
            write.CommandText = "PRAGMA journal_mode = WAL; INSERT INTO items (name) VALUES ('in the log')";
            write.ExecuteNonQuery();
            File.Copy(app.Database + "-wal", app.Database + "-left");
        }

        File.Delete(app.Database);
        File.Move(app.Database + "-left", app.Database + "-wal");

        Assert.Equal(DeploymentOutcome.Succeeded, (await RestoreAsync(app, acceptDataLoss: true)).Outcome);
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task What_was_written_between_two_attempts_is_kept_too()
    {
        using var app = await WithBackupAsync();
        app.Settings["ConnectionStrings:App"] = $"Data Source={app.Database};Pooling=False;Default Timeout=1";
        app.Scalar("INSERT INTO items (name) VALUES ('before the first')");
        DeploymentResult stopped;
        using (var busy = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={app.Database};Pooling=False"))
        {
            busy.Open();
            using var read = busy.CreateCommand();
            read.CommandText = "BEGIN IMMEDIATE; SELECT count(*) FROM items";
            read.ExecuteScalar();
            stopped = await RestoreAsync(app, acceptDataLoss: true);
        }

        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        Assert.Contains(stopped.Messages, static message => message.Code == "DTK7404");
        app.Scalar("INSERT INTO items (name) VALUES ('before the second')");
        var told = new List<string>();
        app.OnProgress = progress => told.Add(progress.Text);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token))).Outcome);

        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));
        Assert.Equal(3L, Rows(Assert.Single(Directory.GetFiles(Backups(app), "*-before*.db"))));
        Assert.Contains(told, static line => line.Contains("which alone has at least 2 rows (items: 2) that were written since", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("INSERT INTO items (name) VALUES ('a'), ('b')", "at least 2 rows (items: 2) that were written since")]
    [InlineData("UPDATE items SET name = 'another'", "at least 1 row (items: 1) that were written since")]
    [InlineData("CREATE INDEX by_name ON items (name)", "changes (index by_name) that were written since")]
    public async Task A_dry_run_says_what_would_be_lost_whether_that_is_accepted_or_not(string write, string lost)
    {
        using var app = await WithBackupAsync();
        app.Scalar(write);

        var refused = await PlanAsync(app, acceptDataLoss: false);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7018"), (refused.Outcome, Assert.Single(refused.Messages).Code));
        Assert.Contains(lost, refused.Messages[0].Text, StringComparison.Ordinal);

        var planned = await PlanAsync(app, acceptDataLoss: true);
        Assert.Contains(planned.Plan!.Risks, risk => risk.Contains(lost, StringComparison.Ordinal) && risk.Contains("is kept as a backup", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dry_run_tells_what_migrations_made_from_what_was_written()
    {
        using var app = await WithBackupAsync();
        app.Migration("0002_more", "ALTER TABLE items ADD COLUMN more TEXT;", "ALTER TABLE items DROP COLUMN more;");
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);

        Assert.Contains("what may have been written since", Assert.Single((await PlanAsync(app, acceptDataLoss: false)).Messages).Text, StringComparison.Ordinal);
        Assert.Contains((await PlanAsync(app, acceptDataLoss: true)).Plan!.Risks, static risk => risk.Contains("what may have been written since", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dry_run_over_what_the_backup_holds_loses_nothing()
    {
        using var app = await WithBackupAsync();
        foreach (var acceptsDataLoss in (bool[])[false, true])
        {
            var planned = await PlanAsync(app, acceptsDataLoss);
            Assert.Equal(DeploymentOutcome.Succeeded, planned.Outcome);
            Assert.DoesNotContain(planned.Plan!.Risks, static risk => risk.Contains("lost", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_dry_run_over_a_damaged_database_says_that_what_is_lost_cannot_be_told()
    {
        using var app = await WithBackupAsync();
        Damage(app, from: 0);
        Assert.Contains((await PlanAsync(app, acceptDataLoss: true)).Plan!.Risks, static risk => risk.Contains("can't be told", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_meets_a_damaged_database_is_told_the_way_to_a_backup()
    {
        using var app = await WithBackupAsync();
        Damage(app, from: 0);
        using var host = app.Build();

        var up = Assert.Single((await app.UpAsync("2.0.0")).Messages);
        var backUp = await Assert.ThrowsAsync<DeploymentException>(
            () => host.Services.GetRequiredService<DeploymentDatabase>().CreateBackupAsync(TestContext.Current.CancellationToken));

        Assert.Equal("DTK7401", up.Code);
        Assert.EndsWith("'deploy backup restore NAME --accept-data-loss' puts one in its place.", up.Text, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed. 'deploy backup list' names the backups", backUp.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_replaced_once_somebody_else_holds_the_environment()
    {
        using var app = await WithBackupAsync();
        app.Scalar("INSERT INTO items (name) VALUES ('since')");
        app.OnProgress = progress =>
        {
            if (progress is { Kind: ProgressKind.StepStarted, Step: "restore backup" }) File.AppendAllText(app.JournalFile(), "another holder's record\n");
        };

        var stopped = await RestoreAsync(app, acceptDataLoss: true);

        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        Assert.Contains(stopped.Messages, static message => message.Code == "DTK7105");
        Assert.Equal(2L, app.Scalar("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task A_half_copy_of_a_killed_run_goes_with_a_later_backup_and_that_of_a_running_one_stays()
    {
        using var app = await WithBackupAsync();
        var (abandoned, running) = (Path.Combine(Backups(app), "of-a-killed-run.db.tmp"), Path.Combine(Backups(app), "of-a-running-one.db.tmp"));
        File.WriteAllText(abandoned, "half");
        File.WriteAllText(running, "half");
        File.SetLastWriteTimeUtc(abandoned, DateTime.UtcNow.AddDays(-2));

        using var host = app.Build();
        await host.Services.GetRequiredService<DeploymentDatabase>().CreateBackupAsync(TestContext.Current.CancellationToken);

        Assert.False(File.Exists(abandoned));
        Assert.True(File.Exists(running));
    }

    private static async Task<DeploymentResult> PlanAsync(TestApp app, bool acceptDataLoss)
    {
        using var host = app.Build();
        var backup = host.Services.GetRequiredService<DeploymentDatabase>().GetBackups().Single(static backup => backup.Name.StartsWith("manual-", StringComparison.Ordinal)).Name;
        return await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup, request with { AcceptDataLoss = acceptDataLoss, DryRun = true }, token));
    }

    private static async Task<TestApp> WithBackupAsync()
    {
        var app = TestApp.WithMigrations();
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync()).Outcome);
        using var host = app.Build();
        await host.Services.GetRequiredService<DeploymentDatabase>().CreateBackupAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<DeploymentResult> RestoreAsync(TestApp app, bool acceptDataLoss)
    {
        using var host = app.Build();
        var backup = host.Services.GetRequiredService<DeploymentDatabase>().GetBackups()[0].Name;
        return await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup, request with { AcceptDataLoss = acceptDataLoss }, token));
    }

    private static void Damage(TestApp app, int from)
    {
        using var stream = new FileStream(app.Database, FileMode.Open);
        stream.Seek(from, SeekOrigin.Begin);
        stream.Write(Enumerable.Repeat((byte)0xA5, (int)Math.Min(stream.Length - from, 4096)).ToArray());
    }

    private static string Backups(TestApp app) => Path.Combine(app.Folder, ".deployment", "development", "backups");

    private static long Rows(string database)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM items";
        return (long)command.ExecuteScalar()!;
    }
}
