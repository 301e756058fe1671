namespace Deployment.Toolkit.Crash.Tests;

/// <summary>A database that is mounted as a single file, as containers do: a real mount, in a namespace of its own.</summary>
[Collection("processes")]
public sealed class MountTests : IDisposable
{
    private readonly string _root = CrashFolder.NewRoot();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("restore", "2.0.0", "--accept")]
    [InlineData("up", "2.0.0", "--progress")]
    public async Task A_database_that_is_mounted_as_a_file_is_refused_with_the_plan_and_nothing_is_held_up(string verb, string release, string option)
    {
        Assert.SkipUnless(FullRun.IsOn || verb == "up", FullRun.Only);
        Assert.SkipUnless(OperatingSystem.IsLinux() && await Shell.CanMountAsync(), "This user may not make mounts of its own ('unshare -m').");

        var folder = new CrashFolder(_root);
        folder.Write("migrations/0001_items.sql", "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);");
        Assert.Equal("Succeeded", (await KillApp.RunAsync(folder.Path, "up", "1.0.0")).Outcome);
        folder.Write("migrations/0002_title.sql", "ALTER TABLE items ADD COLUMN title TEXT;");
        if (verb == "restore") Assert.Equal("Succeeded", (await KillApp.RunAsync(folder.Path, "up", "2.0.0")).Outcome);
        var before = folder.Database();
        File.Copy(System.IO.Path.Combine(folder.Path, "app.db"), System.IO.Path.Combine(_root, "mounted.db"));

        var (_, output) = await Shell.RunAsync(
            $"unshare -m sh -c \"mount --bind '{_root}/mounted.db' '{folder.Path}/app.db' && exec dotnet exec '{KillApp.Assembly}' '{folder.Path}' {verb} {release} {option}\"");

        Assert.StartsWith("Refused", output, StringComparison.Ordinal);
        Assert.Contains("DTK7405", output, StringComparison.Ordinal);
        Assert.Equal(before, folder.Database());
        Assert.Null(folder.Ledger().OpenRun);
    }
}
