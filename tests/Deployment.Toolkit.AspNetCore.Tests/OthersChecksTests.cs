using Deployment.Toolkit.Databases.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace Deployment.Toolkit.AspNetCore.Tests;

/// <summary>The checks of AspNetCore.HealthChecks.*, which teams have already, run as they are: against real servers, well and gone.</summary>
public sealed class OthersChecksTests(PostgreSqlServer server)
{
    [Fact]
    public async Task Those_of_PostgreSQL_Redis_and_addresses_tell_what_is_well_and_what_is_gone()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var redis = await LocalProgram.StartAsync("redis-server", static (folder, port) => ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", folder]);
        await using var other = await WebHost.StartAsync(static _ => { });
        var address = new Uri(other.Client.BaseAddress!, "/health/live");

        await using var app = await WebHost.StartAsync(checks => checks
            .AddNpgSql(_ => source, name: "postgresql")
            .AddRedis($"127.0.0.1:{redis.Port},abortConnect=false,connectTimeout=1000,syncTimeout=1000,asyncTimeout=1000", name: "redis")
            .AddUrlGroup(address, name: "address")
            .AddUrlGroup(new Uri(other.Client.BaseAddress!, "/nowhere"), name: "nowhere"));
        var health = app.App.Services.GetRequiredService<HealthCheckService>();
        var report = await health.CheckHealthAsync(WebHost.Token);
        Assert.Equal(
            ["address Healthy", "nowhere Unhealthy", "postgresql Healthy", "redis Healthy"],
            report.Entries.Select(static entry => $"{entry.Key} {entry.Value.Status}").Order(StringComparer.Ordinal));

        await redis.DisposeAsync();
        await other.DisposeAsync();
        await Deployment.Toolkit.Tests.Platform.Until.TrueAsync(
            () => Gone(health).SequenceEqual(["address", "nowhere", "redis"]), "what is gone is told, and what isn't stays well");
    }

    private static IEnumerable<string> Gone(HealthCheckService health) =>
        health.CheckHealthAsync(WebHost.Token).GetAwaiter().GetResult().Entries.Where(static entry => entry.Value.Status == HealthStatus.Unhealthy).Select(static entry => entry.Key).Order(StringComparer.Ordinal);
}
