using System.Diagnostics;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Tests.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Tests.Health;

/// <summary>What a check can do to those who ask: under .NET's own service, and under the one that takes its place.</summary>
public sealed class RobustnessTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_service_that_a_host_resolves_is_ours_whichever_call_came_first()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.AddDeployment();
        builder.Services.AddHealthChecks().AddCheck("well", static () => HealthCheckResult.Healthy());
        using var after = builder.Build();
        using var before = HealthHost.Ours(static checks => checks.AddCheck("well", static () => HealthCheckResult.Healthy()));

        Assert.IsType<HealthRunner>(after.Services.GetRequiredService<HealthCheckService>());
        Assert.IsType<HealthRunner>(before.Services.GetRequiredService<HealthCheckService>());
        Assert.Equal(HealthStatus.Healthy, (await after.Services.AskAsync()).Entries["well"].Status);
    }

    [Fact]
    public async Task A_check_that_ignores_its_token()
    {
        var deaf = new Deaf();
        void Register(IHealthChecksBuilder checks) => checks.AddCheck("deaf", deaf, timeout: Short).AddCheck("well", static () => HealthCheckResult.Healthy());

        // The report waits for it, and then calls it healthy.
        await using var microsoft = HealthHost.Microsoft(Register);
        var asking = microsoft.AskAsync();
        await deaf.CancelledAsync();
        Assert.False(asking.IsCompleted);
        deaf.End();
        Assert.Equal(HealthStatus.Healthy, (await asking).Entries["deaf"].Status);

        deaf = new Deaf();
        using var ours = HealthHost.Ours(Register);
        var report = await ours.Services.AskAsync();
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["deaf"].Status);
        Assert.StartsWith("timed out after 0.2 s", report.Entries["deaf"].Description, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Healthy, report.Entries["well"].Status);
        deaf.End();
    }

    [Fact]
    public async Task Thirty_two_checks_that_block_their_thread()
    {
        using var release = new ManualResetEventSlim();
        var entered = 0;
        void Register(IHealthChecksBuilder checks)
        {
            for (var i = 0; i < 32; i++)
                checks.AddCheck($"blocks {i}", () => { Interlocked.Increment(ref entered); release.Wait(Until.Deadline); return HealthCheckResult.Healthy(); }, tags: null, timeout: Short);
            checks.AddAsyncCheck("well", static async () => { await Task.Yield(); return HealthCheckResult.Healthy(); });
        }

        // All of them are held up, and the others are reported all the same; the pool is free for the app.
        using var ours = HealthHost.Ours(Register);
        var report = await ours.Services.AskAsync();
        Assert.Equal(32, report.Entries.Values.Count(static entry => entry.Status == HealthStatus.Unhealthy && entry.Description!.StartsWith("timed out", StringComparison.Ordinal)));
        Assert.Equal(HealthStatus.Healthy, report.Entries["well"].Status);
        Assert.Equal(32, Volatile.Read(ref entered));
        var second = await ours.Services.GetRequiredService<DeploymentHealth>().CheckAsync(HealthProbe.Ready, Token);
        Assert.False(second.Passes);
        Assert.Equal(32, Volatile.Read(ref entered));
        release.Set();

        // Here they hold up the report, and with it whoever asks, for as long as they like.
        release.Reset();
        await using var microsoft = HealthHost.Microsoft(Register);
        var asking = Task.Run(microsoft.AskAsync, Token);
        Assert.False(SpinWait.SpinUntil(() => asking.IsCompleted, Short * 3));
        release.Set();
        Assert.Equal(32, (await asking).Entries.Values.Count(static entry => entry.Status == HealthStatus.Healthy) - 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_factory_or_a_constructor_that_throws(bool isFactory)
    {
        void Register(IHealthChecksBuilder checks)
        {
            if (isFactory) checks.Add(new HealthCheckRegistration("broken", static _ => throw new InvalidOperationException("no such service"), null, null));
            else checks.AddCheck<Broken>("broken");
            checks.AddCheck("well", static () => HealthCheckResult.Healthy());
        }

        await using var microsoft = HealthHost.Microsoft(Register);
        await Assert.ThrowsAsync<InvalidOperationException>(microsoft.AskAsync);

        using var ours = HealthHost.Ours(Register);
        var report = await ours.Services.AskAsync();
        Assert.Equal((HealthStatus.Unhealthy, "no such service"), (report.Entries["broken"].Status, report.Entries["broken"].Description));
        Assert.Equal(HealthStatus.Healthy, report.Entries["well"].Status);
    }

    [Fact]
    public async Task Asking_again_while_a_check_still_runs_past_its_time()
    {
        var deaf = new Deaf();
        void Register(IHealthChecksBuilder checks) => checks.AddCheck("deaf", deaf, timeout: Short).Services.Configure<HealthCheckPolicy>(static policy => policy.MaximumAge = TimeSpan.Zero);

        await using var microsoft = HealthHost.Microsoft(Register);
        Task<HealthReport>[] asking = [microsoft.AskAsync(), microsoft.AskAsync(), microsoft.AskAsync(), microsoft.AskAsync()];
        await Until.TrueAsync(() => deaf.Started == 4, "four at once");
        deaf.End();
        await Task.WhenAll(asking);

        deaf = new Deaf();
        using var ours = HealthHost.Ours(Register);
        for (var i = 0; i < 4; i++) Assert.Equal(HealthStatus.Unhealthy, (await ours.Services.AskAsync()).Status);
        Assert.Equal(1, deaf.Started);
        deaf.End();
        await Until.TrueAsync(() => ours.Services.AskAsync().GetAwaiter().GetResult().Status == HealthStatus.Healthy, "it is started again once it has ended");
    }

    [Fact]
    public async Task Fifty_who_ask_at_once()
    {
        var ran = 0;
        var gate = new TaskCompletionSource();
        void Register(IHealthChecksBuilder checks) => checks.AddAsyncCheck("counted", async () => { Interlocked.Increment(ref ran); await gate.Task; return HealthCheckResult.Healthy(); });

        await using var microsoft = HealthHost.Microsoft(Register);
        var asking = Enumerable.Range(0, 50).Select(_ => microsoft.AskAsync()).ToList();
        gate.SetResult();
        await Task.WhenAll(asking);
        Assert.Equal(50, ran);

        (ran, gate) = (0, new TaskCompletionSource());
        using var ours = HealthHost.Ours(Register);
        asking = [.. Enumerable.Range(0, 50).Select(_ => ours.Services.AskAsync())];
        gate.SetResult();
        Assert.All(await Task.WhenAll(asking), static report => Assert.Equal(HealthStatus.Healthy, report.Status));
        Assert.Equal(1, ran);
    }

    [Fact]
    public async Task A_publisher_whose_report_one_check_overruns()
    {
        var deaf = new Deaf();
        var published = new Publisher();
        void Register(IHealthChecksBuilder checks)
        {
            checks.AddCheck("deaf", deaf).AddCheck("well", static () => HealthCheckResult.Healthy());
            checks.Services.AddSingleton<IHealthCheckPublisher>(published);
            checks.Services.Configure<HealthCheckPublisherOptions>(static options => (options.Delay, options.Period, options.Timeout) = (TimeSpan.Zero, TimeSpan.FromMinutes(1), Short));
        }

        // Its token has ended, and nothing was published.
        await using var microsoft = HealthHost.Microsoft(Register);
        var service = Assert.Single(microsoft.GetServices<IHostedService>());
        await service.StartAsync(Token);
        await deaf.CancelledAsync();
        Assert.False(published.First.IsCompleted);
        deaf.End();
        await service.StopAsync(Token);

        (deaf, published) = (new Deaf(), new Publisher());
        using var ours = HealthHost.Ours(Register);
        await ours.StartAsync(Token);
        var report = await published.First.WaitAsync(Until.Deadline, Token);
        Assert.StartsWith("no answer yet after", report.Entries["deaf"].Description, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["deaf"].Status);
        Assert.Equal(HealthStatus.Healthy, report.Entries["well"].Status);
        deaf.End();
        await ours.StopAsync(Token);
    }

    [Fact]
    public async Task A_check_that_cancels_itself()
    {
        static void Register(IHealthChecksBuilder checks) => checks.AddCheck("cancels", static () => throw new OperationCanceledException("the server closed the request"));

        await using var microsoft = HealthHost.Microsoft(Register);
        Assert.Equal("A timeout occurred while running check.", (await microsoft.AskAsync()).Entries["cancels"].Description);

        using var ours = HealthHost.Ours(Register);
        var entry = (await ours.Services.AskAsync()).Entries["cancels"];
        Assert.Equal((HealthStatus.Unhealthy, "the server closed the request"), (entry.Status, entry.Description));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exception_whose_words_can_t_be_had(bool isThrown)
    {
        using var ours = HealthHost.Ours(checks => checks.AddCheck("mute", () => isThrown ? throw new Mute() : new HealthCheckResult(HealthStatus.Unhealthy, exception: new Mute())));
        for (var i = 0; i < 2; i++)
        {
            var entry = (await ours.Services.AskAsync().WaitAsync(Until.Deadline, Token)).Entries["mute"];
            Assert.Equal(HealthStatus.Unhealthy, entry.Status);
            Assert.Contains("whose own words end in a System.NotSupportedException", entry.Exception!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task One_that_ends_as_soon_as_it_is_asked_to_was_too_late_all_the_same()
    {
        using var ours = HealthHost.Ours(static checks => checks.AddAsyncCheck("obedient", static async cancellationToken => { await Task.Delay(Timeout.Infinite, cancellationToken); return HealthCheckResult.Healthy(); }, timeout: Short));
        Assert.StartsWith("timed out after 0.2 s", (await ours.Services.AskAsync()).Entries["obedient"].Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_health_longer_than_a_timer_can()
    {
        using var ours = HealthHost.Ours(static checks => checks.AddAsyncCheck("well", static async () => { await Task.Yield(); return HealthCheckResult.Healthy(); }));
        var health = ours.Services.GetRequiredService<DeploymentHealth>();
        Assert.True((await health.WaitForHealthyAsync(HealthProbe.Ready, TimeSpan.MaxValue, Token)).Passes);

        var asked = 0;
        using var later = HealthHost.Ours(checks => checks.AddCheck("later", () => asked++ > 1 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy()).Services.Configure<HealthCheckPolicy>(static policy => policy.MaximumAge = TimeSpan.Zero));
        Assert.True((await later.Services.GetRequiredService<DeploymentHealth>().WaitForHealthyAsync(HealthProbe.Ready, Timeout.InfiniteTimeSpan, Token)).Passes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Only_where_somebody_publishes_a_report_is_made_before_all_have_answered(bool isPublished)
    {
        var deaf = new Deaf();
        using var ours = HealthHost.Ours(checks =>
        {
            checks.AddCheck("deaf", deaf).Services.Configure<HealthCheckPublisherOptions>(static options => (options.Delay, options.Timeout) = (TimeSpan.FromHours(1), Short));
            if (isPublished) checks.Services.AddSingleton<IHealthCheckPublisher>(new Publisher());
        });
        var asking = ours.Services.AskAsync();
        if (!isPublished)
        {
            await Until.TrueAsync(() => deaf.Started == 1, "it is asked");
            Assert.False(SpinWait.SpinUntil(() => asking.IsCompleted, Short * 2));
            deaf.End();
        }

        Assert.Equal(isPublished ? HealthStatus.Unhealthy : HealthStatus.Healthy, (await asking).Status);
        deaf.End();
    }

    [Fact]
    public async Task A_check_that_never_returns_and_names_no_timeout()
    {
        var deaf = new Deaf();
        void Register(IHealthChecksBuilder checks) => checks.AddCheck("never", deaf).Services.Configure<HealthCheckPolicy>("never", static policy => policy.Timeout = Short);

        await using var microsoft = HealthHost.Microsoft(Register);
        var asking = microsoft.AskAsync();
        var began = Stopwatch.GetTimestamp();
        using var ours = HealthHost.Ours(Register);
        Assert.StartsWith("timed out", (await ours.Services.AskAsync()).Entries["never"].Description, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(began) < Until.Deadline);
        Assert.False(asking.IsCompleted);
        deaf.End();
        await asking;
    }

    [Fact]
    public async Task A_timeout_that_no_timer_can_take()
    {
        static void Register(IHealthChecksBuilder checks) => checks.AddAsyncCheck("well", static async () => { await Task.Yield(); return HealthCheckResult.Healthy(); }, timeout: TimeSpan.MaxValue);

        using var ours = HealthHost.Ours(Register);
        Assert.Equal(HealthStatus.Healthy, (await ours.Services.AskAsync()).Status);
    }

    [Fact]
    public async Task No_check_at_all()
    {
        await using var microsoft = HealthHost.Microsoft(static _ => { });
        Assert.Equal((HealthStatus.Healthy, 0), ((await microsoft.AskAsync()).Status, (await microsoft.AskAsync()).Entries.Count));

        // Monitors of an app without checks see what they saw; no release is verified by it.
        using var ours = HealthHost.Ours(static _ => { });
        Assert.Equal((HealthStatus.Healthy, 0), ((await ours.Services.AskAsync()).Status, (await ours.Services.AskAsync()).Entries.Count));
        Assert.Contains("asks nothing", Assert.Single(ours.Services.GetRequiredService<HealthGate>().Faults).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_checks_of_one_name()
    {
        static void Register(IHealthChecksBuilder checks) => checks
            .AddCheck("twin", static () => HealthCheckResult.Healthy()).AddCheck("Twin", static () => HealthCheckResult.Healthy()).AddCheck("well", static () => HealthCheckResult.Healthy());

        await using var microsoft = HealthHost.Microsoft(Register);
        await Assert.ThrowsAsync<ArgumentException>(microsoft.AskAsync);

        using var ours = HealthHost.Ours(Register);
        var report = await ours.Services.AskAsync();
        Assert.Contains("several health checks are named", report.Entries["twin"].Description, StringComparison.Ordinal);
        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Healthy), (report.Status, report.Entries["well"].Status));
        // And such an app doesn't start.
        await Assert.ThrowsAsync<DeploymentException>(() => ours.StartAsync(Token));
    }

    private sealed class Broken : IHealthCheck
    {
        public Broken() => throw new InvalidOperationException("no such service");

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(HealthCheckResult.Healthy());
    }

    private sealed class Mute : Exception
    {
        public override string Message => throw new NotSupportedException();
    }

    private sealed class Publisher : IHealthCheckPublisher
    {
        private readonly TaskCompletionSource<HealthReport> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<HealthReport> First => _first.Task;

        public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
        {
            _first.TrySetResult(report);
            return Task.CompletedTask;
        }
    }

    /// <summary>Runs until it is told to end, whatever its token says.</summary>
    private sealed class Deaf : IHealthCheck
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _started;

        internal int Started => _started;

        internal Task CancelledAsync() => _cancelled.Task.WaitAsync(Until.Deadline, Token);

        internal void End() => _end.TrySetResult();

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _started);
            cancellationToken.Register(() => _cancelled.TrySetResult());
            await _end.Task;
            return HealthCheckResult.Healthy();
        }
    }
}
