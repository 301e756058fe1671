using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.EntityFrameworkCore.Tests.Courses;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Deployment.Toolkit.EntityFrameworkCore.Tests;

/// <summary>Rehearsals of a context's migrations, wherever it keeps its own history.</summary>
public sealed class RehearsedContextTests(PostgreSqlServer server) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-ef-rehearsal-").FullName;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_database_without_schemas_has_the_history_by_its_name()
    {
        using var app = new CourseApp { History = ("Applied Here", "own") };
        using var host = app.Build(MigrationsOfRelease.All);
        var report = await host.Services.GetRequiredService<DeploymentDatabase>().RehearseAsync(CancellationToken);
        Assert.All(report.Migrations, static migration => Assert.Equal(RehearsalVerdict.Proven, migration.Verdict));
        var result = await app.UpAsync(MigrationsOfRelease.All);
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages));
        Assert.Equal(8, app.HistoryOfEf().Count);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("applied", null)]
    [InlineData("Applied Here", "own")]
    [InlineData("__EFMigrationsHistory", "Own Place")]
    public async Task Migrations_are_proven_wherever_the_history_lies(string? table, string? schema)
    {
        await using var database = await server.CreateDatabaseAsync();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = _folder, EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Courses"] = database.ConnectionString });
        builder.Services.AddDbContext<PgCourseContext>(options =>
        {
            options.UseNpgsql(database.ConnectionString, npgsql => _ = table is null ? npgsql : npgsql.MigrationsHistoryTable(table, schema));
            options.ReplaceService<IMigrationsAssembly, ReleaseMigrations>();
            ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(new ReleaseExtension(MigrationsOfRelease.First with { Count = 4 }));
        });
        builder.AddDeployment()
            .UsePostgreSql(NpgsqlFactory.Instance, "Courses")
            .WithoutBackup("for the test")
            .AddMigrations(static m => m.FromDbContext<PgCourseContext>(static o => o.AllowPendingModelChanges = true))
            .AddHealthGate(static h => h.WaitAtMost = TimeSpan.Zero);
        using var host = builder.Build();

        var report = await host.Services.GetRequiredService<DeploymentDatabase>().RehearseAsync(CancellationToken);
        Assert.All(report.Migrations, static migration => Assert.True(migration.Verdict == RehearsalVerdict.Proven, $"{migration.Version}: {migration.Verdict} {string.Join('\n', migration.Differences)} {migration.Failure}"));
        Assert.Equal(4, report.Migrations.Count);
    }
}
