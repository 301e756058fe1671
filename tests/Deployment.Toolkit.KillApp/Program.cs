using System.Globalization;
using Deployment.Toolkit;
using Deployment.Toolkit.KillApp;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

// Usage: KillApp <folder> <verb> <release> [--kill N] [--moments FILE] [--snapshots FOLDER] [--accept]
SQLitePCL.Batteries_V2.Init();
var folder = args[0];
string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var index ? args[index + 1] : null;
Moments.Watch(folder, int.Parse(Option("--kill") ?? "0", CultureInfo.InvariantCulture), Option("--snapshots"));

if (args[1] == SealedChanges.Verb)
{
    await SealedChanges.RunAsync(folder, args[2]);
    if (Option("--moments") is { } passed) File.WriteAllLines(passed, Moments.All);
    Console.WriteLine("Succeeded");
    return 0;
}

var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = folder, EnvironmentName = "Production" });
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["ConnectionStrings:App"] = $"Data Source={Path.Combine(folder, "app.db")}",
});
if (File.Exists(Path.Combine(folder, "title.txt"))) builder.Configuration["Title"] = File.ReadAllText(Path.Combine(folder, "title.txt"));
builder.Services.AddHealthChecks().AddCheck("marker", () =>
    File.Exists(Path.Combine(folder, "unhealthy")) ? HealthCheckResult.Unhealthy("the marker says so") : HealthCheckResult.Healthy());
var deployment = builder.AddDeployment();
if (File.Exists(FileIssuer.FileIn(folder))) deployment.AddSecretRotator<FileIssuer>(FileIssuer.Secret, TimeSpan.FromDays(90));
deployment
    .AddEnvironments(e => e.Add("Production"))
    .UseSqlite(SqliteFactory.Instance, "App")
    .AddMigrations(m =>
    {
        m.FromDirectory("migrations");
        if (args[2] != "1.0.0") m.Add<FillTitles>();
    })
    .AddHealthGate(h => h.WaitAtMost(TimeSpan.Zero))
    .AddStep<Announce>(s => s.After = DeploymentSteps.Migrate)
    .AddCommandStep("mark", "/bin/sh", ["-c", "touch mark.$DEPLOYMENT_RELEASE"], c =>
    {
        c.After = "announce";
        c.Probe = ["/bin/sh", "-c", "test -e mark.$DEPLOYMENT_RELEASE"];
        c.Revert = ["/bin/sh", "-c", "rm -f mark.$DEPLOYMENT_RELEASE"];
    })
    .UseActivator<FileActivator>();
using var host = builder.Build();
var deployer = host.Services.GetRequiredService<Deployer>();
var request = new DeploymentRequest { Release = args[2], LockTimeout = TimeSpan.FromSeconds(20), AcceptDataLoss = args.Contains("--accept"), Progress = args.Contains("--progress") ? new Spoken() : null };
if (args[1] == "hold")
{
    // Holds the lock the way a long step would, until it is killed.
    using var held = Holding.Take(folder);
    Console.WriteLine("holding");
    await Console.In.ReadLineAsync();
}

var result = args[1] switch
{
    "up" => await deployer.UpAsync(request, CancellationToken.None),
    "resume" => await deployer.ResumeAsync(request, CancellationToken.None),
    "abort" => await deployer.AbortAsync(request, CancellationToken.None),
    "rollback" => await deployer.RollbackAsync(request, CancellationToken.None),
    "renew" => await deployer.RenewSecretAsync(FileIssuer.Secret, request, CancellationToken.None),
    "restore" => await deployer.RestoreAsync(host.Services.GetRequiredService<DeploymentDatabase>().GetBackups()[0].Name, request, CancellationToken.None),
    _ => throw new ArgumentException(args[1]),
};
if (Option("--moments") is { } file) File.WriteAllLines(file, Moments.All);
Console.WriteLine(result.Outcome);
foreach (var message in result.Messages) Console.WriteLine(message);
return result.Outcome is DeploymentOutcome.Succeeded or DeploymentOutcome.NothingToDo ? 0 : 1;
