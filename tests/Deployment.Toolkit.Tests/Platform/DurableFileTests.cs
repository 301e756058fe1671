using System.Runtime.Versioning;
using System.Text;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Tests.Platform;

public sealed class DurableFileTests
{
    [Fact]
    public async Task Content_is_written_and_replaced_and_nothing_else_is_left()
    {
        using var folder = new TemporaryFolder();
        var path = folder["state.json"];
        await WriteAsync(path, "a longer first content");
        Assert.Equal("a longer first content", await File.ReadAllTextAsync(path));
        await WriteAsync(path, "second");
        await WriteAsync(folder["empty"], "");
        Assert.Equal("second", await File.ReadAllTextAsync(path));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public async Task A_reader_sees_the_old_content_or_the_new_and_never_a_part()
    {
        using var folder = new TemporaryFolder();
        var path = folder["state.json"];
        await WriteAsync(path, new string('0', 100_000));
        var writer = Task.Run(async () =>
        {
            for (var i = 1; i < 30; i++)
                await WriteAsync(path, new string((char)('0' + (i % 10)), 100_000));
        });
        do
        {
            var text = await File.ReadAllTextAsync(path);
            Assert.Equal(new string(text[0], 100_000), text);
        }
        while (!writer.IsCompleted);
        await writer;
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_private_file_stays_private()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix modes.");
        using var folder = new TemporaryFolder();
        var path = folder["keys"];
        await WriteAsync(path, "old");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await WriteAsync(path, "new");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        const UnixFileMode open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        File.SetUnixFileMode(path, open);
        await WriteAsync(path, "newer");
        Assert.Equal(open, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task Of_many_that_make_one_file_at_once_one_does()
    {
        using var folder = new TemporaryFolder();
        for (var round = 0; round < 50; round++)
        {
            var path = folder[$"{round}.key"];
            using var start = new Barrier(4);
            var makers = Enumerable.Range(0, 4).Select(i => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return DurableFile.TryCreateAsync(path, Encoding.UTF8.GetBytes($"made by {i}"), CancellationToken.None);
                },
                TaskCreationOptions.LongRunning).Unwrap()).ToArray();
            var made = await Task.WhenAll(makers);
            Assert.Single(made, true);
            Assert.Equal($"made by {Array.IndexOf(made, true)}", await File.ReadAllTextAsync(path));
        }

        Assert.Equal(50, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public async Task Where_there_are_no_hard_links_a_file_is_made_once_too()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "No link is made there.");
        using var folder = new TemporaryFolder();
        foreach (var (name, content) in (IEnumerable<(string, string)>)[("first", "new"), ("second", "newer")])
            await File.WriteAllTextAsync(folder[name], content);
        Assert.True(DurableFile.TryReserve(folder["first"], folder["a.key"]));
        Assert.False(DurableFile.TryReserve(folder["second"], folder["a.key"]));
        Assert.Equal("new", await File.ReadAllTextAsync(folder["a.key"]));
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_old_file_whole()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Another limit of names.");
        using var folder = new TemporaryFolder();
        // The name is as long as names may be, so the temporary file beside it can't be made.
        var path = folder[new string('n', 255)];
        await File.WriteAllTextAsync(path, "old");
        await Assert.ThrowsAnyAsync<IOException>(() => WriteAsync(path, "new"));
        Assert.Equal("old", await File.ReadAllTextAsync(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_write_into_a_read_only_folder_leaves_the_old_file_whole()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "The superuser writes into read-only folders.");
        using var folder = new TemporaryFolder();
        var path = folder["state.json"];
        await WriteAsync(path, "old");
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => WriteAsync(path, "new"));
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal("old", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_file_that_root_replaces_or_copies_stays_its_owners()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can give a file away.");
        using var folder = new TemporaryFolder();
        var path = folder["state.json"];
        await WriteAsync(path, "old");
        Assert.Equal(0, LibC.ChangeOwner(path, 4711, 4712));

        await WriteAsync(path, "new");
        await File.WriteAllTextAsync(folder["copy.json"], "a copy");
        DurableFile.CopyAccess(path, folder["copy.json"]);

        Assert.Equal((4711u, 4712u), LibC.OwnerOf(path));
        Assert.Equal((4711u, 4712u), LibC.OwnerOf(folder["copy.json"]));
    }

    [Fact]
    public async Task A_failed_rename_and_a_cancelled_write_leave_no_temporary_file()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["taken"]);
        await File.WriteAllTextAsync(folder["taken/inside"], "old");
        await Assert.ThrowsAnyAsync<Exception>(() => WriteAsync(folder["taken"], "new"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => DurableFile.WriteAsync(folder["state.json"], new byte[1], new CancellationToken(canceled: true)));
        Assert.Equal([folder["taken"]], Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal("old", await File.ReadAllTextAsync(folder["taken/inside"]));
    }

    [Fact]
    public async Task What_a_killed_process_leaves_is_recognised_by_its_name()
    {
        using var folder = new TemporaryFolder();
        using var seen = new FileSystemWatcher(folder.Path) { EnableRaisingEvents = true };
        var names = new System.Collections.Concurrent.ConcurrentQueue<string>();
        seen.Created += (_, created) => names.Enqueue(created.Name!);
        await WriteAsync(folder["state.json"], "content");
        await Until.TrueAsync(() => !names.IsEmpty, "the temporary file is seen");
        Assert.Matches(@"^\.state\.json\.[0-9a-f]{16}\.tmp$", names.First());
    }

    [Fact]
    public void Replace_swaps_a_link_in_one_step()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["current"], "releases/1");
        File.CreateSymbolicLink(folder["next"], "releases/2");
        DurableFile.Replace(folder["next"], folder["current"]);
        Assert.Equal("releases/2", new FileInfo(folder["current"]).LinkTarget);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Replace_refuses_to_copy_between_file_systems()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm") && new DriveInfo("/dev/shm").DriveFormat != new DriveInfo(Path.GetTempPath()).DriveFormat, "One file system.");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["state"], "content");
        var elsewhere = $"/dev/shm/{Path.GetFileName(folder.Path)}";
        Assert.Throws<IOException>(() => DurableFile.Replace(folder["state"], elsewhere));
        Assert.False(File.Exists(elsewhere));
        Assert.Equal("content", File.ReadAllText(folder["state"]));
    }

    [Fact]
    public void Missing_folders_are_created_and_existing_ones_are_no_error()
    {
        using var folder = new TemporaryFolder();
        DurableFile.CreateDirectory(folder["a/b/c/"]);
        DurableFile.CreateDirectory(folder["a/b"]);
        Assert.True(Directory.Exists(folder["a/b/c"]));
    }

    [Fact]
    public void A_folder_that_is_not_there_cannot_be_flushed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Nothing is flushed there.");
        using var folder = new TemporaryFolder();
        DurableFile.FlushDirectory(folder.Path);
        Assert.Contains(folder["gone"], Assert.Throws<IOException>(() => DurableFile.FlushDirectory(folder["gone"])).Message, StringComparison.Ordinal);
    }

    private static Task WriteAsync(string path, string content) =>
        DurableFile.WriteAsync(path, Encoding.UTF8.GetBytes(content), CancellationToken.None);
}
