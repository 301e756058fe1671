using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Kills deployments with SIGKILL at every moment that the engine passes, and recovers them. Real processes, real SQLite files.</summary>
[Collection("processes")]
public sealed class KillTests : IDisposable
{
    // One more than there are processors: each process waits for the disk at every record.
    private static readonly ParallelOptions Width = new() { MaxDegreeOfParallelism = Environment.ProcessorCount + 1 };

    private readonly string _root = CrashFolder.NewRoot();
    private readonly ITestOutputHelper _output;

    public KillTests(ITestOutputHelper output) => _output = output;

    public static TheoryData<string> Scenarios => [.. Scenario.Names];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Killed_at_any_moment_it_is_resumed_and_aborted_to_an_end(string name)
    {
        var scenario = Scenario.Get(name);
        var start = await scenario.PrepareAsync(_root);
        var moments = await MomentsAsync(start, scenario.Verb, scenario.Options);
        var states = new ConcurrentDictionary<string, CrashFolder>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(Enumerable.Range(1, moments.Length), Width, async (moment, _) =>
        {
            var killed = await KillAsync(start, scenario.Verb, moment, scenario.Options, $"{name}, killed at '{moments[moment - 1]}'");
            foreach (var recovery in (string[])["resume", "abort"])
                await RecoverAsync(scenario, killed, recovery, $"{name}, killed at moment {moment} '{moments[moment - 1]}', then {recovery}");
            if (!states.TryAdd(killed.Digest(), killed)) killed.Delete();
        });
        _output.WriteLine($"{name}: killed at {moments.Length} moments, each resumed and aborted; they leave {states.Count} distinct states");

        if (scenario.Depth == 0) return;

        var (nested, distinct) = await NestAsync(scenario, states);
        _output.WriteLine($"{name}: killed again while recovering{(scenario.Depth == 1 ? "" : ", and while recovering from that, until nothing new came")}: {nested} moments of recovery, {distinct} distinct states in all");
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
            await Parallel.ForEachAsync(front.SelectMany(static state => (IEnumerable<(CrashFolder State, string Verb)>)[(state, "resume"), (state, "abort")]), Width, async (work, _) =>
            {
                var (state, verb) = work;
                var run = state.CopyTo(_root);
                var snapshots = new CrashFolder(_root);
                var moments = Path.Combine(_root, "moments-" + Guid.NewGuid());
                var result = await KillApp.RunAsync(run.Path, verb, "2.0.0", ["--snapshots", snapshots.Path, "--moments", moments, "--accept"]);
                Interlocked.Add(ref passed, File.ReadLines(moments).Count());
                Assert.True(
                    result.Outcome is "Succeeded" or "RolledBack" or "Failed" or "Refused" || (verb == "abort" && result.Outcome == "NeedsAttention" && result.Output.Contains("deploy resume", StringComparison.Ordinal)),
                    $"{scenario.Name}, {verb} with snapshots: {result.Output}");
                run.Delete();
                // Nothing to recover, so nothing was passed: the kill came before the run's plan was frozen or after its end.
                if (!Directory.Exists(snapshots.Path)) return;

                foreach (var snapshot in Directory.EnumerateDirectories(snapshots.Path))
                {
                    var digest = CrashFolder.At(snapshot).Digest();
                    if (states.ContainsKey(digest)) continue;

                    var moment = int.Parse(Path.GetFileName(snapshot), CultureInfo.InvariantCulture);
                    var how = $"{scenario.Name}, killed at moment {moment} of a {verb}";
                    var killed = await KillAsync(state, verb, moment, ["--accept"], how);
                    if (!states.TryAdd(killed.Digest(), killed)) continue;

                    next.Add(killed);
                    foreach (var recovery in (string[])["resume", "abort"]) await RecoverAsync(scenario, killed, recovery, $"{how}, then {recovery}");
                }

                snapshots.Delete();
            });
            front = [.. next];
        }

        return (passed, states.Count);
    }

    [Fact]
    public async Task Killed_a_hundred_times_at_random_times_it_ends_well()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var scenarios = new List<(Scenario Scenario, CrashFolder Start, TimeSpan Whole)>();
        foreach (var name in Scenario.Names)
        {
            var scenario = Scenario.Get(name);
            var start = await scenario.PrepareAsync(_root);
            var started = Stopwatch.GetTimestamp();
            await MomentsAsync(start, scenario.Verb, scenario.Options);
            scenarios.Add((scenario, start, Stopwatch.GetElapsedTime(started)));
        }

        // On a machine whose load changes, a whole hundred may end before the moments that were chosen for them.
        var (kills, deployments) = (0, 0);
        for (; kills < 30 && deployments < 300; deployments += 100)
        {
            var times = Enumerable.Range(0, 100).Select(i => (Work: scenarios[i % scenarios.Count], Share: random.NextDouble(), Recovery: i % 2 == 0 ? "resume" : "abort")).ToList();
            await Parallel.ForEachAsync(times, Width, async (work, _) =>
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
                    await process.WaitForExitAsync(CancellationToken.None);
                }

                await RecoverAsync(scenario, folder, recovery, $"{scenario.Name}, killed after {delay.TotalMilliseconds} ms (seed {seed}), then {recovery}");
                folder.Delete();
            });
        }

        _output.WriteLine($"{deployments} deployments, {kills} of them killed before they ended, seed {seed}");
        Assert.InRange(kills, 30, deployments);
    }

    private async Task<string[]> MomentsAsync(CrashFolder start, string verb, string[] options)
    {
        var folder = start.CopyTo(_root);
        var file = Path.Combine(_root, "moments-" + Guid.NewGuid());
        await KillApp.RunAsync(folder.Path, verb, "2.0.0", ["--moments", file, .. options]);
        folder.Delete();
        return await File.ReadAllLinesAsync(file);
    }

    private async Task<CrashFolder> KillAsync(CrashFolder start, string verb, int moment, string[] options, string how)
    {
        var folder = start.CopyTo(_root);
        var result = await KillApp.RunAsync(folder.Path, verb, "2.0.0", ["--kill", moment.ToString(CultureInfo.InvariantCulture), .. options]);
        Assert.True(result.WasKilled, $"{how}: was not killed: {result.Output}");
        Assert.True(folder.IsLockFree(), $"{how}: the lock outlived the process");
        return folder;
    }

    private async Task RecoverAsync(Scenario scenario, CrashFolder killed, string verb, string how)
    {
        var folder = killed.CopyTo(_root);
        var result = await KillApp.RunAsync(folder.Path, verb, "2.0.0", "--accept");
        // What is verified, a rollback or restore that has begun, and the end of an old secret can only be finished: the refusal says so and names resume.
        if (verb == "abort" && result.Outcome is "Refused" or "NeedsAttention" && result.Output.Contains("deploy resume", StringComparison.Ordinal))
            result = await KillApp.RunAsync(folder.Path, "resume", "2.0.0", "--accept");

        var isOver = result.Outcome is "Succeeded" or "RolledBack" or "Failed" || (result.Outcome == "Refused" && result.Output.Contains("no unfinished run", StringComparison.Ordinal));
        Assert.True(isOver, $"{how}: {result.Output}");
        scenario.AssertEnded(folder, how);
        folder.Delete();
    }
}
