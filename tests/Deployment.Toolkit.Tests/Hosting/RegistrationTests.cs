using System.ComponentModel.DataAnnotations;
using Deployment.Toolkit.Dependencies;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Tests.Databases;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Tests.Hosting;

public sealed class RegistrationTests
{
    private static readonly Dictionary<string, Action<DeploymentBuilder>> Contradictions = new()
    {
        ["Step Warm is registered twice, and differently: Timeout is 00:05:00 and 00:01:00; Retries is 0 and 2. Keep one of the calls of AddStep<Warm>."] =
            static d => d.AddStep<Warm>().AddStep<Warm>(static o => (o.Timeout, o.Retries) = (TimeSpan.FromMinutes(1), 2)),
        ["Step 'notify' is registered twice, and differently: command is not the same. Keep one of the calls of AddCommandStep."] =
            static d => d.AddCommandStep("notify", "true", []).AddCommandStep("notify", "true", ["loudly"]),
        ["Step 'notify' is registered twice, and differently: Revert is not the same; IsIdempotent is False and True. Keep one of the calls of AddCommandStep."] =
            static d => d.AddCommandStep("notify", "true", []).AddCommandStep("notify", "true", [], static o => (o.Revert, o.IsIdempotent) = (["false"], true)),
        ["What puts releases live is registered twice, and differently: it is One and Two. Keep one of the calls of UseActivator, UseCommandActivator and UseReleaseDirectory."] =
            static d => d.UseActivator<One>().UseActivator<Two>(),
        ["What puts releases live is registered twice, and differently: it is One and command 'restart'. Keep one of the calls of UseActivator, UseCommandActivator and UseReleaseDirectory."] =
            static d => d.UseActivator<One>().UseCommandActivator("restart", []),
        ["Database 'App' is registered twice, and differently: factory is SqliteFactory and RecordingFactory. Keep one of the calls of UseSqlite."] =
            static d => d.UseSqlite(new RecordingFactory(), "App"),
        ["The health gate is registered twice, and differently: WaitAtMost is 00:00:00 and 00:01:00. Keep one of the calls of AddHealthGate that set WaitAtMost."] =
            static d => d.AddHealthGate(static h => h.WaitAtMost = TimeSpan.FromMinutes(1)),
        ["Dependency 'mail' is registered twice, and differently: endpoint is Mail:Url and Mail:Address. Keep one of the calls of AddDependency, AddHttpDependency and AddDatabaseDependency."] =
            static d => d.AddHttpDependency("mail", "Mail:Url").AddHttpDependency("mail", "Mail:Address"),
        ["Dependency 'mail' is registered twice, and differently: check is not the same. Keep one of the calls of AddDependency, AddHttpDependency and AddDatabaseDependency."] =
            static d => d.AddDependency("mail", static (_, _) => Task.CompletedTask).AddDependency("mail", static (_, _) => throw new IOException()),
        ["The rotator of secret 'provider' is registered twice, and differently: its schedule is 90.00:00:00 and 30.00:00:00. Keep one of the calls of AddSecretRotator."] =
            static d => d.AddSecretRotator<Rotator>("Provider", TimeSpan.FromDays(90)).AddSecretRotator<Rotator>("provider", TimeSpan.FromDays(30)),
        ["Options MailOptions are bound to section 'Mail' and to 'Post'. Give one of them a name: .AddValidatedOptions<MailOptions>(\"Post\", name: \"…\")."] =
            static d =>
            {
                d.Host.Configuration["Mail:Host"] = "localhost";
                d.AddValidatedOptions<MailOptions>("Mail").AddValidatedOptions<MailOptions>("Post");
            },
        ["A policy is configured for health check 'onw', and none is registered under that name. Did you mean 'own'? Correct the name in Configure<HealthCheckPolicy>(\"onw\", …), or register the check in AddHealthChecks()."] =
            static d => d.Host.Services.Configure<HealthCheckPolicy>("onw", static policy => policy.Role = HealthCheckRole.Optional),
        ["Health check 'own' depends on 'database', and no check is registered under that name. Correct DependsOn in Configure<HealthCheckPolicy>(\"own\", …)."] =
            static d => d.Host.Services.Configure<HealthCheckPolicy>("own", static policy => policy.DependsOn.Add("database")),
        ["Health check 'own' depends on itself, through 'Own': none of them could be the cause. Correct DependsOn in Configure<HealthCheckPolicy>(\"own\", …)."] =
            static d => d.Host.Services.Configure<HealthCheckPolicy>("own", static policy => policy.DependsOn.Add("Own")),
        ["Health check 'OWN' is registered 2 times"] =
            static d => d.Host.Services.AddHealthChecks().AddCheck("OWN", static () => HealthCheckResult.Healthy()),
    };

    public static TheoryData<string> Said => [.. Contradictions.Keys];

    [Theory]
    [MemberData(nameof(Said))]
    public async Task What_contradicts_itself_is_one_fault_of_every_verb_and_of_the_start(string text)
    {
        using var app = new TestApp { Configure = Contradictions[text] };
        using var host = app.Build();

        var check = await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));
        var plan = await app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token));
        var up = await app.UpAsync();
        var start = await Assert.ThrowsAsync<DeploymentException>(() => host.StartAsync());

        foreach (var messages in new[] { check.Messages, plan.Messages, up.Messages, start.Messages })
        {
            var message = Assert.Single(messages);
            Assert.Equal("DTK7006", message.Code);
            if (text.StartsWith("Health check 'OWN'", StringComparison.Ordinal)) Assert.Contains("is registered 2 times, and names compare without case", message.Text, StringComparison.Ordinal);
            else Assert.Equal(text, message.Text);
        }

        Assert.Equal((DeploymentOutcome.Refused, DeploymentOutcome.Refused, DeploymentOutcome.Refused), (check.Outcome, plan.Outcome, up.Outcome));
        Assert.False(File.Exists(app.Database));
    }

    public static TheoryData<string, string, Action<DeploymentBuilder>> BadArguments => new()
    {
        { "section", nameof(ArgumentException), static d => d.AddValidatedOptions<MailOptions>("") },
        { "section", nameof(ArgumentNullException), static d => d.AddValidatedOptions<MailOptions>(null!) },
        { "secret", nameof(ArgumentException), static d => d.AddSecretRotator<Rotator>("no name", TimeSpan.FromDays(1)) },
        { "secret", nameof(ArgumentException), static d => d.AddSecretRotator<Rotator>("", TimeSpan.FromDays(1)) },
        { "rotateEvery", nameof(ArgumentOutOfRangeException), static d => d.AddSecretRotator<Rotator>("Provider", TimeSpan.Zero) },
        { "rotateEvery", nameof(ArgumentOutOfRangeException), static d => d.AddSecretRotator<Rotator>("Provider", TimeSpan.FromDays(4000)) },
        { "fingerprint", nameof(ArgumentException), static d => d.AddSealedSecrets(static s => s.Root("dtk1:nonsense")) },
        { "fingerprint", nameof(ArgumentNullException), static d => d.AddSealedSecrets(static s => s.Root(null!)) },
        { "environment", nameof(ArgumentException), static d => d.AddValidatedOptions<MailOptions>("Mail", static o => o.InEnvironment("", static _ => { })) },
    };

    [Theory]
    [MemberData(nameof(BadArguments), DisableDiscoveryEnumeration = true)]
    public void An_argument_that_cannot_be_meant_is_refused_by_the_call_as_dotnet_does(string argument, string type, Action<DeploymentBuilder> call)
    {
        using var app = new TestApp { Configure = call };

        var refused = Assert.ThrowsAny<ArgumentException>(() => app.Build());

        Assert.Equal((argument, type), (refused.ParamName, refused.GetType().Name));
    }

    [Fact]
    public async Task The_same_twice_is_registered_once()
    {
        using var app = new TestApp { Configure = static deployment => { Add(deployment); Add(deployment); } };

        var up = await app.UpAsync();

        Assert.Empty(up.Messages);
        Assert.Equal(DeploymentOutcome.Succeeded, up.Outcome);
        Assert.Single(up.Run!.Steps, static step => step.Name == "warm");

        static void Add(DeploymentBuilder deployment) => deployment
            .AddEnvironments(static e => e.Add("Development").Add("Staging", static s => s.PromotedFrom("Development")))
            .AddStep<Warm>(static o => o.Retries = 2).AddCommandStep("notify", "true", ["x"]).UseActivator<One>().UseSqlite(SqliteFactory.Instance, "App")
            .AddHealthGate(static h => h.WaitAtMost = TimeSpan.Zero).AddDependency("mail", static (_, _) => Task.CompletedTask).AddHttpDependency("web", "Web:Url");
    }

    [Fact]
    public async Task All_contradictions_are_said_at_once()
    {
        using var app = new TestApp { Configure = static d => d.AddStep<Warm>().AddStep<Warm>(static o => o.Retries = 2).UseActivator<One>().UseActivator<Two>() };

        Assert.Equal(2, (await app.UpAsync()).Messages.Count);
    }

    [Fact]
    public async Task Rules_of_a_second_registration_of_the_same_options_hold_too()
    {
        using var app = new TestApp();
        app.Settings["Mail:Host"] = "localhost";
        app.Configure = static d => d
            .AddValidatedOptions<MailOptions>("Mail", static r => r.Must(static o => o.Host.Length > 100, "Host is too short", static o => o.Host))
            .AddValidatedOptions<MailOptions>("Mail", static r => r.Must(static o => o.Host.StartsWith("mail.", StringComparison.Ordinal), "Host is no mail server's"));

        var check = await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));

        Assert.Equal(2, check.Messages.Count);
    }

    [Fact]
    public async Task Flags_of_two_modules_in_one_section_are_all_known()
    {
        using var app = new TestApp { Configure = static d => d.AddFeatureFlags<FirstFlags>().AddFeatureFlags<SecondFlags>() };
        app.Settings["FeatureManagement:Fast"] = "true";

        var check = await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));

        Assert.StartsWith("FeatureManagement:Safe is a feature flag of the code and not defined", Assert.Single(check.Messages).Text, StringComparison.Ordinal);
    }

    private sealed class MailOptions
    {
        [Required]
        public string Host { get; set; } = "";
    }

    private enum FirstFlags
    {
        Fast,
    }

    private enum SecondFlags
    {
        Safe,
    }

    private sealed class Rotator : SecretRotator
    {
        public override Task<SecretValue> CreateAsync(SecretRotation rotation, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task VerifyAsync(SecretRotation rotation, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task RetireAsync(SecretRotation rotation, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task RevokeAsync(SecretRotation rotation, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Warm : DeploymentStep
    {
        public override string Name => "warm";

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private class One : ReleaseActivator
    {
        public override string Description => "restart";

        public override Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Two : One;
}
