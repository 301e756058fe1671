using System.Globalization;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Deployments that run out of space: no file may grow beyond a limit, which is set ever higher until one passes.</summary>
[Collection("processes")]
public sealed class FullDiskTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dtk-disk-").FullName;
    private readonly ITestOutputHelper _output;

    public FullDiskTests(ITestOutputHelper output) => _output = output;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Without_space_nothing_is_lost_and_with_space_it_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The size of a file is limited with ulimit, which Windows does not have.");
        var start = await Scenario.Get("up").PrepareAsync(_root);
        var journal = new FileInfo(Path.Combine(start.Path, ".deployment", "production", "journal.jsonl")).Length;
        var (hit, codes) = (0, new SortedSet<string>(StringComparer.Ordinal));
        // From just above what the journal holds, a few KiB at a time: the limit is met in the journal, the backup and the database.
        for (var limit = (journal / 1024) + 1; ; limit += FullRun.Times(12, full: 2, all: 1))
        {
            var folder = start.CopyTo(_root);
            var result = await KillApp.RunLimitedAsync(folder.Path, "up", "2.0.0", limit);
            Assert.False(result.WasKilled, $"limit {limit} KiB: {result.Output}");
            Assert.DoesNotContain("   at ", result.Output, StringComparison.Ordinal);
            var content = folder.Journal();
            Assert.True(content.Fault is null, $"limit {limit} KiB: {content.Fault}");
            if (result.Outcome == "Succeeded") break;

            hit++;
            Assert.Contains("[DTK", result.Output, StringComparison.Ordinal);
            codes.UnionWith(result.Output.Split('[', ']').Where(static part => part.StartsWith("DTK", StringComparison.Ordinal)));
            var recovered = await KillApp.RunAsync(folder.Path, folder.Ledger().OpenRun is null ? "up" : "resume", "2.0.0");
            // What had failed already before the space was gone is over with that, and is begun anew.
            if (recovered.Outcome is "RolledBack" or "Failed") recovered = await KillApp.RunAsync(folder.Path, "up", "2.0.0");
            Assert.True(recovered.Outcome == "Succeeded", $"limit {limit.ToString(CultureInfo.InvariantCulture)} KiB: {result.Output} then {recovered.Output}");
            folder.Delete();
        }

        _output.WriteLine($"{hit} limits were met before one was high enough; said were {string.Join(", ", codes)}");
        Assert.True(hit > FullRun.Times(0, full: 3), $"only {hit} limits were met");
    }

    [FullRunFact]
    public async Task A_disk_that_is_full_loses_nothing_and_with_room_on_it_it_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && await Shell.CanMountAsync(), "This user may not make mounts of its own ('unshare -m').");
        var start = await Scenario.Get("up").PrepareAsync(_root);
        // In whole pages, as the file system counts them: a page for each folder, too.
        var size = Directory.EnumerateFileSystemEntries(start.Path, "*", SearchOption.AllDirectories).Sum(static entry => File.Exists(entry) ? (new FileInfo(entry).Length / 4096) + 1 : 1) * 4;
        var (hit, codes, isFull) = (0, new SortedSet<string>(StringComparer.Ordinal), false);
        for (; ; size += 8)
        {
            var disk = Directory.CreateDirectory(Path.Combine(_root, "disk")).FullName;
            var left = Directory.CreateDirectory(Path.Combine(_root, "left")).FullName;
            // A disk of its own, which ends with the shell: what is on it is kept outside.
            var (code, output) = await Shell.RunAsync(
                $"exec unshare -m sh -c \"mount -t tmpfs -o size={size.ToString(CultureInfo.InvariantCulture)}k none '{disk}' && cp -a '{start.Path}/.' '{disk}' || exit 99; "
                + $"dotnet exec '{KillApp.Assembly}' '{disk}' up 2.0.0; cp -a '{disk}/.' '{left}'\"");
            if (code == 99)
            {
                Directory.Delete(left);
                continue;
            }

            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
            Directory.Delete(disk);
            Directory.Move(left, disk);
            var folder = CrashFolder.At(disk);
            var content = folder.Journal();
            Assert.True(content.Fault is null, $"{size} KiB: {content.Fault}");
            var outcome = output.Split('\n')[0].Trim();
            if (outcome == "Succeeded") break;

            hit++;
            Assert.Contains("[DTK", output, StringComparison.Ordinal);
            isFull |= output.Contains("disk is full", StringComparison.Ordinal) || output.Contains("No space left", StringComparison.Ordinal);
            codes.UnionWith(output.Split('[', ']').Where(static part => part.StartsWith("DTK", StringComparison.Ordinal)));
            var recovered = await KillApp.RunAsync(disk, folder.Ledger().OpenRun is null ? "up" : "resume", "2.0.0");
            // What had failed already before the space was gone is over with that, and is begun anew.
            if (recovered.Outcome is "RolledBack" or "Failed") recovered = await KillApp.RunAsync(disk, "up", "2.0.0");
            Assert.True(recovered.Outcome == "Succeeded", $"{size.ToString(CultureInfo.InvariantCulture)} KiB: {output} then {recovered.Output}");
            folder.Delete();
        }

        _output.WriteLine($"{hit} disks were full before one was large enough; said were {string.Join(", ", codes)}");
        Assert.True(hit > 2, $"only {hit} disks were full");
        Assert.True(isFull, "no message says that the disk is full");
    }
}
