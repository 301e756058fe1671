using System.Globalization;
using Deployment.Toolkit.Databases.Testing;
using Npgsql;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>
/// Kills the deployment of an app with a database of PostgreSQL and one of SQLite, with SIGKILL: whatever is left, both are brought forward or both back.
/// </summary>
[Collection("processes")]
public sealed class TwoKindsTests(PostgreSqlServer server, ITestOutputHelper output) : IDisposable
{
    private const string DatabaseFile = "database.txt";

    private readonly string _root = CrashFolder.NewRoot();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [FullRunFact]
    public async Task Killed_while_it_migrates_either_both_have_the_new_schema_in_the_end_or_both_the_old_one()
    {
        var start = await PrepareAsync();
        var file = Path.Combine(_root, "moments");
        var whole = Copy(start);
        var result = await KillApp.RunAsync(whole.Path, "up", "2.0.0", "--moments", file);
        Assert.True(result.Outcome == "Succeeded", result.Output);
        Assert.Equal("new new", await SchemasAsync(whole));
        Delete(whole);
        var moments = await File.ReadAllLinesAsync(file);
        // Other scenarios show that it can die at any record; here it is at what is done to either database.
        var killedAt = Enumerable.Range(0, moments.Length).Where(i => FullRun.IsAll || IsOfMigrating(moments[i]) || (FullRun.IsOn && i % 24 == 4)).Select(static i => i + 1).ToList();
        Assert.InRange(killedAt.Count, 4, moments.Length);
        var ended = Array.IndexOf(moments, "append runEnded: after");
        Assert.True(ended > moments.Length / 2, $"{ended} of {moments.Length}");
        var (mixed, forward, back) = (0, 0, 0);

        await Parallel.ForEachAsync(killedAt.SelectMany(static moment => Recovery.Verbs.Select(verb => (Moment: moment, Verb: verb))), KillApp.Width, async (work, _) =>
        {
            var how = $"killed at moment {work.Moment} of {moments.Length}, '{moments[work.Moment - 1]}', then {work.Verb}";
            var folder = Copy(start);
            var killed = await KillApp.RunAsync(folder.Path, "up", "2.0.0", "--kill", work.Moment.ToString(CultureInfo.InvariantCulture));
            Assert.True(killed.WasKilled, $"{how}: {killed.Output}");
            PostgreSqlClone.EndSessions(folder.Text(DatabaseFile));
            if (await SchemasAsync(folder) == "new old") Interlocked.Increment(ref mixed);

            var again = await ThisProcess.RunAsync(folder.Path, work.Verb, "2.0.0", "--accept");
            if (Recovery.MustBeResumed(work.Verb, again)) again = await ThisProcess.RunAsync(folder.Path, "resume", "2.0.0", "--accept");
            Recovery.AssertOver(again, how);
            // Before its first record there is no run, and behind its last it is over: neither leaves anything to recover.
            var isForward = again.Outcome == "Succeeded" || (again.Outcome == "Refused" && work.Moment > ended);
            Interlocked.Increment(ref isForward ? ref forward : ref back);
            Assert.True(await SchemasAsync(folder) == (isForward ? "new new" : "old old"), $"{how}: ended {again.Outcome} and left {await SchemasAsync(folder)}");
            Assert.True(folder.Missed() is null, $"{how}: a database remembers what the journal has not: {folder.Missed()}");
            Delete(folder);
        });
        output.WriteLine($"killed at {killedAt.Count} of {moments.Length} moments; {mixed} times one had the new schema and one the old; {forward} recoveries went forward and {back} back");
        Assert.True(mixed > 0 && forward > 0 && back > 0, $"{mixed} {forward} {back}");
    }

    private static bool IsOfMigrating(string moment) => moment.StartsWith("effect of migrate:", StringComparison.Ordinal) || moment.StartsWith("migrate ", StringComparison.Ordinal);

    private async Task<CrashFolder> PrepareAsync()
    {
        var database = await server.CreateDatabaseAsync();
        var start = new CrashFolder(_root);
        start.Write(DatabaseFile, database.ConnectionString);
        start.Write("migrations/0001_items.sql", "CREATE TABLE items (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);");
        start.Write("migrations/0001_items.down.sql", "DROP TABLE items;");
        start.Write("audit/0001_log.sql", "CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);");
        start.Write("audit/0001_log.down.sql", "DROP TABLE log;");
        var first = await ThisProcess.RunAsync(start.Path, "up", "1.0.0");
        Assert.True(first.Outcome == "Succeeded", first.Output);
        start.Write("migrations/0002_more.sql", "CREATE TABLE more (id int);");
        start.Write("migrations/0002_more.down.sql", "DROP TABLE more;");
        start.Write("audit/0002_seen.sql", "CREATE TABLE seen (id INTEGER PRIMARY KEY, text TEXT);");
        start.Write("audit/0002_seen.down.sql", "DROP TABLE seen;");
        return start;
    }

    /// <summary>Whether each of the two has the new schema or the old one.</summary>
    private static async Task<string> SchemasAsync(CrashFolder folder)
    {
        await using var connection = new NpgsqlConnection(folder.Text(DatabaseFile));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT to_regclass('more') IS NOT NULL";
        var isNew = (bool)(await command.ExecuteScalarAsync())!;
        return $"{(isNew ? "new" : "old")} {(folder.Database().Contains("CREATE TABLE seen", StringComparison.Ordinal) ? "new" : "old")}";
    }

    // One after the other: the server copies a database only while nobody else has it open, be it to copy it.
    private CrashFolder Copy(CrashFolder start)
    {
        var copy = start.CopyTo(_root);
        lock (_root) copy.Write(DatabaseFile, PostgreSqlClone.Of(start.Text(DatabaseFile)));
        return copy;
    }

    private static void Delete(CrashFolder folder)
    {
        PostgreSqlClone.Drop(folder.Text(DatabaseFile));
        Directory.Delete(folder.Path, recursive: true);
    }
}
