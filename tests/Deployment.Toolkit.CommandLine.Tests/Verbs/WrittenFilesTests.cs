namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>A verb that is to write a file and may not says which, why and what to do, and leaves nothing half done.</summary>
public sealed class WrittenFilesTests : IDisposable
{
    private readonly TestApp _app = new TestApp { Configure = static deployment => deployment.AddValidatedOptions<ContentOptions>("Content") }.WithPages();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("config init", "/sys/appsettings.template.jsonc")]
    [InlineData("secrets init --environment Development", "/sys/secrets.Development.json")]
    public async Task A_read_only_content_root_is_named(string line, string file)
    {
        NeedsReadOnlyFolder();
        _app.ConfigureHost = builder =>
        {
            builder.Configuration["Deployment:Directory"] = Path.Combine(_app.Root, ".deployment");
            builder.Environment.ContentRootPath = "/sys";
            builder.Configuration["Content:Title"] = "t";
        };
        _app.Configure = static deployment => deployment.AddValidatedOptions<ContentOptions>("Content");

        Says(await _app.RunAsync(line.Split(' ')), file, "'/sys");
    }

    [Theory]
    [InlineData("migrations script --environment Development --file /sys/script.sql")]
    public async Task A_read_only_folder_of_a_named_file_is_named(string line)
    {
        NeedsReadOnlyFolder();

        Says(await _app.RunAsync(line.Split(' ')), "/sys/script.sql", "'/sys");
    }

    [Fact]
    public async Task No_migration_is_added_to_a_read_only_folder()
    {
        NeedsReadOnlyFolder();
        Directory.Delete(Path.Combine(_app.Root, "Migrations"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(_app.Root, "Migrations"), "/sys/kernel");

        Says(await _app.RunAsync("migrations", "add", "add_quality"), "Migrations/add_quality.sql", "Migrations");
    }

    [Fact]
    public async Task Of_the_files_of_a_migration_none_is_left_where_its_name_is_too_long()
    {
        // The way back has the longer name.
        var name = new string('a', 255 - "0002_.sql".Length);

        Says(await _app.RunAsync("migrations", "add", name), name, "too long");

        Assert.Equal(2, Directory.GetFileSystemEntries(Path.Combine(_app.Root, "Migrations")).Length);
    }

    [Theory]
    [InlineData("appsettings.template.jsonc", false)]
    [InlineData("appsettings.schema.json", false)]
    [InlineData("appsettings.schema.json", true)]
    public async Task Of_two_files_none_is_written_where_one_is_refused(string file, bool isForced)
    {
        Directory.CreateDirectory(Path.Combine(_app.Root, file));
        if (isForced) _app.Write("appsettings.template.jsonc", "mine");

        Says(await _app.RunAsync(isForced ? ["config", "init", "--force"] : ["config", "init"]), file, "is a folder, not a file");

        Assert.Equal(isForced, File.Exists(Path.Combine(_app.Root, "appsettings.template.jsonc")));
        if (isForced) Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(_app.Root, "appsettings.template.jsonc")));
    }

    [Fact]
    public async Task A_script_for_a_folder_that_is_not_there_is_refused_and_nothing_is_left()
    {
        var ran = await _app.RunAsync("migrations", "script", "--environment", "Development", "--file", Path.Combine(_app.Root, "gone", "script.sql"));

        Says(ran, "script.sql", "gone");
        Assert.False(Directory.Exists(Path.Combine(_app.Root, "gone")));
    }

    [Fact]
    public async Task A_sealed_file_that_cannot_be_replaced_stays_as_it_is()
    {
        var file = Path.Combine(_app.Root, "secrets.Development.json");
        Directory.CreateDirectory(file);

        Says(await _app.RunAsync("secrets", "init", "--environment", "Development"), file, "is a folder, not a file");
    }

    // Mounted for reading alone, or not: nobody makes a file there, the superuser neither.
    private static void NeedsReadOnlyFolder() => Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /sys");

    private static void Says(Ran ran, string file, string why)
    {
        var said = ran.Out + ran.Error;
        Assert.DoesNotContain("DTK7602", said, StringComparison.Ordinal);
        Assert.Contains(file, said, StringComparison.Ordinal);
        Assert.Contains(why, said, StringComparison.Ordinal);
        Assert.Contains("Nothing was written.", said, StringComparison.Ordinal);
        Assert.Equal(2, ran.ExitCode);
    }
}
