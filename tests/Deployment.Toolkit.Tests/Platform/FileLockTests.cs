using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Deployment.Toolkit.Platform;
using Microsoft.Win32.SafeHandles;

namespace Deployment.Toolkit.Tests.Platform;

public sealed class FileLockTests
{
    private const string NoFlock = "flock of util-linux is not here.";

    [Fact]
    public void It_is_held_once_in_a_process_and_the_file_stays()
    {
        using var folder = new TemporaryFolder();
        var path = folder["run.lock"];
        var held = FileLock.TryAcquire(path);
        Assert.NotNull(held);
        Assert.Null(FileLock.TryAcquire(path));
        using (FileLock.TryAcquire(folder["other.lock"]))
            Assert.Null(FileLock.TryAcquire(path));
        held.Dispose();
        held.Dispose();
        Assert.True(File.Exists(path));
        using var again = FileLock.TryAcquire(path);
        Assert.NotNull(again);
    }

    [Fact]
    public void Freed_it_is_free_though_a_child_that_has_not_yet_run_its_program_has_the_file_open_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Open files are looked up in /proc.");
        using var folder = new TemporaryFolder();
        var path = folder["run.lock"];
        var held = FileLock.TryAcquire(path);
        var file = Directory.EnumerateFileSystemEntries("/proc/self/fd").Single(entry => new FileInfo(entry).LinkTarget == path);
        using var copy = new SafeFileHandle(Duplicate(int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture)), ownsHandle: true);
        Assert.False(copy.IsInvalid);
        Assert.Null(FileLock.TryAcquire(path));
        held!.Dispose();
        using var again = FileLock.TryAcquire(path);
        Assert.NotNull(again);
    }

    // What a fork does to every file that is open.
    [DllImport("libc", EntryPoint = "dup")]
    private static extern int Duplicate(int file);

    [Fact]
    public async Task Only_one_of_many_at_the_same_moment_gets_it()
    {
        using var folder = new TemporaryFolder();
        for (var round = 0; round < 500; round++)
        {
            var path = folder[$"{round}.lock"];
            using var gate = new Barrier(8);
            var locks = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    gate.SignalAndWait();
                    return FileLock.TryAcquire(path);
                },
                TaskCreationOptions.LongRunning)));
            Assert.Single(locks, static taken => taken is not null)!.Dispose();
        }
    }

    [Fact]
    public async Task Another_process_sees_it()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), NoFlock);
        using var folder = new TemporaryFolder();
        var path = folder["run.lock"];
        using (FileLock.TryAcquire(path))
            Assert.Equal(1, await TryFlockAsync(path));
        Assert.Equal(0, await TryFlockAsync(path));
    }

    [Fact]
    public async Task It_is_free_when_its_holder_is_killed()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), NoFlock);
        using var folder = new TemporaryFolder();
        var path = folder["run.lock"];
        using var holder = Process.Start("/usr/bin/flock", ["--no-fork", path, "/bin/sleep", "300"]);
        await Until.TrueAsync(
            () =>
            {
                using var taken = FileLock.TryAcquire(path);
                return taken is null;
            },
            "the other process holds the lock");
        holder.Kill();
        await holder.WaitForExitAsync().WaitAsync(Until.Deadline);
        using var free = FileLock.TryAcquire(path);
        Assert.NotNull(free);
    }

    [Fact]
    public async Task A_command_started_meanwhile_does_not_keep_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), RunningCommand.Windows);
        using var folder = new TemporaryFolder();
        var held = FileLock.TryAcquire(folder["run.lock"]);
        using var command = new RunningCommand(RunningCommand.Shell("echo ready; sleep 300"));
        using var process = Process.Start("/bin/sleep", ["300"]);
        await command.SaysAsync("ready");
        held!.Dispose();
        using var again = FileLock.TryAcquire(folder["run.lock"]);
        Assert.NotNull(again);
        process.Kill();
        await process.WaitForExitAsync();
        await command.CancelAsync();
    }

    [Fact]
    public void What_cannot_be_locked_is_an_error_and_not_a_lock_that_someone_holds()
    {
        using var folder = new TemporaryFolder();
        var failure = Assert.ThrowsAny<IOException>(() => FileLock.TryAcquire(folder["missing/run.lock"]));
        Assert.Contains("run.lock", failure.Message, StringComparison.Ordinal);
        if (OperatingSystem.IsWindows())
            return;
        var refusal = Assert.Throws<DeploymentException>(() => FileLock.TryAcquire(folder.Path));
        Assert.Contains("no regular file", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<int> TryFlockAsync(string path)
    {
        using var process = Process.Start("/usr/bin/flock", ["--nonblock", path, "true"]);
        await process.WaitForExitAsync().WaitAsync(Until.Deadline);
        return process.ExitCode;
    }
}
