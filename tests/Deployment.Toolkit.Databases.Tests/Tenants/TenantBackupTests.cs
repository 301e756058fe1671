using Deployment.Toolkit.Databases.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MySqlConnector;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Tenants;

/// <summary>Databases of tenants on real servers that go back by their backups, several at a time.</summary>
public sealed class TenantBackupTests(PostgreSqlServer postgreSql, MySqlServer mySql) : IAsyncLifetime
{
    private const int Count = 6;

    private readonly List<TargetUnderTest> _databases = [];
    private DeployedApp? _app;

    private DeployedApp App => _app!;

    private List<TargetUnderTest> Tenants => [.. _databases.Skip(1)];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        foreach (var database in _databases)
            await database.DisposeAsync();
    }

    [FullRunFact]
    public async Task On_PostgreSQL_each_goes_back_by_its_own_backup() =>
        await BackByBackupAsync(
            async () => new PostgreSqlUnderTest(await postgreSql.CreateDatabaseAsync()),
            static (tenants, found) => tenants.UsePostgreSql(NpgsqlFactory.Instance, (_, _) => Task.FromResult(found())),
            tellsWhatWasWritten: true);

    [FullRunFact]
    public async Task On_MySQL_each_goes_back_by_its_own_backup() =>
        await BackByBackupAsync(
            async () => new MySqlUnderTest(await mySql.CreateDatabaseAsync()),
            static (tenants, found) => tenants.UseMySql(MySqlConnectorFactory.Instance, (_, _) => Task.FromResult(found())),
            // There each statement is committed by itself, and nothing notes what the tables held.
            tellsWhatWasWritten: false);

    private async Task BackByBackupAsync(Func<Task<TargetUnderTest>> create, Func<TenantsBuilder, Func<IReadOnlyList<Tenant>>, TenantsBuilder> use, bool tellsWhatWasWritten)
    {
        for (var i = 0; i <= Count; i++)
            _databases.Add(await create());
        _app = new DeployedApp(_databases[0]) { TakesBackups = true };
        App.Configure = deployment => deployment
            .AddTenants("Tenants", tenants => use(
                tenants.Parallel(3),
                () => [.. Tenants.Select(static (database, i) => new Tenant($"t{i}", database.ConnectionString))]))
            .AddMigrations("Tenants", static m => m.FromDirectory("tenants"));
        Migration("0001_notes", "CREATE TABLE notes (id integer PRIMARY KEY, text varchar(20));\nINSERT INTO notes VALUES (1, 'first');", "DROP TABLE notes;");
        await App.UpOkAsync();
        Migration("0002_more", "CREATE TABLE more (id integer PRIMARY KEY);\nUPDATE notes SET text = 'changed';", null);
        App.Health = HealthCheckResult.Unhealthy("the test says so");

        var back = await App.UpAsync("2.0.0");
        if (!tellsWhatWasWritten)
        {
            Assert.True(back.Outcome == DeploymentOutcome.NeedsAttention, DeployedApp.TextOf(back));
            Assert.Contains(back.Messages, static message => message.Text.Contains("would lose what may have been written since", StringComparison.Ordinal));
            back = await App.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token), acceptDataLoss: true);
        }

        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back));
        foreach (var tenant in Tenants)
        {
            Assert.Equal("0001", await tenant.ScalarAsync("SELECT max(version) FROM deployment_migrations"));
            Assert.Equal("first", await tenant.ScalarAsync("SELECT text FROM notes"));
            Assert.DoesNotContain("more", await tenant.TablesAsync(), StringComparison.Ordinal);
        }

        App.Health = HealthCheckResult.Healthy();
        var up = await App.UpAsync("2.0.0");
        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(up));

        var toFirst = await App.RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request, token));
        if (!tellsWhatWasWritten)
        {
            Assert.True(toFirst.Outcome == DeploymentOutcome.Refused, DeployedApp.TextOf(toFirst));
            Assert.Contains("what may have been written since the backups in 6 tenants 't0', 't1', 't2' and 3 more, which can't be told", Assert.Single(toFirst.Messages).Text, StringComparison.Ordinal);
            toFirst = await App.RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request, token), acceptDataLoss: true);
        }

        Assert.True(toFirst.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(toFirst));
        foreach (var tenant in Tenants)
            Assert.Equal(("0001", "first"), (await tenant.ScalarAsync("SELECT max(version) FROM deployment_migrations"), await tenant.ScalarAsync("SELECT text FROM notes")));
        up = await App.UpAsync("2.1.0");
        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(up));
        var restored = await App.RunAsync(
            (deployer, _, token) => deployer.RestoreAsync(up.Run!.Id, new RestoreRequest { Tenant = "t2", AcceptDataLoss = true }, token));
        Assert.True(restored.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(restored));
        Assert.Equal("first", await Tenants[2].ScalarAsync("SELECT text FROM notes"));
        Assert.Equal("changed", await Tenants[3].ScalarAsync("SELECT text FROM notes"));
        using var host = App.Build();
        Assert.Equal((tellsWhatWasWritten ? 3 : 5) * Count + 1, host.Services.GetRequiredService<DeploymentDatabase>().Of("Tenants").GetBackups().Count);
    }

    private void Migration(string name, string up, string? down)
    {
        Directory.CreateDirectory(Path.Combine(App.Folder, "tenants"));
        File.WriteAllText(Path.Combine(App.Folder, "tenants", name + ".sql"), up);
        if (down is not null)
            File.WriteAllText(Path.Combine(App.Folder, "tenants", name + ".down.sql"), down);
    }
}
