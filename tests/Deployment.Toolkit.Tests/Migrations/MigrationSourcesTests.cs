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
        var set = MigrationSet.Load(sources, app.Folder);
        Assert.Equal(hasWayBack, Assert.Single(set.All).HasWayBack);
        Assert.Empty(set.Faults);
    }
}
