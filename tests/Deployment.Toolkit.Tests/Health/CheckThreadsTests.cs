using System.Collections.Concurrent;
using Deployment.Toolkit.Tests.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Health;

/// <summary>On whose thread a check begins, with what, and until when.</summary>
public sealed class CheckThreadsTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Checks_that_were_always_quick_and_then_block_hold_one_thread_of_the_pool_at_most()
    {
        using var release = new ManualResetEventSlim();
        var blocks = false;
        var held = new ConcurrentBag<bool>();
        using var ours = HealthHost.Ours(checks =>
        {
            for (var i = 0; i < 32; i++)
                checks.AddCheck($"turns {i}", Turn, tags: null, timeout: Short);
            checks.AddAsyncCheck("well", static async () => { await Task.Yield(); return HealthCheckResult.Healthy(); });
            checks.Services.Configure<HealthCheckPolicy>(static policy => policy.MaximumAge = TimeSpan.Zero);
        });
        for (var i = 0; i < 10; i++) Assert.Equal(HealthStatus.Healthy, (await ours.Services.AskAsync()).Status);
        // Once they are known they begin where there is a thread already.
        if (Environment.ProcessorCount > 1) Assert.Contains(true, held);
        held.Clear();
        Volatile.Write(ref blocks, true);

        var report = await ours.Services.AskAsync();
        Assert.Equal(32, report.Entries.Values.Count(static entry => entry.Status == HealthStatus.Unhealthy));
        Assert.Equal(HealthStatus.Healthy, report.Entries["well"].Status);
        Assert.Equal(32, held.Count);
        Assert.InRange(held.Count(static isOnPool => isOnPool), 0, 1);

        // And while it is held nobody waits for it.
        report = await ours.Services.AskAsync();
        Assert.Equal(HealthStatus.Healthy, report.Entries["well"].Status);
        Assert.Equal(32, held.Count);
        Volatile.Write(ref blocks, false);
        release.Set();
        await Until.TrueAsync(() => ours.Services.AskAsync().GetAwaiter().GetResult().Status == HealthStatus.Healthy, "they are well again");

        // What has blocked begins on threads of its own from here on, until it is known to be quick again.
        held.Clear();
        release.Reset();
        Volatile.Write(ref blocks, true);
        await ours.Services.AskAsync();
        Assert.InRange(held.Count(static isOnPool => isOnPool), 0, 1);
        release.Set();

        HealthCheckResult Turn()
        {
            held.Add(Thread.CurrentThread.IsThreadPoolThread);
            if (Volatile.Read(ref blocks)) release.Wait(Until.Deadline);
            return HealthCheckResult.Healthy();
        }
    }

    [Fact]
    public async Task A_thread_of_the_pool_that_a_check_of_another_host_holds_holds_up_nobody()
    {
        using var release = new ManualResetEventSlim();
        var blocks = false;
        using var other = HealthHost.Ours(checks => Register(checks, () => { if (Volatile.Read(ref blocks)) release.Wait(Until.Deadline); return HealthCheckResult.Healthy(); }));
        using var ours = HealthHost.Ours(static checks => Register(checks, static () => HealthCheckResult.Healthy()));
        for (var i = 0; i < 5; i++)
        {
            await other.Services.AskAsync();
            await ours.Services.AskAsync();
        }

        Volatile.Write(ref blocks, true);
        Assert.Equal(HealthStatus.Unhealthy, (await other.Services.AskAsync()).Status);
        for (var i = 0; i < 5; i++) Assert.Equal(HealthStatus.Healthy, (await ours.Services.AskAsync()).Status);
        release.Set();

        static void Register(IHealthChecksBuilder checks, Func<HealthCheckResult> answer) =>
            checks.AddCheck("one", answer, tags: null, timeout: Short).Services.Configure<HealthCheckPolicy>(static policy => policy.MaximumAge = TimeSpan.Zero);
    }

    [Fact]
    public async Task Each_ends_at_its_own_time()
    {
        var ends = new TaskCompletionSource<HealthCheckResult>();
        using var ours = HealthHost.Ours(checks =>
        {
            foreach (var milliseconds in new[] { 300, 100, 200 })
                checks.AddAsyncCheck($"{milliseconds}", () => ends.Task, timeout: TimeSpan.FromMilliseconds(milliseconds));
        });
        var report = await ours.Services.AskAsync();
        Assert.All(report.Entries, static entry =>
        {
            var own = int.Parse(entry.Key, System.Globalization.CultureInfo.InvariantCulture);
            Assert.StartsWith($"timed out after 0.{own / 100} s", entry.Value.Description, StringComparison.Ordinal);
            Assert.True(entry.Value.Duration >= TimeSpan.FromMilliseconds(own), $"{entry.Key} after {entry.Value.Duration}");
        });
        ends.SetResult(HealthCheckResult.Healthy());
    }

    [Fact]
    public async Task The_token_of_a_run_that_was_over_its_time_is_no_other_runs()
    {
        var tokens = new List<CancellationToken>();
        var hangs = new TaskCompletionSource<HealthCheckResult>();
        Task<HealthCheckResult>? answer = null;
        using var ours = HealthHost.Ours(checks => checks.AddAsyncCheck("one", token => { tokens.Add(token); return answer ?? Task.FromResult(HealthCheckResult.Healthy()); }, timeout: Short)
            .Services.Configure<HealthCheckPolicy>(static policy => policy.MaximumAge = TimeSpan.Zero));
        await ours.Services.AskAsync();
        await ours.Services.AskAsync();
        answer = hangs.Task;
        await ours.Services.AskAsync();
        Assert.True(tokens[2].IsCancellationRequested);
        answer = null;
        hangs.SetResult(HealthCheckResult.Healthy());
        await Until.TrueAsync(() => ours.Services.AskAsync().GetAwaiter().GetResult().Status == HealthStatus.Healthy, "it is started again");
        Assert.False(tokens[^1].IsCancellationRequested);
    }

    [Fact]
    public async Task A_run_has_a_scope_of_its_own_which_ends_with_it()
    {
        var made = new List<Scoped>();
        using var ours = HealthHost.Ours(checks =>
        {
            checks.Services.AddScoped<Scoped>().AddKeyedScoped<Scoped>("keyed");
            checks.AddCheck<OfScope>("typed");
            checks.Add(new HealthCheckRegistration("asks", services =>
            {
                Assert.Same(services.GetRequiredService<Scoped>(), services.GetService<Scoped>());
                Assert.NotSame(services.GetRequiredService<Scoped>(), services.GetRequiredKeyedService<Scoped>("keyed"));
                Assert.Same(services.GetKeyedService<Scoped>("keyed"), services.GetRequiredKeyedService<Scoped>("keyed"));
                Assert.Null(services.GetKeyedService<Scoped>("other"));
                return new OfScope(services.GetRequiredService<Scoped>());
            }, null, null));
            IServiceProvider? kept = null;
            checks.Add(new HealthCheckRegistration("keeps", services => { kept = services; return new Keeps(() => kept!); }, null, null));
            checks.Services.AddSingleton(made).Configure<HealthCheckPolicy>(static policy => policy.MaximumAge = TimeSpan.Zero);
        });
        for (var i = 0; i < 5; i++)
        {
            var report = await ours.Services.AskAsync();
            Assert.True(report.Status == HealthStatus.Healthy, string.Join("; ", report.Entries.Select(static entry => $"{entry.Key}: {entry.Value.Description} {entry.Value.Exception}")));
            lock (made)
            {
                // One for each of the first two, and the keyed one.
                Assert.Equal(3, made.Count);
                Assert.All(made, static scoped => Assert.Equal(1, scoped.Ended));
                made.Clear();
            }
        }
    }

    public sealed class Scoped : IAsyncDisposable
    {
        public Scoped(List<Scoped> made)
        {
            lock (made) made.Add(this);
        }

        public int Ended { get; private set; }

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            Ended++;
        }
    }

    private sealed class OfScope(Scoped scoped) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(scoped.Ended == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("its scope has ended"));
    }

    /// <summary>Asks what it was made with after its run was over: the next run looks.</summary>
    private sealed class Keeps(Func<IServiceProvider> kept) : IHealthCheck
    {
        private static IServiceProvider? s_earlier;

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var earlier = Interlocked.Exchange(ref s_earlier, kept());
            if (earlier is not null) Assert.Throws<ObjectDisposedException>(() => earlier.GetService<Scoped>());
            return Task.FromResult(HealthCheckResult.Healthy());
        }
    }
}
