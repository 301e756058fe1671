using System.Globalization;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>
/// Rollbacks on a disk that becomes full at a moment of theirs, in turn at each: what comes of it is said, nothing that is needed goes, and
/// the command that is printed brings the release there once there is room.
/// </summary>
[Collection("processes")]
public sealed partial class FullDiskRollbackTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dtk-full-").FullName;
    private readonly ITestOutputHelper _output;

    public FullDiskRollbackTests(ITestOutputHelper output) => _output = output;

    public static TheoryData<string, bool> Cases => [.. FullRun.EveryOf(Scenario.Rollbacks, usual: 3).SelectMany(static name => (FullRun.IsOn ? (bool[])[false, true] : [false]).Select(ofNames => new TheoryDataRow<string, bool>(name, ofNames)))];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_disk_that_becomes_full_on_the_way_back_takes_nothing_and_the_printed_command_ends_it(string name, bool ofNames)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && await Shell.CanMountAsync(), "This user may not make mounts of its own ('unshare -m').");
        var scenario = Scenario.Get(name);
        var start = await scenario.PrepareAsync(_root);
        var (disk, left) = (Directory.CreateDirectory(Path.Combine(_root, "disk")).FullName, Directory.CreateDirectory(Path.Combine(_root, "left")).FullName);
        var (code, output) = await Shell.RunAsync(
            $"exec unshare -m sh -c \"mount -t tmpfs -o size=4m,nr_inodes=300 none '{disk}' || exit 99; exec dotnet exec '{KillApp.Assembly}' '{disk}' fill 2.0.0 --start '{start.Path}' --left '{left}' "
            + $"--of {scenario.Verb} --step {FullRun.Times(20, full: 8, all: 1)} {(ofNames ? "--names" : "")} {string.Join(' ', scenario.Options)}\"");
        Assert.True(code == 0, output);

        var moments = await File.ReadAllLinesAsync(Path.Combine(left, "moments"));
        var backups = Backups(start);
        var (stopped, codes) = (0, new SortedSet<string>(StringComparer.Ordinal));
        foreach (var said in Directory.GetFiles(left, "*.said").Where(static file => !file.EndsWith("whole.said", StringComparison.Ordinal)))
        {
            var text = await File.ReadAllTextAsync(said);
            var folder = CrashFolder.At(said[..^".said".Length]);
            var how = $"{name}, {(ofNames ? "no new file" : "no room")} from moment {Path.GetFileName(folder.Path)} '{moments[int.Parse(Path.GetFileName(folder.Path), CultureInfo.InvariantCulture) - 1]}'";
            var result = new KillAppResult(0, text);
            AssertSaid(folder, result, how);
            Assert.True(backups.All(Backups(folder).Contains), $"{how}: a backup is gone");
            folder.AssertReleases(how, scenario.ReleasesBefore);
            if (result.Outcome != "Succeeded")
            {
                stopped++;
                codes.UnionWith(text.Split('[', ']').Where(static part => part.StartsWith("DTK", StringComparison.Ordinal)));
                result = await GoOnAsync(folder, text, how);
            }

            Assert.True(result.Outcome == "Succeeded", $"{how}: {text}\nthen {result.Output}");
            scenario.AssertEnded(folder, how);
        }

        _output.WriteLine($"{name}: {stopped} of {moments.Length} moments stopped it; said were {string.Join(", ", codes)}");
        Assert.True(stopped >= FullRun.Times(2, full: 3), $"only {stopped} moments stopped it");
    }

    // Not done is open or waits for somebody, who is told the next command; or nothing was begun.
    private static void AssertSaid(CrashFolder folder, KillAppResult result, string how)
    {
        Assert.False(result.Output.Contains("   at ", StringComparison.Ordinal), $"{how}: {result.Output}");
        var content = folder.Journal();
        Assert.True(content.Fault is null, $"{how}: {content.Fault}");
        Assert.True(folder.Missed() is null, $"{how}: the database remembers what the journal has not: {folder.Missed()}");
        var ledger = folder.Ledger();
        Assert.True((ledger.OpenRun is not null) == (result.Outcome == "NeedsAttention"), $"{how}: run {ledger.Runs[^1].Id} is {ledger.Runs[^1].State}, and it said {result.Output}");
        Assert.True(result.Outcome is "Succeeded" or "NeedsAttention" or "Failed", $"{how}: {result.Output}");
        Assert.True(result.Outcome == "Succeeded" || !result.Output.Contains("that nobody expected", StringComparison.Ordinal), $"{how}: {result.Output}");
    }

    /// <summary>Does what the output says is to be done next.</summary>
    private static async Task<KillAppResult> GoOnAsync(CrashFolder folder, string said, string how)
    {
        var printed = Commands().Matches(said).LastOrDefault();
        if (printed is null) Assert.True(said.Contains("run the command again", StringComparison.Ordinal), $"{how}: names no next command: {said}");
        var verb = printed?.Groups["verb"].Value ?? "rollback";
        Assert.True(printed is null || printed.Value.Contains("--environment Production", StringComparison.Ordinal), $"{how}: {printed?.Value} runs in another environment");
        string[] options = [.. printed?.Value.Trim('\'').Replace("--accept-data-loss", "--accept", StringComparison.Ordinal).Split(' ').Skip(2) ?? ["--accept"]];
        return await ThisProcess.RunAsync(folder.Path, verb, "2.0.0", options);
    }

    private static SortedSet<string> Backups(CrashFolder folder)
    {
        var place = Path.Combine(folder.Path, ".deployment", "production", "backups");
        return Directory.Exists(place) ? [.. Directory.GetFiles(place, "*.db*").Select(static file => $"{Path.GetFileName(file)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}")] : [];
    }

    [GeneratedRegex("'deploy (?<verb>resume|abort|rollback|up)[^']*'")]
    private static partial Regex Commands();
}
