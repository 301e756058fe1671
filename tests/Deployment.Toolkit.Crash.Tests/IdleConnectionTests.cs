using System.Diagnostics;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>A database in write-ahead mode that another process keeps open, idle: nothing can take its place until that ends.</summary>
[Collection("processes")]
public sealed class IdleConnectionTests : IDisposable
{
    // What the driver would wait for by itself.
    private static readonly TimeSpan s_driverPatience = TimeSpan.FromSeconds(30);

    private readonly string _root = CrashFolder.NewRoot();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_restore_names_the_process_and_begins_nothing_and_goes_on_when_that_has_ended()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells which processes have a file open.");
        var folder = await PreparedAsync();
        Assert.Equal("Succeeded", (await KillApp.RunAsync(folder.Path, "up", "2.0.0")).Outcome);
        using var idle = await IdleAsync(KillApp.Start(folder.Path, "idle", "2.0.0"));

        var refused = await KillApp.RunAsync(folder.Path, "restore", "2.0.0", "--accept");

        Assert.Equal("Refused", refused.Outcome);
        Assert.Contains("DTK7406", refused.Output, StringComparison.Ordinal);
        Assert.Contains($"process {idle.Id} (dotnet)", refused.Output, StringComparison.Ordinal);
        Assert.Null(folder.Ledger().OpenRun);

        await EndAsync(idle);
        var restored = await KillApp.RunAsync(folder.Path, "restore", "2.0.0", "--accept");
        Assert.True(restored.Outcome == "Succeeded", restored.Output);
    }

    [FullRunFact]
    public async Task A_way_back_by_backup_names_the_process_and_abort_takes_it_when_that_has_ended()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells which processes have a file open.");
        var folder = await PreparedAsync();
        folder.Write("unhealthy", "");
        using var idle = await IdleAsync(KillApp.Start(folder.Path, "idle", "1.0.0"));

        var stopped = await KillApp.RunAsync(folder.Path, "up", "2.0.0");

        Assert.Equal("NeedsAttention", stopped.Outcome);
        Assert.Contains($"process {idle.Id} (dotnet)", stopped.Output, StringComparison.Ordinal);
        Assert.Contains("deploy abort --environment Production", stopped.Output, StringComparison.Ordinal);

        await EndAsync(idle);
        var aborted = await KillApp.RunAsync(folder.Path, "abort", "2.0.0");
        Assert.True(aborted.Outcome == "RolledBack", aborted.Output);
        Assert.DoesNotContain("title", folder.Database(), StringComparison.Ordinal);
    }

    [FullRunFact]
    public async Task A_process_that_cannot_be_seen_is_not_waited_for_either_and_the_message_says_how_to_find_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && await Shell.CanMountAsync(), "This user may not make mounts of its own ('unshare -m').");
        var folder = await PreparedAsync();
        folder.Write("unhealthy", "");
        var other = Directory.CreateDirectory(Path.Combine(_root, "other")).FullName;
        // As in a container: the same file under another path.
        using var idle = await IdleAsync(Shell.Start($"exec unshare -m sh -c \"mount --bind '{folder.Path}' '{other}' && exec dotnet exec '{KillApp.Assembly}' '{other}' idle 1.0.0\""));
        var started = Stopwatch.GetTimestamp();

        var stopped = await KillApp.RunAsync(folder.Path, "up", "2.0.0");

        Assert.Equal("NeedsAttention", stopped.Outcome);
        Assert.Contains("DTK7406", stopped.Output, StringComparison.Ordinal);
        Assert.Contains($"'fuser -v {Path.Combine(folder.Path, "app.db")}'", stopped.Output, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, s_driverPatience);

        await EndAsync(idle);
        var aborted = await KillApp.RunAsync(folder.Path, "abort", "2.0.0");
        Assert.True(aborted.Outcome == "RolledBack", aborted.Output);
    }

    private async Task<CrashFolder> PreparedAsync()
    {
        var folder = new CrashFolder(_root);
        folder.Write("migrations/0001_items.sql", "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);");
        var first = await KillApp.RunAsync(folder.Path, "up", "1.0.0");
        Assert.True(first.Outcome == "Succeeded", first.Output);
        folder.Write("migrations/0002_title.sql", "ALTER TABLE items ADD COLUMN title TEXT;");
        return folder;
    }

    private static async Task<Process> IdleAsync(Process process)
    {
        var said = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(said == "idle", said ?? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return process;
    }

    private static async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
