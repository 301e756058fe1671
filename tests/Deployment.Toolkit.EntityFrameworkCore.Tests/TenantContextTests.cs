using Deployment.Toolkit.EntityFrameworkCore.Tests.Courses;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.EntityFrameworkCore.Tests;

/// <summary>The migrations of a context, in the database of each tenant.</summary>
public sealed class TenantContextTests : IDisposable
{
    private readonly CourseApp _app = new();
    private readonly List<string> _tenants = ["t1", "t2", "t3", "t4"];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Each_gets_what_the_context_has_and_the_context_knows_and_what_fails_goes_back_in_each()
    {
        // By dotnet ef, before there was a deployment.
        await using (var context = Context("t2", MigrationsOfRelease.First)) await context.Database.MigrateAsync(CancellationToken);
        var first = await UpAsync(MigrationsOfRelease.First);
        Assert.True(first.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', first.Messages));
        var migrated = first.Run!.Steps.Single(static step => step.Name == "migrate:Tenants").Tenants;
        Assert.Equal(["t1", "t3", "t4"], migrated.Where(static tenant => tenant is { Outcome: TenantOutcome.Migrated, Migrations: 5 }).Select(static tenant => tenant.Id).Order(StringComparer.Ordinal));
        Assert.All(_tenants, tenant => Assert.Equal(5L, Scalar(tenant, "SELECT count(*) FROM __EFMigrationsHistory")));

        _app.Health = HealthCheckResult.Unhealthy("for the test");
        var back = await UpAsync(MigrationsOfRelease.All);
        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', back.Messages));
        Assert.All(_tenants, tenant => Assert.Equal(5L, Scalar(tenant, "SELECT count(*) FROM __EFMigrationsHistory")));

        _app.Health = HealthCheckResult.Healthy();
        _tenants.Add("new");
        var up = await UpAsync(MigrationsOfRelease.All);
        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', up.Messages));
        foreach (var tenant in _tenants)
        {
            await using var context = Context(tenant, MigrationsOfRelease.All);
            Assert.Empty(await context.Database.GetPendingMigrationsAsync(CancellationToken));
            Assert.Equal(2, await context.Tags.CountAsync(CancellationToken));
        }

        Assert.Equal(DeploymentOutcome.NothingToDo, (await UpAsync(MigrationsOfRelease.All)).Outcome);
    }

    [Fact]
    public async Task A_context_of_another_kind_of_database_is_refused()
    {
        using var host = Build(MigrationsOfRelease.First, static (tenants, find) => tenants.UsePostgreSql(Npgsql.NpgsqlFactory.Instance, find));

        var plan = await host.Services.GetRequiredService<Deployer>().PlanAsync(new PlanRequest { Release = "1.0.0" }, CancellationToken);

        Assert.Contains(plan.Messages, static message => message.Text.Contains("than the deployment, which uses databases of tenants 'Tenants'", StringComparison.Ordinal));
    }

    private IHost Build(MigrationsOfRelease release, Action<TenantsBuilder, Func<IServiceProvider, CancellationToken, Task<IReadOnlyList<Tenant>>>> use) =>
        _app.Build(release, deployment => deployment
            .AddTenants("Tenants", tenants => use(tenants, (_, _) => Task.FromResult<IReadOnlyList<Tenant>>([.. _tenants.Select(tenant => new Tenant(tenant, ConnectionString(tenant)))])))
            .AddMigrations("Tenants", static m => m.FromDbContext<CourseContext>()));

    private async Task<DeploymentResult> UpAsync(MigrationsOfRelease release)
    {
        using var host = Build(release, static (tenants, find) => tenants.Parallel(3).UseSqlite(SqliteFactory.Instance, find));
        return await host.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = release.Version, LockTimeout = TimeSpan.FromSeconds(20) }, CancellationToken);
    }

    private CourseContext Context(string tenant, MigrationsOfRelease release)
    {
        var context = _app.Context(release);
        context.Database.SetConnectionString(ConnectionString(tenant));
        return context;
    }

    private string ConnectionString(string tenant) => $"Data Source={Path.Combine(_app.Folder, tenant + ".db")};Pooling=False";

    private object? Scalar(string tenant, string sql)
    {
        using var connection = new SqliteConnection(ConnectionString(tenant));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
