using System.Text;
using Deployment.Toolkit.DatabaseJournal;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Tests.Journal;
using Microsoft.Data.Sqlite;

namespace Deployment.Toolkit.Tests.DatabaseJournal;

/// <summary>A SQLite file beside the app's.</summary>
public sealed class JournalInSqliteTests : JournalStoreConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-journal-").FullName;

    static JournalInSqliteTests() => SQLitePCL.Batteries_V2.Init();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected override JournalStore Store => StoreOf("Production");

    protected override bool CanBeTorn => false;

    private string File => Path.Combine(_folder, "app.db.deployment", "journal.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Looking_makes_no_file()
    {
        await Store.ReadAsync(0, Token);
        await Store.ReadKeyAsync(Token);
        await Store.StampAsync(Token);
        await Store.IsHeldAsync(Token);
        Assert.Null(await Store.WhyNotWritableAsync(Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Environments_share_the_file_and_neither_the_lock_nor_the_records()
    {
        await using var one = (await StoreOf("Production").TryOpenAsync(Token))!;
        await using var other = (await StoreOf("Staging").TryOpenAsync(Token))!;
        await one.BeginAsync(0, Token);
        await other.BeginAsync(0, Token);
        await one.AppendAsync("production\n"u8.ToArray());
        await other.AppendAsync("staging\n"u8.ToArray());

        Assert.Equal("production\n", Encoding.UTF8.GetString(await StoreOf("PRODUCTION").ReadAsync(0, Token)));
        Assert.Equal("staging\n", Encoding.UTF8.GetString(await StoreOf("Staging").ReadAsync(0, Token)));
    }

    [Fact]
    public async Task Whoever_has_an_older_number_of_the_lock_appends_nothing()
    {
        await using var writer = (await Store.TryOpenAsync(Token))!;
        await writer.BeginAsync(0, Token);
        await writer.AppendAsync("one\n"u8.ToArray());
        Change("UPDATE journals SET fence = fence + 1");

        var lost = await Assert.ThrowsAsync<JournalRightLostException>(async () => await writer.AppendAsync("two\n"u8.ToArray()));
        Assert.Equal("taken over by another process", lost.Message);
        Assert.Equal("taken over by another process", await writer.LostAsync(Token));
        await Assert.ThrowsAsync<JournalRightLostException>(async () => await writer.KeepKeyAsync(JournalKey.Make("", 0, JournalLine.NoHash)));
        Assert.Equal("one\n"u8.ToArray(), await Store.ReadAsync(0, Token));
        Assert.Null(await Store.ReadKeyAsync(Token));
    }

    [Fact]
    public async Task Whose_number_is_older_is_told_so_by_the_session_and_does_nothing_more()
    {
        await using var session = await OpenAsync(Store);
        Change("UPDATE journals SET fence = fence + 1");

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => session.AppendAsync(null, JournalKinds.TailCut, new TailCut(1), JournalJson.Default.TailCut));
        Assert.Equal(DeploymentOutcome.NeedsAttention, refused.Outcome);
        Assert.Contains("was taken over by another process while this one held it under number 1. Nothing more was done.", refused.Messages[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_was_changed_or_removed_is_found_like_a_line()
    {
        await using (var session = await OpenAsync(Store))
            for (var i = 0; i < 3; i++) await session.AppendAsync(null, JournalKinds.TailCut, new TailCut(i), JournalJson.Default.TailCut);
        Assert.Null((await JournalReader.ReadAsync(Store, Token)).Fault);

        Change("DELETE FROM records WHERE sequence = 3");
        var fault = (await JournalReader.ReadAsync(Store, Token)).Fault!;
        Assert.Equal(("DTK7101", 3), (fault.Code, fault.Line));
        Assert.Contains("records are missing, doubled or moved", fault.Text, StringComparison.Ordinal);

        Change("DELETE FROM records WHERE sequence = 4");
        Assert.Equal("DTK7108", (await JournalReader.ReadAsync(Store, Token)).Fault!.Code);
    }

    [Fact]
    public async Task Without_what_the_last_command_left_on_this_machine_it_goes_on()
    {
        await using (await OpenAsync(Store)) { }
        Directory.Delete(Path.Combine(_folder, "local"), recursive: true);

        await using var session = await OpenAsync(Store);
        Assert.Equal(2, session.Fence);
        Assert.True((await JournalReader.ReadAsync(Store, Token)).EnsureIntact().Trust.IsComplete);
    }

    [Fact]
    public async Task What_a_newer_toolkit_made_is_refused()
    {
        await using (await OpenAsync(Store)) { }
        Change("UPDATE format SET version = 2");

        var refused = await Assert.ThrowsAsync<DeploymentException>(async () => await Store.TryOpenAsync(Token));
        Assert.Contains("have version 2, and this release's toolkit knows version 1", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.False(await Store.IsHeldAsync(Token));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_in_words()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await System.IO.File.WriteAllTextAsync(File, new string('x', 5000), Token);

        var refused = await Assert.ThrowsAsync<DeploymentException>(async () => await Store.ReadAsync(0, Token));
        Assert.Contains("is not a database", refused.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_this_user_may_enter_its_folder()
    {
        if (OperatingSystem.IsWindows()) return;

        await using (await OpenAsync(Store)) { }
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(Path.GetDirectoryName(File)!));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    private JournalInDatabase StoreOf(string environment) => new(
        new SqliteJournal(new SqliteDatabase(() => new SqliteConnection("Data Source=app.db"), _folder)), environment, new JournalPaths(Path.Combine(_folder, "local"), environment));

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private static async Task<JournalSession> OpenAsync(JournalStore store) =>
        (await JournalSession.TryOpenAsync(store, "up", new JournalHolder("a", "b", 1, DateTimeOffset.UnixEpoch), JournalKey.Throwaway, TimeProvider.System, Token))!;
}
