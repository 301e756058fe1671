using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Kills a backfill with SIGKILL between its batches, and recovers it: each row is changed once, or none is.</summary>
[Collection("processes")]
public sealed class BatchKillTests : IDisposable
{
    private const string Fill = "-- batch: 7\nUPDATE items SET hits = hits + 1 WHERE id IN (SELECT id FROM items WHERE hits = 0 ORDER BY id LIMIT 7);";

    private readonly string _root = CrashFolder.NewRoot();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Killed_at_each_batch_it_goes_on_behind_it_or_goes_back()
    {
        var start = new CrashFolder(_root);
        start.Write("migrations/0001_items.sql", "CREATE TABLE items (id INTEGER PRIMARY KEY, hits INTEGER NOT NULL, title TEXT);\nINSERT INTO items (id, hits) SELECT value, 0 FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 30) SELECT value FROM n);");
        start.Write("migrations/0001_items.down.sql", "DROP TABLE items;");
        await ThisProcess.RunAsync(start.Path, "up", "1.0.0");
        start.Write("migrations/0002_fill.sql", Fill);
        start.Write("migrations/0002_fill.down.sql", "UPDATE items SET hits = 0;");
        var file = Path.Combine(_root, "moments");
        var whole = await KillApp.RunAsync(start.CopyTo(_root).Path, "up", "2.0.0", "--moments", file);
        Assert.True(whole.Outcome == "Succeeded", whole.Output);
        var moments = (await File.ReadAllLinesAsync(file)).Select(static (name, index) => (name, number: index + 1)).Where(static moment => moment.name.StartsWith("batch of", StringComparison.Ordinal)).ToList();
        // Four full ones and one of two rows, each before and behind its commit.
        Assert.Equal(10, moments.Count);

        foreach (var (place, (name, number)) in moments.Index())
        {
            // Before a commit and behind one, gone on with and taken back.
            foreach (var verb in Recovery.Verbs.Where((_, which) => FullRun.IsOn || ((2 * place) + which) % 5 == 0))
            {
                var folder = start.CopyTo(_root);
                var killed = await KillApp.RunAsync(folder.Path, "up", "2.0.0", "--kill", number.ToString(CultureInfo.InvariantCulture));
                Assert.True(killed.WasKilled, killed.Output);

                var result = await ThisProcess.RunAsync(folder.Path, verb, "2.0.0", "--accept");

                Assert.True(result.Outcome == (verb == "resume" ? "Succeeded" : "RolledBack"), $"{name}, {verb}: {result.Output}");
                Assert.Equal(verb == "resume" ? "30 1 1" : "30 0 0", Hits(folder));
                folder.Delete();
            }
        }
    }

    private static string Hits(CrashFolder folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "app.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) || ' ' || min(hits) || ' ' || max(hits) FROM items";
        return (string)command.ExecuteScalar()!;
    }
}
