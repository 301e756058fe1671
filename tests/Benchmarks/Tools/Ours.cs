using Deployment.Toolkit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Benchmarks.Tools;

/// <summary>A whole deployment: configuration, journal, plan, lock, migrations, activation and health gate.</summary>
internal sealed class Ours : Contestant
{
    internal override string Name => "Deployment.Toolkit";

    internal override async Task RunAsync(Place place)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = place.Root, EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:App", place.ConnectionString)]);
        var deployment = builder.AddDeployment().AddEnvironments(static e => e.Add("Production"));
        // Where several come at once, what they share is the database.
        _ = place.IsPostgreSql ? deployment.UsePostgreSql(NpgsqlFactory.Instance, "App").ForJournal() : deployment.UseSqlite(SqliteFactory.Instance, "App");
        deployment
            .WithoutBackup("the others take none")
            .AddMigrations(m => m.FromDirectory(place.Scripts))
            .AddHealthGate(static h => h.Nothing("only migrations are measured"));
        using var host = builder.Build();
        var result = await host.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = "1.0.0" });
        if (result.Outcome is not (DeploymentOutcome.Succeeded or DeploymentOutcome.NothingToDo)) throw new InvalidOperationException($"{result.Outcome}: {string.Join(' ', result.Messages)}");
    }
}
