using System.Globalization;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.KillApp;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]
[assembly: AssemblyFixture(typeof(MySqlServer))]

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Deployments whose journal lies in PostgreSQL, killed and cut off, and taken up from a folder that shares nothing but the databases.</summary>
[Collection("processes")]
public sealed class PostgreSqlJournalTests(PostgreSqlServer server, ITestOutputHelper output) : IDisposable
{
    private readonly string _root = CrashFolder.NewRoot();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [FullRunFact]
    public async Task Killed_it_is_resumed_and_aborted_to_an_end_from_another_folder()
    {
        var (scenario, start) = await PrepareAsync(server);
        var moments = await CountAsync(scenario, start);
        var step = FullRun.IsAll ? 1 : 14;
        var killedAt = Enumerable.Range(0, moments).Where(i => i % step == 0).Select(static i => i + 1).ToList();

        await Parallel.ForEachAsync(killedAt, KillApp.Width, async (moment, _) =>
        {
            var killed = start.CopyTo(_root);
            var result = await KillApp.RunAsync(killed.Path, scenario.Verb, "2.0.0", "--kill", moment.ToString(CultureInfo.InvariantCulture));
            Assert.True(result.WasKilled, result.Output);
            foreach (var verb in Recovery.Verbs) await RecoverAsync(scenario, killed, verb, $"killed at moment {moment} of {moments}, then {verb}");
            killed.Delete();
        });
        output.WriteLine($"killed at {killedAt.Count} of {moments} moments");
    }

    [FullRunFact]
    public async Task When_the_server_ends_the_sessions_in_the_middle_it_stops_and_is_resumed()
    {
        var (scenario, start) = await PrepareAsync(server);
        var moments = await CountAsync(scenario, start);
        var stopped = 0;
        for (var moment = 3; moment <= moments; moment += 9)
        {
            var folder = start.CopyTo(_root);
            var result = await RunAsync(folder, moment, () => PostgreSqlClone.EndSessions(folder.Text(CrashFolder.Elsewhere)));
            if (result.Outcome == "NeedsAttention") stopped++;
            // Ended before its first record nothing was begun, and after its last one everything was done.
            else Assert.True(result.Outcome is "Refused" or "Succeeded", result.Output);
            Assert.True(result.Outcome != "NeedsAttention" || result.Output.Contains("DTK7105", StringComparison.Ordinal), result.Output);
            Assert.DoesNotContain("battery", result.Output, StringComparison.Ordinal);
            await RecoverAsync(scenario, folder, "resume", $"sessions ended at moment {moment}: {result.Output}");
            folder.Delete();
        }

        Assert.InRange(stopped, 3, moments);
    }

    [FullRunFact]
    public async Task When_the_server_is_stopped_at_once_it_stops_and_is_resumed_once_the_server_is_there_again()
    {
        await using var own = new PostgreSqlServer { IsDurable = true };
        var (scenario, start) = await PrepareAsync(own);
        var moments = await CountAsync(scenario, start);
        foreach (var moment in (int[])[moments / 3, moments / 2, moments * 3 / 4])
        {
            var folder = start.CopyTo(_root);
            var result = await RunAsync(folder, moment, () => own.StopAtOnceAsync().GetAwaiter().GetResult());
            Assert.True(result.Outcome == "NeedsAttention", $"moment {moment}: {result.Output}");
            await own.StartAgainAsync();
            await RecoverAsync(scenario, folder, "resume", $"stopped at moment {moment}");
            folder.Delete();
        }
    }

    private async Task<(Scenario Scenario, CrashFolder Start)> PrepareAsync(PostgreSqlServer where)
    {
        var scenario = Scenario.Get("up");
        var database = await where.CreateDatabaseAsync();
        return (scenario, await scenario.PrepareAsync(_root, database.ConnectionString));
    }

    private async Task<int> CountAsync(Scenario scenario, CrashFolder start)
    {
        var whole = start.CopyTo(_root);
        var moments = Moments.Watch();
        var result = await ThisProcess.RunAsync(whole.Path, scenario.Verb, "2.0.0");
        Assert.True(result.Outcome == "Succeeded", result.Output);
        whole.Delete();
        return moments.Names.Count;
    }

    private static async Task<KillAppResult> RunAsync(CrashFolder folder, int moment, Action act)
    {
        Moments.Watch(passed: passed =>
        {
            if (passed == moment) act();
        });
        return await ThisProcess.RunAsync(folder.Path, "up", "2.0.0");
    }

    private async Task RecoverAsync(Scenario scenario, CrashFolder left, string verb, string how)
    {
        Moments.Watch();
        var folder = left.CopyWithoutLocalTo(_root);
        var result = await ThisProcess.RunAsync(folder.Path, verb, "2.0.0", "--accept");
        if (Recovery.MustBeResumed(verb, result)) result = await ThisProcess.RunAsync(folder.Path, "resume", "2.0.0", "--accept");
        Recovery.AssertOver(result, how);
        scenario.AssertEnded(folder, how);
        Assert.True(folder.Missed() is null, $"{how}: the database remembers what the journal has not: {folder.Missed()}");
        folder.Delete();
    }
}
