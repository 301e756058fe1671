using System.Globalization;
using System.Text.Json;
using Deployment.Toolkit.Testing;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Kills a deployment with SIGKILL around the telling of its end: the end is told all the same, by whoever comes next.</summary>
[Collection("processes")]
public sealed class NoticeKillTests : IDisposable
{
    private readonly string _root = CrashFolder.NewRoot();
    private readonly Receiver _receiver = new();

    public void Dispose()
    {
        _receiver.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Killed_at_any_moment_around_it_the_end_is_told_by_whoever_comes_next()
    {
        var start = new CrashFolder(_root);
        start.Write("migrations/0001_items.sql", "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);");
        start.Write("migrations/0001_items.down.sql", "DROP TABLE items;");
        start.Write("webhook.txt", _receiver.Address);
        var file = Path.Combine(_root, "moments");
        Assert.Equal("Succeeded", (await KillApp.RunAsync(start.CopyTo(_root).Path, "up", "1.0.0", "--moments", file)).Outcome);
        Assert.Single(_receiver.Taken);
        var moments = await File.ReadAllLinesAsync(file);
        Assert.Equal(["outbox: kept", "outbox: told", "outbox: sending", "outbox: sent"], moments.Where(static moment => moment.StartsWith("outbox", StringComparison.Ordinal)));

        var ended = Array.IndexOf(moments, "append runEnded: after") + 1;
        foreach (var moment in FullRun.EveryOf(Enumerable.Range(ended, moments.Length + 1 - ended), usual: 9))
        {
            var how = $"killed at moment {moment} '{moments[moment - 1]}'";
            _receiver.Taken.Clear();
            var folder = start.CopyTo(_root);
            var killed = await KillApp.RunAsync(folder.Path, "up", "1.0.0", "--kill", moment.ToString(CultureInfo.InvariantCulture));
            Assert.True(killed.WasKilled, $"{how}: {killed.Output}");
            var again = await KillApp.RunAsync(folder.Path, "up", "1.0.0");
            Assert.True(again.Outcome == "NothingToDo", $"{how}: {again.Output}");

            var ids = _receiver.Taken.Select(static posted => JsonDocument.Parse(posted.Body).RootElement.GetProperty("id").GetString()).ToList();
            // Between the receiver's word and the note of it lies a moment in which nobody can know: then it comes twice, under one id.
            Assert.True(ids.Distinct().Count() == 1 && ids.Count <= (moments[moment - 1] == "outbox: sent" ? 2 : 1), $"{how}: {string.Join(", ", ids)}");
            Assert.Empty(Directory.GetFiles(Path.Combine(folder.Path, ".deployment", "production", "outbox"), "*.notice.json"));
            folder.Delete();
        }
    }
}
