using Deployment.Toolkit.EntityFrameworkCore.Tests.Courses;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.EntityFrameworkCore.Tests;

/// <summary>What <c>dotnet ef</c> did beside the journal, and the binaries that meet it.</summary>
public sealed class BesideContextTests : IDisposable
{
    private readonly CourseApp _app = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task An_older_binary_takes_back_what_a_newer_one_found_applied()
    {
        Succeeded(await _app.UpAsync(MigrationsOfRelease.First));
        var before = _app.World();
        await MigrateAsync();
        Succeeded(await _app.UpAsync(MigrationsOfRelease.All));

        using var host = _app.Build(MigrationsOfRelease.First);
        var deployer = host.Services.GetRequiredService<Deployer>();
        // Nobody counted what was in the tables when they were made.
        var refused = await deployer.RollbackAsync(new RollbackRequest(), CancellationToken);
        Assert.Contains("may remove at least 2 rows (Tags: 2)", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
        Succeeded(await deployer.RollbackAsync(new RollbackRequest { AcceptDataLoss = true }, CancellationToken));
        Assert.Equal(before, _app.World());
        Assert.Equal(5, _app.HistoryOfEf().Count);
    }

    [Fact]
    public async Task What_was_all_taken_back_beside_the_journal_is_pending_again()
    {
        await MigrateAsync();
        Succeeded(await _app.UpAsync(MigrationsOfRelease.All));
        await MigrateAsync("0");

        Succeeded(await _app.UpAsync(MigrationsOfRelease.All with { Version = "2.0.1" }));
        Assert.Equal(8, _app.HistoryOfEf().Count);
        Assert.Equal(_app.HistoryOfEf(), _app.Applied());
    }

    [Fact]
    public async Task A_release_that_failed_leaves_a_database_that_an_older_binary_knows()
    {
        Succeeded(await _app.UpAsync(MigrationsOfRelease.First));
        await MigrateAsync();
        _app.Health = HealthCheckResult.Unhealthy("for the test");
        Assert.Equal(DeploymentOutcome.Failed, (await _app.UpAsync(MigrationsOfRelease.All)).Outcome);
        Assert.Equal(_app.HistoryOfEf(), _app.Applied());
        _app.Health = HealthCheckResult.Healthy();

        var older = await _app.UpAsync(MigrationsOfRelease.First with { Version = "1.0.1" });
        Assert.Equal(DeploymentOutcome.Refused, older.Outcome);
        Assert.All(older.Messages, static message => Assert.Contains("the schema is ahead of it", message.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_baseline_counts_on_an_older_binary_finds()
    {
        await MigrateAsync();
        _app.Rows("CREATE TABLE Elsewhere (Id INTEGER)");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_app.Folder, "Migrations")).FullName, "0001_elsewhere.sql"), "CREATE TABLE Elsewhere (Id INTEGER);");
        using (var host = Build(MigrationsOfRelease.All))
        {
            var baseline = await host.Services.GetRequiredService<DeploymentDatabase>().BaselineAsync(new BaselineRequest { Version = "0001", Reason = "for the test" }, CancellationToken);
            Succeeded(baseline);
        }

        Assert.Equal(9, _app.Applied().Count);
        using var older = Build(MigrationsOfRelease.First);
        var refused = await older.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = "1.0.0" }, CancellationToken);
        Assert.All(refused.Messages, static message => Assert.Contains("the schema is ahead of it", message.Text, StringComparison.Ordinal));
        Assert.Equal(3, refused.Messages.Count);

        IHost Build(MigrationsOfRelease release)
        {
            var builder = _app.Builder(release);
            builder.AddDeployment()
                .UseSqlite(SqliteFactory.Instance, "Courses")
                .AddMigrations(static m => m.FromDirectory("Migrations").FromDbContext<CourseContext>())
                .AddHealthGate(static h => h.WaitAtMost = TimeSpan.Zero);
            return builder.Build();
        }
    }

    private async Task MigrateAsync(string? target = null)
    {
        await using var context = _app.Context();
        await context.GetService<IMigrator>().MigrateAsync(target, CancellationToken);
    }

    private static void Succeeded(DeploymentResult result) =>
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, $"{result.Outcome}: {string.Join('\n', result.Messages)}");
}
