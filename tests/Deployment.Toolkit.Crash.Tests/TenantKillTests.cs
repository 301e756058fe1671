using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Kills a deployment with SIGKILL while it migrates tenants, several at a time, and recovers it: in each nothing is done twice.</summary>
[Collection("processes")]
public sealed class TenantKillTests : IDisposable
{
    private const int Tenants = 12;

    private readonly string _root = CrashFolder.NewRoot();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [FullRunFact]
    public Task Killed_among_tenants_it_goes_on_with_those_that_lack_something_or_goes_back_in_those_that_do_not() => KillAsync(hasWayBack: true);

    [Fact]
    public Task Killed_while_tenants_are_backed_up_and_migrated_it_goes_on_or_goes_back_by_each_ones_backup() => KillAsync(hasWayBack: false);

    [FullRunFact]
    public async Task Killed_while_tenants_go_back_to_an_earlier_release_by_their_backups_it_goes_on_with_the_others()
    {
        var start = await DeployedAsync(hasWayBack: false);
        var second = await ThisProcess.RunAsync(start.Path, "up", "2.0.0");
        Assert.True(second.Outcome == "Succeeded", second.Output);
        var (names, from, to) = await MomentsAsync(start, "rollback", "effect of revert migrate:Tenants (Forward)");

        await KillEachAsync(start, "rollback", names, from, to, static _ => "resume", (number, folder, result, atKill) =>
        {
            Assert.True(result.Outcome == "Succeeded", $"{names[number - 1]}, {string.Join(' ', atKill)}: {result.Output}");
            Assert.All(Contents(folder), static contents => Assert.Equal("0001|first", contents));
            Assert.DoesNotContain(folder.Ledger().Runs[^1].Find("revert migrate:Tenants")!.Tenants, static tenant => tenant.Outcome is TenantOutcome.Failed or TenantOutcome.RevertFailed);
        });
    }

    private async Task KillAsync(bool hasWayBack)
    {
        var start = await DeployedAsync(hasWayBack);
        var (names, from, to) = await MomentsAsync(start, "up", "effect of migrate:Tenants (Forward)");

        await KillEachAsync(start, "up", names, from, to, static kill => kill % 2 == 0 ? "resume" : "abort", (number, folder, result, atKill) =>
        {
            var hasGoneOn = folder.Ledger().Runs[^1].State == RunState.Succeeded;
            Assert.True(result.Outcome == (result.Verb == "resume" ? "Succeeded" : "RolledBack"), $"{names[number - 1]}, {result.Verb}, {string.Join(' ', atKill)}: {result.Output}");
            Assert.All(Contents(folder), contents => Assert.Equal(hasGoneOn ? "0001 0002 0003|first second third" : "0001|first", contents));
            var told = folder.Ledger().Runs[^1].Find("migrate:Tenants")!.Tenants;
            if (hasGoneOn)
                Assert.Equal(Tenants, told.Count(static tenant => tenant is { Outcome: TenantOutcome.Migrated, Migrations: 2 }));
            Assert.DoesNotContain(told, static tenant => tenant.Outcome is TenantOutcome.Failed or TenantOutcome.RevertFailed);
        });
    }

    // What release 1.0.0 left, and the migrations of 2.0.0.
    private async Task<CrashFolder> DeployedAsync(bool hasWayBack)
    {
        var start = new CrashFolder(_root);
        start.Write("migrations/0001_items.sql", "CREATE TABLE items (id INTEGER PRIMARY KEY, title TEXT);");
        start.Write("migrations/0001_items.down.sql", "DROP TABLE items;");
        start.Write("tenants/list.txt", string.Join('\n', Enumerable.Range(1, Tenants).Select(static i => $"t{i:00}")));
        start.Write("tenant-migrations/0001_notes.sql", "CREATE TABLE notes (text TEXT);\nINSERT INTO notes VALUES ('first');");
        start.Write("tenant-migrations/0001_notes.down.sql", "DROP TABLE notes;");
        var first = await ThisProcess.RunAsync(start.Path, "up", "1.0.0");
        Assert.True(first.Outcome == "Succeeded", first.Output);
        start.Write("tenant-migrations/0002_more.sql", "INSERT INTO notes VALUES ('second');");
        start.Write("tenant-migrations/0002_more.down.sql", "DELETE FROM notes WHERE text = 'second';");
        start.Write("tenant-migrations/0003_most.sql", "INSERT INTO notes VALUES ('third');");
        if (hasWayBack) start.Write("tenant-migrations/0003_most.down.sql", "DELETE FROM notes WHERE text = 'third';");
        return start;
    }

    // One whole run, and which of its moments lie in the step.
    private async Task<(string[] Names, int From, int To)> MomentsAsync(CrashFolder start, string verb, string effect)
    {
        var file = Path.Combine(_root, "moments");
        var whole = await KillApp.RunAsync(start.CopyTo(_root).Path, verb, "2.0.0", "--moments", file);
        Assert.True(whole.Outcome == "Succeeded", whole.Output);
        var names = await File.ReadAllLinesAsync(file);
        var (from, to) = (Array.IndexOf(names, effect + ": before") + 1, Array.IndexOf(names, effect + ": after") + 1);
        Assert.InRange(to - from, Tenants * 2, 1_000);
        return (names, from, to);
    }

    private async Task KillEachAsync(
        CrashFolder start, string verb, string[] names, int from, int to, Func<int, string> recover, Action<int, CrashFolder, (string Verb, string? Outcome, string Output), List<string>> check)
    {
        var kills = FullRun.Times(2, full: (to - from) / 3, all: to - from);
        await Parallel.ForEachAsync(Enumerable.Range(1, kills), KillApp.Width, async (kill, _) =>
        {
            var number = from + ((to - from) * kill / kills);
            var folder = start.CopyTo(_root);
            var killed = await KillApp.RunAsync(folder.Path, verb, "2.0.0", "--kill", number.ToString(CultureInfo.InvariantCulture));
            Assert.True(killed.WasKilled, $"{names[number - 1]}: {killed.Output}");
            var atKill = Contents(folder);

            var result = await ThisProcess.RunAsync(folder.Path, recover(kill), "2.0.0", "--accept");

            check(number, folder, (recover(kill), result.Outcome, result.Output), atKill);
            folder.Delete();
        });
    }

    private static List<string> Contents(CrashFolder folder) => [.. Enumerable.Range(1, Tenants).Select(i => Contents(Path.Combine(folder.Path, "tenants", $"t{i:00}.db")))];

    private static string Contents(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT group_concat(version, ' ') FROM (SELECT version FROM deployment_migrations ORDER BY sequence)) || '|' || (SELECT group_concat(text, ' ') FROM (SELECT text FROM notes ORDER BY rowid))";
        return (string)command.ExecuteScalar()!;
    }
}
