using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Kills deployments with SIGKILL at every moment that the engine passes, and recovers them. Real processes, real SQLite files.</summary>
[Collection("processes")]
public sealed class KillTests : IDisposable
{
    private readonly string _root = CrashFolder.NewRoot();
    private readonly ITestOutputHelper _output;

    public KillTests(ITestOutputHelper output) => _output = output;

    public static TheoryData<string> Scenarios => [.. Scenario.Names];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    // It passes a backup, migrations and the activator's switch. The others pass ways back and restores, and take a thousand processes more.
    [Fact]
    public Task What_a_kill_leaves_is_what_is_found_at_that_moment_from_within() => CompareAsync("up", FullRun.Times(16, full: 1));

    [Theory(Skip = FullRun.Only, SkipType = typeof(FullRun), SkipUnless = nameof(FullRun.IsOn))]
    [MemberData(nameof(Scenarios))]
    public Task So_it_is_in_every_scenario(string name) => CompareAsync(name, FullRun.IsAll ? 1 : 18);

    private async Task CompareAsync(string name, int step)
    {
        var moments = await KillAtEveryMomentAsync(Scenario.Get(name), step, static (killed, _) =>
        {
            killed.Delete();
            return Task.CompletedTask;
        });
        _output.WriteLine($"{name}: killed at {moments} moments");
    }

    [Theory(Skip = FullRun.OnlyAll, SkipType = typeof(FullRun), SkipUnless = nameof(FullRun.IsAll))]
    [MemberData(nameof(Scenarios))]
    public async Task Killed_at_any_moment_it_is_resumed_and_aborted_to_an_end(string name)
    {
        var scenario = Scenario.Get(name);
        var states = new ConcurrentDictionary<string, CrashFolder>(StringComparer.Ordinal);
        var moments = await KillAtEveryMomentAsync(scenario, step: 1, async (killed, how) =>
        {
            foreach (var recovery in Recovery.Verbs) await RecoverAsync(scenario, killed, recovery, $"{how}, then {recovery}");
            if (!states.TryAdd(killed.Digest(), killed)) killed.Delete();
        });
        _output.WriteLine($"{name}: killed at {moments} moments, each resumed and aborted; they leave {states.Count} distinct states");

        if (scenario.Depth == 0) return;

        var (nested, distinct) = await NestAsync(scenario, states);
        _output.WriteLine($"{name}: killed again while recovering{(scenario.Depth == 1 ? "" : ", and while recovering from that, until nothing new came")}: {nested} moments of recovery, {distinct} distinct states in all");
    }

    private async Task<int> KillAtEveryMomentAsync(Scenario scenario, int step, Func<CrashFolder, string, Task> then)
    {
        var start = await scenario.PrepareAsync(_root);
        var (_, snapshots) = await ThisProcess.WatchAsync(start.CopyTo(_root), new CrashFolder(_root), isKnown: null, scenario.Verb, scenario.Options);
        // Which of them, changes with the scenario: they pass many moments in common.
        var killedAt = Enumerable.Range(1, snapshots.Moments.Names.Count).Where(moment => (moment + Array.IndexOf(Scenario.Names, scenario.Name)) % step == 0).ToList();
        await Parallel.ForEachAsync(killedAt, KillApp.Width, async (moment, _) =>
        {
            var how = $"{scenario.Name}, killed at moment {moment} '{snapshots.NameOf(moment)}'";
            var killed = await KillAsync(start, scenario.Verb, moment, scenario.Options, how);
            scenario.AssertAudited(killed, how);
            AssertSame(killed, snapshots.At(moment), how, isCommandRunning: moment > 1 && (IsNote(moment) || IsNote(moment - 1)));
            await then(killed, how);
        });
        return killedAt.Count;

        bool IsNote(int moment) => snapshots.NameOf(moment).StartsWith("append stepNoted", StringComparison.Ordinal);
    }

    // A command whose process group is being noted runs meanwhile, and runs on when its starter is killed: what it does may be done or not.
    private static void AssertSame(CrashFolder killed, CrashFolder found, string how, bool isCommandRunning)
    {
        var (left, expected) = (killed.Describe(), found.Describe());
        string Compared(string state) => isCommandRunning ? state.Replace(" mark.2.0.0", "", StringComparison.Ordinal) : state;
        Assert.True(Compared(left) == Compared(expected), $"{how}: this is left\n{left}\nand from within this was found\n{expected}");
    }

    /// <summary>
    /// Kills recoveries too, and their recoveries, as deep as the scenario says or until no new state turns up. What a recovery leaves at each of its moments is looked at
    /// first; where that is a state not seen before, the recovery is killed there in earnest.
    /// </summary>
    private async Task<(int Moments, int States)> NestAsync(Scenario scenario, ConcurrentDictionary<string, CrashFolder> states)
    {
        var passed = 0;
        var front = states.Values.ToList();
        for (var depth = 1; front.Count > 0 && depth <= scenario.Depth; depth++)
        {
            var next = new ConcurrentBag<CrashFolder>();
            await Parallel.ForEachAsync(front.SelectMany(static state => (IEnumerable<(CrashFolder State, string Verb)>)[(state, "resume"), (state, "abort")]), KillApp.Width, async (work, _) =>
            {
                var (state, verb) = work;
                var run = state.CopyTo(_root);
                var (result, snapshots) = await ThisProcess.WatchAsync(run, new CrashFolder(_root), states.ContainsKey, verb, "--accept");
                Interlocked.Add(ref passed, snapshots.Moments.Names.Count);
                if (!Recovery.MustBeResumed(verb, result)) Recovery.AssertOver(result, $"{scenario.Name}, {verb} with snapshots");
                run.Delete();
                foreach (var (found, moment) in snapshots.Kept)
                {
                    found.Delete();
                    var how = $"{scenario.Name}, killed at moment {moment} of a {verb}";
                    var killed = await KillAsync(state, verb, moment, ["--accept"], how);
                    if (!states.TryAdd(killed.Digest(), killed)) continue;

                    next.Add(killed);
                    foreach (var recovery in Recovery.Verbs) await RecoverAsync(scenario, killed, recovery, $"{how}, then {recovery}");
                }
            });
            front = [.. next];
        }

        return (passed, states.Count);
    }

    [FullRunFact]
    public async Task Killed_at_random_times_it_ends_well()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var scenarios = new List<(Scenario Scenario, CrashFolder Start, TimeSpan Whole)>();
        foreach (var name in Scenario.Names)
        {
            var scenario = Scenario.Get(name);
            var start = await scenario.PrepareAsync(_root);
            var started = Stopwatch.GetTimestamp();
            await KillApp.RunAsync(start.CopyTo(_root).Path, scenario.Verb, "2.0.0", scenario.Options);
            scenarios.Add((scenario, start, Stopwatch.GetElapsedTime(started)));
        }

        // On a machine whose load changes, a whole hundred may end before the moments that were chosen for them.
        var (kills, deployments) = (0, 0);
        var (enough, round) = FullRun.IsAll ? (30, 100) : (16, 36);
        for (; kills < enough && deployments < 3 * round; deployments += round)
        {
            var times = Enumerable.Range(0, round).Select(i => (Work: scenarios[i % scenarios.Count], Share: random.NextDouble(), Recovery: i % 2 == 0 ? "resume" : "abort")).ToList();
            await Parallel.ForEachAsync(times, KillApp.Width, async (work, _) =>
            {
                var ((scenario, start, whole), share, recovery) = work;
                // Several at a time take longer than one alone, so the kills are spread over more than its own length.
                var delay = whole * (0.2 + (2.3 * share));
                var folder = start.CopyTo(_root);
                using var process = KillApp.Start(folder.Path, scenario.Verb, "2.0.0", scenario.Options);
                using var limit = new CancellationTokenSource(delay);
                try
                {
                    await process.WaitForExitAsync(limit.Token);
                }
                catch (OperationCanceledException)
                {
                    process.Kill();
                    Interlocked.Increment(ref kills);
                    Ran.AddKill();
                    await process.WaitForExitAsync(CancellationToken.None);
                }

                await RecoverAsync(scenario, folder, recovery, $"{scenario.Name}, killed after {delay.TotalMilliseconds} ms (seed {seed}), then {recovery}");
                folder.Delete();
            });
        }

        _output.WriteLine($"{deployments} deployments, {kills} of them killed before they ended, seed {seed}");
        Assert.InRange(kills, enough, deployments);
    }

    private async Task<CrashFolder> KillAsync(CrashFolder start, string verb, int moment, string[] options, string how)
    {
        var folder = start.CopyTo(_root);
        var result = await KillApp.RunAsync(folder.Path, verb, "2.0.0", ["--kill", moment.ToString(CultureInfo.InvariantCulture), .. options]);
        Assert.True(result.WasKilled, $"{how}: was not killed: {result.Output}");
        Assert.True(folder.IsLockFree(), $"{how}: the lock outlived the process");
        Assert.True(folder.Missed() is null, $"{how}: the database remembers what the journal has not: {folder.Missed()}");
        return folder;
    }

    private async Task RecoverAsync(Scenario scenario, CrashFolder killed, string verb, string how)
    {
        var folder = killed.CopyTo(_root);
        var result = await RunAsync(folder.Path, verb);
        if (Recovery.MustBeResumed(verb, result)) result = await RunAsync(folder.Path, "resume");
        Recovery.AssertOver(result, how);
        scenario.AssertEnded(folder, how);
        Assert.True(folder.Missed() is null, $"{how}: the database remembers what the journal has not: {folder.Missed()}");
        folder.Delete();
    }

    private static Task<KillAppResult> RunAsync(string folder, string verb) => KillApp.RunAsync(folder, verb, "2.0.0", "--accept");
}
