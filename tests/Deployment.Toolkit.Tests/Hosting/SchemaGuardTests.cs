using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Tests.Hosting;

public sealed class SchemaGuardTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_start_on_a_schema_that_is_behind_fails_and_nothing_serves()
    {
        using var host = Build(SchemaOnStart.VerifyOnly);
        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => host.StartAsync(CancellationToken));
        var message = Assert.Single(refusal.Messages);
        Assert.Equal("DTK7331", message.Code);
        Assert.Contains("01_items not applied", message.Text.Replace("0001", "01", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("'deploy up --environment Development'", message.Text, StringComparison.Ordinal);
        Assert.False(Serves(host));
    }

    [Theory]
    [InlineData(SchemaOnStart.VerifyOnly)]
    [InlineData(SchemaOnStart.WaitForSchema)]
    [InlineData(SchemaOnStart.Apply)]
    public async Task A_start_on_the_schema_of_this_binary_serves(SchemaOnStart mode)
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        using var host = Build(mode);
        await host.StartAsync(CancellationToken);
        Assert.True(Serves(host));
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));
        await host.StopAsync(CancellationToken);
    }

    [Theory]
    [InlineData(SchemaOnStart.VerifyOnly)]
    [InlineData(SchemaOnStart.WaitForSchema)]
    [InlineData(SchemaOnStart.Apply)]
    public async Task Started_by_a_test_or_a_build_in_another_process_it_neither_deploys_nor_needs_the_database(SchemaOnStart mode)
    {
        _app.ApplicationName = typeof(DeploymentBuilder).Assembly.GetName().Name;
        using var host = Build(mode);
        await host.StartAsync(CancellationToken);

        Assert.True(Serves(host));
        Assert.False(File.Exists(_app.Database));
        Assert.False(File.Exists(_app.JournalFile()));
        await host.StopAsync(CancellationToken);
    }

    [Fact]
    public void A_release_is_the_apps_and_not_that_of_whoever_started_it()
    {
        _app.ApplicationName = typeof(Microsoft.Data.Sqlite.SqliteConnection).Assembly.GetName().Name;
        using var host = _app.Build();

        Assert.StartsWith("10.0.", host.Services.GetRequiredService<Deployment.Toolkit.Composition.DeploymentPartsFactory>().ReleaseOf(null).Version, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_waits_serves_when_another_process_has_migrated()
    {
        using var host = Build(SchemaOnStart.WaitForSchema);
        var start = host.StartAsync(CancellationToken);
        Assert.False(start.IsCompleted);
        Assert.False(Serves(host));

        _app.Configure = static _ => { };
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        await start;
        Assert.True(Serves(host));
    }

    [Fact]
    public async Task A_start_that_waits_gives_up_at_its_limit()
    {
        using var host = Build(SchemaOnStart.WaitForSchema, TimeSpan.FromMilliseconds(50));
        Assert.Equal("DTK7331", Assert.Single((await Assert.ThrowsAsync<DeploymentException>(() => host.StartAsync(CancellationToken))).Messages).Code);
        Assert.False(Serves(host));
    }

    [Fact]
    public async Task A_start_that_waits_can_be_stopped()
    {
        using var host = Build(SchemaOnStart.WaitForSchema);
        using var stop = new CancellationTokenSource();
        var start = host.StartAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.False(Serves(host));
    }

    [Fact]
    public async Task Of_four_that_apply_at_once_one_migrates_and_all_serve()
    {
        var hosts = Enumerable.Range(0, 4).Select(_ => Build(SchemaOnStart.Apply)).ToList();
        await Task.WhenAll(hosts.Select(host => Task.Run(() => host.StartAsync(CancellationToken))));
        Assert.All(hosts, static host => Assert.True(Serves(host)));
        Assert.Equal(1L, _app.Scalar("SELECT count(*) FROM items"));
        hosts.ForEach(static host => host.Dispose());
    }

    [Fact]
    public async Task A_deployment_that_fails_fails_the_start_and_is_taken_back()
    {
        _app.Health = HealthCheckResult.Unhealthy("for the test");
        using var host = Build(SchemaOnStart.Apply);
        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => host.StartAsync(CancellationToken));
        Assert.Equal(DeploymentOutcome.RolledBack, refusal.Outcome);
        Assert.False(Serves(host));
        Assert.DoesNotContain("items", _app.Tables());
    }

    [Fact]
    public async Task The_check_tells_behind_from_ahead()
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        using var older = Build(SchemaOnStart.VerifyOnly);
        await older.StartAsync(CancellationToken);
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        using var newer = Build(SchemaOnStart.Off);
        await newer.StartAsync(CancellationToken);
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(newer));

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(newer));
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(older));
    }

    [Theory]
    [InlineData(SchemaOnStart.VerifyOnly)]
    [InlineData(SchemaOnStart.Apply)]
    public async Task Migrations_that_are_wrong_in_themselves_are_not_taken_for_none(SchemaOnStart mode)
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        File.WriteAllText(Path.Combine(_app.Folder, "migrations", "add_more.sql"), "CREATE TABLE more (id INTEGER);");
        using var host = Build(mode);
        Assert.Equal("DTK5002", Assert.Single((await Assert.ThrowsAsync<DeploymentException>(() => host.StartAsync(CancellationToken))).Messages).Code);
        Assert.False(Serves(host));
    }

    [Fact]
    public async Task An_older_release_that_starts_again_beside_a_newer_one_serves_and_does_not_deploy_itself()
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        using var older = Build(SchemaOnStart.Apply);
        _ = older.Services.GetRequiredService<DeploymentDatabase>();
        var script = Path.Combine(_app.Folder, "migrations", "0002_more.sql");
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
        File.Delete(script);
        File.Delete(Path.ChangeExtension(script, ".down.sql"));
        var journal = File.ReadAllText(_app.JournalFile());

        await older.StartAsync(CancellationToken);
        Assert.True(Serves(older));
        Assert.Equal(journal, File.ReadAllText(_app.JournalFile()));
    }

    [Fact]
    public async Task A_way_back_to_an_older_schema_is_not_held_up_by_the_check()
    {
        _app.Configure = static deployment => deployment.GuardSchema(SchemaOnStart.VerifyOnly);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
        var back = await _app.RollbackAsync();
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', back.Messages));
    }

    private IHost Build(SchemaOnStart mode, TimeSpan? waitAtMost = null)
    {
        _app.Configure = deployment =>
        {
            deployment.GuardSchema(mode, o => (o.WaitAtMost, o.AskEvery) = (waitAtMost ?? TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(20)));
            deployment.Host.Services.Configure<HealthCheckPolicy>("schema", static policy => policy.MaximumAge = TimeSpan.Zero);
            deployment.Host.Services.AddSingleton<Server>();
            deployment.Host.Services.AddHostedService(static services => services.GetRequiredService<Server>());
        };
        return _app.Build();
    }

    private static bool Serves(IHost host) => host.Services.GetRequiredService<Server>().Serves;

    private static async Task<HealthStatus> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(static check => check.Name == "schema", CancellationToken)).Entries["schema"].Status;

    private sealed class Server : IHostedService
    {
        internal bool Serves { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Serves = true;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
