using Deployment.Toolkit.Monitoring;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Tests.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Tests.Secrets;

/// <summary>A secret that is rotated reaches an app that runs.</summary>
public sealed class SecretsWatchTests : IDisposable
{
    private readonly SettingsApp _app = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _app.Dispose();

    public sealed class Options
    {
        public string Key { get; set; } = "";
    }

    [Fact]
    public async Task A_changed_mounted_secret_is_bound_anew()
    {
        Directory.CreateDirectory(Path.Combine(_app.Folder, "secrets"));
        _app.Write("secrets/key", "first-canary");
        _app.Write("appsettings.json", """{ "S": { "Key": "secret://key" }, "Deployment": { "SecretsDirectory": "secrets" } }""");
        _app.Services = services => services.AddSingleton<TimeProvider>(_time);
        var host = _app.Build(static d => d.AddValidatedOptions<Options>("S"));
        var watch = host.Services.GetServices<IHostedService>().OfType<SecretsWatch>().Single();
        await watch.StartAsync(TestContext.Current.CancellationToken);
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<Options>>();
        Assert.Equal("first-canary", monitor.CurrentValue.Key);
        var heard = new List<string>();
        using var subscription = monitor.OnChange(options => heard.Add(options.Key));

        _time.Fire();
        Assert.Empty(heard);

        _app.Write("secrets/key", "second-canary");
        _time.Fire();
        Assert.Equal(["second-canary"], heard);
        Assert.Equal("second-canary", monitor.CurrentValue.Key);

        // Half of a rotation: the secret is gone, the last good options stay.
        File.Delete(Path.Combine(_app.Folder, "secrets", "key"));
        _time.Fire();
        Assert.Equal("second-canary", monitor.CurrentValue.Key);
        Assert.NotNull(host.Services.GetRequiredService<ConfigurationStore>().Rejected);

        _app.Write("secrets/key", "third-canary");
        _time.Fire();
        Assert.Equal("third-canary", monitor.CurrentValue.Key);
        Assert.Null(host.Services.GetRequiredService<ConfigurationStore>().Rejected);
        await watch.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_secret_that_is_rotated_in_the_sealed_file_is_bound_anew()
    {
        var token = TestContext.Current.CancellationToken;
        using var key = SealedKey.GenerateRaw();
        var path = Path.Combine(_app.Folder, SealedSecrets.FileName("Development"));
        var made = new SealedSecrets(path, "Development", key);
        await made.InitializeAsync("test", key, new SealedFileSettings { DevelopmentKey = "test.key" }, token);
        _app.Write("test.key", key.Export().Reveal());
        var sealedFile = new SealedSecrets(path, "Development", key) { Root = made.GetRoot() };
        await sealedFile.SetAsync("key", new Secret("first-canary"), default, token);
        _app.Environment = "Development";
        _app.Write("appsettings.json", """{ "S": { "Key": "secret://key" } }""");
        _app.Services = services => services.AddSingleton<TimeProvider>(_time);
        var host = _app.Build(d => d.AddSealedSecrets(s => s.Root(made.GetRoot())).AddValidatedOptions<Options>("S"));
        var watch = host.Services.GetServices<IHostedService>().OfType<SecretsWatch>().Single();
        await watch.StartAsync(token);
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<Options>>();
        Assert.Equal("first-canary", monitor.CurrentValue.Key);
        var heard = new List<string>();
        using var subscription = monitor.OnChange(options => heard.Add(options.Key));

        _time.Fire();
        Assert.Empty(heard);

        await sealedFile.RotateAsync("key", new Secret("second-and-longer-canary"), TimeSpan.Zero, default, token);
        _time.Fire();
        Assert.Equal(["second-and-longer-canary"], heard);
        Assert.Equal("second-and-longer-canary", monitor.CurrentValue.Key);

        // A file that cannot be opened takes nothing away.
        var good = await File.ReadAllTextAsync(path, token);
        await File.WriteAllTextAsync(path, good[..(good.Length / 2)], token);
        _time.Fire();
        Assert.Equal("second-and-longer-canary", monitor.CurrentValue.Key);
        await watch.StopAsync(token);
    }

    [Fact]
    public async Task An_app_without_owned_options_is_not_watched()
    {
        _app.Services = services => services.AddSingleton<TimeProvider>(_time);
        var host = _app.Build(static _ => { });
        await host.Services.GetServices<IHostedService>().OfType<SecretsWatch>().Single().StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, _time.Timers);
    }

    private sealed class ManualTime : TimeProvider
    {
        private readonly List<(TimerCallback Callback, object? State)> _timers = [];

        internal int Timers => _timers.Count;

        internal void Fire()
        {
            foreach (var (callback, state) in _timers.ToList()) callback(state);
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            // Those with a period are the watch's; limits on sources fire once and never here.
            if (period != Timeout.InfiniteTimeSpan) _timers.Add((callback, state));
            return new Idle();
        }

        private sealed class Idle : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
