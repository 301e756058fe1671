using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.EntityFrameworkCore.Tests.Courses;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace Deployment.Toolkit.EntityFrameworkCore.Tests;

/// <summary>The same app on a real PostgreSQL server, with the migrations that its provider writes.</summary>
public sealed class PostgreSqlContextTests(PostgreSqlServer server) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-ef-pg-").FullName;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_deployment_applies_what_the_context_has_and_the_context_knows()
    {
        await using var database = await server.CreateDatabaseAsync();
        Succeeded(await UpAsync(database, MigrationsOfRelease.All));

        await using var context = Context(database);
        Assert.Empty(await context.Database.GetPendingMigrationsAsync(CancellationToken));
        context.Authors.Add(new Author { DisplayName = "one", Courses = { new Course { Title = "numbers", Lessons = { new Lesson { Title = "zero" } } } } });
        await context.SaveChangesAsync(CancellationToken);
        Assert.Equal(2, await context.Tags.CountAsync(CancellationToken));
        Assert.Equal("8", await database.ScalarAsync("SELECT count(*) FROM deployment_migrations"));
        Assert.Equal(DeploymentOutcome.NothingToDo, (await UpAsync(database, MigrationsOfRelease.All)).Outcome);
    }

    [Fact]
    public async Task A_release_that_is_unhealthy_leaves_the_schema_and_both_histories_as_they_were()
    {
        await using var database = await server.CreateDatabaseAsync();
        Succeeded(await UpAsync(database, MigrationsOfRelease.First));
        var before = await SchemaAsync(database);

        Assert.Equal(DeploymentOutcome.RolledBack, (await UpAsync(database, MigrationsOfRelease.All, HealthCheckResult.Unhealthy("for the test"))).Outcome);
        Assert.Equal(before, await SchemaAsync(database));
        Assert.Equal("5", await database.ScalarAsync("SELECT count(*) FROM \"__EFMigrationsHistory\""));
        Assert.Equal("5", await database.ScalarAsync("SELECT count(*) FROM deployment_migrations"));
    }

    [Fact]
    public async Task What_the_contexts_own_tool_did_counts_and_can_be_taken_back()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using (var context = Context(database)) await context.GetService<IMigrator>().MigrateAsync("20260105120000_Prices", CancellationToken);
        Succeeded(await UpAsync(database, MigrationsOfRelease.First));
        var before = await SchemaAsync(database);
        Succeeded(await UpAsync(database, MigrationsOfRelease.All));
        Assert.Equal("8", await database.ScalarAsync("SELECT count(*) FROM deployment_migrations"));

        using var host = Build(database, MigrationsOfRelease.All, HealthCheckResult.Healthy());
        Succeeded(await host.Services.GetRequiredService<Deployer>().RollbackAsync(new RollbackRequest(), CancellationToken));
        Assert.Equal(before, await SchemaAsync(database));
    }

    [Fact]
    public async Task Of_four_that_start_at_once_none_migrates_twice()
    {
        await using var database = await server.CreateDatabaseAsync();
        var starts = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            using var host = Build(database, MigrationsOfRelease.All, HealthCheckResult.Healthy(), SchemaOnStart.Apply);
            await host.StartAsync(CancellationToken);
            await host.StopAsync(CancellationToken);
        }));
        await Task.WhenAll(starts);
        Assert.Equal("8", await database.ScalarAsync("SELECT count(*) FROM \"__EFMigrationsHistory\""));
        Assert.Equal("2", await database.ScalarAsync("SELECT count(*) FROM \"Tags\""));
    }

    [Fact]
    public async Task A_context_of_another_kind_of_database_is_refused()
    {
        await using var database = await server.CreateDatabaseAsync();
        using var app = new CourseApp();
        var builder = Builder(database, HealthCheckResult.Healthy());
        builder.Services.AddDbContext<CourseContext>(o => o.UseSqlite(app.ConnectionString));
        builder.AddDeployment().UsePostgreSql(NpgsqlFactory.Instance, "Courses").WithoutBackup("for the test").AddMigrations(m => m.FromDbContext<CourseContext>());
        using var host = builder.Build();
        var refused = await host.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = "1.0.0" }, CancellationToken);
        Assert.Contains("CourseContext speaks to another kind of database (Microsoft.EntityFrameworkCore.Sqlite)", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
    }

    private async Task<DeploymentResult> UpAsync(PostgreSqlDatabase database, MigrationsOfRelease release, HealthCheckResult? health = null)
    {
        using var host = Build(database, release, health ?? HealthCheckResult.Healthy());
        return await host.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = release.Version }, CancellationToken);
    }

    private HostApplicationBuilder Builder(PostgreSqlDatabase database, HealthCheckResult health)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = _folder, EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Courses"] = database.ConnectionString });
        builder.Services.AddHealthChecks().AddCheck("own", () => health);
        return builder;
    }

    private IHost Build(PostgreSqlDatabase database, MigrationsOfRelease release, HealthCheckResult health, SchemaOnStart onStart = SchemaOnStart.Off)
    {
        var builder = Builder(database, health);
        builder.Services.AddDbContext<PgCourseContext>(o => Configure(o, database, release));
        builder.AddDeployment()
            .UsePostgreSql(NpgsqlFactory.Instance, "Courses")
            .WithoutBackup("for the test")
            .AddMigrations(static m => m.FromDbContext<PgCourseContext>())
            .GuardSchema(onStart)
            .AddHealthGate(static h => h.WaitAtMost = TimeSpan.Zero);
        return builder.Build();
    }

    private static PgCourseContext Context(PostgreSqlDatabase database)
    {
        var options = new DbContextOptionsBuilder<PgCourseContext>();
        Configure(options, database, MigrationsOfRelease.All);
        return new PgCourseContext(options.Options);
    }

    private static void Configure(DbContextOptionsBuilder options, PostgreSqlDatabase database, MigrationsOfRelease release)
    {
        options.UseNpgsql(database.ConnectionString);
        options.ReplaceService<IMigrationsAssembly, ReleaseMigrations>();
        ((IDbContextOptionsBuilderInfrastructure)options).AddOrUpdateExtension(new ReleaseExtension(release));
    }

    // Without defaults: the provider's own way back leaves the one by which it filled a column that may not be NULL any more.
    private static Task<string?> SchemaAsync(PostgreSqlDatabase database) => database.ScalarAsync("""
        SELECT string_agg(line, E'\n' ORDER BY line) FROM (
            SELECT format('%s.%s %s %s', table_name, column_name, data_type, is_nullable) AS line
            FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'deployment%'
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'deployment%'
            UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'deployment%') AS lines
        """);

    private static void Succeeded(DeploymentResult result) =>
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, $"{result.Outcome}: {string.Join('\n', result.Messages)}");
}
