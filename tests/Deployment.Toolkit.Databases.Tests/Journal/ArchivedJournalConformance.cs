using Deployment.Toolkit.Databases.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Databases.Tests.Journal;

/// <summary>An app whose journal's old part went to an archive on the disk, and which moves the journal into its database.</summary>
public abstract class ArchivedJournalConformance : IAsyncLifetime
{
    private TargetUnderTest _database = null!;
    private DeployedApp _app = null!;

    protected abstract Task<TargetUnderTest> CreateAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string JournalFolder => Path.Combine(_app.Folder, ".deployment", "development");

    public async ValueTask InitializeAsync()
    {
        _database = await CreateAsync();
        _app = new DeployedApp(_database) { Settings = { ["Deployment:JournalFileBytes"] = "4096" } };
        _app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;");
    }

    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task It_is_deployed_rolled_back_verified_and_archived_there_and_moves_back()
    {
        await DeployAsync(8);
        Ok(await ArchiveAsync(3, "first.jsonl"));
        Assert.False(File.Exists(Path.Combine(JournalFolder, "journal.jsonl")));
        _app.Configure = static deployment => deployment.ForJournal();
        Assert.Equal("DTK7108", (await _app.UpAsync("9.0.0")).Messages[0].Code);

        Ok(await AskAsync(history => history.ImportJournalAsync(null, Path.Combine(JournalFolder, "journal.jsonl"), null, Token)));
        // From here on it is another machine's.
        Directory.Delete(Path.Combine(_app.Folder, ".deployment"), recursive: true);

        await VerifyAsync("first.jsonl");
        Assert.Equal("8.0.0", Assert.Single(await AskAsync(static history => history.GetStatusAsync("Development", Token))).Release!.Version);
        Assert.Equal("first.jsonl", Assert.Single(await AskAsync(static history => history.GetArchivesAsync("Development", Token))).File);
        await _app.UpOkAsync("9.0.0");
        await BackToAsync("8.0.0", "7.0.0", "6.0.0");
        Ok(await ArchiveAsync(2, "second.jsonl"));
        await VerifyAsync("first.jsonl", "second.jsonl");

        Ok(await AskAsync(history => history.ExportJournalAsync(null, FileOf("out.jsonl"), FileOf("out.key"), Token)));
        _app.Configure = static _ => { };
        Directory.Delete(Path.Combine(_app.Folder, ".deployment"), recursive: true);
        Ok(await AskAsync(history => history.ImportJournalAsync(null, FileOf("out.jsonl"), FileOf("out.key"), Token)));
        await VerifyAsync("first.jsonl", "second.jsonl");
        await BackToAsync("5.0.0");
    }

    [Fact]
    public async Task Begun_there_its_old_part_goes_to_an_archive_and_it_goes_on()
    {
        _app.Configure = static deployment => deployment.ForJournal();
        await DeployAsync(6);
        var runs = (await RunsAsync()).Count;

        Ok(await ArchiveAsync(2, "first.jsonl"));

        Assert.InRange((await RunsAsync()).Count, 2, runs - 1);
        await VerifyAsync("first.jsonl");
        await _app.UpOkAsync("7.0.0");
        await BackToAsync("6.0.0", "5.0.0", "4.0.0", "3.0.0");
        Ok(await ArchiveAsync(1, "second.jsonl"));
        await VerifyAsync("first.jsonl", "second.jsonl");
        Assert.Equal(DeploymentOutcome.NothingToDo, (await ArchiveAsync(1, "third.jsonl")).Outcome);
        await BackToAsync("2.0.0");
    }

    private async Task DeployAsync(int releases)
    {
        for (var i = 1; i <= releases; i++)
            await _app.UpOkAsync($"{i}.0.0");
    }

    private async Task BackToAsync(params string[] releases)
    {
        foreach (var release in releases)
        {
            var back = await _app.RollbackAsync();
            Ok(back);
            Assert.Equal(release, back.Run!.Release.Version);
        }
    }

    private async Task VerifyAsync(params string[] archives)
    {
        Ok(await _app.VerifyJournalAsync());
        foreach (var archive in archives)
            Ok(await AskAsync(history => history.VerifyArchiveAsync(null, FileOf(archive), Token)));
    }

    private Task<DeploymentResult> ArchiveAsync(int keep, string name) =>
        AskAsync(history => history.ArchiveJournalAsync(null, new ArchiveJournalRequest { File = FileOf(name), Keep = keep }, Token));

    private Task<List<DeploymentRun>> RunsAsync() => AskAsync(static async history => await history.GetNewestRunsAsync("Development", cancellationToken: Token).ToListAsync(Token));

    private async Task<T> AskAsync<T>(Func<DeploymentHistory, Task<T>> ask)
    {
        using var host = _app.Build();
        return await ask(host.Services.GetRequiredService<DeploymentHistory>());
    }

    private string FileOf(string name) => Path.Combine(_app.Folder, name);

    private static void Ok(DeploymentResult result) => Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result));
}

public sealed class SqliteArchivedJournalTests : ArchivedJournalConformance
{
    protected override Task<TargetUnderTest> CreateAsync() => Task.FromResult<TargetUnderTest>(new SqliteUnderTest());
}

public sealed class PostgreSqlArchivedJournalTests(PostgreSqlServer server) : ArchivedJournalConformance
{
    protected override async Task<TargetUnderTest> CreateAsync()
    {
        // Half a minute; the other two take a tenth of it.
        Assert.SkipUnless(FullRun.IsOn, FullRun.Only);
        return new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
    }
}

public sealed class MySqlArchivedJournalTests(MySqlServer server) : ArchivedJournalConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new MySqlUnderTest(await server.CreateDatabaseAsync());
}
