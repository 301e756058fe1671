using Microsoft.Data.Sqlite;

namespace Deployment.Toolkit.Tests.Tenants;

/// <summary>An app with a database App and a SQLite file for each tenant, who are read from a list that a test changes.</summary>
internal sealed class TenantApp : IDisposable
{
    internal TenantApp(int tenants)
    {
        Directory.CreateDirectory(Path.Combine(App.Folder, "tenants"));
        Tenants.AddRange(Enumerable.Range(1, tenants).Select(static i => $"t{i:00}"));
        Migration("0001_notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);\nINSERT INTO notes (text) VALUES ('first');", "DROP TABLE notes;");
        App.Configure = deployment =>
        {
            deployment
                .AddTenants("Tenants", tenants => Careful(tenants.UseSqlite(SqliteFactory.Instance, (_, token) => FindAsync(token))))
                .AddMigrations("Tenants", m =>
                {
                    m.FromDirectory("tenant-migrations");
                    if (Limit is { } limit) m.WaitAtMost(limit);
                });
            More(deployment);
        };
    }

    internal TestApp App { get; } = TestApp.WithMigrations();

    internal List<string> Tenants { get; } = [];

    internal Func<TenantsBuilder, TenantsBuilder> Careful { get; set; } = static tenants => tenants;

    internal Action<DeploymentBuilder> More { get; set; } = static _ => { };

    /// <summary>How long the migrations of one may take.</summary>
    internal TimeSpan? Limit { get; set; }

    internal Func<string, string>? ConnectionStringOf { get; set; }

    /// <summary>Called each time that they are looked for.</summary>
    internal Action Found { get; set; } = static () => { };

    internal string FileOf(string tenant) => Path.Combine(App.Folder, "tenants", tenant + ".db");

    internal void Migration(string name, string up, string? down)
    {
        Directory.CreateDirectory(Path.Combine(App.Folder, "tenant-migrations"));
        File.WriteAllText(Path.Combine(App.Folder, "tenant-migrations", name + ".sql"), up);
        if (down is not null) File.WriteAllText(Path.Combine(App.Folder, "tenant-migrations", name + ".down.sql"), down);
    }

    internal async Task<DeploymentResult> SucceedAsync(string release = "1.0.0")
    {
        var up = await App.UpAsync(release);
        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', up.Messages));
        return up;
    }

    internal Task<DeploymentResult> PlanAsync(string release) => App.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token), release);

    internal object? Scalar(string tenant, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FileOf(tenant)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    internal void Execute(string tenant, string sql) => _ = Scalar(tenant, sql);

    /// <summary>The versions that a tenant's own history has.</summary>
    internal string Applied(string tenant) =>
        File.Exists(FileOf(tenant)) && Scalar(tenant, "SELECT 1 FROM sqlite_master WHERE name = 'deployment_migrations'") is not null
            ? Scalar(tenant, "SELECT group_concat(version, ' ') FROM (SELECT version FROM deployment_migrations ORDER BY sequence)") as string ?? ""
            : "";

    internal static RunStep StepOf(DeploymentResult result) => result.Run!.Steps.Single(static step => step.Name.EndsWith("migrate:Tenants", StringComparison.Ordinal));

    public void Dispose() => App.Dispose();

    private Task<IReadOnlyList<Tenant>> FindAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Found();
        return Task.FromResult<IReadOnlyList<Tenant>>(
            [.. Tenants.Select(id => new Tenant(id, ConnectionStringOf?.Invoke(id) ?? $"Data Source={FileOf(id)};Pooling=False"))]);
    }
}
