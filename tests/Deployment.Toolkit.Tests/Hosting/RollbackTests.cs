using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Hosting;

public sealed class RollbackTests
{
    [Fact]
    public async Task Rollback_goes_back_by_down_scripts_and_keeps_rows_written_since()
    {
        using var app = await TwoReleasesAsync("ALTER TABLE items DROP COLUMN title;");
        app.Scalar("INSERT INTO items (name) VALUES ('written since')");

        var result = await app.RollbackAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(("1.0.0", "2.0.0"), (result.Run!.Release.Version, result.Run.PreviousRelease!.Version));
        Assert.Equal(0L, app.Scalar("SELECT count(*) FROM pragma_table_info('items') WHERE name = 'title'"));
        Assert.Equal(2L, app.Scalar("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task A_binary_without_the_migration_can_undo_it()
    {
        using var app = await TwoReleasesAsync("ALTER TABLE items DROP COLUMN title;");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(app.Folder, "migrations"), "0002*")) File.Delete(file);

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RollbackAsync()).Outcome);
        Assert.Equal(0L, app.Scalar("SELECT count(*) FROM pragma_table_info('items') WHERE name = 'title'"));
    }

    [Fact]
    public async Task Without_a_way_back_the_backup_is_restored_when_nothing_was_written_since()
    {
        using var app = await TwoReleasesAsync(down: null);

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RollbackAsync()).Outcome);
        Assert.Equal(0L, app.Scalar("SELECT count(*) FROM pragma_table_info('items') WHERE name = 'title'"));
    }

    [Fact]
    public async Task Rows_written_since_the_backup_are_lost_only_when_that_is_accepted()
    {
        using var app = await TwoReleasesAsync(down: null);
        app.Scalar("INSERT INTO items (name) VALUES ('a'), ('b')");

        var refused = await app.RollbackAsync();

        Assert.Equal((DeploymentOutcome.Refused, "DTK7018"), (refused.Outcome, Assert.Single(refused.Messages).Code));
        Assert.Contains("at least 2 rows (items: 2) that were written since backup", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(3L, app.Scalar("SELECT count(*) FROM items"));

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RollbackAsync(acceptDataLoss: true)).Outcome);
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));

        // Accepted is not unrecoverable.
        using var host = app.Build();
        var kept = host.Services.GetRequiredService<DeploymentDatabase>().GetBackups()[0];
        Assert.EndsWith("-before", kept.Name, StringComparison.Ordinal);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(kept.Name, request with { AcceptDataLoss = true }, token))).Outcome);
        Assert.Equal(3L, app.Scalar("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task Rows_written_between_two_releases_that_only_backups_take_back_are_not_lost_unasked()
    {
        using var app = await TwoReleasesAsync(down: null);
        app.Scalar("INSERT INTO items (name) VALUES ('while 2.0.0 was live')");
        app.Migration("0003_note", "ALTER TABLE items ADD COLUMN note TEXT;", down: null);
        await app.UpAsync("3.0.0");

        var refused = await app.RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request with { To = "1.0.0" }, token));

        Assert.Equal((DeploymentOutcome.Refused, "DTK7018"), (refused.Outcome, Assert.Single(refused.Messages).Code));
        Assert.Contains("at least 1 row (items: 1) that were written since backup", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(2L, app.Scalar("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task Backups_and_restored_databases_are_open_to_the_same_users_as_the_database()
    {
        if (OperatingSystem.IsWindows()) return;

        using var app = TestApp.WithMigrations();
        await app.UpAsync("1.0.0");
        const UnixFileMode shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        File.SetUnixFileMode(app.Database, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", down: null);
        var run = (await app.UpAsync("2.0.0")).Run!.Id;

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(app.Folder, ".deployment", "development", "backups", run + ".db")));

        File.SetUnixFileMode(app.Database, shared);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RollbackAsync()).Outcome);
        Assert.Equal(shared, File.GetUnixFileMode(app.Database));
    }

    [Fact]
    public async Task A_backup_that_fails_leaves_no_half_copy_behind()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync("1.0.0");
        // The page of the table is overwritten: VACUUM INTO begins and cannot end.
        await using (var stream = new FileStream(app.Database, FileMode.Open))
        {
            stream.Seek(4096 * 2, SeekOrigin.Begin);
            stream.Write(Enumerable.Repeat((byte)0xEE, (int)stream.Length - (4096 * 2)).ToArray());
        }

        using var host = app.Build();
        await Assert.ThrowsAsync<DeploymentException>(() => host.Services.GetRequiredService<DeploymentDatabase>().CreateBackupAsync(CancellationToken.None));

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(app.Folder, ".deployment", "development", "backups"), "*.tmp"));
    }

    [Fact]
    public async Task Rollback_skips_a_release_that_never_verified()
    {
        using var app = await TwoReleasesAsync("ALTER TABLE items DROP COLUMN title;");
        app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy();
        await app.UpAsync("3.0.0");
        await app.UpAsync("4.0.0");
        app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Healthy();

        Assert.Equal("1.0.0", (await app.RollbackAsync()).Run!.Release.Version);
    }

    [Fact]
    public async Task A_step_that_an_earlier_rollback_took_back_is_not_taken_back_again()
    {
        using var app = new TestApp();
        var log = Path.Combine(app.Folder, "log");
        void Step(string name) => app.Configure = deployment => deployment.AddCommandStep(name, "/bin/true", [], c => c.Revert = ["/bin/sh", "-c", $"echo {name} >> '{log}'"]);
        if (OperatingSystem.IsWindows()) return;

        await app.UpAsync("1.0.0");
        Step("second");
        await app.UpAsync("2.0.0");
        Step("third");
        await app.UpAsync("3.0.0");
        Assert.Equal("2.0.0", (await app.RollbackAsync()).Run!.Release.Version);
        Step("second");

        var result = await app.RollbackAsync();

        Assert.Equal((DeploymentOutcome.Succeeded, "1.0.0"), (result.Outcome, result.Run?.Release.Version));
        Assert.Equal(["third", "second"], await File.ReadAllLinesAsync(log));
    }

    [Fact]
    public async Task A_hold_is_released_by_the_whole_commit_too()
    {
        using var app = new TestApp();
        await app.UpAsync("1.0.0");
        await app.UpAsync("2.0.0+9fceb02d0ae598e95dc970b74767f19372d61af8");
        await app.RollbackAsync();

        using var host = app.Build();
        var history = host.Services.GetRequiredService<DeploymentHistory>();
        Assert.Equal(DeploymentOutcome.Succeeded, (await history.UnholdAsync("2.0.0+9fceb02d0ae598e95dc970b74767f19372d61af8", "mended", CancellationToken.None)).Outcome);
        Assert.Empty(Assert.Single(await history.GetStatusAsync("Development")).Holds);
    }

    [Theory]
    [InlineData("2.0.0")]
    [InlineData("2.0.0+9fceb02")]
    [InlineData("2.0.0+9fceb02d0a")]
    [InlineData("2.0.0+9fceb02d0ae598e95dc970b74767f19372d61af8")]
    public async Task A_hold_holds_the_release_however_much_of_its_commit_was_copied(string called)
    {
        const string whole = "2.0.0+9fceb02d0ae598e95dc970b74767f19372d61af8";
        using var app = new TestApp();
        await app.UpAsync("1.0.0");
        using (var host = app.Build())
            Assert.Equal(DeploymentOutcome.Succeeded, (await host.Services.GetRequiredService<DeploymentHistory>().HoldAsync(called, "bad build", TestContext.Current.CancellationToken)).Outcome);

        Assert.Equal("DTK7011", Assert.Single((await app.UpAsync(whole)).Messages).Code);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0-rc.1+9fceb02d0ae598e95dc970b74767f19372d61af8")).Outcome);
        using (var host = app.Build())
            Assert.Equal(DeploymentOutcome.Succeeded, (await host.Services.GetRequiredService<DeploymentHistory>().UnholdAsync(called, "mended", TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync(whole)).Outcome);
    }

    [Fact]
    public async Task With_nothing_verified_before_there_is_no_target()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();

        var result = await app.RollbackAsync();

        Assert.Equal((DeploymentOutcome.Refused, "DTK7017"), (result.Outcome, Assert.Single(result.Messages).Code));
    }

    [Fact]
    public async Task The_release_that_was_left_is_held_until_somebody_says_why_not()
    {
        using var app = await TwoReleasesAsync("ALTER TABLE items DROP COLUMN title;");
        await app.RollbackAsync();

        Assert.Equal("DTK7011", Assert.Single((await app.UpAsync("2.0.0")).Messages).Code);
        Assert.Equal("DTK7017", Assert.Single((await app.RollbackAsync()).Messages).Code);

        using (var host = app.Build())
            Assert.Equal(DeploymentOutcome.Succeeded, (await host.Services.GetRequiredService<DeploymentHistory>().UnholdAsync(null, "the provider is mended", CancellationToken.None)).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
    }

    [Fact]
    public async Task An_open_connection_cannot_write_to_a_database_that_was_replaced()
    {
        using var app = await TwoReleasesAsync(down: null);
        using var open = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={app.Database};Pooling=False");
        open.Open();
        using var write = open.CreateCommand();
        write.CommandText = "SELECT count(*) FROM items";
        write.ExecuteScalar();

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RollbackAsync()).Outcome);

        write.CommandText = "INSERT INTO items (name) VALUES ('into nowhere')";
        Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => write.ExecuteNonQuery());
    }

    [Fact]
    public async Task A_restored_backup_leaves_a_copy_of_what_was_there()
    {
        using var app = await TwoReleasesAsync("ALTER TABLE items DROP COLUMN title;");
        using var host = app.Build();
        var database = host.Services.GetRequiredService<DeploymentDatabase>();
        var backup = database.GetBackups()[0].Name;

        var refused = await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup, request, token));
        var restored = await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup, request with { AcceptDataLoss = true }, token));

        Assert.Equal("DTK7018", Assert.Single(refused.Messages).Code);
        Assert.Equal(DeploymentOutcome.Succeeded, restored.Outcome);
        Assert.Equal(0L, app.Scalar("SELECT count(*) FROM pragma_table_info('items') WHERE name = 'title'"));
        Assert.Contains(database.GetBackups(), static kept => kept.Name.EndsWith("-before", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_backup_is_refused_before_anything_is_touched()
    {
        using var app = await TwoReleasesAsync(down: null);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(app.Folder, ".deployment", "development", "backups"), "*.db"))
        {
            await using var stream = new FileStream(file, FileMode.Open);
            stream.Seek(-1, SeekOrigin.End);
            stream.WriteByte(0xFF);
        }

        Assert.All((await app.RollbackAsync()).Messages, static message => Assert.Equal("DTK7403", message.Code));
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM pragma_table_info('items') WHERE name = 'title'"));
    }

    [Fact]
    public async Task Rows_written_between_the_backup_and_the_migration_are_not_lost_unasked()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync("1.0.0");
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", down: null);
        app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy();
        app.OnProgress = progress =>
        {
            if (progress is { Kind: ProgressKind.StepDone, Step: DeploymentSteps.BackUp }) app.Scalar("INSERT INTO items (name) VALUES ('by the old release')");
        };

        var stopped = await app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        Assert.Contains(stopped.Messages, static message => message.Code == "DTK7018");
        Assert.Equal(2L, app.Scalar("SELECT count(*) FROM items"));
    }

    private static async Task<TestApp> TwoReleasesAsync(string? down)
    {
        var app = TestApp.WithMigrations();
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("1.0.0")).Outcome);
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", down);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        return app;
    }
}
