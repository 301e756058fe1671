using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Tests.Journal;

/// <summary>Its umask is the whole process's, so nothing else runs beside these.</summary>
[CollectionDefinition(nameof(DeploymentFolderTests), DisableParallelization = true)]
[Collection(nameof(DeploymentFolderTests))]
[UnsupportedOSPlatform("windows")]
public sealed class DeploymentFolderTests
{
    private const UnixFileMode OwnersFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode ForAll = (UnixFileMode)0b111_101_101;

    [Theory]
    [InlineData(0b000_000_000)]
    [InlineData(0b000_010_010)]
    [InlineData(0b111_111_111)]
    public async Task Only_the_owner_may_read_what_a_deployment_keeps_whatever_the_umask_says(int umask)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix modes.");
        using var app = TestApp.WithMigrations();
        app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", down: null);
        var before = SetUmask(umask);
        try
        {
            // A database that only its owner may open, made beforehand: with every bit masked SQLite itself could not make one.
            Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync()).Outcome);
            app.Migration("0003_most", "CREATE TABLE most (id INTEGER);", down: null);
            Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
            Assert.Equal(DeploymentOutcome.RolledBack, Normal(await app.RollbackAsync(acceptDataLoss: true)));
        }
        finally
        {
            _ = SetUmask(before);
        }

        AssertPrivate(Path.Combine(app.Folder, ".deployment"));
    }

    [Fact]
    public async Task A_folder_from_before_that_others_could_read_is_tightened_with_all_that_is_used_in_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix modes.");
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var root = Path.Combine(app.Folder, ".deployment");
        foreach (var folder in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Append(root)) File.SetUnixFileMode(folder, ForAll);
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)) File.SetUnixFileMode(file, ForAll);
        app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", "DROP TABLE more;");

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);

        AssertPrivate(root);
    }

    [Theory]
    [InlineData("")]
    [InlineData("development")]
    public async Task A_folder_that_others_may_write_is_refused_with_the_mend(string below)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix modes.");
        using var app = TestApp.WithMigrations();
        var folder = Path.Combine(app.Folder, ".deployment", below).TrimEnd('/');
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, ForAll | UnixFileMode.GroupWrite);

        var result = await app.UpAsync();

        var message = Assert.Single(result.Messages);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7106"), (result.Outcome, message.Code));
        Assert.Contains($"chmod 700 '{folder}'", message.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(app.Database));
    }

    [Theory]
    [InlineData("")]
    [InlineData("development")]
    public async Task A_folder_of_another_user_is_refused_with_the_mend(string below)
    {
        SkipUnlessRoot();
        using var app = TestApp.WithMigrations();
        var folder = Path.Combine(app.Folder, ".deployment", below).TrimEnd('/');
        Directory.CreateDirectory(folder);
        GiveAway(folder);

        var result = await app.UpAsync();

        var message = Assert.Single(result.Messages);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7106"), (result.Outcome, message.Code));
        Assert.Contains("belongs to user 65534", message.Text, StringComparison.Ordinal);
        Assert.Contains("sudo -u '#65534'", message.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("journal.jsonl")]
    [InlineData("lock")]
    public async Task A_link_planted_under_the_name_of_a_file_is_refused_and_what_it_leads_to_stays_as_it_was(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links as on Unix.");
        using var app = TestApp.WithMigrations();
        var folder = Path.Combine(app.Folder, ".deployment", "development");
        Directory.CreateDirectory(folder, OwnersFolder);
        var precious = Path.Combine(app.Folder, "precious");
        // Without a line's end the whole of it would count as a torn tail, and be cut.
        await File.WriteAllTextAsync(precious, "root:x:0:0");
        File.CreateSymbolicLink(Path.Combine(folder, name), precious);

        var result = await app.UpAsync();

        Assert.Equal((DeploymentOutcome.Refused, "DTK7106"), (result.Outcome, Assert.Single(result.Messages).Code));
        Assert.Equal("root:x:0:0", await File.ReadAllTextAsync(precious));
        Assert.False(File.Exists(app.Database));
    }

    [Fact]
    public async Task A_second_name_of_another_file_is_refused_as_a_link_is()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links as on Unix.");
        using var app = TestApp.WithMigrations();
        var folder = Path.Combine(app.Folder, ".deployment", "development");
        Directory.CreateDirectory(folder, OwnersFolder);
        var precious = Path.Combine(app.Folder, "precious");
        await File.WriteAllTextAsync(precious, "root:x:0:0");
        Assert.Equal(0, LibC.Link(precious, Path.Combine(folder, "journal.jsonl")));

        var result = await app.UpAsync();

        Assert.Equal((DeploymentOutcome.Refused, "DTK7106"), (result.Outcome, Assert.Single(result.Messages).Code));
        Assert.Equal("root:x:0:0", await File.ReadAllTextAsync(precious));
    }

    [Fact]
    public async Task A_journal_of_another_user_is_refused_also_by_those_who_only_read()
    {
        SkipUnlessRoot();
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        GiveAway(app.JournalFile());

        Assert.Equal("DTK7106", Assert.Throws<DeploymentException>(() => ReadJournal.Of(app.JournalFile())).Messages[0].Code);
        Assert.Equal("DTK7106", Assert.Single((await app.UpAsync("2.0.0")).Messages).Code);
    }

    [Fact]
    public async Task A_folder_linked_by_its_owner_is_followed_and_one_linked_by_another_user_is_not()
    {
        SkipUnlessRoot();
        using var app = TestApp.WithMigrations();
        var elsewhere = Path.Combine(app.Folder, "elsewhere");
        Directory.CreateDirectory(elsewhere);
        var link = Path.Combine(app.Folder, ".deployment");
        Directory.CreateSymbolicLink(link, elsewhere);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync()).Outcome);

        using (var changed = Process.Start("chown", ["-h", "65534:65534", link]))
        {
            await changed.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, changed.ExitCode);
        }

        Assert.Equal("DTK7106", Assert.Single((await app.UpAsync("2.0.0")).Messages).Code);
    }

    [Fact]
    public async Task A_folder_that_is_used_for_other_things_too_keeps_its_mode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix modes.");
        using var app = TestApp.WithMigrations();
        var shared = Path.Combine(app.Folder, "srv");
        Directory.CreateDirectory(shared);
        await File.WriteAllTextAsync(Path.Combine(shared, "index.html"), "served");
        File.SetUnixFileMode(shared, ForAll);
        app.Settings["Deployment:Directory"] = shared;

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync()).Outcome);

        Assert.Equal(ForAll, File.GetUnixFileMode(shared));
        AssertPrivate(Path.Combine(shared, "development"));
    }

    private static void AssertPrivate(string root)
    {
        foreach (var folder in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Append(root))
            Assert.True(File.GetUnixFileMode(folder) == OwnersFolder, $"{folder}: {File.GetUnixFileMode(folder)}");
        var files = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToList();
        Assert.Contains(files, static file => file.EndsWith("journal.jsonl", StringComparison.Ordinal));
        foreach (var file in files)
            Assert.True(File.GetUnixFileMode(file) == OwnersFile, $"{file}: {File.GetUnixFileMode(file)}");
    }

    private static DeploymentOutcome Normal(DeploymentResult result) => result.Outcome == DeploymentOutcome.Succeeded ? DeploymentOutcome.RolledBack : result.Outcome;

    private static void SkipUnlessRoot() => Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root gives files away.");

    private static void GiveAway(string path) => Assert.Equal(0, LibC.ChangeOwner(path, 65534, 65534));

    [DllImport("libc", EntryPoint = "umask")]
    private static extern int SetUmask(int mask);
}
