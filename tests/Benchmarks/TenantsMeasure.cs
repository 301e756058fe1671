using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit;
using Deployment.Toolkit.Databases.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Benchmarks;

/// <summary>
/// What a deployment costs with few tenants and with many: the first, which applies three migrations in each, and one that finds nothing to do in any. What
/// counts is that the time for each stays as it is.
/// </summary>
internal static class TenantsMeasure
{
    internal static async Task<int> RunAsync(IReadOnlyList<int> counts)
    {
        SQLitePCL.Batteries_V2.Init();
        await using var server = new PostgreSqlServer();
        foreach (var isPostgreSql in (bool[])[false, true])
            // The first is compiled while it runs.
            foreach (var count in (int[])[5, .. counts])
                await MeasureAsync(isPostgreSql ? server : null, count, isWarmUp: count == 5);
        return 0;
    }

    private static async Task MeasureAsync(PostgreSqlServer? server, int count, bool isWarmUp)
    {
        var folder = Directory.CreateTempSubdirectory("dtk-tenants-").FullName;
        var databases = new List<PostgreSqlDatabase>();
        try
        {
            for (var i = 0; server is not null && i < count; i++) databases.Add(await server.CreateDatabaseAsync());
            Directory.CreateDirectory(Path.Combine(folder, "tenants"));
            for (var i = 1; i <= 3; i++)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "tenants", $"000{i}_table.sql"), $"CREATE TABLE t{i} (id INTEGER PRIMARY KEY, name VARCHAR(20));\nINSERT INTO t{i} VALUES (1, 'one');\n");
                await File.WriteAllTextAsync(Path.Combine(folder, "tenants", $"000{i}_table.down.sql"), $"DROP TABLE t{i};\n");
            }

            IReadOnlyList<Tenant> tenants = [.. Enumerable.Range(0, count).Select(i => new Tenant($"t{i}", server is null ? $"Data Source={folder}/t{i}.db" : databases[i].ConnectionString))];
            var (apply, look) = (await UpAsync("1.0.0"), await UpAsync("2.0.0"));
            if (!isWarmUp)
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(server is null ? "SQLite" : "PostgreSQL"),-10} {count,5} tenants: three migrations in each {Each(apply)}, nothing to do {Each(look)}"));

            string Each((double Wall, double Processor) took) =>
                string.Create(CultureInfo.InvariantCulture, $"{took.Wall / 1000:F1} s ({took.Wall / count:F1} ms each, {took.Processor / count:F1} ms of processor time)");

            async Task<(double Wall, double Processor)> UpAsync(string release)
            {
                var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = folder, EnvironmentName = "Production" });
                builder.Logging.ClearProviders();
                builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:App", $"Data Source={folder}/app.db")]);
                builder.AddDeployment()
                    .AddEnvironments(static e => e.Add("Production"))
                    .UseSqlite(SqliteFactory.Instance, "App")
                    .AddTenants("Tenants", all => _ = server is null
                        ? all.UseSqlite(SqliteFactory.Instance, (_, _) => Task.FromResult(tenants))
                        : all.UsePostgreSql(NpgsqlFactory.Instance, (_, _) => Task.FromResult(tenants)))
                    .AddMigrations("Tenants", static m => m.FromDirectory("tenants"))
                    .AddHealthGate(static h => h.Nothing("only tenants are measured"));
                using var host = builder.Build();
                var (began, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
                var up = await host.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = release });
                if (up.Outcome != DeploymentOutcome.Succeeded) throw new InvalidOperationException($"{up.Outcome}: {string.Join(' ', up.Messages)}");
                return (Stopwatch.GetElapsedTime(began).TotalMilliseconds, (Environment.CpuUsage.TotalTime - used).TotalMilliseconds);
            }
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            foreach (var database in databases) await database.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
