using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Preflight;

/// <summary>What the app registers and the container cannot make is named before anything needs it.</summary>
public sealed class OwnClassesTests
{
    public static TheoryData<string, string, bool> Kinds => new()
    {
        { "step", "Step Warm", true },
        { "activator", "Activator Live", true },
        { "gate", "Promotion gate Window", true },
        { "migration", $"Migration class {typeof(Create).FullName}", true },
        { "observer", $"Receiver '{typeof(Telling).FullName}'", false },
        { "rotator", "Rotator Rotating of secret 'Db'", false },
        { "source", "Secret source Vault", false },
        { "health", "Health check 'asking'", false },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Each_kind_is_named_by_check_and_plan_with_what_it_lacks(string kind, string what, bool isNeeded)
    {
        using var app = App(kind);

        var check = await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));
        var settings = await app.RunAsync(static (deployer, _, token) => deployer.CheckAsync(new CheckRequest { Release = "1.0.0", SettingsOnly = true }, token));
        var plan = await app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token));

        foreach (var looked in (DeploymentResult[])[check, settings, plan])
        {
            var message = Assert.Single(looked.Messages, static message => message.Code == "DTK7208");
            Assert.StartsWith($"{what} cannot be made: InvalidOperationException: Unable to resolve service for type '", message.Text, StringComparison.Ordinal);
            Assert.Contains(nameof(Missing), message.Text, StringComparison.Ordinal);
            Assert.Contains("builder.Services", message.Text, StringComparison.Ordinal);
            Assert.Equal(isNeeded ? MessageSeverity.Error : MessageSeverity.Warning, message.Severity);
            Assert.Equal(isNeeded ? DeploymentOutcome.Refused : DeploymentOutcome.Succeeded, looked.Outcome);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Up_begins_nothing_without_what_it_needs_itself(string kind, string what, bool isNeeded)
    {
        if (kind == "health") return;
        using var app = App(kind);

        var up = await app.UpAsync();

        Assert.Equal(isNeeded ? DeploymentOutcome.Refused : DeploymentOutcome.Succeeded, up.Outcome);
        if (isNeeded)
        {
            Assert.StartsWith(what, Assert.Single(up.Messages).Text, StringComparison.Ordinal);
            Assert.False(File.Exists(app.Database));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Nothing_is_said_of_what_can_be_made_and_it_is_put_away_again(string kind, string what, bool isNeeded)
    {
        _ = (what, isNeeded);
        var missing = new Missing();
        using var app = App(kind);
        app.Configure += deployment => deployment.Host.Services.AddSingleton(missing);

        var check = await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));

        Assert.Equal((DeploymentOutcome.Succeeded, 0), (check.Outcome, check.Messages.Count(static message => message.Code == "DTK7208")));
        Assert.True(kind == "health" || missing.Users > 0);
        Assert.Equal(missing.Users, missing.PutAway);
    }

    [Fact]
    public async Task A_source_that_needs_a_secret_of_its_own_is_named_and_waits_for_nobody()
    {
        using var app = new TestApp { Configure = static deployment => deployment.AddSecretSource<Needy>() };
        app.Configure += static deployment => deployment.AddValidatedOptions<VaultOptions>("Vault");
        app.Settings["Vault:Key"] = "secret://vault-key";

        var check = await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token)).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Contains(check.Messages, static message => message.Text.Contains("Needy", StringComparison.Ordinal));
    }

    private static TestApp App(string kind) => new()
    {
        Configure = deployment => _ = kind switch
        {
            "step" => deployment.AddStep<Warm>(),
            "activator" => deployment.UseActivator<Live>(),
            "gate" => deployment.AddPromotionGate<Window>(),
            "migration" => deployment.AddMigrations(static m => m.Add<Create>()),
            "observer" => deployment.AddObserver<Telling>(),
            "rotator" => deployment.AddSecretRotator<Rotating>("Db", TimeSpan.FromDays(30)),
            "source" => deployment.AddSecretSource<Vault>(),
            _ => Checked(deployment),
        },
    };

    private static DeploymentBuilder Checked(DeploymentBuilder deployment)
    {
        deployment.Host.Services.AddHealthChecks().AddCheck<Asking>("asking");
        return deployment;
    }

    private sealed class Missing
    {
        private int _users;
        private int _putAway;

        internal int Users => _users;

        internal int PutAway => _putAway;

        internal void Use() => Interlocked.Increment(ref _users);

        internal void Free() => Interlocked.Increment(ref _putAway);
    }

    private sealed class Warm : DeploymentStep, IDisposable
    {
        private readonly Missing _missing;

        public Warm(Missing missing) => (_missing = missing).Use();

        public override string Name => "warm";

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => _missing.Free();
    }

    private sealed class Live : ReleaseActivator, IDisposable
    {
        private readonly Missing _missing;

        public Live(Missing missing) => (_missing = missing).Use();

        public override string Description => "restart";

        public override Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => _missing.Free();
    }

    private sealed class Window : PromotionGate, IDisposable
    {
        private readonly Missing _missing;

        public Window(Missing missing) => (_missing = missing).Use();

        public override string Name => "window";

        public override Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken) =>
            Task.FromResult(PromotionAnswer.Passed("open"));

        public void Dispose() => _missing.Free();
    }

    [Migration("0001", "create")]
    private sealed class Create : Migration, IDisposable
    {
        private readonly Missing _missing;

        public Create(Missing missing) => (_missing = missing).Use();

        public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken) =>
            await context.ExecuteAsync("CREATE TABLE items (id INTEGER);", cancellationToken);

        public void Dispose() => _missing.Free();
    }

    private sealed class Telling : DeploymentObserver, IDisposable
    {
        private readonly Missing _missing;

        public Telling(Missing missing) => (_missing = missing).Use();

        public override Task NotifyAsync(DeploymentNotice notice, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => _missing.Free();
    }

    private sealed class Rotating : SecretRotator, IDisposable
    {
        private readonly Missing _missing;

        public Rotating(Missing missing) => (_missing = missing).Use();

        public override Task<SecretValue> CreateAsync(SecretRotation rotation, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task VerifyAsync(SecretRotation rotation, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task RetireAsync(SecretRotation rotation, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task RevokeAsync(SecretRotation rotation, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Dispose() => _missing.Free();
    }

    private sealed class Vault : ISecretSource, IDisposable
    {
        private readonly Missing _missing;

        public Vault(Missing missing) => (_missing = missing).Use();

        public string Name => "vault";

        public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken) => default;

        public void Dispose() => _missing.Free();
    }

    private sealed class Needy(Microsoft.Extensions.Options.IOptions<VaultOptions> options) : ISecretSource
    {
        public string Name { get; } = "needy" + options.Value.Key.Length;

        public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken) => default;
    }

    public sealed class VaultOptions
    {
        public string Key { get; set; } = "";
    }

    private sealed class Asking(Missing missing) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(missing.Users >= 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
    }
}
