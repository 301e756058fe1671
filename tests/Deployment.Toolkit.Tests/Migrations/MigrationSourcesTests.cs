using System.ComponentModel.Design;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Known;
using Deployment.Toolkit.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Migrations;

public sealed class MigrationSourcesTests
{
    [Theory]
    [InlineData("App.Migrations.0001_items.sql", "0001_items.sql")]
    [InlineData("App.Migrations.0005_drop_migrations_log.sql", "0005_drop_migrations_log.sql")]
    [InlineData("Migrations/0002_migrations.sql", "0002_migrations.sql")]
    [InlineData("App.MigrationsTool.report.sql", null)]
    public void An_embedded_script_is_found_by_its_folder_and_not_by_its_own_name(string resource, string? file) =>
        Assert.Equal(file, MigrationSources.FileInMigrations(resource));

    [Fact]
    public async Task A_migration_is_added_to_a_folder_below_a_folder()
    {
        using var app = new TestApp();
        var folder = Directory.CreateDirectory(Path.Combine(app.Folder, "db", "migrations")).FullName;
        app.Configure = static deployment => deployment.AddMigrations(static m => m.FromDirectory("db/migrations"));
        using var host = app.Build();

        var files = await host.Services.GetRequiredService<DeploymentDatabase>().AddMigrationAsync("add title", CancellationToken.None);

        Assert.Equal([Path.Combine(folder, "0001_add_title.sql"), Path.Combine(folder, "0001_add_title.down.sql")], files);
    }

    [Fact]
    public void A_folder_that_is_embedded_too_is_found_once()
    {
        using var app = new TestApp();
        app.Migration("0001_embedded", "SELECT 1;\n", null);
        Directory.Move(Path.Combine(app.Folder, "migrations"), Path.Combine(app.Folder, "Migrations"));
        var sources = new MigrationSources();
        sources.AddScripts(typeof(MigrationSourcesTests).Assembly);
        sources.AddDirectory("Migrations", isDefault: false);

        var set = MigrationSet.Load(sources, KnownDialects.Default, app.Folder, new ServiceContainer(), null);

        Assert.Equal("0001_embedded", Assert.Single(set.All).Title);
        Assert.Empty(set.Faults);
    }

    [Fact]
    public void Scripts_that_were_written_or_changed_after_the_build_are_named()
    {
        using var app = new TestApp();
        Directory.CreateDirectory(Path.Combine(app.Folder, "Migrations"));
        File.WriteAllText(Path.Combine(app.Folder, "Migrations", "0001_embedded.sql"), "SELECT 1;\r\n\r\n");
        var sources = new MigrationSources();
        sources.AddScripts(typeof(MigrationSourcesTests).Assembly);
        Assert.Empty(sources.NotBuilt(app.Folder));

        File.WriteAllText(Path.Combine(app.Folder, "Migrations", "0001_embedded.sql"), "SELECT 2;\n");
        File.WriteAllText(Path.Combine(app.Folder, "Migrations", "0002_new.sql"), "SELECT 2;\n");
        Assert.Equal(["0001_embedded.sql", "0002_new.sql"], sources.NotBuilt(app.Folder).Select(static file => Path.GetFileName(file)));
    }

    [Theory]
    [InlineData("CREATE TABLE a (id INTEGER);", "-- Takes 0001_a.sql back.\n\n", false)]
    [InlineData("CREATE TABLE a (id INTEGER);", "-- Takes it back.\nDROP TABLE a;", true)]
    [InlineData("-- Only a marker.\n", "-- Nothing.\n", true)]
    public void A_script_without_a_statement_is_no_way_back_of_one_that_has_some(string up, string down, bool hasWayBack)
    {
        using var app = new TestApp();
        var folder = Directory.CreateDirectory(Path.Combine(app.Folder, "Migrations")).FullName;
        File.WriteAllText(Path.Combine(folder, "0001_a.sql"), up);
        File.WriteAllText(Path.Combine(folder, "0001_a.down.sql"), down);
        var sources = new MigrationSources();
        sources.AddDirectory("Migrations", isDefault: false);
        var set = MigrationSet.Load(sources, KnownDialects.Default, app.Folder, new ServiceContainer(), null);
        Assert.Equal(hasWayBack, Assert.Single(set.All).HasWayBack);
        Assert.Empty(set.Faults);
    }
}
