using System.Globalization;
using System.Text;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Kills an up that takes an encrypted backup of a SQLite database: what was in the clear meanwhile is gone with the next command, and no half backup counts.</summary>
[Collection("processes")]
public sealed class EncryptedBackupKillTests : IDisposable
{
    private const string Marker = "nobody-may-read-this-text";

    private readonly string _root = CrashFolder.NewRoot();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Killed_while_it_backs_up_nothing_in_the_clear_is_left_and_no_half_backup_counts()
    {
        var start = new CrashFolder(_root);
        start.Write("migrations/0001_items.sql", $"CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO items (name) VALUES ('{Marker}');");
        start.Write("migrations/0001_items.down.sql", "DROP TABLE items;");
        start.Write("backup-key.txt", new string('c', 64));
        Assert.Equal("Succeeded", (await ThisProcess.RunAsync(start.Path, "up", "1.0.0")).Outcome);
        start.Write("migrations/0002_title.sql", "ALTER TABLE items ADD COLUMN title TEXT;");
        start.Write("migrations/0002_title.down.sql", "ALTER TABLE items DROP COLUMN title;");
        var file = Path.Combine(_root, "moments");
        var result = await KillApp.RunAsync(start.CopyTo(_root).Path, "up", "2.0.0", "--moments", file);
        Assert.True(result.Outcome == "Succeeded", result.Output);
        var moments = await File.ReadAllLinesAsync(file);
        var killedAt = Enumerable.Range(0, moments.Length).Where(i => moments[i].StartsWith("backup", StringComparison.Ordinal)).Select(static i => i + 1).ToList();
        Assert.InRange(killedAt.Count, 6, moments.Length);
        killedAt = [.. FullRun.EveryOf(killedAt, usual: 2)];
        var seen = 0;

        await Parallel.ForEachAsync(killedAt, KillApp.Width, async (moment, _) =>
        {
            var how = $"killed at moment {moment} '{moments[moment - 1]}'";
            var folder = start.CopyTo(_root);
            var killed = await KillApp.RunAsync(folder.Path, "up", "2.0.0", "--kill", moment.ToString(CultureInfo.InvariantCulture));
            Assert.True(killed.WasKilled, $"{how}: {killed.Output}");
            if (InTheClear(folder).Count > 0)
                Interlocked.Increment(ref seen);
            if (!OperatingSystem.IsWindows())
            {
                foreach (var left in InTheClear(folder))
                    Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(left));
            }

            foreach (var verb in (string[])["abort", "up"])
            {
                var again = await ThisProcess.RunAsync(folder.Path, verb, "2.0.0");
                Assert.True(again.Outcome is "Succeeded" or "RolledBack" || (verb == "abort" && again.Outcome == "Failed"), $"{how}, then {verb}: {again.Output}");
                Assert.True(InTheClear(folder).Count == 0, $"{how}, then {verb}: {string.Join(' ', InTheClear(folder))}");
            }

            foreach (var description in Directory.GetFiles(Backups(folder), "*.json"))
            {
                Assert.True(File.Exists(description[..^".json".Length]), $"{how}: {description} describes nothing");
                Assert.EndsWith(".db.gz.enc.json", description, StringComparison.Ordinal);
            }

            folder.Delete();
        });
        Assert.InRange(seen, FullRun.Times(1, full: 2), killedAt.Count);
    }

    private static List<string> InTheClear(CrashFolder folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(folder.Path, ".deployment"), "*", SearchOption.AllDirectories).Where(static file => !file.EndsWith(".jsonl", StringComparison.Ordinal) && File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Marker)) >= 0)];

    private static string Backups(CrashFolder folder) => Path.Combine(folder.Path, ".deployment", "production", "backups");
}
