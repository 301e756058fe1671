using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Deployment.Toolkit.KillApp;
using Deployment.Toolkit.Options;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Tests.Secrets;

/// <summary>A deployment that fails and rolls back, with a secret of its own in every place that a secret can come from: none of them is found in what the process leaves.</summary>
public sealed class CanaryTests : IDisposable
{
    private const string Variable = "DEPLOYMENT_SECRET_FROM_VARIABLE";

    private static readonly Dictionary<string, string> Canaries = new()
    {
        ["file"] = "canary+file/1!aA",
        ["dotenv"] = "canary-dotenv-2 xyz",
        ["variable"] = "canary=variable&3",
        ["mounted"] = "canary%mounted%4",
        ["connection"] = "canary-connection-5",
        ["url"] = "canary-url-6",
        ["sealed"] = "canary\"sealed\"7",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-canary-").FullName;
    private readonly ConcurrentQueue<string> _logged = [];

    static CanaryTests() => SQLitePCL.Batteries_V2.Init();

    public CanaryTests() => Environment.SetEnvironmentVariable(Variable, Canaries["variable"]);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Directory.Delete(_folder, recursive: true);
    }

    public sealed class VaultOptions
    {
        public string? Password { get; set; }

        public string? ApiToken { get; set; }

        public Secret? FromVariable { get; set; }

        public string? FromMount { get; set; }

        public Secret? FromOwnSource { get; set; }

        public Uri? Endpoint { get; set; }
    }

    private sealed class OwnSource : Deployment.Toolkit.Secrets.ISecretSource
    {
        public string Name => "own";

        public ValueTask<Deployment.Toolkit.Secrets.SecretValue?> FindAsync(Deployment.Toolkit.Secrets.SecretRequest request, CancellationToken cancellationToken) =>
            new(request.Name == "own" ? new Deployment.Toolkit.Secrets.SecretValue(new Secret(Canaries["sealed"])) : null);
    }

    private sealed class Leaking(Microsoft.Extensions.Options.IOptions<VaultOptions> options, IConfiguration configuration) : DeploymentStep
    {
        public override string Name => "leak";

        public override bool IsIdempotent => true;

        public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
        {
            var all = All(options.Value, configuration);
            await context.NoteAsync("all", all, cancellationToken);
            throw new InvalidOperationException($"driver says: {all} {Convert.ToBase64String(Encoding.UTF8.GetBytes(options.Value.Password!))} {Uri.EscapeDataString(options.Value.ApiToken!)}");
        }
    }

    private static string All(VaultOptions options, IConfiguration configuration) => string.Join(
        ' ', options.Password, options.ApiToken, options.FromVariable!.Reveal(), options.FromMount, options.FromOwnSource!.Reveal(), options.Endpoint, configuration.GetConnectionString("Other"));

    private sealed class Capture(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }

    private IHost Build()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "mounted"));
        File.WriteAllText(Path.Combine(_folder, "mounted", "from-mount"), Canaries["mounted"] + "\n");
        File.WriteAllText(Path.Combine(_folder, ".env"), $"Vault__ApiToken=\"{Canaries["dotenv"]}\"\n");
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), JsonSerializer.Serialize(new
        {
            Vault = new { Password = Canaries["file"], FromVariable = "secret://from-variable", FromMount = "secret://from-mount", FromOwnSource = "secret://own", Endpoint = $"https://user:{Canaries["url"]}@example.org/" },
            ConnectionStrings = new { App = $"Data Source={Path.Combine(_folder, "app.db")};Pooling=False", Other = $"Host=db;Password={Canaries["connection"]}" },
            Deployment = new { SecretsDirectory = "mounted" },
        }));
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _folder, EnvironmentName = "Development", Args = [] });
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(new Capture(_logged));
        builder.Services.AddHealthChecks().AddCheck("leaking", () => HealthCheckResult.Healthy($"all is well with {Canaries["file"]}"));
        builder.AddDeployment()
            .AddDotEnv()
            .AddSecretSource<OwnSource>()
            .AddValidatedOptions<VaultOptions>("Vault", static o => o.Must(static v => v.Password!.Length > 0, "no password"))
            .UseSqlite(SqliteFactory.Instance, "App")
            .AddCommandStep("print", "echo", [Canaries["file"], Canaries["connection"]], static command => command.Revert = ["echo", Canaries["url"]])
            .AddStep<Leaking>();
        return builder.Build();
    }

    [Fact]
    public async Task No_secret_is_left_in_anything_that_a_failing_deployment_says_or_writes()
    {
        using var host = Build();
        var said = new StringBuilder();
        var progress = new Heard(said);
        var deployer = host.Services.GetRequiredService<Deployer>();
        var request = new VerbRequest { Release = "1.0.0", Progress = progress };
        var token = TestContext.Current.CancellationToken;
        var failed = await deployer.UpAsync(request, token);
        Assert.Equal(DeploymentOutcome.RolledBack, failed.Outcome);
        foreach (var result in (DeploymentResult[])[await deployer.CheckAsync(request, token), await deployer.PlanAsync(request, token), failed])
            said.AppendLine(JsonSerializer.Serialize(new { result.Outcome, result.Messages, result.Plan, result.Run })).AppendLine(string.Join('\n', result.Messages));
        said.AppendLine(JsonSerializer.Serialize(host.Services.GetRequiredService<ConfigurationStore>().Check(ConfigurationPhase.Deploy)));
        Assert.Contains("driver says: ***", said.ToString(), StringComparison.Ordinal);

        var places = new Dictionary<string, string> { ["results and progress"] = said.ToString(), ["log"] = string.Join('\n', _logged) };
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, ".deployment"), "*", SearchOption.AllDirectories)) places[Path.GetRelativePath(_folder, file)] = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, token));
        Assert.Contains(places.Keys, static place => place.EndsWith("journal.jsonl", StringComparison.Ordinal));
        Assert.Contains("Secret from-mount was read from", places["log"], StringComparison.Ordinal);
        foreach (var (place, text) in places)
        {
            foreach (var (kind, canary) in Canaries)
            {
                foreach (var form in (string[])[canary, Convert.ToBase64String(Encoding.UTF8.GetBytes(canary)), Uri.EscapeDataString(canary), JsonEncodedText.Encode(canary).ToString()])
                    Assert.False(text.Contains(form, StringComparison.Ordinal), $"the {kind} canary stands in {place}");
            }
        }
    }

    private sealed class Heard(StringBuilder into) : IProgress<DeploymentProgress>
    {
        public void Report(DeploymentProgress value)
        {
            lock (into) into.AppendLine(JsonSerializer.Serialize(value, value.GetType()));
        }
    }
}
