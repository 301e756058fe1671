using System.ComponentModel.DataAnnotations;
using Deployment.Toolkit;
using Deployment.Toolkit.StartApp;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

SQLitePCL.Batteries_V2.Init();
var builder = Host.CreateApplicationBuilder(args);
var deployment = builder.AddDeployment()
    .UseSqlite(SqliteFactory.Instance, "App")
    .AddMigrations(m => m.FromDirectory("scripts"))
    .AddValidatedOptions<MailOptions>("Mail")
    .AddHealthGate(h => h.WaitAtMost = TimeSpan.Zero)
    .AddStep<Chatter>();
if (builder.Configuration["Guard"] is { } guard) deployment.GuardSchema(Enum.Parse<SchemaOnStart>(guard));
builder.Services.AddOptions<PlainOptions>().BindConfiguration("Plain").ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddHealthChecks().AddCheck("own", () => HealthCheckResult.Healthy());
Console.WriteLine("a banner of the app's own");
using var early = LoggerFactory.Create(static logging => logging.AddConsole());
early.CreateLogger("early").LogWarning("before the host is built");
var app = builder.Build();
app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("early").LogWarning("before the verb begins");
app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() =>
{
    Console.WriteLine("the app runs");
    app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
});
return await app.RunDeploymentAsync(args);

namespace Deployment.Toolkit.StartApp
{
    internal sealed class MailOptions
    {
        public string Host { get; set; } = "localhost";
    }

    internal sealed class PlainOptions
    {
        [Range(1, 10)]
        public int Count { get; set; } = 1;
    }

    /// <summary>A step whose libraries write wherever they like.</summary>
    internal sealed class Chatter(ILogger<Chatter> logger, IConfiguration configuration) : DeploymentStep
    {
        public override string Name => "chatter";

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
        {
            Console.WriteLine("written in the middle of a step");
            logger.LogWarning("logged in the middle of a step");
            // As a library logs what a server said.
            if (configuration["Elsewhere:Password"] is { } password) logger.LogError("the server said {Answer} to {Password}", "\e]52;c;QUJD\a\u202e", password);
            return Task.CompletedTask;
        }
    }
}
