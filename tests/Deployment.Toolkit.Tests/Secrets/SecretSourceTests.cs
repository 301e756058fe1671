using System.Collections.Concurrent;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Tests.Secrets;

public sealed class SecretSourceTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("IOptions in the constructor")]
    [InlineData("IOptions")]
    [InlineData("IOptionsMonitor")]
    [InlineData("IOptionsSnapshot")]
    [InlineData("ConfigurationState")]
    public async Task A_source_may_take_options(string how)
    {
        var vault = new Vault { How = how };
        using var app = App(vault, static d => d.AddSecretSource<VaultSource>());
        using var host = app.Build();

        await StartAsync(host);

        Assert.Equal("the key from https://vault", host.Services.GetRequiredService<IOptions<ContentOptions>>().Value.Key0!.Reveal());
        Assert.Equal("https://vault", host.Services.GetRequiredService<IOptions<VaultOptions>>().Value.Url);
    }

    [Fact]
    public async Task What_a_source_needs_may_be_a_secret_of_a_source_that_is_asked_before()
    {
        var vault = new Vault { How = "IOptions in the constructor" };
        using var app = App(vault, static d => d.AddSecretSource<VaultSource>());
        app.Settings["Vault:Token"] = "secret://vault-token";
        app.Settings["Deployment:SecretsDirectory"] = app.Folder;
        await File.WriteAllTextAsync(Path.Combine(app.Folder, "vault-token"), "t0ken\n");
        using var host = app.Build();

        await StartAsync(host);

        Assert.Equal("t0ken", vault.Token);
    }

    [Theory]
    [InlineData("IOptions in the constructor")]
    [InlineData("IOptionsMonitor")]
    public async Task A_source_that_needs_its_own_secrets_is_told_so_with_its_name_and_the_options(string how)
    {
        var vault = new Vault { How = how };
        using var app = App(vault, static d => d.AddSecretSource<VaultSource>());
        app.Settings["Vault:Token"] = "secret://vault-token";
        using var host = app.Build();

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => StartAsync(host));

        var message = Assert.Single(refused.Messages, static message => message.Key == "Content:Key0");
        Assert.Contains("Secret source VaultSource takes options VaultOptions of section 'Vault', which must be valid before a source is asked", message.Text, StringComparison.Ordinal);
        Assert.Contains("'vault-token', which source VaultSource reads itself before it can be asked for any", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_a_source_saw_early_are_not_what_the_app_keeps()
    {
        var vault = new Vault { How = "IOptions in the constructor" };
        using var app = App(vault, static d => d.AddSecretSource<VaultSource>());
        using var host = app.Build();
        await StartAsync(host);

        app.Settings["Vault:Url"] = "unused";
        Assert.Same(host.Services.GetRequiredService<IOptions<VaultOptions>>().Value, host.Services.GetRequiredService<IOptionsMonitor<VaultOptions>>().CurrentValue);
    }

    [Fact]
    public async Task A_source_may_take_scoped_services_and_is_disposed_with_the_host()
    {
        var vault = new Vault();
        using var app = App(vault, static d =>
        {
            d.Host.ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true }));
            d.Host.Services.AddScoped<Client>();
            d.AddSecretSource<ScopedSource>();
        });
        using (var host = app.Build())
        {
            await StartAsync(host);
            Assert.Equal(["made"], vault.Events);
        }

        Assert.Equal(["made", "source disposed", "client disposed"], vault.Events);
    }

    [Fact]
    public async Task A_source_that_fails_is_not_stood_in_for_by_a_weaker_one_that_may_be_old()
    {
        var vault = new Vault { Answer = static _ => throw new IOException("with a p4ssword in its words") };
        using var log = new RecordedLog();
        using var app = App(vault, d =>
        {
            log.AddTo(d.Host.Services);
            d.AddSecretSource<PlainSource>().AddSecretSource<OldSource>();
        });
        using var host = app.Build();

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => StartAsync(host));

        Assert.Contains("could not be read: the vault: IOException", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("Sources after it were not asked: what they have may be old.", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("Secret source the vault failed: System.IO.IOException", log.Text, StringComparison.Ordinal);
        Assert.Contains(nameof(PlainSource), log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("p4ssword", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_weaker_source_stands_in_where_that_is_allowed_and_the_health_says_so()
    {
        var vault = new Vault { Answer = static _ => throw new IOException() };
        using var app = App(vault, static d => d.AddSecretSource<PlainSource>(static s => s.AllowFallback = true).AddSecretSource<OldSource>());
        using var host = app.Build();

        await StartAsync(host);

        Assert.Equal("old", host.Services.GetRequiredService<IOptions<ContentOptions>>().Value.Key0!.Reveal());
        var health = await host.Services.GetRequiredService<Deployer>().CheckHealthAsync(CancellationToken.None);
        Assert.Equal(HealthStatus.Degraded, health.Report.Entries["configuration"].Status);
        Assert.Contains("the vault: IOException", health.Report.Entries["configuration"].Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no key", false, false)]
    [InlineData("no key", true, true)]
    [InlineData("tampered with", true, false)]
    public async Task Of_a_sealed_file_a_weaker_source_stands_in_where_that_is_allowed_and_nothing_is_known_against_the_file(string what, bool isAllowed, bool standsIn)
    {
        var vault = new Vault();
        using var app = App(vault, d => d.AddSealedSecrets(s => s.AllowFallback = isAllowed).AddSecretSource<OldSource>());
        using var key = SealedKey.GenerateRaw();
        var path = Path.Combine(app.Folder, SealedSecrets.FileName("Development"));
        var settings = new SealedFileSettings { DevelopmentKey = "test.key" };
        await new SealedSecrets(path, "Development", key).InitializeAsync("test", key, settings, TestContext.Current.CancellationToken);
        if (what == "tampered with")
        {
            await File.WriteAllTextAsync(Path.Combine(app.Folder, "test.key"), key.Export().Reveal(), TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Replace("\"epoch\": 1", "\"epoch\": 2", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        }

        using var host = app.Build();
        if (standsIn)
        {
            await StartAsync(host);
            Assert.Equal("old", host.Services.GetRequiredService<IOptions<ContentOptions>>().Value.Key0!.Reveal());
            Assert.Equal(HealthStatus.Degraded, (await host.Services.GetRequiredService<Deployer>().CheckHealthAsync(CancellationToken.None)).Report.Entries["configuration"].Status);
        }
        else
        {
            Assert.Contains("could not be read: sealed file", (await Assert.ThrowsAsync<DeploymentException>(() => StartAsync(host))).Messages[0].Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broken_source_is_asked_once_for_all_secrets(bool isSilent)
    {
        var vault = new Vault { Answer = name => isSilent ? Task.Delay(Timeout.Infinite).ContinueWith(static _ => (string?)null, TaskScheduler.Default) : throw new IOException() };
        using var app = App(vault, static d => d.Host.Services.AddSingleton<TimeProvider>(new HastyClock()), 20);
        var configure = app.Configure;
        app.Configure = d =>
        {
            configure(d);
            d.AddSecretSource<PlainSource>();
        };
        using var host = app.Build();

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => StartAsync(host));

        Assert.Equal(20, refused.Messages.Count);
        Assert.Single(vault.Asked);
        Assert.Contains("it was not asked again", refused.Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_knows_one_name_not_is_asked_for_the_others()
    {
        var vault = new Vault { Answer = static name => name == "key1" ? throw new IOException("forbidden") : Task.FromResult<string?>("value of " + name) };
        using var app = App(vault, static d => d.AddSecretSource<PlainSource>(), 4);
        using var host = app.Build();

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => StartAsync(host));

        Assert.Equal("Content:Key1", Assert.Single(refused.Messages).Key);
    }

    [Fact]
    public async Task Secrets_are_asked_for_at_once_but_not_all_of_them()
    {
        // Other tests block threads of the pool, which gives a new one only every half a second: the questions must not have to wait for one.
        ThreadPool.GetMinThreads(out var threads, out var ports);
        ThreadPool.SetMinThreads(Math.Max(threads, 32), ports);
        var together = new TaskCompletionSource();
        var (running, most) = (0, 0);
        var first = true;
        var vault = new Vault
        {
            Answer = async _ =>
            {
                if (first)
                {
                    first = false;
                    return "first";
                }

                var now = Interlocked.Increment(ref running);
                lock (together) most = Math.Max(most, now);
                if (now >= 4) together.TrySetResult();
                await together.Task.WaitAsync(Hang);
                Interlocked.Decrement(ref running);
                return "value";
            },
        };
        using var app = App(vault, static d => d.AddSecretSource<PlainSource>(), 20);
        using var host = app.Build();

        await StartAsync(host);

        Assert.Equal(20, vault.Asked.Count);
        Assert.InRange(most, 4, 8);
    }

    [Fact]
    public async Task Validators_may_be_scoped_and_ask_for_other_options_in_every_way()
    {
        var vault = new Vault();
        using var app = App(vault, static d =>
        {
            d.Host.ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true }));
            d.Host.Services.AddScoped<Client>().AddScoped<IValidateOptions<ContentOptions>, Validator>().AddScoped<IOptionsRule<ContentOptions>, Validator>();
            d.AddSecretSource<PlainSource>();
        });
        using var host = app.Build();

        await StartAsync(host);

        Assert.Equal(["https://vault", "https://vault"], vault.Seen);
    }

    [Fact]
    public async Task A_validator_that_wants_options_that_cannot_be_bound_ends_in_a_report()
    {
        var vault = new Vault();
        using var app = App(vault, static d =>
        {
            d.Host.Services.AddSingleton<Client>().AddTransient<IValidateOptions<ContentOptions>, Validator>();
            d.AddValidatedOptions<Positional>("Missing").AddSecretSource<PlainSource>();
        });
        app.Settings["Vault:Url"] = null;
        using var host = app.Build();

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => StartAsync(host));

        Assert.NotEmpty(refused.Messages);
    }

    private static Task StartAsync(IHost host) => Task.Run(() => host.StartAsync()).WaitAsync(Hang);

    private static TestApp App(Vault vault, Action<DeploymentBuilder> configure, int keys = 1)
    {
        var app = new TestApp();
        for (var i = 0; i < keys; i++) app.Settings[$"Content:Key{i}"] = $"secret://key{i}";
        app.Settings["Vault:Url"] = "https://vault";
        app.Configure = d =>
        {
            // A source has ten seconds; on a machine that is busy with other tests an answer can take longer, and that is no silence.
            d.Host.Services.AddSingleton<TimeProvider>(new PatientClock()).AddSingleton(vault);
            configure(d.AddValidatedOptions<ContentOptions>("Content").AddValidatedOptions<VaultOptions>("Vault"));
        };
        return app;
    }

    private sealed class ContentOptions
    {
        public Secret? Key0 { get; set; }

        public Secret? Key1 { get; set; }

        public Secret? Key2 { get; set; }

        public Secret? Key3 { get; set; }

        public Secret? Key4 { get; set; }

        public Secret? Key5 { get; set; }

        public Secret? Key6 { get; set; }

        public Secret? Key7 { get; set; }

        public Secret? Key8 { get; set; }

        public Secret? Key9 { get; set; }

        public Secret? Key10 { get; set; }

        public Secret? Key11 { get; set; }

        public Secret? Key12 { get; set; }

        public Secret? Key13 { get; set; }

        public Secret? Key14 { get; set; }

        public Secret? Key15 { get; set; }

        public Secret? Key16 { get; set; }

        public Secret? Key17 { get; set; }

        public Secret? Key18 { get; set; }

        public Secret? Key19 { get; set; }
    }

    private sealed class VaultOptions
    {
        public required string Url { get; set; }

        public Secret? Token { get; set; }
    }

    private sealed record Positional(string Name, int Count);

    private sealed class Vault
    {
        internal string How { get; init; } = "";

        internal string? Token { get; set; }

        internal ConcurrentQueue<string> Asked { get; } = new();

        internal ConcurrentQueue<string> Events { get; } = new();

        internal ConcurrentQueue<string> Seen { get; } = new();

        internal Func<string, Task<string?>> Answer { get; init; } = static name => Task.FromResult<string?>("value of " + name);
    }

    private sealed class VaultSource : ISecretSource
    {
        private readonly Vault _vault;
        private readonly IServiceProvider _services;
        private readonly IOptions<VaultOptions> _options;
        private readonly IOptionsMonitor<VaultOptions> _monitor;
        private readonly IOptionsSnapshot<VaultOptions> _snapshot;

        public VaultSource(Vault vault, IServiceProvider services, IOptions<VaultOptions> options, IOptionsMonitor<VaultOptions> monitor, IOptionsSnapshot<VaultOptions> snapshot)
        {
            (_vault, _services, _options, _monitor, _snapshot) = (vault, services, options, monitor, snapshot);
            monitor.OnChange(static (_, _) => { });
            if (vault.How.EndsWith("constructor", StringComparison.Ordinal)) vault.Token = options.Value.Token?.Reveal();
        }

        public string Name => "the vault";

        public async ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (_vault.How == "ConfigurationState") _services.GetRequiredService<ConfigurationState>().Changed += static (_, _) => { };
            var options = _vault.How switch { "IOptionsMonitor" => _monitor.CurrentValue, "IOptionsSnapshot" => _snapshot.Value, _ => _options.Value };
            return request.Name == "vault-token" ? null : new SecretValue(new Secret("the key from " + options.Url));
        }
    }

    private sealed class PlainSource(Vault vault) : ISecretSource
    {
        public string Name => "the vault";

        public async ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken)
        {
            vault.Asked.Enqueue(request.Name);
            return await vault.Answer(request.Name) is { } value ? new SecretValue(new Secret(value)) : null;
        }
    }

    private sealed class OldSource : ISecretSource
    {
        public string Name => "the old file";

        public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken) => new(new SecretValue(new Secret("old")));
    }

    private sealed class Client(Vault vault) : IAsyncDisposable
    {
        internal Vault Vault => vault;

        public ValueTask DisposeAsync()
        {
            vault.Events.Enqueue("client disposed");
            return ValueTask.CompletedTask;
        }
    }

    private sealed class ScopedSource : ISecretSource, IAsyncDisposable
    {
        private readonly Client _client;

        public ScopedSource(Client client)
        {
            _client = client;
            client.Vault.Events.Enqueue("made");
        }

        public string Name => "scoped";

        public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken) => new(new SecretValue(new Secret("scoped")));

        public ValueTask DisposeAsync()
        {
            _client.Vault.Events.Enqueue("source disposed");
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Validator(Client client, IOptionsSnapshot<VaultOptions> snapshot, IOptions<VaultOptions> options) : IValidateOptions<ContentOptions>, IOptionsRule<ContentOptions>
    {
        public ValidateOptionsResult Validate(string? name, ContentOptions ignored)
        {
            client.Vault.Seen.Enqueue(snapshot.Value.Url);
            return ValidateOptionsResult.Success;
        }

        // On another thread, which waits for the one that binds unless it belongs to it.
        public void Check(OptionsRuleContext<ContentOptions> context) => client.Vault.Seen.Enqueue(Task.Run(() => options.Value.Url).WaitAsync(Hang).GetAwaiter().GetResult());
    }

    /// <summary>A clock on which ten seconds are over in a tenth of one.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 100 : dueTime, period);
    }

    /// <summary>A clock on which ten seconds take more than a quarter of an hour.</summary>
    private sealed class PatientClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime * 100 : dueTime, period);
    }
}
