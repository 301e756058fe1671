using System.Collections.Concurrent;
using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>
/// Recovers what a deployment leaves at every moment that the engine passes, in this process: real files, real SQLite, a host each. That this is what a kill
/// leaves is proved by <see cref="KillTests"/>.
/// </summary>
[Collection("processes")]
public sealed class SnapshotTests : IDisposable
{
    private readonly string _root = CrashFolder.NewRoot();
    private readonly ITestOutputHelper _output;

    public SnapshotTests(ITestOutputHelper output) => _output = output;

    public static TheoryData<string> Scenarios => [.. Scenario.Names];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task What_is_left_at_any_moment_is_resumed_and_aborted_to_an_end_and_so_is_what_those_leave(string name)
    {
        var scenario = Scenario.Get(name);
        var (moments, left) = await LeaveAsync(scenario);
        // Which of them, changes with the scenario: they pass many moments in common.
        var front = FullRun.EveryOf(left.Skip(FullRun.IsOn ? 0 : Array.IndexOf(Scenario.Names, name) % 10), usual: 10).ToList();
        var (first, recoveries, depth) = (front.Count, 0, 0);
        var states = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        // Folders that differ may be one state; what recovering it leaves is looked at once.
        var doubled = front.Where(left => !states.TryAdd(left.State.Digest(), true)).Select(static left => left.How).ToHashSet(StringComparer.Ordinal);
        for (; front.Count > 0; depth++)
        {
            var isWatched = depth < scenario.Depth;
            var next = new ConcurrentBag<(CrashFolder State, string How)>();
            await Parallel.ForEachAsync(front, KillApp.Width, async (left, _) =>
            {
                foreach (var verb in Recovery.Verbs)
                {
                    Interlocked.Increment(ref recoveries);
                    foreach (var state in await RecoverAsync(scenario, left.State, verb, $"{left.How}, then {verb}", isWatched && !doubled.Contains(left.How) ? states : null)) next.Add(state);
                }

                left.State.Delete();
            });
            front = [.. next];
        }

        Ran.Add(moments, first, recoveries);
        _output.WriteLine($"{name}: {moments} moments leave {first} folders; {recoveries} recoveries, {depth - 1} deep, with {states.Count} distinct states");
    }

    [Fact]
    public async Task Whoever_was_killed_between_breaking_the_glass_and_their_run_breaks_it_again()
    {
        var (_, left) = await LeaveAsync(Scenario.Get("hotfix behind the glass"));
        var folder = left.Single(static one => one.How.EndsWith("'append glassBroken: after'", StringComparison.Ordinal)).State;

        var again = await ThisProcess.RunAsync(folder.Path, "promote", "2.0.0");

        Assert.True(again.Outcome == "Succeeded", again.Output);
        var ledger = folder.Ledger();
        Assert.Equal((2, 2), (ledger.Promotion.Glass.Count, GlassReviews.Open(ledger, "Production", isSigned: false).Count()));
        Assert.Equal(ledger.Runs[^1].Id, ledger.Promotion.Glass[^1].Broken.Run);
    }

    private async Task<(int Moments, List<(CrashFolder State, string How)> Left)> LeaveAsync(Scenario scenario)
    {
        var whole = (await scenario.PrepareAsync(_root)).CopyTo(_root);
        var (_, snapshots) = await ThisProcess.WatchAsync(whole, new CrashFolder(_root), isKnown: null, scenario.Verb, scenario.Options);
        return (snapshots.Moments.Names.Count, [.. snapshots.Kept.Select(kept => (kept.State, $"{scenario.Name}, left at moment {kept.Moment} '{snapshots.NameOf(kept.Moment)}'"))]);
    }

    /// <returns>What the recovery itself left at its moments that is none of the known states.</returns>
    private async Task<List<(CrashFolder State, string How)>> RecoverAsync(Scenario scenario, CrashFolder left, string verb, string how, ConcurrentDictionary<string, bool>? known)
    {
        scenario.AssertAudited(left, how);
        var folder = left.CopyTo(_root);
        var (result, snapshots) = known is null
            ? (await ThisProcess.RunAsync(folder.Path, verb, "2.0.0", "--accept"), null)
            : await ThisProcess.WatchAsync(folder, new CrashFolder(_root), state => !known.TryAdd(state, true), verb, "--accept");
        if (Recovery.MustBeResumed(verb, result)) result = await ThisProcess.RunAsync(folder.Path, "resume", "2.0.0", "--accept");
        Recovery.AssertOver(result, how);
        scenario.AssertEnded(folder, how);
        folder.Delete();
        return snapshots is null ? [] : [.. snapshots.Kept.Select(kept => (kept.State, $"{how}, left at '{snapshots.NameOf(kept.Moment)}'"))];
    }
}
