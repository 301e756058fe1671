using Deployment.Toolkit.KillApp;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Hosting;

public sealed class UpTests
{
    [Fact]
    public async Task A_first_deployment_migrates_and_verifies()
    {
        using var app = TestApp.WithMigrations();

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(["deployment_migrations", "items"], app.Tables());
        Assert.All(result.Run!.Steps, static step => Assert.Equal(StepState.Done, step.State));
        Assert.Equal(
            [DeploymentSteps.CheckConfiguration, DeploymentSteps.BackUp, DeploymentSteps.Migrate, DeploymentSteps.Activate, DeploymentSteps.VerifyHealth, DeploymentSteps.MarkVerified],
            result.Run.Steps.Select(static step => step.Name));
    }

    [Fact]
    public async Task A_second_time_there_is_nothing_to_do_and_nothing_is_written()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var journal = await File.ReadAllTextAsync(app.JournalFile());

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.NothingToDo, result.Outcome);
        Assert.Equal(journal, await File.ReadAllTextAsync(app.JournalFile()));
    }

    [Fact]
    public async Task A_changed_setting_is_something_to_do()
    {
        using var app = TestApp.WithMigrations();
        app.Settings["Content:MaxItems"] = "10";
        await app.UpAsync();
        app.Settings["Content:MaxItems"] = "20";

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(["Content:MaxItems"], result.Plan!.Configuration.Changed);
    }

    [Fact]
    public async Task An_unhealthy_release_rolls_back_by_itself_and_says_which_check()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", "ALTER TABLE items DROP COLUMN title;");
        app.Health = HealthCheckResult.Degraded("quality 0.4 is below 0.7");

        var result = await app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Contains("'own' is degraded: quality 0.4 is below 0.7", result.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("Undone: migrate", result.Messages[^1].Text, StringComparison.Ordinal);
        Assert.Contains("release 1.0.0 as before", result.Messages[^1].Text, StringComparison.Ordinal);
        Assert.Equal(0L, app.Scalar("SELECT count(*) FROM pragma_table_info('items') WHERE name = 'title'"));
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task A_failed_first_deployment_leaves_an_empty_database()
    {
        using var app = TestApp.WithMigrations();
        app.Health = HealthCheckResult.Unhealthy("down");

        Assert.Equal(DeploymentOutcome.RolledBack, (await app.UpAsync()).Outcome);
        Assert.Empty(app.Tables());
    }

    [Fact]
    public async Task Production_is_refused_before_staging_is_verified_and_nothing_changes()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();

        var result = await app.UpAsync(environment: "Production");

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Equal(
            "Release 1.0.0 may enter 'Production' only after it is verified in 'Staging', and it is not: Staging has no verified release yet. Run 'deploy up --environment Staging' first. [DTK7010]",
            Assert.Single(result.Messages).ToString());
        Assert.False(Directory.Exists(Path.Combine(app.Folder, ".deployment", "production")));
    }

    [Fact]
    public async Task A_release_moves_through_the_graph()
    {
        using var app = TestApp.WithMigrations();

        foreach (var environment in (string[])["Development", "Staging", "Production"])
            Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync(environment: environment)).Outcome);
    }

    [Fact]
    public async Task A_migration_with_a_syntax_error_shows_the_place_and_takes_back_the_one_before_it()
    {
        using var app = TestApp.WithMigrations();
        app.Migration("0002_broken", "-- adds notes\nCREATE TABLE notes (\n    id INTEGER NOT NUL\n);", "DROP TABLE notes;");

        var result = await app.UpAsync();

        var message = result.Messages[0];
        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Equal(("DTK7303", 3, 20), (message.Code, message.Line, message.Column));
        Assert.EndsWith("0002_broken.sql", message.File, StringComparison.Ordinal);
        Assert.Equal("    id INTEGER NOT NUL\n                   ^", message.Excerpt?.ReplaceLineEndings("\n"));
        Assert.Empty(app.Tables());
    }

    [Fact]
    public async Task A_migration_that_throws_half_way_leaves_no_half()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_rows", "INSERT INTO items (name) VALUES ('two');\nINSERT INTO items (name) VALUES (NULL);", "DELETE FROM items WHERE name = 'two';");

        Assert.Equal(DeploymentOutcome.RolledBack, (await app.UpAsync("2.0.0")).Outcome);
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task All_faults_of_the_migrations_are_said_at_once_and_nothing_begins()
    {
        using var app = TestApp.WithMigrations();
        app.Migration("1_again", "SELECT 1;", null);
        app.Migration("nameless", "SELECT 1;", null);
        app.Migration("0003_vacuum", "SELECT 1;\n  VACUUM;", null);
        app.Migration("0004_open", "INSERT INTO items VALUES ('x);", null);

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Equal(["DTK5002", "DTK5002", "DTK5005", "DTK7305"], result.Messages.Select(static message => message.Code).Order(StringComparer.Ordinal));
        Assert.False(File.Exists(app.Database));
        Assert.False(Directory.Exists(Path.Combine(app.Folder, ".deployment")));
    }

    [Fact]
    public async Task A_changed_migration_is_refused()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY);", null);

        var result = await app.UpAsync("2.0.0");

        Assert.Equal((DeploymentOutcome.Refused, "DTK7301"), (result.Outcome, Assert.Single(result.Messages).Code));
    }

    [Fact]
    public async Task Line_ends_and_trailing_blanks_change_no_migration()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var file = Path.Combine(app.Folder, "migrations", "0001_items.sql");
        await File.WriteAllTextAsync(file, "\uFEFF" + (await File.ReadAllTextAsync(file)).Replace("\n", "  \r\n", StringComparison.Ordinal) + "\n\n");

        Assert.Equal(DeploymentOutcome.NothingToDo, (await app.UpAsync()).Outcome);
    }

    [Fact]
    public async Task A_release_that_knows_fewer_migrations_than_are_applied_is_refused()
    {
        using var app = TestApp.WithMigrations();
        app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", "DROP TABLE more;");
        await app.UpAsync("2.0.0");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(app.Folder, "migrations"), "0002*")) File.Delete(file);

        var result = await app.UpAsync("1.0.0");

        Assert.Equal((DeploymentOutcome.Refused, "DTK7016"), (result.Outcome, Assert.Single(result.Messages).Code));
    }

    [Theory]
    [InlineData("1.0.0")]
    [InlineData("1.1.0")]
    public async Task A_binary_that_was_published_without_its_migrations_is_refused_over_an_empty_database(string release)
    {
        using var app = TestApp.WithMigrations();
        app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", "DROP TABLE more;");
        await app.UpAsync("1.0.0");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(app.Folder, "migrations"))) File.Delete(file);
        File.Delete(app.Database);

        foreach (var verb in (Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>>[])[static (d, r, t) => d.CheckAsync(r, t), static (d, r, t) => d.PlanAsync(r, t), static (d, r, t) => d.UpAsync(r, t)])
        {
            var result = await app.RunAsync(verb, release);
            Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
            Assert.Contains(result.Messages, message => message.Code == "DTK7024" && message.Text.StartsWith($"Release {release} has no migrations, and lacks 0001, 0002 of the 2 that release 1.0.0 was verified with in 'Development'.", StringComparison.Ordinal));
        }

        Assert.False(File.Exists(app.Database));
    }

    [Fact]
    public async Task A_missing_folder_of_the_database_is_said_and_not_made()
    {
        using var app = TestApp.WithMigrations();
        app.Settings["ConnectionStrings:App"] = $"Data Source={Path.Combine(app.Folder, "nowhere", "app.db")}";

        var result = await app.UpAsync();

        Assert.Equal((DeploymentOutcome.Refused, "DTK7401"), (result.Outcome, Assert.Single(result.Messages).Code));
        Assert.False(Directory.Exists(Path.Combine(app.Folder, "nowhere")));
    }

    [Fact]
    public async Task A_missing_connection_string_is_said()
    {
        using var app = TestApp.WithMigrations();
        app.Settings["ConnectionStrings:App"] = "";

        var result = await app.UpAsync();

        Assert.Equal((DeploymentOutcome.Refused, "DTK7002"), (result.Outcome, Assert.Single(result.Messages).Code));
    }

    [Fact]
    public async Task A_plan_changes_nothing()
    {
        using var app = TestApp.WithMigrations();

        var result = await app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token));

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal("0001", Assert.Single(result.Plan!.Migrations).Version);
        Assert.False(File.Exists(app.Database));
        Assert.False(Directory.Exists(Path.Combine(app.Folder, ".deployment")));
    }
}
