using System.Diagnostics;
using System.Globalization;
using Benchmarks;
using Benchmarks.Tools;
using Deployment.Toolkit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

// Without arguments: measures. With arguments: is one of the processes that are measured.
//   dotnet run -c Release --project tests/Benchmarks [-- pairs]
//   dotnet run -c Release --project tests/Benchmarks -- secrets
//   dotnet run -c Release --project tests/Benchmarks -- configuration
//   dotnet run -c Release --project tests/Benchmarks -- health [pairs]
//   dotnet run -c Release --project tests/Benchmarks -- health benchmark
//   dotnet run -c Release --project tests/Benchmarks -- migrations [rounds]
//   dotnet run -c Release --project tests/Benchmarks -- tools [rounds [scripts …]]
//   dotnet run -c Release --project tests/Benchmarks -- race [rounds]
//   dotnet run -c Release --project tests/Benchmarks -- tenants [how many …]
//   dotnet run -c Release --project tests/Benchmarks -- verbs [rounds]
//   dotnet run -c Release --project tests/Benchmarks -- journal [rounds]
//   dotnet run -c Release --project tests/Benchmarks -- analyzers build|work|keystroke [pairs [source files]]
if (args is ["empty", ..])
{
    using var host = Host.CreateApplicationBuilder().Build();
    await host.StartAsync();
    Measure.Say();
    return 0;
}

if (args is ["deployment", ..])
{
    var builder = Host.CreateApplicationBuilder();
    builder.AddDeployment();
    using var host = builder.Build();
    await host.StartAsync();
    Measure.Say();
    return 0;
}

if (args is ["query", var queried])
{
    SQLitePCL.Batteries_V2.Init();
    using var host = Host.CreateApplicationBuilder().Build();
    using var connection = new SqliteConnection($"Data Source={queried}/app.db");
    connection.Open();
    using var command = connection.CreateCommand();
    command.CommandText = "SELECT count(*) FROM deployment_migrations";
    Console.WriteLine(command.ExecuteScalar());
    return 0;
}

if (args is ["deploy", "up", "--environment", "Production", "--Folder", var deployed])
{
    SQLitePCL.Batteries_V2.Init();
    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = deployed });
    builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:App", $"Data Source={deployed}/app.db")]);
    builder.AddDeployment()
        .AddEnvironments(static e => e.Add("Production"))
        .UseSqlite(SqliteFactory.Instance, "App")
        .AddMigrations(static m => m.FromDirectory("Migrations"))
        .AddHealthGate(static h => h.Nothing("only the start is measured"));
    using var host = builder.Build();
    return await host.RunDeploymentAsync(args[..4]);
}

if (args is ["analyzers", "keystroke", ..]) return await KeystrokeMeasure.RunAsync(Number(200));
if (args is ["analyzers", "work", ..]) return await AnalyzerWorkMeasure.RunAsync(Number(150));
if (args is ["analyzers", "build", ..]) return AnalyzerBuildMeasure.Run(Number(15), args is [_, _, _, var files] ? int.Parse(files, CultureInfo.InvariantCulture) : 500);
if (args is ["tenants", .. var many]) return await TenantsMeasure.RunAsync(many is [] ? [10, 100, 500] : [.. many.Select(static number => int.Parse(number, CultureInfo.InvariantCulture))]);
if (args is ["verbs", ..]) return VerbsMeasure.Run(args is [_, var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 21);
if (args is ["journal", ..]) return await JournalMeasure.RunAsync(args is [_, var times] ? int.Parse(times, CultureInfo.InvariantCulture) : 15);
if (args is ["secrets"]) return await SealedSecretsMeasure.RunAsync(200);
if (args is ["migrations", ..]) return await MigrationsMeasure.RunAsync(args is [_, var rounds] ? int.Parse(rounds, CultureInfo.InvariantCulture) : 5);
if (args is ["tool", var tool, var place, var at, var scripts, var root]) return await ToolsMeasure.RunOneAsync(tool, new Place(place == "PostgreSQL", at, scripts, root));
if (args is ["tools", ..]) return await ToolsMeasure.RunAsync(args is [_, var times, ..] ? int.Parse(times, CultureInfo.InvariantCulture) : 5, args is [_, _, _, ..] ? [.. args[2..].Select(static n => int.Parse(n, CultureInfo.InvariantCulture))] : [200, 2000]);
if (args is ["race", ..]) return await RaceMeasure.RunAsync(args is [_, var times] ? int.Parse(times, CultureInfo.InvariantCulture) : 10);
if (args is ["health", "benchmark"]) return HealthBenchmark.Run();
if (args is ["health", ..]) return await HealthMeasure.RunAsync(args is [_, var times] ? int.Parse(times, CultureInfo.InvariantCulture) : 40);
if (args is ["configuration"]) return ConfigurationMeasure.Run(50);

var pairs = args is [var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 15;
return Math.Max(Math.Max(Measure.Run(pairs), ConfigurationMeasure.Run(50)), await SealedSecretsMeasure.RunAsync(200));

int Number(int otherwise) => args is [_, _, var number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) : otherwise;
