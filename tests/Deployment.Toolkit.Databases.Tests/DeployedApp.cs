using Deployment.Toolkit.KillApp;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Databases.Tests;

/// <summary>A host with a content root of its own, to deploy to a database for real.</summary>
internal sealed class DeployedApp(TargetUnderTest database) : IDisposable
{
    internal string Folder { get; } = Directory.CreateTempSubdirectory("dtk-app-").FullName;

    internal HealthCheckResult Health { get; set; } = HealthCheckResult.Healthy();

    internal bool TakesBackups { get; init; }

    internal Action<DeploymentBuilder> Configure { get; set; } = static _ => { };

    internal Dictionary<string, string?> Settings { get; } = [];

    internal List<string> Said { get; } = [];

    internal Action<DeploymentProgress> OnProgress { get; set; } = static _ => { };

    internal TargetUnderTest Database => database;

    internal void Migration(string name, string up, string? down = null)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "migrations"));
        File.WriteAllText(Path.Combine(Folder, "migrations", name + ".sql"), up);
        if (down is not null)
            File.WriteAllText(Path.Combine(Folder, "migrations", name + ".down.sql"), down);
    }

    internal void Remove(string name) => File.Delete(Path.Combine(Folder, "migrations", name + ".sql"));

    internal IHost Build(string environment = "Development")
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = Folder, EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:App"] = database.ConnectionString });
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.Services.AddHealthChecks().AddCheck("own", () => Health);
        var deployment = builder.AddDeployment().AddHealthGate(static h => h.WaitAtMost = TimeSpan.Zero);
        if (!TakesBackups)
            deployment.WithoutBackup("the test needs none");
        database.Use(deployment);
        if (Directory.Exists(Path.Combine(Folder, "migrations")))
            deployment.AddMigrations(static m => m.FromDirectory("migrations"));
        Configure(deployment);
        return builder.Build();
    }

    internal async Task<DeploymentResult> RunAsync(
        Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>> verb, string release = "1.0.0", bool acceptDataLoss = false, string environment = "Development", CancellationToken cancellationToken = default)
    {
        using var host = Build(environment);
        return await verb(
            host.Services.GetRequiredService<Deployer>(),
            new VerbRequest { Release = release, LockTimeout = TimeSpan.FromSeconds(5), AcceptDataLoss = acceptDataLoss, Progress = new Recorder(this) },
            cancellationToken);
    }

    internal Task<DeploymentResult> UpAsync(string release = "1.0.0", string environment = "Development", CancellationToken cancellationToken = default) =>
        RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), release, environment: environment, cancellationToken: cancellationToken);

    internal Task<DeploymentResult> PlanAsync(string release = "1.0.0") =>
        RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token), release);

    internal Task<DeploymentResult> RollbackAsync(bool acceptDataLoss = false) =>
        RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request, token), acceptDataLoss: acceptDataLoss);

    internal async Task<T> AskAsync<T>(Func<DeploymentDatabase, Task<T>> ask)
    {
        using var host = Build();
        return await ask(host.Services.GetRequiredService<DeploymentDatabase>());
    }

    internal async Task<DeploymentResult> VerifyJournalAsync()
    {
        using var host = Build();
        return await host.Services.GetRequiredService<DeploymentHistory>().VerifyJournalAsync(null);
    }

    /// <summary>Fails with everything that the deployment said unless it went well.</summary>
    internal async Task UpOkAsync(string release = "1.0.0")
    {
        var result = await UpAsync(release);
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, TextOf(result));
    }

    internal static string TextOf(DeploymentResult result) =>
        $"{result.Outcome}: " + string.Join('\n', result.Messages.Concat(result.Run?.Messages ?? []).Select(static message => $"{message}\n{message.Excerpt}").Distinct(StringComparer.Ordinal));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private sealed class Recorder(DeployedApp app) : IProgress<DeploymentProgress>
    {
        public void Report(DeploymentProgress value)
        {
            lock (app.Said)
                app.Said.Add(value.Text);
            app.OnProgress(value);
        }
    }
}
