using System.Globalization;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.KillApp;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Kills an import of a journal with SIGKILL: at no moment does a part of it look like all of it, and the import repeated ends it.</summary>
[Collection("processes")]
public sealed class ImportKillTests(PostgreSqlServer server, MySqlServer mySql) : IDisposable
{
    private readonly string _root = CrashFolder.NewRoot();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("disk", false, "append: torn")]
    [InlineData("disk", true, "import: staying lines kept")]
    [InlineData("SQLite", false, "append: not committed")]
    [InlineData("SQLite", true, "append: not committed")]
    [InlineData("PostgreSQL", true, "append: not committed")]
    [InlineData("MySQL", true, "append: not committed")]
    public async Task Killed_at_any_moment_what_is_there_is_missed_or_whole_and_the_import_repeated_ends_it(string where, bool isArchived, string passed)
    {
        Assert.SkipUnless(FullRun.IsOn || (where, isArchived) is ("disk", false) or ("SQLite", true), FullRun.Only);
        var (start, count) = await PrepareAsync(where, isArchived);
        var file = Path.Combine(_root, "moments");
        var whole = start.CopyTo(_root);
        Assert.Equal("Succeeded", (await KillApp.RunAsync(whole.Path, "import", "4.0.0", "--moments", file)).Outcome);
        whole.Delete();
        var moments = await File.ReadAllLinesAsync(file);
        Assert.Contains(passed, moments);
        var (headKept, done) = (Array.IndexOf(moments, "import: head kept"), Array.IndexOf(moments, "import: done"));

        await Parallel.ForEachAsync(FullRun.EveryOf(Enumerable.Range(0, moments.Length), usual: 3), KillApp.Width, async (moment, _) =>
        {
            var how = $"{where}, killed at moment {moment + 1} '{moments[moment]}'";
            var folder = start.CopyTo(_root);
            var killed = await KillApp.RunAsync(folder.Path, "import", "4.0.0", "--kill", (moment + 1).ToString(CultureInfo.InvariantCulture));
            Assert.True(killed.WasKilled, $"{how}: {killed.Output}");

            var found = folder.Journal();
            Assert.True(moment < done ? found.Count < count : found.Count == count, $"{how}: {found.Count} of {count} records");
            Assert.True(found.Fault?.Code == (moment >= headKept && moment < done ? "DTK7108" : null), $"{how}: {found.Fault}");
            if (found.Fault is not null)
            {
                var up = await ThisProcess.RunAsync(folder.Path, "up", "4.0.0");
                Assert.True(up.Outcome == "Refused" && up.Output.Contains("DTK7108", StringComparison.Ordinal), $"{how}: {up.Output}");
            }

            // The server notices a client that is gone a moment later.
            KillAppResult again;
            do again = await ThisProcess.RunAsync(folder.Path, "import", "4.0.0");
            while (where is "PostgreSQL" or "MySQL" && again.Output.Contains("DTK7104", StringComparison.Ordinal));
            Assert.True(again.Outcome == (moment < done ? "Succeeded" : "NothingToDo"), $"{how}: {again.Output}");
            Assert.Equal(count, folder.Journal().EnsureIntact().Count);
            var back = await ThisProcess.RunAsync(folder.Path, "rollback", "4.0.0");
            Assert.True(back.Outcome == "Succeeded", $"{how}: {back.Output}");
            Assert.Equal("3.0.0", EnvironmentLedger.From(folder.Journal().EnsureIntact()).Current!.Evidence.Release.Version);
            folder.Delete();
        });
        start.Delete();
    }

    /// <summary>An app of four releases, without its journal, which is to be brought in to where the app looks for it.</summary>
    private async Task<(CrashFolder Start, long Count)> PrepareAsync(string where, bool isArchived)
    {
        var folder = new CrashFolder(_root);
        folder.Write("migrations/0001_items.sql", "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);");
        folder.Write("migrations/0001_items.down.sql", "DROP TABLE items;");
        folder.Write("migrations/0002_title.sql", "ALTER TABLE items ADD COLUMN title TEXT;");
        folder.Write("migrations/0002_title.down.sql", "ALTER TABLE items DROP COLUMN title;");
        folder.Write(CrashFolder.Elsewhere, "");
        foreach (var release in (string[])["1.0.0", "2.0.0", "3.0.0", "4.0.0"])
        {
            var up = await ThisProcess.RunAsync(folder.Path, "up", release);
            Assert.True(up.Outcome == "Succeeded", up.Output);
        }

        using (var host = App.Build(folder.Path, "4.0.0"))
        {
            var history = host.Services.GetRequiredService<DeploymentHistory>();
            if (isArchived) Assert.Equal(DeploymentOutcome.Succeeded, (await history.ArchiveJournalAsync(null, new ArchiveJournalRequest { File = Path.Combine(_root, "away.jsonl"), Keep = 2 }, TestContext.Current.CancellationToken)).Outcome);
            await history.ExportJournalAsync(null, Path.Combine(folder.Path, "incoming.jsonl"), Path.Combine(folder.Path, "incoming.key"), TestContext.Current.CancellationToken);
        }

        var count = folder.Journal().EnsureIntact().Count;
        Directory.Delete(Path.Combine(folder.Path, ".deployment"), recursive: true);
        Directory.Delete(Path.Combine(folder.Path, "app.db.deployment"), recursive: true);
        if (where == "disk") File.Delete(Path.Combine(folder.Path, CrashFolder.Elsewhere));
        if (where == "PostgreSQL") folder.Write(CrashFolder.Elsewhere, (await server.CreateDatabaseAsync()).ConnectionString);
        if (where == "MySQL") folder.Write(CrashFolder.Elsewhere, App.OfMySql + (await mySql.CreateDatabaseAsync()).ConnectionString);
        return (folder, count);
    }
}
