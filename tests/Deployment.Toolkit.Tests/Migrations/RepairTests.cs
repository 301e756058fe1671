using System.ComponentModel.Design;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Known;
using Deployment.Toolkit.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Migrations;

public sealed class RepairTests
{
    [Theory]
    [InlineData("resume")]
    [InlineData("abort")]
    public async Task A_run_that_waits_for_a_broken_way_back_goes_on_once_it_is_repaired(string verb)
    {
        using var app = await StuckAsync();
        Assert.Contains("'deploy migrations repair 0002 --reason", await StuckTextAsync(app), StringComparison.Ordinal);

        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", "ALTER TABLE items DROP COLUMN title;");
        var repaired = await RepairAsync(app, "0002", "it named a column that was never there");
        var result = await app.RunAsync((deployer, request, token) => verb == "resume" ? deployer.ResumeAsync(request, token) : deployer.AbortAsync(request, token), "2.0.0");

        Assert.True(repaired.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', repaired.Messages));
        Assert.Equal("- ALTER TABLE items DROP COLUMN headline;\n+ ALTER TABLE items DROP COLUMN title;", Assert.Single(repaired.Messages).Excerpt);
        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, result.Outcome + string.Join(' ', result.Messages));
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM deployment_migrations"));
        Assert.Contains("\"migrationRepaired\"", await File.ReadAllTextAsync(app.JournalFile()), StringComparison.Ordinal);
        Assert.Contains("it named a column that was never there", await File.ReadAllTextAsync(app.JournalFile()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_shows_the_difference_and_changes_nothing()
    {
        using var app = await StuckAsync();
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", "ALTER TABLE items DROP COLUMN title;");
        var journal = await File.ReadAllTextAsync(app.JournalFile());

        var result = await RepairAsync(app, "2", "", dryRun: true);

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(journal, await File.ReadAllTextAsync(app.JournalFile()));
        Assert.Equal("ALTER TABLE items DROP COLUMN headline;", app.Scalar("SELECT down_sql FROM deployment_migrations WHERE version = '0002'"));
    }

    [Theory]
    [InlineData("0009", "reason", "This binary has no migration '0009'.")]
    [InlineData("0003_pending", "reason", "is not applied in 'Development'")]
    [InlineData("0002_title", " ", "The reason is empty.")]
    public async Task What_cannot_be_repaired_is_refused(string version, string reason, string told)
    {
        using var app = await StuckAsync();
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", "ALTER TABLE items DROP COLUMN title;");
        app.Migration("0003_pending", "SELECT 1;", null);

        var result = await RepairAsync(app, version, reason);

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Contains(told, string.Join(' ', result.Messages), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-- nothing;\n;", "has no way back with a statement")]
    [InlineData("BEGIN; DROP TABLE items; COMMIT;", "Statement 'BEGIN' cannot run inside the transaction")]
    [InlineData("DROP TABLE :name", "Parameter ':name' has no value")]
    public async Task A_way_back_that_is_none_or_cannot_run_is_not_taken(string down, string told)
    {
        using var app = await StuckAsync();
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", down);

        var result = await RepairAsync(app, "0002", "reason");

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Contains(told, string.Join(' ', result.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_history_has_already_is_nothing_to_do()
    {
        using var app = await StuckAsync();

        Assert.Equal(DeploymentOutcome.NothingToDo, (await RepairAsync(app, "0002", "reason")).Outcome);
    }

    [Fact]
    public async Task A_migration_that_was_changed_itself_is_not_repaired()
    {
        using var app = await StuckAsync();
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN subtitle TEXT;", "ALTER TABLE items DROP COLUMN title;");

        Assert.Contains("itself was changed after it was applied", string.Join(' ', (await RepairAsync(app, "0002", "reason")).Messages), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(";")]
    [InlineData(";;\n")]
    [InlineData("-- DROP TABLE a;")]
    [InlineData("\uFEFF;")]
    [InlineData("/* DROP TABLE a; */;")]
    [InlineData(" \r\n\t")]
    public void A_script_of_comments_and_semicolons_is_no_way_back(string down)
    {
        using var app = new TestApp();
        app.Migration("0001_a", "CREATE TABLE a (id INTEGER);", down);
        var sources = new MigrationSources();
        sources.AddDirectory("migrations", isDefault: false);

        Assert.False(Assert.Single(MigrationSet.Load(sources, KnownDialects.Default, app.Folder, new ServiceContainer(), null).All).HasWayBack);
    }

    /// <summary>A release turned out unhealthy, and its migration's way back fails.</summary>
    private static async Task<TestApp> StuckAsync()
    {
        var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", "ALTER TABLE items DROP COLUMN headline;");
        app.Health = HealthCheckResult.Unhealthy();
        Assert.Equal(DeploymentOutcome.NeedsAttention, (await app.UpAsync("2.0.0")).Outcome);
        return app;
    }

    private static async Task<string> StuckTextAsync(TestApp app) =>
        string.Join(' ', (await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token), "2.0.0")).Messages);

    private static async Task<DeploymentResult> RepairAsync(TestApp app, string version, string reason, bool dryRun = false)
    {
        using var host = app.Build();
        return await host.Services.GetRequiredService<DeploymentDatabase>().RepairMigrationAsync(version, reason, dryRun, CancellationToken.None);
    }
}
