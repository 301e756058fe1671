using System.Globalization;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Kills rehearsals on copies of a SQLite file with SIGKILL. Those of servers are in <see cref="StatementKillConformance"/>.</summary>
[Collection("processes")]
public sealed class RehearsalKillTests : IDisposable
{
    private readonly string _root = CrashFolder.NewRoot();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_rehearsal_that_is_killed_leaves_the_database_as_it_was_and_the_next_one_takes_away_what_it_made()
    {
        var file = Path.Combine(_root, "moments");
        var start = await Scenario.Get("up").PrepareAsync(_root);
        var (before, files) = (start.World(), Files(start));
        var result = await KillApp.RunAsync(start.Path, "rehearse", "2.0.0", "--moments", file);
        Assert.True(result.Outcome == "Succeeded", result.Output);
        Assert.Equal(files, Files(start));
        var moments = await File.ReadAllLinesAsync(file);
        var killed = 0;
        for (var moment = 1; moment <= moments.Length; moment += FullRun.Times(8, full: 3, all: 1), killed++)
        {
            var how = $"killed at moment {moment} of {moments.Length}, '{moments[moment - 1]}'";
            var left = await KillApp.RunAsync(start.Path, "rehearse", "2.0.0", "--kill", moment.ToString(CultureInfo.InvariantCulture));
            Assert.True(left.WasKilled, $"{how}: {left.Output}");
            Assert.True(start.World() == before, $"{how} left\n{start.World()}\nwhere this belongs\n{before}");
        }

        Assert.InRange(killed, 2, moments.Length);
        var again = await ThisProcess.RunAsync(start.Path, "rehearse", "2.0.0");
        Assert.True(again.Outcome == "Succeeded", again.Output);
        Assert.Equal(files, Files(start));
        var next = await ThisProcess.RunAsync(start.Path, "up", "2.0.0");
        Assert.True(next.Outcome == "Succeeded", next.Output);
    }

    // The record of a rehearsal makes the journal longer, and files of its own must be gone.
    private static IReadOnlyList<string> Files(CrashFolder folder) =>
        [.. Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder.Path, file)).Order(StringComparer.Ordinal)];
}
