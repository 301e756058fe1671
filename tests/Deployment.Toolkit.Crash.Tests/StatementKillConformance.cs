using System.Globalization;
using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>
/// Kills a deployment to a server's database with SIGKILL at the statements of its migrations and of their ways back: gone on with or taken back, each
/// statement has been done once or not at all, and the next deployment finds nothing in its way.
/// </summary>
[Collection("processes")]
public abstract class StatementKillConformance(ITestOutputHelper output) : IDisposable
{
    private readonly string _root = CrashFolder.NewRoot();

    private protected abstract ServerDatabases Databases { get; }

    /// <summary>The migrations, and the ways back, by the names of their files. What they make can be made on an empty database.</summary>
    private protected abstract IReadOnlyDictionary<string, string> Scripts { get; }

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        GC.SuppressFinalize(this);
    }

    // What turns unhealthy passes what goes well, too.
    public static TheoryData<bool> Ends => FullRun.IsAll ? [true, false] : [true];

    [Theory(Skip = FullRun.Only, SkipType = typeof(FullRun), SkipUnless = nameof(FullRun.IsOn))]
    [MemberData(nameof(Ends))]
    public async Task Killed_at_any_statement_it_is_brought_to_an_end_and_nothing_is_done_twice(bool isUnhealthy)
    {
        var file = Path.Combine(_root, "moments");
        var whole = await PrepareAsync(isUnhealthy: false);
        var empty = await WorldAsync(whole);
        var done = await ThisProcess.RunAsync(whole.Path, "up", "2.0.0");
        Assert.True(done.Outcome == "Succeeded", done.Output);
        var full = await WorldAsync(whole);
        Delete(whole);
        var watched = await PrepareAsync(isUnhealthy);
        var result = await KillApp.RunAsync(watched.Path, "up", "2.0.0", "--moments", file);
        Assert.True(result.Outcome == (isUnhealthy ? "RolledBack" : "Succeeded"), result.Output);
        AssertSame(isUnhealthy ? empty : full, await WorldAsync(watched), "undisturbed");
        Delete(watched);

        var moments = await File.ReadAllLinesAsync(file);
        var ofStatements = Enumerable.Range(0, moments.Length).Where(i => IsOfStatement(moments[i])).ToList();
        Assert.InRange(ofStatements.Count, isUnhealthy ? 35 : 20, moments.Length);
        // Those of the way back come last.
        var killedAt = FullRun.IsAll ? Enumerable.Range(0, moments.Length).ToList() : ofStatements.Where((_, at) => at % 4 == (isUnhealthy ? 1 : 0)).ToList();
        var (forward, back) = (0, 0);
        await Parallel.ForEachAsync(killedAt.Select(static (moment, at) => (Moment: moment + 1, Verb: Recovery.Verbs[at % 2])), KillApp.Width, async (work, _) =>
        {
            var how = $"{Databases.Name}, killed at moment {work.Moment} of {moments.Length}, '{moments[work.Moment - 1]}', then {work.Verb}";
            var folder = await PrepareAsync(isUnhealthy);
            var killed = await KillApp.RunAsync(folder.Path, "up", "2.0.0", "--kill", work.Moment.ToString(CultureInfo.InvariantCulture));
            Assert.True(killed.WasKilled, $"{how}: {killed.Output}");
            Databases.EndSessions(SettingsOf(folder));

            var again = await ThisProcess.RunAsync(folder.Path, work.Verb, "2.0.0", "--accept");
            if (Recovery.MustBeResumed(work.Verb, again)) again = await ThisProcess.RunAsync(folder.Path, "resume", "2.0.0", "--accept");
            Recovery.AssertOver(again, how);
            var isForward = folder.Ledger().LastRun is { State: RunState.Succeeded };
            Interlocked.Increment(ref isForward ? ref forward : ref back);
            AssertSame(isForward ? full : empty, await WorldAsync(folder), $"{how}, which ended {again.Outcome}");
            Assert.False(isForward && isUnhealthy, $"{how}: an unhealthy release succeeded");

            File.Delete(Path.Combine(folder.Path, "unhealthy"));
            var next = await ThisProcess.RunAsync(folder.Path, "up", "2.0.1");
            Assert.True(next.Outcome == "Succeeded", $"{how}, and the next: {next.Output}");
            AssertSame(full, await WorldAsync(folder), $"{how}, and the next");
            Delete(folder);
        });
        output.WriteLine($"{Databases.Name}: killed at {killedAt.Count} of {ofStatements.Count} moments of statements; {forward} recoveries went forward and {back} back");
        Assert.True(back > 0 && (isUnhealthy || forward > 0), $"{forward} {back}");
    }

    [FullRunFact]
    public async Task A_rehearsal_that_is_killed_leaves_the_database_as_it_was_and_the_next_one_takes_away_what_it_made()
    {
        var file = Path.Combine(_root, "moments");
        var start = await PrepareAsync(isUnhealthy: false);
        var before = await WorldAsync(start);
        var result = await KillApp.RunAsync(start.Path, "rehearse", "2.0.0", "--moments", file);
        Assert.True(result.Outcome == "Succeeded", result.Output);
        var moments = await File.ReadAllLinesAsync(file);
        var ofStatements = Enumerable.Range(0, moments.Length).Where(i => IsOfStatement(moments[i])).ToList();
        Assert.InRange(ofStatements.Count, 35, moments.Length);

        // One after the other on one database: each takes away what the one before has left.
        foreach (var moment in ofStatements.Where((_, at) => at % (FullRun.IsAll ? 1 : 8) == 0))
        {
            var how = $"{Databases.Name}, killed at moment {moment + 1} of {moments.Length}, '{moments[moment]}'";
            var killed = await KillApp.RunAsync(start.Path, "rehearse", "2.0.0", "--kill", (moment + 1).ToString(CultureInfo.InvariantCulture));
            Assert.True(killed.WasKilled, $"{how}: {killed.Output}");
            AssertSame(before, await WorldAsync(start), how);
            Assert.True(await Databases.LeftAsync(SettingsOf(start)) != "0", $"{how}: it had no copy");
        }

        var again = await ThisProcess.RunAsync(start.Path, "rehearse", "2.0.0");
        Assert.True(again.Outcome == "Succeeded", again.Output);
        Assert.Equal("0", await Databases.LeftAsync(SettingsOf(start)));
        var next = await ThisProcess.RunAsync(start.Path, "up", "2.0.0");
        Assert.True(next.Outcome == "Succeeded", next.Output);
        Delete(start);
    }

    private static bool IsOfStatement(string moment) => ((string[])["statement of", "migrate ", "taken back", "undo "]).Any(begin => moment.StartsWith(begin, StringComparison.Ordinal));

    private static void AssertSame(string expected, string found, string how) => Assert.True(expected == found, $"{how} left\n{found}\nwhere this belongs\n{expected}");

    private async Task<CrashFolder> PrepareAsync(bool isUnhealthy)
    {
        var folder = new CrashFolder(_root);
        Databases.Write(folder, await Databases.CreateAsync());
        foreach (var (name, text) in Scripts) folder.Write($"migrations/{name}.sql", text);
        if (isUnhealthy) folder.Write("unhealthy", "");
        return folder;
    }

    private Task<string> WorldAsync(CrashFolder folder) => Databases.WorldAsync(SettingsOf(folder));

    private static string SettingsOf(CrashFolder folder) => folder.Text(ServerDatabases.DatabaseFile);

    private void Delete(CrashFolder folder)
    {
        Databases.Drop(SettingsOf(folder));
        folder.Delete();
    }
}

public sealed class PostgreSqlStatementKillTests(PostgreSqlServer server, ITestOutputHelper output) : StatementKillConformance(output)
{
    private protected override ServerDatabases Databases { get; } = new PostgreSqlDatabases(server);

    private protected override IReadOnlyDictionary<string, string> Scripts { get; } = new Dictionary<string, string>
    {
        ["0001_items"] = "CREATE TABLE items (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);\nINSERT INTO items (name) VALUES ('one'), ('two'), ('three');\nCREATE INDEX items_name ON items (name);",
        ["0001_items.down"] = "DROP INDEX items_name;\nDROP TABLE items;",
        ["0002_title"] = "ALTER TABLE items ADD COLUMN title text;\nUPDATE items SET title = 'title of ' || name;\nCREATE FUNCTION shown(text) RETURNS text LANGUAGE sql AS $$ SELECT upper($1) $$;",
        ["0002_title.down"] = "DROP FUNCTION shown(text);\nALTER TABLE items DROP COLUMN title;",
        ["0003_indexes"] = "-- transaction: none\nCREATE INDEX CONCURRENTLY items_title ON items (title);\nCREATE INDEX CONCURRENTLY items_both ON items (name, title);",
        ["0003_indexes.down"] = "-- transaction: none\nDROP INDEX CONCURRENTLY items_both;\nDROP INDEX CONCURRENTLY items_title;",
        ["0004_notes"] = "CREATE TABLE notes (id int PRIMARY KEY, item int REFERENCES items (id));\nINSERT INTO notes SELECT id, id FROM items;\nUPDATE items SET name = name || '!';",
        ["0004_notes.down"] = "-- changes-rows: items\nUPDATE items SET name = rtrim(name, '!');\nDROP TABLE notes;",
    };
}

public sealed class MySqlStatementKillTests(MySqlServer server, ITestOutputHelper output) : StatementKillConformance(output)
{
    private protected override ServerDatabases Databases { get; } = new MySqlDatabases(server);

    private protected override IReadOnlyDictionary<string, string> Scripts { get; } = new Dictionary<string, string>
    {
        ["0001_items"] = "CREATE TABLE items (id int AUTO_INCREMENT PRIMARY KEY, name varchar(40));\nINSERT INTO items (name) VALUES ('one'), ('two'), ('three');\nCREATE INDEX items_name ON items (name);",
        ["0001_items.down"] = "DROP INDEX items_name ON items;\nDROP TABLE items;",
        ["0002_title"] = "ALTER TABLE items ADD COLUMN title varchar(60);\nUPDATE items SET title = CONCAT('title of ', name);\nCREATE TRIGGER titled BEFORE INSERT ON items FOR EACH ROW SET NEW.title = CONCAT('title of ', NEW.name);",
        ["0002_title.down"] = "DROP TRIGGER titled;\nALTER TABLE items DROP COLUMN title;",
        ["0003_more"] = "INSERT INTO items (id, name) VALUES (4, 'four');\nUPDATE items SET name = CONCAT(name, '!');",
        ["0003_more.down"] = "UPDATE items SET name = TRIM(TRAILING '!' FROM name);\nDELETE FROM items WHERE name = 'four';",
        ["0004_notes"] = "CREATE TABLE noted (id int PRIMARY KEY, item int, FOREIGN KEY (item) REFERENCES items (id));\nINSERT INTO noted SELECT id, id FROM items;\nRENAME TABLE noted TO notes;\nINSERT INTO notes SELECT id + 100, id FROM items;",
        ["0004_notes.down"] = "DROP TABLE notes;",
    };
}
