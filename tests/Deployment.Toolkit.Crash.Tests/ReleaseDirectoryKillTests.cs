using System.Collections.Concurrent;
using System.Globalization;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>
/// Kills deployments of an app whose releases lie in folders: what the link names, what was restarted serves, what the journal says, schema
/// and configuration are of one release in the end, and no cleanup takes a good one, or leaves one in part.
/// </summary>
[Collection("processes")]
public sealed class ReleaseDirectoryKillTests : IDisposable
{
    private const string Own = "release directory: ";

    private readonly string _root = CrashFolder.NewRoot();
    private readonly ITestOutputHelper _output;

    public ReleaseDirectoryKillTests(ITestOutputHelper output) => _output = output;

    public static TheoryData<string> Scenarios => [.. Scenario.OfDirectory];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Killed_at_any_moment_all_is_of_one_release_in_the_end(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A link to a folder needs a privilege there.");
        var scenario = Scenario.Get(name);
        var (start, found) = await WatchAsync(scenario);
        var passed = found.Moments.Names;
        // Those of link, restart and cleanup, and some of the others, which every scenario passes.
        var (own, other) = (FullRun.Times(18, full: 4, all: 1), FullRun.Times(int.MaxValue, full: 40, all: 1));
        var killedAt = Enumerable.Range(1, passed.Count).Where(moment => moment % (IsOwn(passed[moment - 1]) ? own : other) == 0).ToList();
        await Parallel.ForEachAsync(killedAt, KillApp.Width, async (moment, _) =>
        {
            var how = $"{name}, killed at moment {moment} '{passed[moment - 1]}'";
            var killed = start.CopyTo(_root);
            var result = await KillApp.RunAsync(killed.Path, scenario.Verb, "2.0.0", ["--kill", moment.ToString(CultureInfo.InvariantCulture), .. scenario.Options]);
            Assert.True(result.WasKilled, $"{how}: was not killed: {result.Output}");
            Assert.True(killed.IsLockFree(), $"{how}: the lock outlived the process");
            Assert.True(IsWhileRestarting(passed, moment) || killed.Describe() == found.At(moment).Describe(), $"{how}: this is left\n{killed.Describe()}\nand from within this was found\n{found.At(moment).Describe()}");
            killed.AssertReleases(how, scenario.ReleasesBefore);
            await EndAsync(scenario, killed, Recovery.Verbs[moment % 2], how);
        });
        _output.WriteLine($"{name}: killed at {killedAt.Count} of {passed.Count} moments");
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Cut_off_at_its_link_restart_or_cleanup_and_again_while_recovering_all_is_of_one_release_in_the_end(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A link to a folder needs a privilege there.");
        var scenario = Scenario.Get(name);
        var (_, found) = await WatchAsync(scenario);
        var own = FullRun.EveryOf(Enumerable.Range(1, found.Moments.Names.Count).Where(moment => IsOwn(found.Moments.Names[moment - 1])), usual: 9);
        var (known, again) = (new ConcurrentDictionary<string, bool>(StringComparer.Ordinal), 0);
        await Parallel.ForEachAsync(own, KillApp.Width, async (moment, _) =>
        {
            foreach (var verb in Recovery.Verbs)
            {
                var how = $"{name}, cut off at moment {moment} '{found.NameOf(moment)}', then {verb}";
                var folder = found.At(moment).CopyTo(_root);
                folder.AssertReleases(how, scenario.ReleasesBefore);
                Snapshots left = null!;
                left = new Snapshots(folder, new CrashFolder(_root), state => !IsOwn(left.Moments.Names[^1]) || !known.TryAdd(state, true));
                await EndAsync(scenario, folder, verb, how);
                foreach (var (state, at) in left.Kept)
                {
                    Interlocked.Increment(ref again);
                    state.AssertReleases(how, scenario.ReleasesBefore);
                    await EndAsync(scenario, state, verb, $"{how}, cut off at '{left.NameOf(at)}', then {verb} again");
                }
            }
        });
        _output.WriteLine($"{name}: {again} recoveries were cut off and gone on with");
    }

    private static bool IsOwn(string moment) => moment.StartsWith(Own, StringComparison.Ordinal);

    // The command whose process group is being noted runs meanwhile, and may be through.
    private static bool IsWhileRestarting(IReadOnlyList<string> passed, int moment) =>
        passed.Skip(Math.Max(0, moment - 2)).Take(2).Any(static name => name.StartsWith("append stepNoted", StringComparison.Ordinal));

    private async Task<(CrashFolder Start, Snapshots Found)> WatchAsync(Scenario scenario)
    {
        var start = await scenario.PrepareAsync(_root);
        var (_, found) = await ThisProcess.WatchAsync(start.CopyTo(_root), new CrashFolder(_root), isKnown: null, scenario.Verb, scenario.Options);
        return (start, found);
    }

    private static async Task EndAsync(Scenario scenario, CrashFolder folder, string verb, string how)
    {
        var result = await ThisProcess.RunAsync(folder.Path, verb, "2.0.0", "--accept");
        if (Recovery.MustBeResumed(verb, result)) result = await ThisProcess.RunAsync(folder.Path, "resume", "2.0.0", "--accept");
        Recovery.AssertOver(result, how);
        scenario.AssertEnded(folder, how);
    }
}
