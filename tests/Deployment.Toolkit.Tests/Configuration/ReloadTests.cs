using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Tests.Configuration;

public sealed class ReloadTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SettingsApp _app = new();

    public sealed class PairOptions
    {
        [Range(1, 1_000_000)]
        public int Left { get; set; }

        [Range(1, 1_000_000)]
        public int Right { get; set; }

        public string? Padding { get; set; }
    }

    public void Dispose() => _app.Dispose();

    private static string Pair(int left, int right) => $$"""{ "Pair": { "Left": {{left}}, "Padding": "{{new string('x', 20_000)}}", "Right": {{right}} } }""";

    private (IServiceProvider Services, ConfigurationState State, IOptionsMonitor<PairOptions> Monitor) Start()
    {
        _app.Write("appsettings.json", Pair(1, 1));
        var services = _app.Build(static d => d.AddValidatedOptions<PairOptions>("Pair")).Services;
        return (services, services.GetRequiredService<ConfigurationState>(), services.GetRequiredService<IOptionsMonitor<PairOptions>>());
    }

    private static async Task<ConfigurationChangedEventArgs> NextAsync(ConfigurationState state, Func<ConfigurationChangedEventArgs, bool> wanted, Action change)
    {
        var heard = new TaskCompletionSource<ConfigurationChangedEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Hear(object? sender, ConfigurationChangedEventArgs e)
        {
            if (wanted(e)) heard.TrySetResult(e);
        }

        state.Changed += Hear;
        change();
        try
        {
            return await heard.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        finally
        {
            state.Changed -= Hear;
        }
    }

    private static async Task<HealthStatus> HealthAsync(IServiceProvider services) =>
        (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["configuration"].Status;

    [Theory]
    [InlineData("""{ "Pair": { "Left": 2, """, "DTK1008")]
    [InlineData("", "DTK1008")]
    [InlineData("""{ "Pair": { "Left": 0, "Right": 2 } }""", "DTK7001")]
    [InlineData("""{ "Pair": { "Left": "x", "Right": 2 } }""", "DTK1002")]
    public async Task A_configuration_that_is_not_good_leaves_the_last_good_one_in_use(string broken, string code)
    {
        var (services, state, monitor) = Start();
        var heard = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = monitor.OnChange((options, _) => heard.TrySetResult(options.Left));
        var refused = await NextAsync(state, static e => !e.IsUsed, () => _app.Write("appsettings.json", broken));
        Assert.Equal(code, Assert.Single(refused.Faults).Code);
        Assert.Equal((1, 1, false), (monitor.CurrentValue.Left, monitor.CurrentValue.Right, heard.Task.IsCompleted));
        Assert.True(state.IsStale);
        Assert.Equal(HealthStatus.Degraded, await HealthAsync(services));

        await NextAsync(state, static e => e.IsUsed, () => _app.Write("appsettings.json", Pair(3, 3)));
        Assert.Equal((3, 3), (monitor.CurrentValue.Left, monitor.CurrentValue.Right));
        Assert.False(state.IsStale);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(services));
        Assert.Equal(3, await heard.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_that_goes_away_leaves_what_it_held_in_use()
    {
        var (_, state, monitor) = Start();
        var refused = await NextAsync(state, static e => !e.IsUsed, () => File.Delete(Path.Combine(_app.Folder, "appsettings.json")));
        Assert.Contains("appsettings.json has gone", Assert.Single(refused.Faults).Text, StringComparison.Ordinal);
        Assert.Equal(1, monitor.CurrentValue.Left);
    }

    [Fact]
    public async Task A_thousand_rapid_rewrites_never_show_a_null_or_a_mix()
    {
        var (services, state, monitor) = Start();
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(
            () =>
            {
                var reads = 0;
                while (!stop.IsCancellationRequested)
                {
                    var now = monitor.CurrentValue;
                    Assert.NotNull(now.Padding);
                    Assert.Equal(now.Left, now.Right);
                    using var scope = services.CreateScope();
                    var inScope = scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<PairOptions>>().Value;
                    Assert.Equal(inScope.Left, inScope.Right);
                    reads++;
                }

                return reads;
            },
            TestContext.Current.CancellationToken);
        // Written in place, in two flushed halves: whoever reads in between sees a torn file.
        for (var i = 2; i <= 1_000; i++)
        {
            var text = Pair(i, i);
            using var file = new StreamWriter(new FileStream(Path.Combine(_app.Folder, "appsettings.json"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite));
            file.Write(text.AsSpan(0, text.Length / 2));
            file.Flush();
            file.Write(text.AsSpan(text.Length / 2));
        }

        await NextAsync(state, e => e.IsUsed && monitor.CurrentValue.Left == 5_000, () => _app.Write("appsettings.json", Pair(5_000, 5_000)));
        await stop.CancelAsync();
        Assert.True(await reader > 0);
    }

    [Fact]
    public async Task A_listener_that_fails_keeps_no_other_from_hearing()
    {
        var (_, _, monitor) = Start();
        var heard = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var first = monitor.OnChange(static (_, _) => throw new InvalidOperationException("listener"));
        using var second = monitor.OnChange((options, _) => heard.TrySetResult(options.Left));
        _app.Write("appsettings.json", Pair(7, 7));
        Assert.Equal(7, await heard.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }
}
