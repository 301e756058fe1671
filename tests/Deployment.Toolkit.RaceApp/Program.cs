using Deployment.Toolkit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MySqlConnector;
using Npgsql;

// Usage: RaceApp <folder> <migrations>, the connection string in RACE_DATABASE, the kind in RACE_KIND, and in RACE_JOURNAL whether the journal lies in the database. It plans, says "ready", and goes on at a line on standard input.
var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = args[0], EnvironmentName = "Production" });
builder.Configuration["ConnectionStrings:App"] = Environment.GetEnvironmentVariable("RACE_DATABASE");
var deployment = builder.AddDeployment().AddEnvironments(static e => e.Add("Production"));
deployment = Environment.GetEnvironmentVariable("RACE_KIND") == "mysql" ? deployment.UseMySql(MySqlConnectorFactory.Instance, "App") : deployment.UsePostgreSql(NpgsqlFactory.Instance, "App");
if (Environment.GetEnvironmentVariable("RACE_JOURNAL") == "database")
    deployment = deployment.ForJournal();
deployment
    .AddMigrations(m => m.FromDirectory(args[1]))
    .AddHealthGate(static h => h.Nothing("it is a race"))
    .WithoutBackup("it is a race");
using var host = builder.Build();
var result = await host.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = "1.0.0", LockTimeout = TimeSpan.FromMinutes(2), Progress = new Gate() });
Console.WriteLine($"outcome {result.Outcome}");
foreach (var message in result.Messages)
    Console.WriteLine(message);
return result.Outcome is DeploymentOutcome.Succeeded ? 0 : 1;

/// <summary>Holds the app before its first migration until everybody is there, and says what it is told.</summary>
internal sealed class Gate : IProgress<DeploymentProgress>
{
    public void Report(DeploymentProgress value)
    {
        Console.WriteLine($"{value.Kind} {value.Step}: {value.Text}");
        if (value is not { Kind: ProgressKind.StepStarted, Step: DeploymentSteps.Migrate, IsWayBack: false })
            return;
        Console.WriteLine("ready");
        Console.In.ReadLine();
    }
}
