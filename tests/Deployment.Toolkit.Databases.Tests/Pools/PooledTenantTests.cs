using Deployment.Toolkit.Databases.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using PostgreSqlDatabase = Deployment.Toolkit.Databases.Testing.PostgreSqlDatabase;

namespace Deployment.Toolkit.Databases.Tests.Pools;

/// <summary>Tenants whose databases are reached through PgBouncer in transaction mode alone.</summary>
public sealed class PooledTenantTests(PostgreSqlServer server) : IAsyncLifetime
{
    private const int Count = 3;

    private readonly List<PostgreSqlDatabase> _databases = [];
    private readonly List<PgBouncer> _bouncers = [];
    private PostgreSqlUnderTest _own = null!;
    private DeployedApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < Count; i++)
        {
            _databases.Add(await server.CreateDatabaseAsync());
            _bouncers.Add(await PgBouncer.StartAsync(_databases[^1]));
        }

        _own = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        _app = new DeployedApp(_own);
        _app.Configure = deployment => deployment
            .AddTenants("Tenants", tenants => tenants.UsePostgreSql(
                NpgsqlFactory.Instance,
                (_, _) => Task.FromResult<IReadOnlyList<Tenant>>([.. _bouncers.Select(static (bouncer, i) => new Tenant($"t{i}", bouncer.ConnectionString))])))
            .AddMigrations("Tenants", static m => m.FromDirectory("tenants"));
    }

    public async ValueTask DisposeAsync()
    {
        _app.Dispose();
        foreach (var bouncer in _bouncers) await bouncer.DisposeAsync();
        foreach (var database in _databases) await database.DisposeAsync();
        await _own.DisposeAsync();
    }

    [Fact]
    public async Task Each_goes_forward_and_back_under_a_lease_of_its_own_and_leaves_none()
    {
        Migration("0001_notes", "CREATE TABLE notes (id int PRIMARY KEY); INSERT INTO notes VALUES (1);", "DROP TABLE notes;");
        await _app.UpOkAsync();
        Assert.All(await AppliedAsync(), static applied => Assert.Equal("0001", applied));
        Migration("0002_more", "CREATE TABLE more (id int);", "DROP TABLE more;");
        _app.Health = HealthCheckResult.Unhealthy("the test says so");

        var back = await _app.UpAsync("2.0.0");

        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back));
        Assert.All(await AppliedAsync(), static applied => Assert.Equal("0001", applied));
        _app.Health = HealthCheckResult.Healthy();
        await _app.UpOkAsync("2.0.0");
        var rolled = await _app.RollbackAsync();
        Assert.True(rolled.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(rolled));
        Assert.All(await AppliedAsync(), static applied => Assert.Equal("0001", applied));
        foreach (var database in _databases)
            Assert.Equal(("", "0"), (
                await database.ScalarAsync("SELECT coalesce(string_agg(lease, ' '), '') FROM deployment_migration_lock"),
                await database.ScalarAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")));
    }

    private Task<string?[]> AppliedAsync() => Task.WhenAll(_databases.Select(static database => database.ScalarAsync("SELECT string_agg(version, ' ' ORDER BY sequence) FROM deployment_migrations")));

    private void Migration(string name, string up, string down)
    {
        Directory.CreateDirectory(Path.Combine(_app.Folder, "tenants"));
        File.WriteAllText(Path.Combine(_app.Folder, "tenants", name + ".sql"), up);
        File.WriteAllText(Path.Combine(_app.Folder, "tenants", name + ".down.sql"), down);
    }
}
