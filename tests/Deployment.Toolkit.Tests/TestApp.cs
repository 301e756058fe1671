using System.Data.Common;
using Deployment.Toolkit.KillApp;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Tests;

/// <summary>A host with a content root and a SQLite file of its own, to deploy for real.</summary>
internal sealed class TestApp : IDisposable
{
    static TestApp() => SQLitePCL.Batteries_V2.Init();

    internal string Folder { get; } = Directory.CreateTempSubdirectory("dtk-app-").FullName;

    /// <summary>The app's assembly; the one that the process began with where it is <see langword="null"/>.</summary>
    internal string? ApplicationName { get; set; }

    internal string Database => Path.Combine(Folder, "app.db");

    /// <summary>Each environment has its own.</summary>
    internal string DatabaseOf(string environment) => environment == "Development" ? Database : Path.Combine(Folder, environment.ToLowerInvariant() + ".db");

    /// <summary>What the app's one health check answers.</summary>
    internal HealthCheckResult Health { get; set; } = HealthCheckResult.Healthy();

    /// <summary>Another clock than the machine's.</summary>
    internal TimeProvider? Clock { get; set; }

    internal Dictionary<string, string?> Settings { get; } = [];

    /// <summary>The driver that the app brings.</summary>
    internal DbProviderFactory Driver { get; set; } = SqliteFactory.Instance;

    internal List<DeploymentProgress> Progress { get; } = [];

    internal Action<DeploymentProgress> OnProgress { get; set; } = static _ => { };

    internal Action<DeploymentBuilder> Configure { get; set; } = static _ => { };

    internal static TestApp WithMigrations()
    {
        var app = new TestApp();
        app.Migration("0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO items (name) VALUES ('one');", "DROP TABLE items;");
        return app;
    }

    internal void Migration(string name, string up, string? down)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "migrations"));
        File.WriteAllText(Path.Combine(Folder, "migrations", name + ".sql"), up);
        if (down is not null) File.WriteAllText(Path.Combine(Folder, "migrations", name + ".down.sql"), down);
    }

    internal IHost Build(string environment = "Development")
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = Folder, EnvironmentName = environment, ApplicationName = ApplicationName });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:App"] = $"Data Source={DatabaseOf(environment)};Pooling=False" });
        builder.Configuration.AddInMemoryCollection(Settings);
        if (Clock is not null) builder.Services.AddSingleton(Clock);
        builder.Services.AddHealthChecks().AddCheck("own", () => Health);
        var deployment = builder.AddDeployment().UseSqlite(Driver, "App").AddHealthGate(static h => h.WaitAtMost = TimeSpan.Zero);
        if (Directory.Exists(Path.Combine(Folder, "migrations"))) deployment.AddMigrations(static m => m.FromDirectory("migrations"));
        Configure(deployment);
        return builder.Build();
    }

    internal VerbRequest Request(string release) => new()
    {
        Release = release,
        LockTimeout = TimeSpan.FromSeconds(5),
        Progress = new Recorder(this),
    };

    internal async Task<DeploymentResult> RunAsync(
        Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>> verb, string release = "1.0.0", string environment = "Development", CancellationToken cancellationToken = default)
    {
        using var host = Build(environment);
        return await verb(host.Services.GetRequiredService<Deployer>(), Request(release), cancellationToken);
    }

    internal Task<DeploymentResult> UpAsync(string release = "1.0.0", string environment = "Development") =>
        RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), release, environment);

    internal Task<DeploymentResult> RollbackAsync(bool acceptDataLoss = false, string? to = null) =>
        RunAsync((deployer, request, token) => deployer.RollbackAsync(request with { AcceptDataLoss = acceptDataLoss, To = to }, token));

    internal string JournalFile(string environment = "development") => Path.Combine(Folder, ".deployment", environment, "journal.jsonl");

    internal object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>All but that of the stamp, which every deployment leaves.</summary>
    internal IReadOnlyList<string> Tables()
    {
        var names = Scalar("SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'deployment_stamp' ORDER BY name)") as string ?? "";
        return names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private sealed class Recorder(TestApp app) : IProgress<DeploymentProgress>
    {
        public void Report(DeploymentProgress value)
        {
            lock (app.Progress) app.Progress.Add(value);
            app.OnProgress(value);
        }
    }
}
