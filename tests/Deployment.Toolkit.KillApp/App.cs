using Deployment.Toolkit.DatabaseJournal;
using Deployment.Toolkit.Databases.MySql;
using Deployment.Toolkit.Databases.PostgreSql;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Npgsql;

namespace Deployment.Toolkit.KillApp;

/// <summary>The app that is killed. Each call builds a host of its own over a folder, as a process of its own does.</summary>
internal static class App
{
    static App() => SQLitePCL.Batteries_V2.Init();

    internal static async Task<DeploymentResult> RunAsync(string folder, string verb, VerbRequest request)
    {
        using var host = Build(folder, request.Release!, verb);
        var deployer = host.Services.GetRequiredService<Deployer>();
        return await (verb switch
        {
            "up" or "verify" => deployer.UpAsync(request, CancellationToken.None),
            "promote" => deployer.PromoteAsync(Promotions.Request(folder, request), CancellationToken.None),
            "approve" => host.Services.GetRequiredService<DeploymentPromotion>().ApproveAsync(new ApproveRequest { Release = request.Release, IsHotfix = true }, CancellationToken.None),
            "resume" => deployer.ResumeAsync(request, CancellationToken.None),
            "abort" => deployer.AbortAsync(request, CancellationToken.None),
            "rollback" => deployer.RollbackAsync(request, CancellationToken.None),
            "renew" => deployer.RenewSecretAsync(FileIssuer.Secret, request, CancellationToken.None),
            "restore" => deployer.RestoreAsync(host.Services.GetRequiredService<DeploymentDatabase>().GetBackups()[0].Name, request, CancellationToken.None),
            "rehearse" => RehearseAsync(host.Services.GetRequiredService<DeploymentDatabase>()),
            "prune" => host.Services.GetRequiredService<DeploymentDatabase>().PruneBackupsAsync(new PruneBackupsRequest { Keep = 1 }, CancellationToken.None),
            "import" => host.Services.GetRequiredService<DeploymentHistory>().ImportJournalAsync(null, Path.Combine(folder, "incoming.jsonl"), Path.Combine(folder, "incoming.key"), CancellationToken.None),
            _ => throw new ArgumentException(verb),
        });
    }

    /// <summary>What the app has when it starts.</summary>
    internal static string Ask(string folder, string release)
    {
        using var host = Build(folder, release);
        var shown = host.Services.GetRequiredService<IOptions<Shown>>().Value;
        return $"{shown.Title}, {shown.Key.Reveal()}";
    }

    private static async Task<DeploymentResult> RehearseAsync(DeploymentDatabase database)
    {
        var report = await database.RehearseAsync(CancellationToken.None);
        var isProven = report.Migrations.All(static migration => migration.Verdict == RehearsalVerdict.Proven);
        return new DeploymentResult { Outcome = isProven ? DeploymentOutcome.Succeeded : DeploymentOutcome.Failed, Environment = "Production" };
    }

    /// <summary>Before the connection string of a journal in MySQL.</summary>
    internal const string OfMySql = "MySQL\n";

    // Empty: beside the app's own database. Else a connection string of a server, where the journal of a SQLite app lies otherwise for these tests alone.
    private static void UseJournal(DeploymentBuilder deployment, string file)
    {
        if (!File.Exists(file)) return;

        var settings = File.ReadAllText(file);
        if (settings.Length == 0) deployment.ForJournal();
        else if (settings.StartsWith(OfMySql, StringComparison.Ordinal))
            deployment.Registrations.Of<ChosenJournal>().Choose(
                static (create, _, schema) => new MySqlJournal(create, schema), _ => new MySqlConnection(settings[OfMySql.Length..]), new JournalDatabaseOptions());
        else deployment.Registrations.Of<ChosenJournal>().Choose(static (create, _, schema) => new PostgreSqlJournal(create, schema), _ => new NpgsqlConnection(settings), new JournalDatabaseOptions());
    }

    internal static IHost Build(string folder, string release, string verb = "up")
    {
        // What is verified before it may enter needs no more than its database.
        var isVerified = verb == "verify";
        var builder = new HostApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = folder, EnvironmentName = isVerified ? "Staging" : "Production" });
        builder.Configuration["ConnectionStrings:App"] = Promotions.AreIn(folder)
            // An approval is of one configuration, and copies of the folder have it in common.
            ? $"Data Source={(isVerified ? "staging.db" : "app.db")}"
            : $"Data Source={Path.Combine(folder, "app.db")}";
        builder.Configuration["Deployment:CommitAuthor"] = "Dora Lind <dora@example.org>";
        if (File.Exists(Path.Combine(folder, "title.txt"))) builder.Configuration["Title"] = File.ReadAllText(Path.Combine(folder, "title.txt"));
        builder.Services.AddHealthChecks().AddCheck("marker", () =>
            File.Exists(Path.Combine(folder, "unhealthy")) ? HealthCheckResult.Unhealthy("the marker says so") : HealthCheckResult.Healthy());
        var deployment = builder.AddDeployment();
        if (File.Exists(Path.Combine(folder, Shown.File)))
        {
            var shown = File.ReadAllLines(Path.Combine(folder, Shown.File));
            (builder.Configuration["Shown:Title"], builder.Configuration["Shown:Key"]) = (shown[0], shown[1]);
            deployment.AddSealedSecrets().AddValidatedOptions<Shown>("Shown");
        }

        if (File.Exists(FileIssuer.FileIn(folder))) deployment.AddSecretRotator<FileIssuer>(FileIssuer.Secret, TimeSpan.FromDays(90));
        deployment.AddEnvironments(e => Promotions.Declare(e, folder));
        Promotions.Register(builder.Services, folder, verb);
        var isServer = File.Exists(Path.Combine(folder, "database.txt"));
        if (isServer)
        {
            builder.Configuration["ConnectionStrings:App"] = File.ReadAllText(Path.Combine(folder, "database.txt"));
            if (File.Exists(Path.Combine(folder, "mysql.txt"))) deployment.UseMySql(MySqlConnectorFactory.Instance, "App");
            else deployment.UsePostgreSql(NpgsqlFactory.Instance, "App");
        }
        else deployment.UseSqlite(SqliteFactory.Instance, "App");
        if (File.Exists(Path.Combine(folder, "backup-key.txt")))
        {
            builder.Configuration["BackupKey"] = File.ReadAllText(Path.Combine(folder, "backup-key.txt"));
            deployment.ConfigureBackups(static backups => backups.KeySetting = "BackupKey");
        }

        if (Directory.Exists(Path.Combine(folder, "audit")))
        {
            builder.Configuration["ConnectionStrings:Audit"] = $"Data Source={Path.Combine(folder, "audit.db")}";
            deployment.UseSqlite(SqliteFactory.Instance, "Audit").AddMigrations("Audit", static m => m.FromDirectory("audit"));
        }

        if (File.Exists(Path.Combine(folder, "tenants", "list.txt")))
            deployment
                .AddTenants("Tenants", tenants => tenants.Parallel(4).UseSqlite(SqliteFactory.Instance, async (_, token) =>
                    [.. (await File.ReadAllLinesAsync(Path.Combine(folder, "tenants", "list.txt"), token)).Select(id => new Tenant(id, $"Data Source={Path.Combine(folder, "tenants", id + ".db")}"))]))
                .AddMigrations("Tenants", static m => m.FromDirectory("tenant-migrations"));

        if (File.Exists(Path.Combine(folder, "webhook.txt")))
        {
            builder.Configuration["Webhook"] = File.ReadAllText(Path.Combine(folder, "webhook.txt"));
            deployment.AddWebhook("ops", "Webhook");
        }

        UseJournal(deployment, Path.Combine(folder, "journal.txt"));
        deployment
            .AddMigrations(m =>
            {
                m.FromDirectory("migrations");
                if (release != "1.0.0" && !isServer) m.Add<FillTitles>();
            })
            .AddHealthGate(h => h.WaitAtMost = TimeSpan.Zero);
        if (isVerified) return builder.Build();

        if (Directory.Exists(Path.Combine(folder, ReleaseDirectory.Root)))
        {
            ReleaseDirectory.Use(deployment);
            return builder.Build();
        }

        deployment
            .AddStep<Announce>(s => s.After = DeploymentSteps.Migrate)
            .AddCommandStep("mark", "/bin/sh", ["-c", "touch mark.$DEPLOYMENT_RELEASE"], c =>
            {
                c.After = "announce";
                c.Probe = ["/bin/sh", "-c", "test -e mark.$DEPLOYMENT_RELEASE"];
                c.Revert = ["/bin/sh", "-c", "rm -f mark.$DEPLOYMENT_RELEASE"];
            })
            .UseActivator<FileActivator>();
        return builder.Build();
    }
}
