using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Backup;

/// <summary>Pruning a real folder of backups.</summary>
public sealed class PruneTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    public void Dispose() => _app.Dispose();

    private string Folder => Path.Combine(_app.Folder, ".deployment", "development", "backups");

    private string[] Files => [.. Directory.GetFileSystemEntries(Folder).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Those_beyond_the_newest_go_with_their_descriptions_and_the_journal_says_by_whom()
    {
        await UpAsync("1.0.0");
        string[] taken = [await BackUpAsync(), await BackUpAsync(), await BackUpAsync(), await BackUpAsync()];

        var result = await PruneAsync(new() { Keep = 2 });

        AssertSucceeded(result);
        Assert.Empty(result.Messages);
        Assert.Equal([taken[3], taken[2]], Kept(result)[..2]);
        Assert.Equal([taken[1], taken[0]], Removed(result)[..2]);
        Assert.Equal(Files, Kept(result).SelectMany(static name => (string[])[name + ".db", name + ".db.json"]).Order(StringComparer.Ordinal));
        Assert.All(result.Backups!, static decision => Assert.True(decision is { Size: > 0, TakenAt: not null }));
        var record = (await File.ReadAllLinesAsync(_app.JournalFile(), TestContext.Current.CancellationToken)).Single(static line => line.Contains("\"backupsPruned\"", StringComparison.Ordinal));
        Assert.Contains($"\"name\":\"{taken[0]}\"", record, StringComparison.Ordinal);
        Assert.Contains($"\"by\":\"{Environment.UserName}@", record, StringComparison.Ordinal);

        var gone = await _app.RunAsync((deployer, request, token) => deployer.RestoreAsync(taken[0], request, token));
        Assert.Matches($"^Backup '{taken[0]}' does not exist in 'Development'. It was pruned on ....-..-.. ..:.. UTC by {Environment.UserName}@", Assert.Single(gone.Messages).Text);
        Assert.Equal(DeploymentOutcome.Succeeded, (await UpAsync("1.0.1")).Outcome);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await PruneAsync(new() { Keep = 2 })).Outcome);
    }

    [Fact]
    public async Task A_dry_run_decides_the_same_and_changes_nothing()
    {
        await UpAsync("1.0.0");
        for (var i = 0; i < 3; i++) await BackUpAsync();
        var (files, journal) = (Files, await File.ReadAllBytesAsync(_app.JournalFile(), TestContext.Current.CancellationToken));

        var shown = await PruneAsync(new() { Keep = 1, DryRun = true });

        Assert.Equal(DeploymentOutcome.Succeeded, shown.Outcome);
        Assert.Equal(files, Files);
        Assert.Equal(journal, await File.ReadAllBytesAsync(_app.JournalFile(), TestContext.Current.CancellationToken));
        Assert.Equal(shown.Backups, (await PruneAsync(new() { Keep = 1 })).Backups);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_rollback_would_restore_stays_and_with_a_down_script_it_need_not(bool hasDown)
    {
        await UpAsync("1.0.0");
        _app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", hasDown ? "ALTER TABLE items DROP COLUMN title;" : null);
        await UpAsync("1.1.0");
        await BackUpAsync();
        var newest = await BackUpAsync();

        var result = await PruneAsync(new() { Keep = 1 });

        Assert.Equal(hasDown ? 1 : 2, Kept(result).Length);
        Assert.Equal(newest, Kept(result)[0]);
        if (!hasDown) Assert.Equal("a rollback to 1.0.0 needs it", result.Backups!.Single(decision => decision.Name == Kept(result)[1]).Reason);
        var back = await _app.RollbackAsync();
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', back.Messages));
        Assert.Equal(0L, _app.Scalar("SELECT count(*) FROM pragma_table_info('items') WHERE name = 'title'"));
    }

    [Fact]
    public async Task Where_the_newest_for_a_rollback_is_damaged_the_older_one_stays_and_works()
    {
        await UpAsync("1.0.0");
        var older = await BackUpAsync();
        _app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", null);
        var run = (await UpAsync("1.1.0")).Run!.Id;
        await BackUpAsync();
        await File.AppendAllTextAsync(Path.Combine(Folder, run + ".db"), "damage", TestContext.Current.CancellationToken);

        var result = await PruneAsync(new() { Keep = 1 });

        Assert.Contains(older, Kept(result));
        Assert.Contains(result.Backups!, decision => decision.Name == run && decision.IsRemoved && decision.Reason.EndsWith("; it cannot be read", StringComparison.Ordinal));
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.RollbackAsync()).Outcome);
    }

    [Fact]
    public async Task The_one_that_the_database_was_restored_from_still_says_whose_database_it_is()
    {
        await UpAsync("1.0.0");
        var origin = await BackUpAsync();
        _app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", "ALTER TABLE items DROP COLUMN title;");
        await UpAsync("1.1.0");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.RunAsync((deployer, request, token) => deployer.RestoreAsync(origin, request with { AcceptDataLoss = true }, token))).Outcome);
        var newest = await BackUpAsync();

        var result = await PruneAsync(new() { Keep = 1 });

        Assert.Equal([newest, origin], Kept(result));
        Assert.Equal("the database was restored from it", result.Backups!.Single(decision => decision.Name == origin).Reason);
        var plan = await _app.RunAsync((deployer, request, token) => deployer.RestoreAsync(newest, request with { AcceptDataLoss = true, DryRun = true }, token));
        Assert.Equal("1.0.0", plan.Plan!.PreviousRelease!.Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_a_run_is_not_finished_nothing_is_removed(bool dryRun)
    {
        await UpAsync("1.0.0");
        var backup = await BackUpAsync();
        await BackUpAsync();
        _app.OnProgress = progress =>
        {
            if (progress is { Kind: ProgressKind.StepStarted, Step: "restore backup" }) _app.Scalar("INSERT INTO items (name) VALUES ('late')");
        };
        Assert.Equal(DeploymentOutcome.NeedsAttention, (await _app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup, request, token))).Outcome);
        var files = Files;

        var refused = await PruneAsync(new() { Keep = 1, DryRun = dryRun });

        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        var message = Assert.Single(refused.Messages);
        Assert.Equal("DTK7012", message.Code);
        Assert.Contains("Go on with 'deploy resume --environment Development': a restore that has begun can only be finished.", message.Text, StringComparison.Ordinal);
        Assert.Equal(files, Files);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("damaged")]
    public async Task Without_the_database_that_the_journal_knows_nobody_can_say_what_is_needed(string how)
    {
        await UpAsync("1.0.0");
        await BackUpAsync();
        await BackUpAsync();
        if (how == "gone") File.Delete(_app.Database);
        else await File.WriteAllTextAsync(_app.Database, new string('x', 5000), TestContext.Current.CancellationToken);
        var files = Files;

        Assert.Equal(DeploymentOutcome.Refused, (await PruneAsync(new() { Keep = 1 })).Outcome);
        Assert.Equal(files, Files);
    }

    [Fact]
    public async Task An_unreadable_description_is_told_and_left_with_its_file()
    {
        await UpAsync("1.0.0");
        var damaged = await BackUpAsync();
        for (var i = 0; i < 3; i++) await BackUpAsync();
        foreach (var (name, text) in ((string, string)[])[(damaged, "{ not json"), ("nulls", """{ "name": "nulls", "takenAt": "2020-01-01T00:00:00Z", "durationSeconds": 1, "size": 1, "sha256": "", "schema": null }""")])
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, name + ".db.json"), text, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(Folder, name + ".db"), "x", TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(Path.Combine(Folder, name + ".db"), DateTime.UtcNow.AddDays(-9));
        }

        var result = await PruneAsync(new() { Keep = 1 });

        AssertSucceeded(result);
        Assert.Equal(["DTK7403", "DTK7403"], result.Messages.Select(static message => message.Code));
        Assert.All(result.Messages, static message => Assert.Equal(MessageSeverity.Warning, message.Severity));
        foreach (var name in (string[])[damaged, "nulls"]) AssertThere(name + ".db", name + ".db.json");
    }

    [Fact]
    public async Task Links_are_told_and_neither_they_nor_what_they_lead_to_are_touched()
    {
        if (OperatingSystem.IsWindows()) return;

        await UpAsync("1.0.0");
        var real = await BackUpAsync();
        for (var i = 0; i < 2; i++) await BackUpAsync();
        // One whose file is the live database, one whose description is another's, one that leads nowhere, and a half copy that is a link.
        File.Copy(Path.Combine(Folder, real + ".db.json"), Path.Combine(Folder, "file.db.json"));
        File.CreateSymbolicLink(Path.Combine(Folder, "file.db"), _app.Database);
        File.Copy(Path.Combine(Folder, real + ".db"), Path.Combine(Folder, "description.db"));
        File.CreateSymbolicLink(Path.Combine(Folder, "description.db.json"), Path.Combine(Folder, real + ".db.json"));
        File.CreateSymbolicLink(Path.Combine(Folder, "half.db.tmp"), _app.Database);
        await File.WriteAllTextAsync(Path.Combine(Folder, "dangling.db"), "x", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(Path.Combine(Folder, "dangling.db"), DateTime.UtcNow.AddDays(-9));
        File.CreateSymbolicLink(Path.Combine(Folder, "dangling.db.json"), "nowhere");
        File.SetLastWriteTimeUtc(_app.Database, DateTime.UtcNow.AddDays(-9));

        var result = await PruneAsync(new() { Keep = 1 });

        AssertSucceeded(result);
        Assert.Equal(["DTK7403", "DTK7407", "DTK7407"], result.Messages.Select(static message => message.Code));
        Assert.Single(Kept(result));
        AssertThere("file.db", "file.db.json", "description.db", "description.db.json", "half.db.tmp", "dangling.db", "dangling.db.json");
        Assert.Equal(1L, _app.Scalar("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task What_killed_commands_left_goes_once_it_is_a_day_old()
    {
        await UpAsync("1.0.0");
        await BackUpAsync();
        foreach (var (name, days) in ((string, int)[])[("old.db", 2), ("fresh.db", 0), ("old.db.tmp", 2), ("fresh.db.tmp", 0), ("kept.damaged", 9), ("notes.txt", 9)])
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, name), "half", TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(Path.Combine(Folder, name), DateTime.UtcNow.AddDays(-days));
        }

        var result = await PruneAsync(new());

        Assert.Equal(["old.db", "old.db.tmp"], Removed(result));
        AssertThere("fresh.db", "fresh.db.tmp", "kept.damaged", "notes.txt");
        Assert.DoesNotContain("old.db", Files);
        Assert.DoesNotContain("backupsPruned", await File.ReadAllTextAsync(_app.JournalFile(), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_at_once_remove_each_backup_once()
    {
        await UpAsync("1.0.0");
        for (var i = 0; i < 4; i++) await BackUpAsync();

        var results = await Task.WhenAll(PruneAsync(new() { Keep = 1 }), PruneAsync(new() { Keep = 1 }));

        Assert.All(results, static result => Assert.Contains(result.Outcome, (DeploymentOutcome[])[DeploymentOutcome.Succeeded, DeploymentOutcome.NothingToDo]));
        var removed = results.SelectMany(Removed).ToList();
        Assert.Equal(removed.Distinct(StringComparer.Ordinal), removed);
        Assert.Equal(2, Files.Length);
    }

    [Fact]
    public async Task An_environment_without_backups_has_nothing_to_prune_and_gets_no_journal()
    {
        var result = await PruneAsync(new());

        Assert.Equal(DeploymentOutcome.NothingToDo, result.Outcome);
        Assert.Empty(result.Backups!);
        Assert.False(File.Exists(_app.JournalFile()));
    }

    [Fact]
    public async Task To_keep_none_is_no_rule() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => PruneAsync(new() { Keep = 0 }));

    private static void AssertSucceeded(DeploymentResult result) => Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages));

    private void AssertThere(params string[] names) => Assert.Equal(names, names.Intersect(Files, StringComparer.Ordinal));

    private static string[] Kept(DeploymentResult result) => [.. result.Backups!.Where(static decision => !decision.IsRemoved).Select(static decision => decision.Name)];

    private static string[] Removed(DeploymentResult result) => [.. result.Backups!.Where(static decision => decision.IsRemoved).Select(static decision => decision.Name)];

    private async Task<DeploymentResult> UpAsync(string release)
    {
        var result = await _app.UpAsync(release);
        AssertSucceeded(result);
        return result;
    }

    private async Task<string> BackUpAsync()
    {
        using var host = _app.Build();
        return (await host.Services.GetRequiredService<DeploymentDatabase>().CreateBackupAsync(TestContext.Current.CancellationToken)).Name;
    }

    private async Task<DeploymentResult> PruneAsync(PruneBackupsRequest request)
    {
        using var host = _app.Build();
        return await host.Services.GetRequiredService<DeploymentDatabase>().PruneBackupsAsync(request, TestContext.Current.CancellationToken);
    }
}
