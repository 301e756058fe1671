using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.KillApp;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Databases.Tests.Isolation;

/// <summary>What the stamp of another environment keeps from a database of every kind.</summary>
public abstract class StampConformance : IAsyncLifetime
{
    private const string Items = "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO items (id, name) VALUES (1, 'one');";

    private TargetUnderTest _database = null!;
    private TargetUnderTest _other = null!;
    private DeployedApp _app = null!;

    protected abstract Task<TargetUnderTest> CreateAsync();

    /// <summary>How many of the 500 are this kind's.</summary>
    protected abstract int Verbs { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_database, _other) = (await CreateAsync(), await CreateAsync());
        _app = new DeployedApp(_database)
        {
            Configure = static deployment => deployment.AddEnvironments(static e => e.Add("Development").Add("Empty").Add("Verified").Add("Broken")),
        };
        _app.Migration("0001_items", Items, "DROP TABLE items;");
    }

    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
        if (_other is not null)
            await _other.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_first_deployment_stamps_it_and_a_rollback_to_nothing_leaves_the_stamp()
    {
        await _app.UpOkAsync();
        Assert.Equal("Development", await _database.ScalarAsync("SELECT environment FROM deployment_stamp"));
        Assert.False(string.IsNullOrEmpty(await _database.ScalarAsync("SELECT database_identity FROM deployment_stamp")));

        var stamp = await _database.ScalarAsync("SELECT stamp FROM deployment_stamp");
        var down = await _app.RunAsync(static (deployer, request, token) => deployer.MigrateDownAsync(new MigrateDownRequest { To = "0", Reason = "test", AcceptDataLoss = true }, token));
        Assert.True(down.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(down));
        Assert.Equal("", await _database.TablesAsync());
        Assert.Equal(stamp, await _database.ScalarAsync("SELECT stamp FROM deployment_stamp"));
        Assert.Equal("DTK7419", Assert.Single((await _app.UpAsync("2.0.0", "Empty")).Messages, static m => m.Severity == MessageSeverity.Error).Code);
    }

    [Fact]
    public async Task Every_destructive_verb_is_refused_on_a_foreign_stamp_and_changes_nothing()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await PrepareAsync();
        var before = await StateAsync();
        var refused = 0;
        for (var number = 0; number < Verbs; number++)
        {
            var environment = random.GetItems(["Empty", "Verified", "Broken"], 1)[0];
            var (name, verb) = random.GetItems(environment == "Broken" ? Going() : Beginning(random), 1)[0];
            using var host = _app.Build(environment);
            var result = await verb(
                host.Services,
                new VerbRequest { Release = $"{random.Next(1, 9)}.{random.Next(9)}.0", LockTimeout = TimeSpan.FromSeconds(5), AcceptDataLoss = random.Next(2) == 0, Progress = new Progress<DeploymentProgress>() });
            Assert.True(
                result.Outcome == DeploymentOutcome.Refused && result.Messages.Any(static m => m.Code == "DTK7419"),
                $"seed {seed}, verb {number} {name} in {environment}: {DeployedApp.TextOf(result)}");
            if (number % 20 == 0)
                Assert.Equal(before, await StateAsync());
            refused++;
        }

        Assert.Equal(before, await StateAsync());
        TestContext.Current.TestOutputHelper!.WriteLine($"{refused} of {Verbs} refused");
    }

    // The other environments each begin on a database of their own, and are then led to this one.
    private async Task PrepareAsync()
    {
        await _app.UpOkAsync();
        _app.Settings["ConnectionStrings:App"] = _other.ConnectionString;
        var verified = await _app.UpAsync(environment: "Verified");
        Assert.True(verified.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(verified));
        await _other.ScalarAsync("DROP TABLE items");
        await _other.ScalarAsync("DROP TABLE deployment_migrations");
        await _other.ScalarAsync("DROP TABLE deployment_stamp");
        using var cancel = new CancellationTokenSource();
        _app.OnProgress = told => { if (told is { Kind: ProgressKind.StepStarted, Step: "migrate" }) cancel.Cancel(); };
        var broken = await _app.UpAsync(environment: "Broken", cancellationToken: cancel.Token);
        Assert.Equal(DeploymentOutcome.Cancelled, broken.Outcome);
        _app.OnProgress = static _ => { };
        _app.Settings.Remove("ConnectionStrings:App");
        _app.Migration("0002_more", "INSERT INTO items (id, name) VALUES (2, 'two');", "DELETE FROM items WHERE id = 2;");
        // So that there is something to repair.
        _app.Migration("0001_items", Items, "DROP TABLE IF EXISTS items;");
    }

    private async Task<string> StateAsync() =>
        $"{await _database.TablesAsync()} {await _database.ScalarAsync("SELECT count(*) FROM items")} {await _database.ScalarAsync("SELECT count(*) FROM deployment_migrations")} "
        + await _database.ScalarAsync("SELECT environment FROM deployment_stamp");

    private static Deployer Deployer(IServiceProvider host) => host.GetRequiredService<Deployer>();

    private static (string, Func<IServiceProvider, VerbRequest, Task<DeploymentResult>>)[] Beginning(Random random) =>
    [
        ("up", static (host, request) => Deployer(host).UpAsync(request, Token)),
        ("rollback", static (host, request) => Deployer(host).RollbackAsync(request, Token)),
        ("restore", (host, request) => Deployer(host).RestoreAsync($"backup-{random.Next()}", request, Token)),
        ("migrations up", (host, request) => Deployer(host).MigrateUpAsync(new MigrateUpRequest { Reason = "test", To = random.Next(2) == 0 ? "0002" : null }, Token)),
        ("migrations down", (host, request) => Deployer(host).MigrateDownAsync(new MigrateDownRequest { To = random.Next(2) == 0 ? "0" : "0001", Reason = "test", AcceptDataLoss = request.AcceptDataLoss }, Token)),
        ("migrations baseline", static (host, request) => host.GetRequiredService<DeploymentDatabase>().BaselineAsync(new BaselineRequest { Version = "0002", Reason = "test" }, Token)),
        ("migrations repair", static (host, request) => host.GetRequiredService<DeploymentDatabase>().RepairMigrationAsync("0001", "test", dryRun: false, Token)),
    ];

    private static (string, Func<IServiceProvider, VerbRequest, Task<DeploymentResult>>)[] Going() =>
    [
        ("resume", static (host, request) => Deployer(host).ResumeAsync(request, Token)),
        ("abort", static (host, request) => Deployer(host).AbortAsync(request, Token)),
        ("up", static (host, request) => Deployer(host).UpAsync(request with { Release = "1.0.0" }, Token)),
    ];
}

public sealed class SqliteStampTests : StampConformance
{
    protected override int Verbs => 300;

    protected override Task<TargetUnderTest> CreateAsync() => Task.FromResult<TargetUnderTest>(new SqliteUnderTest());
}

public sealed class PostgreSqlStampTests(PostgreSqlServer server) : StampConformance
{
    protected override int Verbs => 100;

    protected override async Task<TargetUnderTest> CreateAsync() => new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
}

public sealed class MySqlStampTests(MySqlServer server) : StampConformance
{
    protected override int Verbs => 100;

    protected override async Task<TargetUnderTest> CreateAsync() => new MySqlUnderTest(await server.CreateDatabaseAsync());
}
