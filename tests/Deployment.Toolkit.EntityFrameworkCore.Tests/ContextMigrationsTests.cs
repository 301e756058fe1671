using Deployment.Toolkit.EntityFrameworkCore.Tests.Courses;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.EntityFrameworkCore.Tests;

public sealed class ContextMigrationsTests : IDisposable
{
    private readonly CourseApp _app = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_deployment_applies_what_the_context_has_and_the_context_knows()
    {
        Succeeded(await _app.UpAsync(MigrationsOfRelease.All));

        await using var context = _app.Context();
        Assert.Empty(await context.Database.GetPendingMigrationsAsync(CancellationToken));
        Assert.Equal(8, _app.HistoryOfEf().Count);
        Assert.Equal(_app.HistoryOfEf(), _app.Applied());
        await FillAsync(context);
        Assert.Equal(2, await context.Tags.CountAsync(CancellationToken));

        using var host = _app.Build(MigrationsOfRelease.All);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await host.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = "2.0.0" }, CancellationToken)).Outcome);
    }

    [Fact]
    public async Task What_counts_by_a_contexts_own_history_is_not_said_to_be_there_by_a_baseline()
    {
        await using (var context = _app.Context()) await context.Database.EnsureCreatedAsync(CancellationToken);
        using var host = _app.Build(MigrationsOfRelease.All);
        var database = host.Services.GetRequiredService<DeploymentDatabase>();
        var last = (await database.GetMigrationsAsync(CancellationToken))[^1];

        var refused = await database.BaselineAsync(new BaselineRequest { Version = last.Version, Reason = "made by hand" }, CancellationToken);

        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Matches("a row with MigrationId '[0-9]{14}_[A-Za-z]+'", Assert.Single(refused.Messages).Text);
    }

    [Fact]
    public async Task A_script_that_nothing_would_read_is_not_written()
    {
        using var host = _app.Build(MigrationsOfRelease.All);

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => host.Services.GetRequiredService<DeploymentDatabase>().AddMigrationAsync("extra", CancellationToken));

        Assert.Contains("m.FromDirectory(\"Migrations\")", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_app.Folder, "Migrations")));
    }

    [Fact]
    public async Task What_it_applies_is_what_the_context_itself_would()
    {
        Succeeded(await _app.UpAsync(MigrationsOfRelease.All));
        using var other = new CourseApp();
        await using (var context = other.Context()) await context.Database.MigrateAsync(CancellationToken);

        Assert.Equal(other.World(), _app.World());
    }

    [Fact]
    public async Task A_plan_shows_the_statements()
    {
        using var host = _app.Build(MigrationsOfRelease.All);
        var plan = (await host.Services.GetRequiredService<Deployer>().PlanAsync(new PlanRequest { Release = "2.0.0" }, CancellationToken)).Plan!;
        var scripts = host.Services.GetRequiredService<DeploymentDatabase>().GetScripts(plan);
        Assert.Equal(8, scripts.Count);
        Assert.Contains("CREATE TABLE \"Publishers\"", scripts[0].Sql, StringComparison.Ordinal);
        Assert.Equal("CourseContext/20260101120000_Initial.sql", scripts[0].File);
        Assert.StartsWith("-- foreign-keys: off\n", scripts[6].Sql, StringComparison.Ordinal);
        Assert.All(plan.Migrations, static migration => Assert.True(migration.HasWayBack));
    }

    [Fact]
    public async Task A_release_that_is_unhealthy_leaves_schema_rows_and_both_histories_as_they_were()
    {
        await FirstReleaseAsync();
        var before = _app.World();
        _app.Health = HealthCheckResult.Unhealthy("for the test");

        Assert.Equal(DeploymentOutcome.RolledBack, (await _app.UpAsync(MigrationsOfRelease.All)).Outcome);
        Assert.Equal(before, _app.World());
        Assert.Equal(5, _app.Applied().Count);
    }

    [Fact]
    public async Task A_rollback_takes_back_what_the_release_brought()
    {
        await FirstReleaseAsync();
        var before = _app.World();
        Succeeded(await _app.UpAsync(MigrationsOfRelease.All));

        using var host = _app.Build(MigrationsOfRelease.All);
        Succeeded(await host.Services.GetRequiredService<Deployer>().RollbackAsync(new RollbackRequest(), CancellationToken));
        Assert.Equal(before, _app.World());
        Assert.Equal(5, _app.HistoryOfEf().Count);
    }

    [Fact]
    public async Task What_the_contexts_own_tool_applied_counts_as_applied_and_can_be_taken_back()
    {
        await using (var context = _app.Context(MigrationsOfRelease.First))
        {
            await context.Database.MigrateAsync(CancellationToken);
            await FillAsync(context);
        }

        Succeeded(await _app.UpAsync(MigrationsOfRelease.First));
        var before = _app.World();
        Succeeded(await _app.UpAsync(MigrationsOfRelease.All));
        Assert.Equal(_app.HistoryOfEf(), _app.Applied().Order(StringComparer.Ordinal));
        Assert.Equal(8, _app.Applied().Count);

        using var host = _app.Build(MigrationsOfRelease.All);
        Succeeded(await host.Services.GetRequiredService<Deployer>().RollbackAsync(new RollbackRequest(), CancellationToken));
        Assert.Equal(before, _app.World());
    }

    [Fact]
    public async Task What_the_contexts_own_tool_took_back_is_pending_again()
    {
        Succeeded(await _app.UpAsync(MigrationsOfRelease.All));
        await using (var context = _app.Context()) await context.GetService<IMigrator>().MigrateAsync("20260105120000_Prices", CancellationToken);

        using var host = _app.Build(MigrationsOfRelease.All);
        var states = await host.Services.GetRequiredService<DeploymentDatabase>().GetMigrationsAsync(CancellationToken);
        Assert.Equal(5, states.Count(static state => state.IsApplied));
        Succeeded(await host.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = "2.0.1" }, CancellationToken));
        Assert.Equal(8, _app.HistoryOfEf().Count);
        Assert.Equal(_app.HistoryOfEf(), _app.Applied());
    }

    [Fact]
    public async Task Of_four_that_start_at_once_one_migrates_and_none_fails()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _app.UpAsync(MigrationsOfRelease.All))));
        Assert.All(results, static result => Assert.True(result.Outcome is DeploymentOutcome.Succeeded or DeploymentOutcome.NothingToDo, string.Join('\n', result.Messages)));
        Assert.Single(results, static result => result.Outcome == DeploymentOutcome.Succeeded);
        Assert.Equal(8, _app.HistoryOfEf().Count);
    }

    [Fact]
    public async Task A_model_that_no_migration_makes_is_refused_unless_that_is_allowed()
    {
        var release = MigrationsOfRelease.All with { HasSnapshot = false };
        var refused = await _app.UpAsync(release);
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Equal("DTK7330", Assert.Single(refused.Messages).Code);
        Succeeded(await _app.UpAsync(release, static o => o.AllowPendingModelChanges = true));
    }

    [Fact]
    public async Task A_migration_that_suppresses_the_transaction_is_refused_with_what_to_do()
    {
        var refused = await _app.UpAsync(MigrationsOfRelease.All with { Further = typeof(HalfOutside) });
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        var message = Assert.Single(refused.Messages);
        Assert.Equal("DTK5005", message.Code);
        Assert.Contains("for 1 of its 2 commands", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_the_provider_cannot_write_is_refused_by_its_name()
    {
        var refused = await _app.UpAsync(MigrationsOfRelease.All with { Further = typeof(WithUpForAnotherProvider) });
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        var message = Assert.Single(refused.Messages);
        Assert.Equal("DTK7006", message.Code);
        Assert.StartsWith("Migration 20260201120000_WithUpForAnotherProvider of CourseContext can't be written", message.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(HalfOutside))]
    [InlineData(typeof(WithUpForAnotherProvider))]
    public async Task What_a_deployment_could_not_apply_stands_in_no_ones_way_where_it_is_applied(Type further)
    {
        await using (var context = _app.Context())
        {
            await context.Database.MigrateAsync(CancellationToken);
            await context.Database.ExecuteSqlAsync($"INSERT INTO __EFMigrationsHistory VALUES ({"20260201120000_" + further.Name}, '10.0.0')", CancellationToken);
        }

        var release = MigrationsOfRelease.All with { Further = further };
        Succeeded(await _app.UpAsync(release));
        Assert.Equal(9, _app.Applied().Count);
        using var host = _app.Build(release);
        var deployer = host.Services.GetRequiredService<Deployer>();
        Assert.Equal(DeploymentOutcome.NothingToDo, (await deployer.UpAsync(new UpRequest { Release = "2.0.0" }, CancellationToken)).Outcome);
        Assert.DoesNotContain((await deployer.CheckAsync(new CheckRequest { SettingsOnly = true }, CancellationToken)).Messages, static m => m.Severity == MessageSeverity.Error);
    }

    [Fact]
    public async Task A_context_with_tables_and_no_migration_is_refused_unless_that_is_allowed()
    {
        var release = new MigrationsOfRelease("1.0.0", 0) { HasSnapshot = false };
        var refused = await _app.UpAsync(release);
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        var message = Assert.Single(refused.Messages);
        Assert.Equal("DTK7330", message.Code);
        Assert.Contains("has no migration", message.Text, StringComparison.Ordinal);
        Succeeded(await _app.UpAsync(release, static o => o.AllowPendingModelChanges = true));
    }

    [Fact]
    public async Task What_a_migration_does_to_rows_in_use_is_told_where_the_script_is_shown()
    {
        Succeeded(await _app.UpAsync(MigrationsOfRelease.All));
        using var host = _app.Build(MigrationsOfRelease.All with { Further = typeof(DropsTags) });
        var result = await host.Services.GetRequiredService<DeploymentDatabase>().LintMigrationsAsync(new LintMigrationsRequest(), CancellationToken);
        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        var message = Assert.Single(result.Messages, static message => message.Code == "DTK5003");
        Assert.Equal(MessageSeverity.Warning, message.Severity);
        Assert.Matches(@"^CourseContext/\w+\.sql:\d+:\d+: Dropping table '""Tags""' loses its rows", message.Text);
    }

    [Theory]
    [InlineData(typeof(WithoutDown))]
    [InlineData(typeof(WithDownThatThrows))]
    [InlineData(typeof(WithDownForAnotherProvider))]
    public async Task A_migration_whose_Down_takes_nothing_back_has_no_way_back(Type migration)
    {
        using var host = _app.Build(MigrationsOfRelease.All with { Further = migration });
        var plan = (await host.Services.GetRequiredService<Deployer>().PlanAsync(new PlanRequest { Release = "2.0.0" }, CancellationToken)).Plan!;
        Assert.False(plan.Migrations[^1].HasWayBack);
    }

    [Fact]
    public async Task A_migration_that_says_that_its_Down_keeps_rows_loses_none()
    {
        Succeeded(await _app.UpAsync(MigrationsOfRelease.All));
        var release = MigrationsOfRelease.All with { Version = "2.1.0", Further = typeof(WithDownThatKeepsRows) };
        Succeeded(await _app.UpAsync(release));
        await using (var context = _app.Context()) await FillAsync(context);

        using var host = _app.Build(release);
        Succeeded(await host.Services.GetRequiredService<Deployer>().RollbackAsync(new RollbackRequest(), CancellationToken));
        Assert.Equal(["numbers"], _app.Rows("SELECT Title FROM Courses"));
        Assert.Empty(_app.Rows("SELECT 1 FROM pragma_table_info('Courses') WHERE name = 'Rating'"));
    }

    [Fact]
    public async Task What_a_plan_says_that_going_back_removes_leaves_out_the_contexts_own_history()
    {
        using var host = _app.Build(MigrationsOfRelease.All);
        var plan = (await host.Services.GetRequiredService<Deployer>().PlanAsync(new PlanRequest { Release = "2.0.0" }, CancellationToken)).Plan!;
        var wayBack = Assert.Single(plan.Steps, static step => step.WayBack?.Contains("--accept-data-loss", StringComparison.Ordinal) == true).WayBack!;
        Assert.Contains("Courses", wayBack, StringComparison.Ordinal);
        Assert.DoesNotContain("__EFMigrationsHistory", wayBack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_that_fails_is_told_with_its_migration_and_nothing_of_it_is_left()
    {
        await FirstReleaseAsync();
        var before = _app.World();
        var result = await _app.UpAsync(MigrationsOfRelease.First with { Version = "1.1.0", Further = typeof(Broken) });
        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Contains(result.Messages, static message => message.Text.Contains("CourseContext/20260201120000_Broken.sql", StringComparison.Ordinal));
        Assert.Equal(before, _app.World());
    }

    private async Task FirstReleaseAsync()
    {
        Succeeded(await _app.UpAsync(MigrationsOfRelease.First));
        await using var context = _app.Context();
        await FillAsync(context);
    }

    // By SQL: the context's model is ahead of the first release's schema.
    private static async Task FillAsync(CourseContext context)
    {
        var name = (await context.Database.GetAppliedMigrationsAsync(CancellationToken)).Count() < 7 ? "Name" : "DisplayName";
        var sql = $"INSERT INTO Authors (Id, {name}) VALUES (1, 'one'); INSERT INTO Courses (Id, Title, AuthorId, Slug) VALUES (7, 'numbers', 1, 'n'); INSERT INTO Lessons (Id, Title, CourseId) VALUES (3, 'zero', 7);";
        await context.Database.ExecuteSqlRawAsync(sql, CancellationToken);
    }

    private static void Succeeded(DeploymentResult result) =>
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, $"{result.Outcome}: {string.Join('\n', result.Messages)}");
}
