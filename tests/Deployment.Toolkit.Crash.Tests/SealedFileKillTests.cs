using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Kills changes of a sealed file with SIGKILL: the old file or the new one is there, whole, and the next change goes through.</summary>
[Collection("processes")]
public sealed class SealedFileKillTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dtk-seal-kill-").FullName;
    private readonly SealedKey _key = SealedKey.GenerateRaw();

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    public static TheoryData<string> Changes => FullRun.IsOn ? ["set", "rotate", "rekey"] : ["rekey"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Killed_at_any_file_operation_the_old_file_or_the_new_one_is_there_whole(string change)
    {
        var start = await PrepareAsync();
        var file = Path.Combine(_root, "moments");
        var whole = start.CopyTo(_root);
        Assert.Equal("Succeeded", (await KillApp.RunAsync(whole.Path, "secrets", change, "--moments", file)).Outcome);
        AssertNew(whole, change);
        var moments = await File.ReadAllLinesAsync(file);
        Assert.Equal(["before", "created", "written", "flushed", "renamed", "after"], moments.Select(static moment => moment["sealed file: ".Length..]));

        var isNew = new List<bool>();
        for (var moment = 1; moment <= moments.Length; moment++)
        {
            var folder = start.CopyTo(_root);
            var result = await KillApp.RunAsync(folder.Path, "secrets", change, "--kill", moment.ToString(CultureInfo.InvariantCulture));
            Assert.True(result.WasKilled, $"{change}, moment {moment}: {result.Output}");
            isNew.Add(AssertWhole(start, folder, change));
            Assert.Equal("Succeeded", (await KillApp.RunAsync(folder.Path, "secrets", change)).Outcome);
            Secrets(folder).Verify();
        }

        Assert.Equal([false, false, false, false, true, true], isNew);
    }

    [FullRunFact]
    public async Task Killed_at_random_times_the_old_file_or_the_new_one_is_there_whole()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var start = await PrepareAsync();
        var began = Stopwatch.GetTimestamp();
        await KillApp.RunAsync(start.CopyTo(_root).Path, "secrets", "rotate");
        var length = Stopwatch.GetElapsedTime(began);
        const int tries = 40;
        var kills = 0;
        for (var i = 0; i < tries; i++)
        {
            var change = (string[])["set", "rotate", "rekey"] is var all ? all[i % 3] : "";
            var folder = start.CopyTo(_root);
            using var process = KillApp.Start(folder.Path, "secrets", change);
            using var limit = new CancellationTokenSource(length * (0.4 + (0.7 * random.NextDouble())));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                kills++;
                await process.WaitForExitAsync(CancellationToken.None);
            }

            AssertWhole(start, folder, $"{change} (seed {seed}, kill {i})");
            folder.Delete();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} of {tries} were killed before they ended, seed {seed}");
    }

    private async Task<CrashFolder> PrepareAsync()
    {
        var folder = new CrashFolder(_root);
        folder.Write("test.key", _key.Export().Reveal());
        var secrets = Secrets(folder);
        await secrets.InitializeAsync("test", _key, null, CancellationToken.None);
        folder.Write("test.root", secrets.GetRoot());
        await secrets.SetAsync("Key", new Secret("old value"), default, CancellationToken.None);
        return folder;
    }

    private SealedSecrets Secrets(CrashFolder folder) => new(Path.Combine(folder.Path, SealedSecrets.FileName("Production")), "Production", _key);

    private bool AssertWhole(CrashFolder start, CrashFolder folder, string change)
    {
        foreach (var left in Directory.EnumerateFiles(folder.Path, ".*"))
        {
            Assert.StartsWith(".secrets.Production.json.", Path.GetFileName(left), StringComparison.Ordinal);
            Assert.DoesNotContain("value", File.ReadAllText(left).Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        if (folder.Text("secrets.Production.json") == start.Text("secrets.Production.json")) return false;

        AssertNew(folder, change.Split(' ')[0]);
        return true;
    }

    private void AssertNew(CrashFolder folder, string change)
    {
        var secrets = Secrets(folder);
        Assert.Equal(change == "rekey" ? 2 : 1, secrets.Verify());
        Assert.Equal(change == "rekey" ? "old value" : "new value", secrets.Get("Key").Reveal());
        if (change == "rotate") Assert.Equal("old value", secrets.Get("Key", "previous").Reveal());
    }
}
