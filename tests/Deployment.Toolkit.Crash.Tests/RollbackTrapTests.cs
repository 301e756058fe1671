using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>What rollbacks of other tools fall into, with a real database and real files, and in the full run a process a command.</summary>
[Collection("processes")]
public sealed class RollbackTrapTests : IDisposable
{
    private const string Items = "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, title TEXT, legacy TEXT);\nINSERT INTO items (name, legacy) VALUES ('one', 'old 1'), ('two', 'old 2');";

    private readonly string _root = CrashFolder.NewRoot();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    // capistrano#1885: the target comes from what was verified.
    [FullRunFact]
    public async Task After_three_bad_releases_in_a_row_the_last_good_one_is_there_and_none_of_them_counts()
    {
        var folder = New();
        await ExpectAsync(folder, "Succeeded", "up", "1.0.0");
        var good = World(folder);
        foreach (var bad in (string[])["2.0.0", "2.1.0", "2.2.0"])
        {
            folder.Write("unhealthy", "");
            folder.Write($"migrations/{bad.Replace('.', '0')}_more.sql", "ALTER TABLE items ADD COLUMN extra TEXT;");
            folder.Write($"migrations/{bad.Replace('.', '0')}_more.down.sql", "ALTER TABLE items DROP COLUMN extra;");
            await ExpectAsync(folder, "RolledBack", "up", bad);
            Assert.Equal(good, World(folder));
            // The same release once more is no other case.
            await ExpectAsync(folder, "RolledBack", "up", bad);
            Assert.Equal(good, World(folder));
            File.Delete(Path.Combine(folder.Path, "unhealthy"));
            File.Delete(Path.Combine(folder.Path, $"migrations/{bad.Replace('.', '0')}_more.sql"));
            File.Delete(Path.Combine(folder.Path, $"migrations/{bad.Replace('.', '0')}_more.down.sql"));
        }

        // kamal#1658: with nothing to go back to it says so, and changes nothing.
        await ExpectAsync(folder, "Refused", "rollback", "1.0.0");
        Assert.Equal(good, World(folder));
        Assert.Equal(["1.0.0"], folder.Ledger().Verified.Select(static verified => verified.Evidence.Release.ToString()));
    }

    [FullRunFact]
    public async Task Of_two_people_who_roll_back_at_once_one_does_and_the_other_goes_no_further_back()
    {
        var folder = New();
        foreach (var release in (string[])["1.0.0", "2.0.0", "3.0.0"])
        {
            folder.Write($"migrations/100{release[0]}_of.sql", $"CREATE TABLE of_{release[0]} (id INTEGER PRIMARY KEY, text TEXT);");
            folder.Write($"migrations/100{release[0]}_of.down.sql", $"DROP TABLE of_{release[0]};");
            await ExpectAsync(folder, "Succeeded", "up", release);
        }

        // Both have looked before either may begin, so none is a second one that somebody typed after the first.
        using var holder = KillApp.Start(folder.Path, "hold", "3.0.0");
        Assert.Equal("holding", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        using var one = KillApp.Start(folder.Path, "rollback", "3.0.0", "--accept", "--progress");
        using var other = KillApp.Start(folder.Path, "rollback", "3.0.0", "--accept", "--progress");
        foreach (var waiting in (Process[])[one, other])
            Assert.Contains("is locked by", await waiting.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        holder.Kill();
        var both = await Task.WhenAll(one.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), other.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));

        Assert.True(both.Count(static output => output.Contains("DTK7012", StringComparison.Ordinal)) == 1, string.Join('\n', both));
        Assert.Equal(("2.0.0", 1), (folder.Text("live.txt"), folder.Ledger().Runs.Count(static run => run.Plan.Kind == RunKind.Rollback)));
        Assert.DoesNotContain("of_3", folder.Database(), StringComparison.Ordinal);
        Assert.Contains("of_2", folder.Database(), StringComparison.Ordinal);
    }

    // argo-rollouts#1297, argo-cd#6344: configuration and schema go back with the code, however far that is.
    [Fact]
    public async Task Five_releases_back_over_ten_additive_migrations_and_a_contracting_one_all_is_as_it_was()
    {
        var folder = New();
        using var key = SealedKey.GenerateRaw();
        folder.Write("test.key", key.Export().Reveal());
        var secrets = new SealedSecrets(Path.Combine(folder.Path, SealedSecrets.FileName("Production")), "Production", key);
        await secrets.InitializeAsync("test", key, new SealedFileSettings { DevelopmentKey = "test.key" }, TestContext.Current.CancellationToken);
        string[] migrations = ["", "", "03", "05 06 07", "08 09", "10 11", "12 13"];
        var schema = "";
        for (var release = 1; release <= 6; release++)
        {
            foreach (var number in migrations[release].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                folder.Write($"migrations/00{number}_add.sql", $"ALTER TABLE items ADD COLUMN c{number} TEXT;\nCREATE TABLE t{number} (id INTEGER PRIMARY KEY, text TEXT);");
                folder.Write($"migrations/00{number}_add.down.sql", $"DROP TABLE t{number};\nALTER TABLE items DROP COLUMN c{number};");
            }

            if (release == 6)
            {
                folder.Write("migrations/0014_contract.sql", "-- contracts-after: 5.0.0\nALTER TABLE items DROP COLUMN legacy;");
                folder.Write("migrations/0014_contract.down.sql", "ALTER TABLE items ADD COLUMN legacy TEXT;\nUPDATE items SET legacy = 'old ' || id;");
            }

            // The version before the current one is kept for as long as was said when it was rotated.
            var version = release < 6 ? 1 : 2;
            if (release == 1) await secrets.SetAsync("Key", new Secret("key 1"), default, TestContext.Current.CancellationToken);
            if (release == 6) await secrets.RotateAsync("Key", new Secret("key 2"), TimeSpan.FromDays(1), default, TestContext.Current.CancellationToken);
            folder.Write(Deployment.Toolkit.KillApp.Shown.File, $"title of {release}\nsecret://Key@{version}");
            await ExpectAsync(folder, "Succeeded", "up", $"{release}.0.0");
            Assert.Equal($"title of {release}, key {version}", await AskAsync(folder, $"{release}.0.0"));
            if (release == 1) schema = folder.Database();
        }

        Assert.DoesNotContain("legacy", folder.Database(), StringComparison.Ordinal);
        var back = await RunAsync(folder, "rollback", "6.0.0", "--to", "1.0.0", "--accept");

        Assert.True(back.Outcome == "Succeeded", back.Output);
        Assert.Equal("1.0.0", folder.Text("live.txt"));
        Assert.Equal(Columns(schema), Columns(folder.Database()));
        Assert.Equal("title of 1, key 1", await AskAsync(folder, "1.0.0"));
        // kargo#3016: what was left does not come back by itself.
        await ExpectAsync(folder, "Refused", "up", "6.0.0");
        // Nor does what takes away what the release that is live now needs.
        Assert.Contains("DTK7337", (await ExpectAsync(folder, "Refused", "up", "7.0.0")).Output, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder.Path, "migrations"), "0014*")) File.Delete(file);
        await ExpectAsync(folder, "Succeeded", "up", "7.0.0");
        Assert.Contains("t13", folder.Database(), StringComparison.Ordinal);
        Assert.Equal("title of 6, key 2", await AskAsync(folder, "7.0.0"));
    }

    [Fact]
    public async Task One_that_was_cut_off_before_its_first_effect_and_given_up_names_itself_as_what_comes_next()
    {
        var scenario = Scenario.Get("rollback");
        var whole = (await scenario.PrepareAsync(_root)).CopyTo(_root);
        var (_, found) = await ThisProcess.WatchAsync(whole, new CrashFolder(_root), isKnown: null, scenario.Verb);
        var folder = found.At(found.Moments.Names.ToList().IndexOf("append runPlanned: after") + 1);

        var given = await ThisProcess.RunAsync(folder.Path, "abort", "2.0.0");
        Assert.Equal("Failed", given.Outcome);
        Assert.Contains("a rollback, did not succeed. Nothing had been changed. Environment 'Production' has release 2.0.0 as before. Mend the cause and run 'deploy rollback --environment Production --to 1.0.0' again", given.Output, StringComparison.Ordinal);

        var again = await ThisProcess.RunAsync(folder.Path, "rollback", "2.0.0", "--to", "1.0.0");
        Assert.True(again.Outcome == "Succeeded", again.Output);
        scenario.AssertEnded(folder, "given up and begun anew");
    }

    // Where a column stands in its table nobody asks.
    private static IEnumerable<string> Columns(string database) =>
        database.Split('\n').Select(static line => string.Join('|', line.Split(['|', ','], StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)));

    private CrashFolder New()
    {
        var folder = new CrashFolder(_root);
        folder.Write("migrations/0001_items.sql", Items);
        folder.Write("migrations/0001_items.down.sql", "DROP TABLE items;");
        return folder;
    }

    private static async Task<KillAppResult> ExpectAsync(CrashFolder folder, string outcome, string verb, string release)
    {
        var result = await RunAsync(folder, verb, release, "--accept");
        Assert.True(result.Outcome == outcome, string.Create(CultureInfo.InvariantCulture, $"{verb} {release}: {result.Output}"));
        return result;
    }

    // Half a hundred starts take longer than all else that happens here.
    private static Task<KillAppResult> RunAsync(CrashFolder folder, string verb, string release, params string[] options) =>
        FullRun.IsOn ? KillApp.RunAsync(folder.Path, verb, release, options) : ThisProcess.RunAsync(folder.Path, verb, release, options);

    private static async Task<string> AskAsync(CrashFolder folder, string release) => (await KillApp.RunAsync(folder.Path, "ask", release)).Output.Trim();

    private static string World(CrashFolder folder) => $"{folder.Database()}\nlive {folder.Text("live.txt")}";
}
