using System.Diagnostics;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.KillApp;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MySqlConnector;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Isolation;

/// <summary>
/// Three environments, each with a database of every kind and settings of its own, that share nothing; and then, one after the other, everything that two
/// environments have been found to share.
/// </summary>
public sealed class PlantedFaultsTests(MySqlServer mySql) : IAsyncLifetime
{
    private static readonly string[] Environments = ["Development", "Staging", "Production"];

    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-isolation-").FullName;
    private readonly PostgreSqlServer _server = new() { IsDurable = true, HasSocket = true };
    private readonly Dictionary<string, Dictionary<string, string?>> _settings = [];
    private readonly Dictionary<string, PostgreSqlDatabase> _shops = [];
    private readonly Dictionary<string, MySqlDatabase> _stats = [];

    static PlantedFaultsTests() => SQLitePCL.Batteries_V2.Init();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (var environment in Environments)
        {
            var shop = _shops[environment] = await _server.CreateDatabaseAsync();
            await shop.ExecuteAsync($"CREATE ROLE {User(environment)} LOGIN PASSWORD '{Password("shop", environment)}'; ALTER DATABASE \"{shop.Name}\" OWNER TO {User(environment)};");
            var stats = _stats[environment] = await mySql.CreateDatabaseAsync();
            foreach (var host in (string[])["127.0.0.1", "localhost"])
            {
                await stats.ExecuteAsync($"CREATE OR REPLACE USER '{User(environment)}'@'{host}' IDENTIFIED BY '{Password("stats", environment)}'");
                await stats.ExecuteAsync($"GRANT ALL ON `{stats.Name}`.* TO '{User(environment)}'@'{host}'");
            }

            var name = environment.ToLowerInvariant();
            _settings[environment] = new()
            {
                ["ConnectionStrings:Shop"] = Shop(environment),
                ["ConnectionStrings:Stats"] = Stats(environment),
                ["ConnectionStrings:Cache"] = $"Data Source={Cache(environment)};Pooling=False",
                ["Broker:Url"] = $"amqps://{name}:{Password("broker", environment)}@mq.{name}.example.org/shop",
                ["Payments:ApiKey"] = Password("payments", environment),
                ["Search:Url"] = $"https://search.{name}.example.org",
                ["Uploads:Bucket"] = $"shop-{name}-uploads",
                ["Orders:Queue"] = $"orders-{name}",
                ["Cloud:AccountId"] = $"1122{name.Length:0000}",
                ["Logging:Level"] = "Warning",
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _stats.Values)
            await database.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [FullRunFact]
    public async Task Twenty_planted_faults_are_found_and_none_where_nothing_was_planted()
    {
        foreach (var environment in Environments)
            await UpAsync(environment);
        foreach (var environment in Environments)
            Assert.Empty((await ReportAsync(environment)).Findings);

        await using var bouncer = await Pools.PgBouncer.StartAsync(_shops["Production"], "transaction", 4);
        await using var clone = await _server.CloneAsync();
        var dumped = await RestoredDumpAsync();
        await using var copied = await CopiedSchemaAsync();
        var (link, hard, file) = (Path.Combine(_folder, "link.db"), Path.Combine(_folder, "hard.db"), Path.Combine(_folder, "copy.db"));
        File.CreateSymbolicLink(link, Cache("Production"));
        await EndAsync("ln", [Cache("Production"), hard]);
        File.Copy(Cache("Production"), file);
        var production = _settings["Production"];

        (string Rule, string Subject, string Key, string Value)[] planted =
        [
            ("shared-database", "database:Shop", "ConnectionStrings:Shop", Shop("Production", static to => to.Host = "localhost")),
            ("shared-database", "database:Shop", "ConnectionStrings:Shop", bouncer.ConnectionString),
            ("shared-database", "database:Shop", "ConnectionStrings:Shop", Shop("Production", to => to.Host = _server.SocketFolder)),
            ("shared-database", "database:Shop", "ConnectionStrings:Shop", _shops["Production"].ConnectionString),
            ("database-clone", "database:Shop", "ConnectionStrings:Shop", Shop("Production", to => to.Port = clone.Port)),
            ("database-copy", "database:Shop", "ConnectionStrings:Shop", dumped),
            ("shared-database", "database:Stats", "ConnectionStrings:Stats", Stats("Production", static to => to.Server = "localhost")),
            ("shared-database", "database:Stats", "ConnectionStrings:Stats", Stats("Production", to => (to.Server, to.ConnectionProtocol) = (mySql.Socket, MySqlConnectionProtocol.UnixSocket))),
            ("database-copy", "database:Stats", "ConnectionStrings:Stats", copied.ConnectionString),
            ("shared-database", "database:Cache", "ConnectionStrings:Cache", $"Data Source={link}"),
            ("shared-database", "database:Cache", "ConnectionStrings:Cache", $"Data Source={hard}"),
            ("database-copy", "database:Cache", "ConnectionStrings:Cache", $"Data Source={file}"),
            ("shared-secret", "Payments:ApiKey", "Payments:ApiKey", production["Payments:ApiKey"]!),
            ("shared-secret", "Broker:Url", "Broker:Url", $"amqps://staging:{Password("broker", "Production")}@mq.staging.example.org/shop"),
            ("shared-secret", "Mail:Password", "Mail:Password", Password("stats", "Production")),
            ("shared-host", "Search:Url", "Search:Url", "https://search.production.example.org:8443/staging"),
            ("shared-bucket", "Uploads:Bucket", "Uploads:Bucket", production["Uploads:Bucket"]!),
            ("shared-queue", "Orders:Queue", "Orders:Queue", production["Orders:Queue"]!),
            ("shared-account", "Cloud:AccountId", "Cloud:AccountId", production["Cloud:AccountId"]!),
            ("never", "Search:Url", "Search:Url", "https://ledger.prod.internal"),
        ];
        var found = 0;
        foreach (var (rule, subject, key, value) in planted)
        {
            var own = _settings["Staging"].GetValueOrDefault(key);
            _settings["Staging"][key] = value;
            var report = await ReportAsync("Staging");
            Assert.True(
                report.Findings.Any(finding => finding.Rule == rule && finding.Subject == subject && finding.State == IsolationState.Open && (rule == "never" || finding.Other == "Production")),
                $"{rule} of {subject}: {string.Join('\n', report.Findings.Select(static one => $"{one.Rule} {one.Subject}: {one.Message}"))}\n{string.Join('\n', report.Warnings)}");
            Assert.Contains(report.Findings, finding => finding.Message.Code is "DTK7421" or "DTK7422");
            NothingSecretIn(string.Join('\n', report.Findings.Select(static one => one.Message.Text)));
            // Nothing enters while it is there.
            Assert.Equal(DeploymentOutcome.Refused, (await RunAsync("Staging", static (deployer, request, token) => deployer.PlanAsync(request, token), "2.0.0")).Outcome);
            found++;
            _settings["Staging"].Remove(key);
            if (own is not null)
                _settings["Staging"][key] = own;
        }

        Assert.Equal(20, found);
        foreach (var environment in Environments)
            Assert.Empty((await ReportAsync(environment)).Findings);
        foreach (var journal in Directory.EnumerateFiles(Path.Combine(_folder, ".deployment"), "*", SearchOption.AllDirectories))
            NothingSecretIn(await File.ReadAllTextAsync(journal, Token));
        TestContext.Current.TestOutputHelper!.WriteLine($"{found} of {planted.Length} planted faults found, 0 on the clean set");
    }

    private static string User(string environment) => "of_" + environment.ToLowerInvariant();

    private static string Password(string use, string environment) => $"{use}-{environment.ToLowerInvariant()}-kW7q2Zp9";

    private string Cache(string environment) => Path.Combine(_folder, environment.ToLowerInvariant() + ".db");

    private string Shop(string environment, Action<NpgsqlConnectionStringBuilder>? change = null) =>
        _shops[environment].ConnectionStringWith(to =>
        {
            (to.Username, to.Password) = (User(environment), Password("shop", environment));
            change?.Invoke(to);
        });

    private string Stats(string environment, Action<MySqlConnectionStringBuilder>? change = null) =>
        _stats[environment].ConnectionStringWith(to =>
        {
            (to.UserID, to.Password) = (User(environment), Password("stats", environment));
            change?.Invoke(to);
        });

    private static void NothingSecretIn(string text)
    {
        foreach (var use in (string[])["shop", "stats", "broker", "payments"])
            Assert.DoesNotContain($"{use}-production-kW7q2Zp9", text, StringComparison.Ordinal);
    }

    // As somebody restores production's dump for the testers.
    private async Task<string> RestoredDumpAsync()
    {
        var target = await _server.CreateDatabaseAsync();
        var programs = PostgreSqlServer.Programs;
        var dump = Path.Combine(_folder, "dump.sql");
        await EndAsync(Path.Combine(programs, "pg_dump"), ["--no-owner", "-f", dump, "-d", Uri(_shops["Production"])]);
        await EndAsync(Path.Combine(programs, "psql"), ["-q", "-v", "ON_ERROR_STOP=1", "-f", dump, "-d", Uri(target)]);
        return target.ConnectionString;
    }

    private async Task<MySqlDatabase> CopiedSchemaAsync()
    {
        var target = await mySql.CreateDatabaseAsync();
        var source = _stats["Production"].Name;
        foreach (var table in (string[])["deployment_migrations", "deployment_stamp", "visits"])
        {
            await target.ExecuteAsync($"CREATE TABLE {table} LIKE `{source}`.{table}");
            await target.ExecuteAsync($"INSERT INTO {table} SELECT * FROM `{source}`.{table}");
        }

        return target;
    }

    private static string Uri(PostgreSqlDatabase database)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return $"postgresql://{settings.Username}:{System.Uri.EscapeDataString(settings.Password!)}@{settings.Host}:{settings.Port}/{System.Uri.EscapeDataString(settings.Database!)}";
    }

    private static async Task EndAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var errors = await process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, $"{program}: {await output}{errors}");
    }

    private IHost Build(string environment)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = _folder, EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(_settings[environment]);
        foreach (var (database, table) in ((string, string)[])[("Shop", "orders"), ("Stats", "visits"), ("Cache", "pages")])
        {
            Directory.CreateDirectory(Path.Combine(_folder, database));
            File.WriteAllText(Path.Combine(_folder, database, "0001_first.sql"), $"CREATE TABLE {table} (id INTEGER PRIMARY KEY);");
            File.WriteAllText(Path.Combine(_folder, database, "0001_first.down.sql"), $"DROP TABLE {table};");
        }

        builder
            .AddDeployment()
            .AddEnvironments(static e => e.Add("Development").Add("Staging").Add("Production"))
            .AddHealthGate(static h => h.Nothing("the test asks nothing"))
            .WithoutBackup("the test needs none")
            .UsePostgreSql(NpgsqlFactory.Instance, "Shop").AddMigrations("Shop", static m => m.FromDirectory("Shop"))
            .UseMySql(MySqlConnectorFactory.Instance, "Stats").AddMigrations("Stats", static m => m.FromDirectory("Stats"))
            .UseSqlite(SqliteFactory.Instance, "Cache").AddMigrations("Cache", static m => m.FromDirectory("Cache"))
            .AddIsolation(static i => i.Never("Staging", talksTo: "*.prod.internal"));
        return builder.Build();
    }

    private async Task UpAsync(string environment)
    {
        var result = await RunAsync(environment, static (deployer, request, token) => deployer.UpAsync(request, token));
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result));
    }

    private async Task<DeploymentResult> RunAsync(string environment, Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>> verb, string release = "1.0.0")
    {
        using var host = Build(environment);
        return await verb(host.Services.GetRequiredService<Deployer>(), new VerbRequest { Release = release, LockTimeout = TimeSpan.FromSeconds(5), Progress = new Progress<DeploymentProgress>() }, Token);
    }

    private async Task<IsolationReport> ReportAsync(string environment)
    {
        using var host = Build(environment);
        return await host.Services.GetRequiredService<DeploymentIsolation>().ReportAsync(Token);
    }
}
