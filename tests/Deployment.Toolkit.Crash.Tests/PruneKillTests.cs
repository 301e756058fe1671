using System.Globalization;
using Deployment.Toolkit.KillApp;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Kills a pruning with SIGKILL: at no moment is a backup offered whose file is gone, and what a rollback needs is there throughout.</summary>
[Collection("processes")]
public sealed class PruneKillTests : IDisposable
{
    private readonly string _root = CrashFolder.NewRoot();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Killed_at_any_moment_what_is_offered_is_whole_and_the_next_one_ends_it()
    {
        var start = await PrepareAsync();
        var file = Path.Combine(_root, "moments");
        Assert.Equal("Succeeded", (await KillApp.RunAsync(start.CopyTo(_root).Path, "prune", "2.0.0", "--moments", file)).Outcome);
        var moments = await File.ReadAllLinesAsync(file);
        Assert.Equal(["prune: recorded", .. Enumerable.Repeat<string[]>(["prune: no longer offered", "prune: removed"], 3).SelectMany(static pair => pair)], moments.Where(static moment => moment.StartsWith("prune", StringComparison.Ordinal)));

        await Parallel.ForEachAsync(FullRun.EveryOf(Enumerable.Range(1, moments.Length), usual: 4), KillApp.Width, async (moment, _) =>
        {
            var how = $"killed at moment {moment} '{moments[moment - 1]}'";
            var folder = start.CopyTo(_root);
            var killed = await KillApp.RunAsync(folder.Path, "prune", "2.0.0", "--kill", moment.ToString(CultureInfo.InvariantCulture));
            Assert.True(killed.WasKilled, $"{how}: {killed.Output}");
            Assert.All(Descriptions(folder), description => Assert.True(File.Exists(description[..^".json".Length]), $"{how}: {description} describes nothing"));
            Assert.True(folder.Journal().Fault is null, how);
            Assert.Null(folder.Ledger().OpenRun);

            var again = await ThisProcess.RunAsync(folder.Path, "prune", "2.0.0");
            Assert.True(again.Outcome is "Succeeded" or "NothingToDo", $"{how}: {again.Output}");
            Assert.Equal(Needed(start), Descriptions(folder).Select(static description => Path.GetFileName(description)));
            // Of the one that was no longer described the file is left, which the next day's takes along.
            Assert.InRange(Directory.GetFiles(Backups(folder), "*.db").Length, 2, 3);
            foreach (var left in Directory.GetFiles(Backups(folder), "*.db").Where(static left => !File.Exists(left + ".json"))) File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddDays(-2));
            await ThisProcess.RunAsync(folder.Path, "prune", "2.0.0");
            Assert.Equal(2, Directory.GetFiles(Backups(folder), "*.db").Length);

            var back = await ThisProcess.RunAsync(folder.Path, "rollback", "2.0.0");
            Assert.True(back.Outcome == "Succeeded", $"{how}: {back.Output}");
            folder.Delete();
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{moments.Length} moments");
    }

    [Fact]
    public async Task One_that_cannot_be_removed_is_told_and_keeps_no_other_from_going()
    {
        var folder = await PrepareAsync();
        var stuck = Path.Combine(Backups(folder), "older-1.db");
        // Right before it is to be removed something takes its place that no file's removal takes away.
        Moments? moments = null;
        moments = Moments.Watch(passed: count =>
        {
            if (moments!.Names[count - 1] != "prune: recorded") return;

            File.Delete(stuck);
            Directory.CreateDirectory(stuck);
        });

        var result = await App.RunAsync(folder.Path, "prune", new VerbRequest { Release = "2.0.0" });

        Assert.Equal(DeploymentOutcome.NeedsAttention, result.Outcome);
        var message = Assert.Single(result.Messages);
        Assert.Equal("DTK7407", message.Code);
        Assert.StartsWith($"'{stuck}' could not be removed: ", message.Text, StringComparison.Ordinal);
        Assert.Equal(2, result.Backups!.Count(static decision => decision.IsRemoved));
        Assert.Equal(Needed(folder), Descriptions(folder).Select(static description => Path.GetFileName(description)));
        Assert.Equal("it could not be removed", result.Backups!.Single(static decision => decision.Name == "older-1").Reason);
        Assert.DoesNotContain(Descriptions(folder), static description => description.Contains("older", StringComparison.Ordinal));
    }

    /// <summary>Two releases, the backup that alone leads back to the first, a newer one, and three that nothing needs: from before the first, and two older copies.</summary>
    private async Task<CrashFolder> PrepareAsync()
    {
        var folder = new CrashFolder(_root);
        folder.Write("migrations/0001_items.sql", "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);");
        folder.Write("migrations/0001_items.down.sql", "DROP TABLE items;");
        Assert.Equal("Succeeded", (await ThisProcess.RunAsync(folder.Path, "up", "1.0.0")).Outcome);
        folder.Write("migrations/0002_title.sql", "ALTER TABLE items ADD COLUMN title TEXT;");
        var up = await ThisProcess.RunAsync(folder.Path, "up", "2.0.0");
        Assert.True(up.Outcome == "Succeeded", up.Output);
        var run = Path.GetFileName(Descriptions(folder).Single(static description => File.ReadAllText(description).Contains("\"0001\"", StringComparison.Ordinal)))[..^".db.json".Length];
        foreach (var (name, records) in ((string, int)[])[("newest", 1000), ("older-1", 2), ("older-2", 1)])
        {
            File.Copy(Path.Combine(Backups(folder), run + ".db"), Path.Combine(Backups(folder), name + ".db"));
            var description = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(Backups(folder), run + ".db.json")))!;
            description["journalRecords"] = records;
            if (name == "newest") description["schema"] = new System.Text.Json.Nodes.JsonArray("0001", "0002");
            File.WriteAllText(Path.Combine(Backups(folder), name + ".db.json"), description.ToJsonString());
        }

        return folder;
    }

    private static IEnumerable<string> Needed(CrashFolder start) =>
        Descriptions(start).Where(static description => File.ReadAllText(description).Contains("\"0001\"", StringComparison.Ordinal)).Select(static description => Path.GetFileName(description)).Where(static name => !name.StartsWith("older", StringComparison.Ordinal));

    private static string[] Descriptions(CrashFolder folder) => [.. Directory.GetFiles(Backups(folder), "*.json").Order(StringComparer.Ordinal)];

    private static string Backups(CrashFolder folder) => Path.Combine(folder.Path, ".deployment", "production", "backups");
}
