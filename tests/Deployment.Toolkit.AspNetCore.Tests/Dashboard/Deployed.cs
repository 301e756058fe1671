using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.AspNetCore.Tests.Dashboard;

/// <summary>An app on a disk of its own with three environments, whose dashboard is served; what it deploys goes into the same journals.</summary>
internal sealed class Deployed : IDisposable
{
    /// <summary>Is a secret of the configuration, and is written by a step, said by its failure, and told by a health check.</summary>
    internal const string Canary = "c4n4ry&<of>\"dashboard'";

    private readonly string _root = Directory.CreateTempSubdirectory("dtk-dashboard-").FullName;

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What the step of the app does; sets a gate to hold it.</summary>
    internal Func<StepContext, CancellationToken, Task> Work { get; set; } = static (_, _) => Task.CompletedTask;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    internal void Migration(string name, string up) => File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_root, "Migrations")).FullName, name + ".sql"), up);

    internal async Task<DeploymentResult> UpAsync(string environment, string release, string setting = "1")
    {
        await using var app = Build(environment, setting);
        return await app.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = release }, Token);
    }

    /// <summary>Serves the dashboard of one environment's app.</summary>
    internal async Task<WebApplication> ServeAsync(string environment = "Development", Action<DashboardOptions>? configure = null, Action<IEndpointConventionBuilder>? map = null, string pattern = "/deployments")
    {
        var app = Build(environment, "1");
        var mapped = app.MapDeploymentDashboard(pattern, configure);
        map?.Invoke(mapped);
        await app.StartAsync(Token);
        return app;
    }

    /// <summary>Deployments that went well, were refused, failed, and one that stopped, in three environments.</summary>
    internal async Task FillAsync()
    {
        Migration("0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT);");
        foreach (var environment in (string[])["Development", "Staging", "Production"]) Expect(DeploymentOutcome.Succeeded, await UpAsync(environment, "1.0.0"));
        Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;");
        Work = static (context, _) =>
        {
            context.Write("warmed with " + Canary);
            context.Write("<script>alert(1)</script>");
            return Task.CompletedTask;
        };
        Expect(DeploymentOutcome.Succeeded, await UpAsync("Development", "1.1.0+9fceb02d0ae598e95dc970b74767f19372d61af8", "2"));
        Work = static (_, _) => throw new InvalidOperationException("refused by " + Canary + " <b>at the door</b>");
        Expect(DeploymentOutcome.RolledBack, await UpAsync("Staging", "1.1.0+9fceb02d0ae598e95dc970b74767f19372d61af8"));
        Work = static (_, _) => Task.CompletedTask;

        static void Expect(DeploymentOutcome outcome, DeploymentResult result) =>
            Assert.True(result.Outcome == outcome, $"{result.Outcome}: {string.Join('\n', result.Messages.Select(static message => message.Text))}");
    }

    private WebApplication Build(string environment, string setting)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment, ContentRootPath = _root });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:App"] = $"Data Source={Path.Combine(_root, environment.ToLowerInvariant() + ".db")};Pooling=False",
            ["Provider:ApiKey"] = Canary,
            ["Content:MaxItems"] = setting,
        });
        builder.Services.AddAuthentication();
        builder.Services.AddAuthorization();
        builder.Services.AddHealthChecks()
            .AddCheck("database", static () => HealthCheckResult.Healthy("answers"), tags: ["ready"])
            .AddCheck("provider", static () => HealthCheckResult.Unhealthy("no answer for " + Canary), tags: ["extra"])
            // Never part of a gate, so that what it says is told and lets releases in.
            .Services.Configure<HealthCheckPolicy>("provider", static policy => policy.Role = HealthCheckRole.Advisory);
        builder.AddDeployment()
            .AddEnvironments(static e => e
                .Add("Development")
                .Add("Staging", static s => s.PromotedFrom("Development"))
                .Add("Production", static p => p.PromotedFrom("Staging").Protected()))
            .AddValidatedOptions<Settings>("Content")
            .UseSqlite(SqliteFactory.Instance, "App")
            .AddMigrations()
            .AddStep(new WarmUp(this));
        return builder.Build();
    }

    internal sealed class Settings
    {
        public int MaxItems { get; set; }
    }

    private sealed class WarmUp(Deployed app) : DeploymentStep
    {
        public override string Name => "warm up";

        public override bool IsIdempotent => true;

        public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new StepDescription("fills the cache") { WayBack = "empties it" });

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => app.Work(context, cancellationToken);

        public override Task RevertAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
