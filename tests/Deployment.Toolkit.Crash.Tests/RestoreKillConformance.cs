using System.Globalization;
using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>
/// Kills what backs up a server's database, and what puts a backup in its place, with SIGKILL: at every moment there is the one database or the other,
/// whole, under its name, and the next command brings it to an end.
/// </summary>
[Collection("processes")]
public abstract class RestoreKillConformance(ITestOutputHelper output) : IDisposable
{
    private const string Before = "one two";
    private const string After = "later one two";

    private readonly string _root = CrashFolder.NewRoot();

    private protected abstract ServerDatabases Databases { get; }

    /// <summary>
    /// Whether an up that fails puts its backup back by itself. Where each statement is committed it isn't noted what a migration wrote, and nobody but a person may say that
    /// nothing else was.
    /// </summary>
    private protected virtual bool GoesBackAlone => true;

    /// <summary>A table of numbered names with two of them.</summary>
    private protected abstract string Items { get; }

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        GC.SuppressFinalize(this);
    }

    public static TheoryData<string, bool> Ways =>
        FullRun.IsAll ? new() { { "restore", true }, { "restore", false }, { "up", true }, { "up", false } }
        : new() { { "restore", true }, { "up", false } };

    [Theory(Skip = FullRun.Only, SkipType = typeof(FullRun), SkipUnless = nameof(FullRun.IsOn))]
    [MemberData(nameof(Ways))]
    public async Task Killed_at_any_moment_there_is_one_whole_database_and_it_is_brought_to_an_end(string way, bool hasJournalInside)
    {
        var verb = way == "up" && !GoesBackAlone ? "abort" : way;
        var start = await PrepareAsync(verb, hasJournalInside);
        var file = Path.Combine(_root, "moments");
        var whole = Copy(start);
        var result = await KillApp.RunAsync(whole.Path, verb, "2.0.0", "--accept", "--moments", file);
        Assert.True(result.Outcome == (verb == "restore" ? "Succeeded" : "RolledBack"), result.Output);
        Assert.Equal(Before, await ItemsAsync(whole));
        Assert.Equal("0", await LeftAsync(whole));
        Delete(whole);
        var moments = await File.ReadAllLinesAsync(file);
        // Other scenarios show that it can die at any record; here it is at what is done between them.
        var killedAt = Enumerable.Range(0, moments.Length).Where(i => IsItsOwn(moments[i]) || (FullRun.IsAll && !moments[i].EndsWith("torn", StringComparison.Ordinal))).Select(static i => i + 1).ToList();
        Assert.InRange(killedAt.Count, 5, moments.Length);

        await Parallel.ForEachAsync(killedAt, KillApp.Width, async (moment, _) =>
        {
            var how = $"killed at moment {moment} of {moments.Length}, '{moments[moment - 1]}'";
            var folder = Copy(start);
            var killed = await KillApp.RunAsync(folder.Path, verb, "2.0.0", "--accept", "--kill", moment.ToString(CultureInfo.InvariantCulture));
            Assert.True(killed.WasKilled, $"{how}: {killed.Output}");
            var left = await ItemsAsync(folder);
            Assert.True(left is Before or After or "later one two up", $"{how}: left {left}");

            var again = await ThisProcess.RunAsync(folder.Path, verb == "restore" ? "resume" : "abort", "2.0.0", "--accept");
            // Killed before it began, or when all was done.
            if (again.Output.Contains("no unfinished run", StringComparison.Ordinal) && await ItemsAsync(folder) != Before) again = await ThisProcess.RunAsync(folder.Path, verb, "2.0.0", "--accept");
            Recovery.AssertOver(again, how);
            var items = await ItemsAsync(folder);
            // An up that had not begun to migrate was taken back to what it found, which is what the backup holds.
            Assert.True(items == Before, $"{how}: ended {again.Outcome} and left {items}");
            // The next one, of whatever kind, takes along what was left beside it.
            var next = await ThisProcess.RunAsync(folder.Path, "restore", "2.0.0", "--accept");
            Assert.True(next.Outcome is "Succeeded" or "NothingToDo", $"{how}: {next.Output}");
            Assert.Equal("0", await LeftAsync(folder));
            Assert.Null(hasJournalInside ? null : folder.Journal().Fault);
            Delete(folder);
        });
        output.WriteLine($"{verb}: killed at {killedAt.Count} of {moments.Length} moments");
    }

    private static bool IsItsOwn(string moment) =>
        moment.StartsWith("restore", StringComparison.Ordinal) || (FullRun.IsOn && moment.StartsWith("backup", StringComparison.Ordinal));

    /// <summary>For a restore: a release, its backup, and what was written since. For an up: a migration without a way back, and a release that is unhealthy.</summary>
    private async Task<CrashFolder> PrepareAsync(string verb, bool hasJournalInside)
    {
        var settings = await Databases.CreateAsync();
        var start = new CrashFolder(_root);
        Databases.Write(start, settings);
        if (hasJournalInside) start.Write(CrashFolder.Elsewhere, "");
        start.Write("migrations/0001_items.sql", Items);
        await ExpectAsync(start, "up", "1.0.0");
        if (verb != "restore")
        {
            start.Write("migrations/0002_up.sql", "CREATE TABLE more (id int); INSERT INTO items (name) VALUES ('later'), ('up');");
            start.Write("unhealthy", "");
            if (verb == "abort") await ExpectAsync(start, "up", "2.0.0", "NeedsAttention");
            return start;
        }

        start.Write("migrations/0002_more.sql", "CREATE TABLE more (id int);");
        await ExpectAsync(start, "up", "2.0.0");
        await Databases.AllAsync(settings, "INSERT INTO items (name) VALUES ('later')");
        return start;
    }

    private static async Task ExpectAsync(CrashFolder folder, string verb, string release, string outcome = "Succeeded")
    {
        var result = await ThisProcess.RunAsync(folder.Path, verb, release);
        Assert.True(result.Outcome == outcome, $"{verb} of {release}: {result.Output}");
    }

    // One after the other: PostgreSQL copies a database only while nobody else has it open, be it to copy it.
    private CrashFolder Copy(CrashFolder start)
    {
        var copy = start.CopyTo(_root);
        lock (_root) copy.Write(ServerDatabases.DatabaseFile, Databases.Clone(SettingsOf(start)));
        return copy;
    }

    private void Delete(CrashFolder folder)
    {
        Databases.Drop(SettingsOf(folder));
        Directory.Delete(folder.Path, recursive: true);
    }

    private static string SettingsOf(CrashFolder folder) => folder.Text(ServerDatabases.DatabaseFile);

    private async Task<string> ItemsAsync(CrashFolder folder) => (await Databases.AllAsync(SettingsOf(folder), "SELECT name FROM items ORDER BY name")).Replace('\n', ' ');

    private Task<string> LeftAsync(CrashFolder folder) => Databases.LeftAsync(SettingsOf(folder));
}

public sealed class PostgreSqlRestoreKillTests(PostgreSqlServer server, ITestOutputHelper output) : RestoreKillConformance(output)
{
    private protected override ServerDatabases Databases { get; } = new PostgreSqlDatabases(server);

    private protected override string Items => "CREATE TABLE items (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text); INSERT INTO items (name) VALUES ('one'), ('two');";
}

public sealed class MySqlRestoreKillTests(MySqlServer server, ITestOutputHelper output) : RestoreKillConformance(output)
{
    private protected override ServerDatabases Databases { get; } = new MySqlDatabases(server);

    private protected override bool GoesBackAlone => false;

    private protected override string Items => "CREATE TABLE items (id int AUTO_INCREMENT PRIMARY KEY, name text); INSERT INTO items (name) VALUES ('one'), ('two');";
}
