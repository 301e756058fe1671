using System.ComponentModel.Design;
using System.Text;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Known;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Migrations;

/// <summary>What lies in the folder of migrations, and how its bytes are read.</summary>
public sealed class MigrationFileTests
{
    [Theory]
    [InlineData("CREATE TABLE a (id INTEGER);\nINSERT INTO a VALUES ('M\u00FCnchen');", 2, 25, "Byte 0xFC is not UTF-8; in Windows-1252 it is '\u00FC'. Save the file as UTF-8.")]
    [InlineData("\u0080", 1, 1, "Byte 0x80 is not UTF-8. Save the file as UTF-8.")]
    public async Task A_file_that_is_not_utf8_is_refused_with_its_place(string latin, int line, int column, string told)
    {
        using var app = new TestApp();
        app.Migration("0001_a", "", null);
        await File.WriteAllBytesAsync(Path.Combine(app.Folder, "migrations", "0001_a.sql"), Encoding.Latin1.GetBytes(latin));

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        var message = Assert.Single(result.Messages, static message => message.Code == "DTK7308");
        Assert.Equal((Path.Combine("migrations", "0001_a.sql"), line, column), (message.File, message.Line, message.Column));
        Assert.EndsWith(told, message.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(app.Database));
    }

    [Fact]
    public void A_file_of_utf16_is_named_as_that() =>
        Assert.Equal("Script is UTF-16, which is not read. Save it as UTF-8.", ScriptText.Read("a.sql", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("SELECT 1;")).ToArray()).Unreadable!.Value.Text);

    [Fact]
    public void Utf8_is_read_with_and_without_a_byte_order_mark()
    {
        Assert.Null(ScriptText.Read("a.sql", Encoding.UTF8.GetBytes("SELECT 'München 🏰';")).Unreadable);
        Assert.Null(ScriptText.Read("a.sql", [.. Encoding.UTF8.GetPreamble(), .. "SELECT 1;"u8]).Unreadable);
        Assert.Equal(2, ScriptText.Read("a.sql", [.. Encoding.UTF8.GetPreamble(), (byte)'x', 0xFF]).Unreadable!.Value.Column);
    }

    [Theory]
    [InlineData("0002_title.SQL", "0002_title.down.SQL")]
    [InlineData("0002_title.Sql", "0002_title.Down.sql")]
    [InlineData("0002_title.sql", "0002_title.DOWN.SQL")]
    public async Task Capital_letters_in_the_extension_change_nothing(string up, string down)
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        await File.WriteAllTextAsync(Path.Combine(app.Folder, "migrations", up), "ALTER TABLE items ADD COLUMN title TEXT;");
        await File.WriteAllTextAsync(Path.Combine(app.Folder, "migrations", down), "ALTER TABLE items DROP COLUMN title;");

        var result = await app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.True(Assert.Single(result.Plan!.Migrations).HasWayBack);
    }

    [Fact]
    public async Task Check_names_what_is_ignored()
    {
        using var app = TestApp.WithMigrations();
        var folder = Path.Combine(app.Folder, "migrations");
        await File.WriteAllTextAsync(Path.Combine(folder, "0002_title.sql.txt"), "SELECT 1;");
        await File.WriteAllTextAsync(Path.Combine(folder, "Backfill.cs"), "");
        Directory.CreateDirectory(Path.Combine(folder, "old"));
        await File.WriteAllTextAsync(Path.Combine(folder, "old", "0003_more.SQL"), "SELECT 1;");

        var result = await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        var message = Assert.Single(result.Messages, static message => message.Code == "DTK7309");
        Assert.Equal(MessageSeverity.Warning, message.Severity);
        Assert.Contains($"'{Path.Combine("migrations", "0002_title.sql.txt")}', '{Path.Combine("migrations", "old", "0003_more.SQL")}'.", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_ways_back_of_one_migration_are_a_fault()
    {
        using var app = TestApp.WithMigrations();
        File.WriteAllText(Path.Combine(app.Folder, "migrations", "01_other.down.sql"), "DROP TABLE items;");
        var sources = new MigrationSources();
        sources.AddDirectory("migrations", isDefault: false);

        Assert.Contains("has two ways back", Assert.Single(MigrationSet.Load(sources, KnownDialects.Default, app.Folder, new ServiceContainer(), null).Faults).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0007", "0008")]
    [InlineData("00000099", "00000100")]
    [InlineData("20991231235959", "21000101000000")]
    [InlineData("20200101000000", null)]
    [InlineData("999999999", "1000000000")]
    public void A_new_version_is_above_the_last(string last, string? next)
    {
        using var app = new TestApp();
        using var version = NewVersion.Reserve(app.Folder, [last], new DateTimeOffset(2026, 11, 28, 1, 2, 3, TimeSpan.Zero));
        Assert.Equal(next ?? "20261128010203", last == "999999999" ? next : version.Text);
        Assert.True(MigrationVersion.Compare(version.Text, last) > 0);
    }

    [Theory]
    [InlineData("0001_first")]
    [InlineData("20261128010203_first")]
    public async Task Many_that_are_added_at_once_all_get_versions_of_their_own(string first)
    {
        using var app = new TestApp();
        app.Migration(first, "SELECT 1;", null);

        await Parallel.ForEachAsync(Enumerable.Range(0, 16), async (number, token) =>
        {
            using var host = app.Build();
            await host.Services.GetRequiredService<DeploymentDatabase>().AddMigrationAsync($"number {number}", token);
        });

        var versions = Directory.EnumerateFiles(Path.Combine(app.Folder, "migrations")).Select(static file => MigrationVersion.ParseFileName(Path.GetFileName(file))!.Value).Where(static file => !file.IsDown).Select(static file => file.Version).ToList();
        Assert.Equal(17, versions.Count);
        Assert.Equal(17, versions.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_claim_that_is_just_let_go_stops_nobody_who_met_it()
    {
        var folder = Directory.CreateTempSubdirectory("dtk-claims-").FullName;
        try
        {
            var now = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                for (var i = 0; i < 1000; i++) NewVersion.Reserve(folder, ["20300101000000"], now).Dispose();
            })));
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_version_that_another_process_is_just_adding_is_not_given_again()
    {
        using var app = TestApp.WithMigrations();
        await File.WriteAllTextAsync(Path.Combine(app.Folder, "migrations", ".0002.adding"), "");
        using var host = app.Build();

        var files = await host.Services.GetRequiredService<DeploymentDatabase>().AddMigrationAsync("more", CancellationToken.None);

        Assert.Equal("0003_more.sql", Path.GetFileName(files[0]));
    }

    [Theory]
    [InlineData("file:/data/app.db?cache=shared", "/data/app.db")]
    [InlineData("file:///data/my%20app.db?mode=rwc&cache=private", "/data/my app.db")]
    [InlineData("FILE://localhost/data/app.db#x", "/data/app.db")]
    [InlineData("file:app.db?cache=shared", "app.db")]
    [InlineData("file:a%3Fb.db", "a?b.db")]
    public void A_file_uri_names_its_file(string uri, string path) => Assert.Equal(path, SqliteFileUri.PathOf(uri));

    [Theory]
    [InlineData("file::memory:?cache=shared", "names no file")]
    [InlineData("file:x?mode=memory", "names no file")]
    [InlineData("file:", "names no file")]
    [InlineData("file:app.db?mode=ro", "says 'mode=ro'")]
    [InlineData("file:app.db?vfs=unix-none", "says 'vfs=unix-none'")]
    [InlineData("file://server/app.db", "names the host 'server'")]
    public void A_file_uri_that_a_deployment_cannot_use_is_refused(string uri, string told) =>
        Assert.Contains(told, Assert.Throws<DeploymentException>(() => SqliteFileUri.PathOf(uri)).Messages[0].Text, StringComparison.Ordinal);

    [Fact]
    public async Task A_database_with_a_shared_cache_is_deployed_to()
    {
        using var app = TestApp.WithMigrations();
        app.Settings["ConnectionStrings:App"] = $"Data Source=file:{app.Database}?cache=shared;Cache=Shared";

        var result = await app.UpAsync();

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', result.Messages));
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));
    }
}
