using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.AspNetCore.Tests.Dashboard;

/// <summary>An app with two databases and one for each tenant, promoted from Staging to Production, where a hotfix may enter.</summary>
internal sealed class Fleet : IDisposable
{
    /// <summary>The password of every tenant's connection string; one's failure repeats it.</summary>
    internal const string Canary = "c4n4ry-of-tenants";

    private readonly string _root = Directory.CreateTempSubdirectory("dtk-dashboard-").FullName;

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Who the tenants are: a file each, or one that can't be opened.</summary>
    internal List<string> Tenants { get; } = ["acme", "borealis", "cygnus"];

    /// <summary>Why the hotfix was let in.</summary>
    internal string Reason { get; set; } = "orders are lost";

    /// <summary>How much later it is than it is.</summary>
    internal TimeSpan Later { get; set; }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    internal string PathOf(string file) => Path.Combine(_root, file);

    internal void Migration(string folder, string name, string up, string? down)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_root, folder)).FullName;
        File.WriteAllText(Path.Combine(directory, name + ".sql"), up);
        if (down is not null) File.WriteAllText(Path.Combine(directory, name + ".down.sql"), down);
    }

    /// <summary>A release that came the usual way, one that came as a hotfix, and one that a tenant's database stopped.</summary>
    internal async Task FillAsync()
    {
        Migration("Migrations", "0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY);", "DROP TABLE items;");
        Migration("audit", "0001_log", "CREATE TABLE log (id INTEGER PRIMARY KEY);", "DROP TABLE log;");
        Migration("tenants", "0001_notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY);", "DROP TABLE notes;");
        Expect(DeploymentOutcome.Succeeded, await UpAsync("Staging", "1.0.0"));
        Expect(DeploymentOutcome.Succeeded, await PromoteAsync("1.0.0"));
        Migration("audit", "0002_who", "ALTER TABLE log ADD COLUMN who TEXT;", "ALTER TABLE log DROP COLUMN who;");
        Migration("tenants", "0002_title", "ALTER TABLE notes ADD COLUMN title TEXT;", "ALTER TABLE notes DROP COLUMN title;");
        await using (var ben = Build("Production", "ben"))
            Expect(DeploymentOutcome.Succeeded, await ben.Services.GetRequiredService<DeploymentPromotion>().ApproveAsync(new ApproveRequest { Release = "1.0.1", IsHotfix = true }, Token));
        Expect(DeploymentOutcome.Succeeded, await PromoteAsync("1.0.1", isHotfix: true));
        // One that was migrated by nobody, and one that comes in between.
        Execute("tenants-borealis.db", "CREATE TABLE extra (id INTEGER);");
        Migration("tenants", "0003_extra", "CREATE TABLE extra (id INTEGER PRIMARY KEY);", "DROP TABLE extra;");
        Expect(DeploymentOutcome.RolledBack, await UpAsync("Staging", "1.1.0"));
        Tenants.Add("delta");
        await File.WriteAllTextAsync(PathOf("delta.db"), "no database at all, but long enough to be taken for one by its size only", Token);
    }

    internal async Task<DeploymentResult> UpAsync(string environment, string release)
    {
        await using var app = Build(environment);
        return await app.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = release }, Token);
    }

    internal async Task<DeploymentResult> PromoteAsync(string release, bool isHotfix = false)
    {
        await using var app = Build("Production");
        return await app.Services.GetRequiredService<Deployer>().PromoteAsync(
            new PromoteRequest { Release = release, IsHotfix = isHotfix, Reason = isHotfix ? Reason : null, ApprovedBy = isHotfix ? ["ben"] : [] }, Token);
    }

    internal async Task<WebApplication> ServeAsync(string environment = "Production")
    {
        var app = Build(environment);
        app.MapDeploymentDashboard("/deployments", static options => options.Allow = static _ => true);
        await app.StartAsync(Token);
        return app;
    }

    internal static void Expect(DeploymentOutcome outcome, DeploymentResult result) =>
        Assert.True(result.Outcome == outcome, $"{result.Outcome}: {string.Join('\n', result.Messages.Select(static message => message.Text))}");

    private void Execute(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_root, file)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private WebApplication Build(string environment, string user = "carol")
    {
        SQLitePCL.Batteries_V2.Init();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment, ContentRootPath = _root });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:App"] = $"Data Source={Path.Combine(_root, environment + ".db")};Pooling=False",
            ["ConnectionStrings:Audit"] = $"Data Source={Path.Combine(_root, environment + "-audit.db")};Pooling=False",
            ["Deployment:CommitAuthor"] = "Dora Lind <dora@example.org>",
        });
        if (Later != TimeSpan.Zero) builder.Services.AddSingleton<TimeProvider>(new LaterTime(Later));
        builder.Services.AddSingleton(new JournalHolder(user, "build-7", 4711, DateTimeOffset.UnixEpoch));
        builder.Services.AddSingleton(KeyRing.Of([], null));
        builder.AddDeployment()
            .AddEnvironments(static e => e.Add("Staging").Add("Production", static p => p.PromotedFrom("Staging").AllowHotfix()))
            .UseSqlite(SqliteFactory.Instance, "App")
            .AddMigrations()
            .UseSqlite(SqliteFactory.Instance, "Audit")
            .AddMigrations("Audit", static m => m.FromDirectory("audit"))
            .AddTenants("Tenants", tenants => tenants.UseSqlite(SqliteFactory.Instance, (_, _) => Task.FromResult<IReadOnlyList<Tenant>>([.. Tenants.Select(id => new Tenant(id, ConnectionOf(environment, id)))])).StopAfter(5))
            .AddMigrations("Tenants", static m => m.FromDirectory("tenants"))
            .AddHealthGate(static h => h.Nothing("the platform watches it"));
        return builder.Build();
    }

    // Production has databases of its own; the broken one lies in Staging.
    private string ConnectionOf(string environment, string tenant) =>
        tenant == "delta" ? $"Data Source={PathOf("delta.db")};Password={Canary};Pooling=False" : $"Data Source={Path.Combine(_root, (environment == "Staging" ? "tenants-" : "production-") + tenant + ".db")};Pooling=False";

    private sealed class LaterTime(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + later;
    }
}
