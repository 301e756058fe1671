using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Journal;

/// <summary>The old part of a journal goes into a file, and everything that rests on it goes on.</summary>
public sealed class JournalArchiveTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_status_rollbacks_and_backups_rest_on_stays_and_the_file_holds_the_rest(bool isInDatabase)
    {
        await DeployAsync(isInDatabase, 8);
        var before = await AskAsync(static history => history.GetStatusAsync("Development"));
        var all = await ReadAsync();

        var done = await ArchiveAsync(3, "first.jsonl");

        Assert.True(done.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', done.Messages));
        var left = await ReadAsync();
        Assert.True(left.Base is { State.Records: > 20 }, "nothing was archived");
        Assert.Equal(all.Records[(int)left.Base.State.Records - 1].Hash, left.Base.State.Hash);
        var archived = await File.ReadAllLinesAsync(FileOf("first.jsonl"), Token);
        Assert.Equal(left.Base.State.Records, archived.Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FileOf("first.jsonl")));

        var after = await AskAsync(static history => history.GetStatusAsync("Development"));
        Assert.Equal((before[0].Release, before[0].VerifiedAt, before[0].LastRun!.Id), (after[0].Release, after[0].VerifiedAt, after[0].LastRun!.Id));
        var runs = await AskAsync(static async history => await history.GetNewestRunsAsync("Development").ToListAsync(Token));
        Assert.InRange(runs.Count, 3, 7);
        var archive = Assert.Single(await AskAsync(static history => history.GetArchivesAsync("Development")));
        Assert.Equal(("first.jsonl", 1, left.Base.State.Records), (archive.File, archive.First, archive.Last));
        Assert.Equal(DeploymentOutcome.Succeeded, (await AskAsync(static history => history.VerifyJournalAsync("Development"))).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await AskAsync(history => history.VerifyArchiveAsync("Development", FileOf("first.jsonl")))).Outcome);

        // Goes on, and back to where it would have gone.
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("9.0.0")).Outcome);
        foreach (var expected in (string[])["8.0.0", "7.0.0", "6.0.0", "5.0.0", "4.0.0"])
        {
            var back = await _app.RollbackAsync();
            Assert.True(back.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', back.Messages));
            Assert.Equal(expected, back.Run!.Release.Version);
        }

        // And the next part, whose archive begins where the first one ends.
        var next = await ArchiveAsync(2, "second.jsonl");
        Assert.True(next.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', next.Messages));
        foreach (var name in (string[])["first.jsonl", "second.jsonl"])
            Assert.Equal(DeploymentOutcome.Succeeded, (await AskAsync(history => history.VerifyArchiveAsync("Development", FileOf(name)))).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await AskAsync(static history => history.VerifyJournalAsync("Development"))).Outcome);
        Assert.Equal("3.0.0", (await _app.RollbackAsync()).Run!.Release.Version);
        Assert.Equal(2, (await AskAsync(static history => history.GetArchivesAsync("Development"))).Count);
    }

    [Fact]
    public async Task An_archive_that_was_changed_or_is_another_is_refused_and_so_is_a_journal_whose_staying_records_were()
    {
        await DeployAsync(isInDatabase: false, 6);
        Assert.Equal(DeploymentOutcome.Succeeded, (await ArchiveAsync(2, "old.jsonl")).Outcome);
        var bytes = await File.ReadAllBytesAsync(FileOf("old.jsonl"), Token);
        bytes[^30] ^= 1;
        await File.WriteAllBytesAsync(FileOf("changed.jsonl"), bytes, Token);

        foreach (var name in (string[])["changed.jsonl", "missing.jsonl"])
            Assert.Equal("DTK7116", (await Assert.ThrowsAsync<DeploymentException>(() => AskAsync(history => history.VerifyArchiveAsync("Development", FileOf(name))))).Messages[0].Code);
        Assert.Equal("DTK7116", (await Assert.ThrowsAsync<DeploymentException>(() => ArchiveAsync(1, "old.jsonl"))).Messages[0].Code);

        var stayed = Path.Combine(Path.GetDirectoryName(_app.JournalFile())!, JournalPaths.StayedName);
        var lines = await File.ReadAllLinesAsync(stayed, Token);
        await File.WriteAllLinesAsync(stayed, lines[1..], Token);
        var verified = await AskAsync(static history => history.VerifyJournalAsync("Development"));
        Assert.Equal((DeploymentOutcome.Refused, "DTK7101"), (verified.Outcome, verified.Messages[0].Code));

        // Commands miss what the newest summary still names.
        await File.WriteAllLinesAsync(stayed, [], Token);
        Assert.Equal("DTK7101", (await _app.UpAsync("9.0.0")).Messages[0].Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whenever_it_dies_the_journal_reads_and_the_command_brings_it_to_its_end(bool isInDatabase)
    {
        await DeployAsync(isInDatabase, 6);
        var copies = new List<(string Moment, TestApp App)>();
        BoundaryListener.Current = moment =>
        {
            if (copies.Exists(copy => copy.Moment == moment)) return;
            var copy = new TestApp { Configure = _app.Configure };
            foreach (var (name, value) in _app.Settings) copy.Settings[name] = value;
            Copy(_app.Folder, copy.Folder);
            copies.Add((moment, copy));
        };
        Assert.Equal(DeploymentOutcome.Succeeded, (await ArchiveAsync(2, "old.jsonl")).Outcome);
        BoundaryListener.Current = null;

        Assert.Contains(copies, static copy => copy.Moment == "append journalArchived: after");
        Assert.Contains(copies, copy => copy.Moment == (isInDatabase ? "archive: not committed" : "archive: file removed"));
        foreach (var (moment, app) in copies)
        {
            using var one = app;
            var verified = await AskAsync(static history => history.VerifyJournalAsync("Development"), app);
            Assert.True(verified.Outcome == DeploymentOutcome.Succeeded, $"{moment}: {string.Join('\n', verified.Messages)}");
            Assert.Equal("6.0.0", (await AskAsync(static history => history.GetStatusAsync("Development"), app))[0].Release!.Version);
            var again = await ArchiveAsync(2, "again.jsonl", app);
            Assert.True(again.Outcome is DeploymentOutcome.Succeeded or DeploymentOutcome.NothingToDo, $"{moment}: {string.Join('\n', again.Messages)}");
            Assert.True((await ReadAsync(app)).Base is not null, moment);
            if (!isInDatabase) Assert.False(File.Exists(app.JournalFile()), $"{moment}: the first file is still there");
            Assert.Equal("5.0.0", (await app.RollbackAsync()).Run!.Release.Version);
        }
    }

    [Fact]
    public async Task From_the_disk_into_a_database_and_out_again_it_is_deployed_rolled_back_and_archived_as_before()
    {
        await DeployAsync(isInDatabase: false, 8);
        Assert.Equal(DeploymentOutcome.Succeeded, (await ArchiveAsync(3, "first.jsonl")).Outcome);
        Assert.False(File.Exists(_app.JournalFile()), "its first file is still there");
        var (before, status) = (await ReadAsync(), (await AskAsync(static history => history.GetStatusAsync("Development")))[0]);
        Assert.Equal(DeploymentOutcome.Succeeded, (await AskAsync(history => history.ExportJournalAsync("Development", FileOf("disk.jsonl"), FileOf("disk.key"), Token))).Outcome);

        // What lies on the disk is missed there, and named as what to bring in, though no file has that name any more.
        _app.Configure = static deployment => deployment.ForJournal();
        var refused = await _app.UpAsync("9.0.0");
        Assert.Equal("DTK7108", refused.Messages[0].Code);
        Assert.Contains($"Bring in the journal that lies on this machine's disk with 'deploy journal import {_app.JournalFile()}'", refused.Messages[0].Text, StringComparison.Ordinal);
        var moved = await ImportAsync(_app.JournalFile());
        Assert.True(moved.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', moved.Messages));
        var files = JournalFiles.Of(_app.JournalFile()).Segments.Select(static segment => segment.Path).Prepend(Path.Combine(Path.GetDirectoryName(_app.JournalFile())!, JournalPaths.StayedName)).ToList();
        Assert.Contains($"Move {string.Join(", ", files.Select(static file => $"'{file}'"))} away", moved.Messages[0].Text, StringComparison.Ordinal);
        // Whichever of its files somebody names, it is the same journal.
        foreach (var file in files) Assert.Equal(DeploymentOutcome.NothingToDo, (await ImportAsync(file)).Outcome);
        files.ForEach(File.Delete);

        Assert.Equal((before.Count, before.LastHash), ((await ReadAsync()).Count, (await ReadAsync()).LastHash));
        Assert.Equal(status.LastRun!.Id, (await AskAsync(static history => history.GetStatusAsync("Development")))[0].LastRun!.Id);
        await GoesOnAsync(["8.0.0", "7.0.0", "6.0.0"]);
        Assert.Equal(DeploymentOutcome.Succeeded, (await ArchiveAsync(2, "second.jsonl")).Outcome);
        await VerifyAsync("first.jsonl", "second.jsonl");

        // And back to a disk that knows nothing.
        Assert.Equal(DeploymentOutcome.Succeeded, (await AskAsync(history => history.ExportJournalAsync("Development", FileOf("out.jsonl"), FileOf("out.key"), Token))).Outcome);
        _app.Configure = static _ => { };
        Directory.Delete(FileOf(".deployment"), recursive: true);
        Assert.Equal(DeploymentOutcome.Succeeded, (await ImportAsync(FileOf("out.jsonl"), FileOf("out.key"))).Outcome);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(_app.JournalFile())!, "journal.*"))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        await VerifyAsync("first.jsonl", "second.jsonl");
        Assert.Equal("5.0.0", (await _app.RollbackAsync()).Run!.Release.Version);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("10.0.0")).Outcome);
        var third = await ArchiveAsync(1, "third.jsonl");
        Assert.True(third.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', third.Messages));
        await VerifyAsync("first.jsonl", "second.jsonl", "third.jsonl");
        Assert.Equal("5.0.0", (await _app.RollbackAsync()).Run!.Release.Version);
    }

    [Fact]
    public async Task With_its_archives_brought_in_before_it_all_of_it_is_there_and_the_next_archive_removes_what_is_in_one()
    {
        await DeployAsync(isInDatabase: true, 2);
        await ExportAsync("early");
        foreach (var (release, archive) in ((string, string?)[])[("3.0.0", null), ("4.0.0", null), ("5.0.0", "first.jsonl"), ("6.0.0", null), ("7.0.0", null), ("8.0.0", "second.jsonl")])
        {
            Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync(release)).Outcome);
            if (archive is not null) Assert.Equal(DeploymentOutcome.Succeeded, (await ArchiveAsync(2, archive)).Outcome);
        }

        await ExportAsync("late");
        var count = (await ReadAsync()).Count;
        Directory.Delete(FileOf(".deployment"), recursive: true);
        Directory.Delete(_app.Database + ".deployment", recursive: true);
        await BringAsync("early.jsonl");

        Assert.Contains("Bring that in first, with 'deploy journal import first.jsonl --environment Development', and then the file.", await WhyNotAsync(), StringComparison.Ordinal);
        await BringAsync("first.jsonl");
        Assert.Contains("Put its archives 'first.jsonl', 'second.jsonl' one behind the other into a file, bring that in first", await WhyNotAsync(), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(FileOf("both.jsonl"), [.. await File.ReadAllBytesAsync(FileOf("first.jsonl"), Token), .. await File.ReadAllBytesAsync(FileOf("second.jsonl"), Token)], Token);
        await BringAsync("both.jsonl");
        await BringAsync("late.jsonl");

        Assert.Equal(count, (await ReadAsync()).Count);
        await VerifyAsync("first.jsonl", "second.jsonl");
        Assert.Equal(count, RowsOf());
        Assert.Equal(DeploymentOutcome.NothingToDo, (await ArchiveAsync(2, "third.jsonl")).Outcome);
        Assert.InRange(RowsOf(), 20, count - 20);
        await VerifyAsync("first.jsonl", "second.jsonl");
        await GoesOnAsync(["8.0.0", "7.0.0", "6.0.0", "5.0.0"]);

        async Task<string> WhyNotAsync() => (await Assert.ThrowsAsync<DeploymentException>(() => ImportAsync(FileOf("late.jsonl"), FileOf("late.key")))).Messages[0].Text;

        async Task BringAsync(string name) => Assert.Equal(DeploymentOutcome.Succeeded, (await ImportAsync(FileOf(name), FileOf("late.key"))).Outcome);

        long RowsOf()
        {
            using var connection = new SqliteConnection($"Data Source={Path.Combine(_app.Database + ".deployment", "journal.db")};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM records";
            return (long)command.ExecuteScalar()!;
        }

        async Task ExportAsync(string name) =>
            Assert.Equal(DeploymentOutcome.Succeeded, (await AskAsync(history => history.ExportJournalAsync("Development", FileOf(name + ".jsonl"), FileOf(name + ".key"), Token))).Outcome);
    }

    [Fact]
    public async Task Lines_that_stayed_and_none_behind_them_are_no_journal_and_whoever_goes_on_without_says_so()
    {
        await DeployAsync(isInDatabase: false, 8);
        Assert.Equal(DeploymentOutcome.Succeeded, (await ArchiveAsync(3, "first.jsonl")).Outcome);
        var folder = Path.GetDirectoryName(_app.JournalFile())!;
        foreach (var segment in JournalFiles.Of(_app.JournalFile()).Segments) File.Delete(segment.Path);
        File.Delete(Path.Combine(folder, JournalPaths.HeadName));

        var refused = await _app.UpAsync("9.0.0");

        Assert.Equal("DTK7108", refused.Messages[0].Code);
        Assert.Contains($"has 0 records and lacks some that it had: '{Path.Combine(folder, JournalPaths.StayedName)}' knows it with ", refused.Messages[0].Text, StringComparison.Ordinal);
        await AskAsync(static history => history.RenewJournalKeyAsync("Development", "it is gone", Token));
        Assert.False(File.Exists(Path.Combine(folder, JournalPaths.StayedName)));
        Assert.Null((await ReadAsync()).Base);
    }

    private Task<DeploymentResult> ImportAsync(string file, string? key = null) => AskAsync(history => history.ImportJournalAsync("Development", file, key, Token));

    private async Task GoesOnAsync(string[] back)
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("9.0.0")).Outcome);
        foreach (var expected in back)
        {
            var rolled = await _app.RollbackAsync();
            Assert.True(rolled.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', rolled.Messages));
            Assert.Equal(expected, rolled.Run!.Release.Version);
        }
    }

    private async Task VerifyAsync(params string[] archives)
    {
        var whole = await AskAsync(static history => history.VerifyJournalAsync("Development"));
        Assert.True(whole.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', whole.Messages));
        foreach (var archive in archives) Assert.Equal(DeploymentOutcome.Succeeded, (await AskAsync(history => history.VerifyArchiveAsync("Development", FileOf(archive)))).Outcome);
    }

    private async Task DeployAsync(bool isInDatabase, int releases)
    {
        _app.Settings["Deployment:JournalFileBytes"] = "4096";
        if (isInDatabase) _app.Configure = static deployment => deployment.ForJournal();
        for (var i = 1; i <= releases; i++) Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync($"{i}.0.0")).Outcome);
    }

    private Task<DeploymentResult> ArchiveAsync(int keep, string name, TestApp? app = null) =>
        AskAsync(history => history.ArchiveJournalAsync("Development", new ArchiveJournalRequest { File = Path.Combine((app ?? _app).Folder, name), Keep = keep }, Token), app);

    private async Task<JournalContent> ReadAsync(TestApp? app = null)
    {
        using var host = (app ?? _app).Build();
        var factory = host.Services.GetRequiredService<Deployment.Toolkit.Composition.DeploymentPartsFactory>();
        return (await JournalReader.ReadAsync(factory.StoreOf(factory.Environment), Token)).EnsureIntact();
    }

    private async Task<T> AskAsync<T>(Func<DeploymentHistory, Task<T>> ask, TestApp? app = null)
    {
        using var host = (app ?? _app).Build();
        return await ask(host.Services.GetRequiredService<DeploymentHistory>());
    }

    private string FileOf(string name) => Path.Combine(_app.Folder, name);

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            // Locks are held while this copies.
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            if (Path.GetFileName(file).EndsWith("lock", StringComparison.Ordinal)) File.WriteAllText(copy, "");
            else File.Copy(file, copy);
        }

        if (OperatingSystem.IsWindows()) return;
        foreach (var folder in Directory.EnumerateDirectories(to, ".deployment*", SearchOption.AllDirectories).Concat(Directory.EnumerateDirectories(to, "*.deployment")))
            foreach (var entry in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder)) File.SetUnixFileMode(entry, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
