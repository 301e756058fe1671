using System.Diagnostics;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Tests.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Deployment.Toolkit.Tests.Health;

/// <summary>How long the gate waits for a check, and for all of them, by a clock that only the test moves.</summary>
public sealed class HealthGateTests : IDisposable
{
    private static readonly TimeSpan Ten = TimeSpan.FromSeconds(10);

    private readonly TimerClock _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly HealthCheckServiceOptions _registered = new();
    private readonly HealthGateOptions _options = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task A_check_that_ignores_its_token_is_not_waited_for()
    {
        var deaf = Add("deaf");
        Add("well", timeout: TimeSpan.FromHours(1)).Answer();
        var asking = Gate().CheckAsync(Token);
        await deaf.TokenAsync();
        _time.Advance(Ten - TimeSpan.FromTicks(1));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        var report = await asking;
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["deaf"].Status);
        Assert.Equal("timed out after 10 s and may still be running", report.Entries["deaf"].Description);
        Assert.Equal(Ten, report.Entries["deaf"].Duration);
        Assert.Equal(HealthStatus.Healthy, report.Entries["well"].Status);
        Assert.True((await deaf.TokenAsync()).IsCancellationRequested);
    }

    [Fact]
    public async Task What_a_registration_says_of_its_time_and_its_failure_counts_before_what_the_gate_says()
    {
        _options.TimeoutPerCheck = TimeSpan.FromMinutes(1);
        var quick = Add("quick", timeout: TimeSpan.FromSeconds(1.5), failure: HealthStatus.Degraded);
        var slow = Add("slow");
        var asking = Gate().CheckAsync(Token);
        await quick.TokenAsync();
        await slow.TokenAsync();
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.True((await quick.TokenAsync()).IsCancellationRequested);
        Assert.False((await slow.TokenAsync()).IsCancellationRequested);
        _time.Advance(TimeSpan.FromMinutes(1));

        var report = await asking;
        Assert.Equal("timed out after 1.5 s and may still be running", report.Entries["quick"].Description);
        Assert.Equal(HealthStatus.Degraded, report.Entries["quick"].Status);
        Assert.Equal("timed out after 60 s and may still be running", report.Entries["slow"].Description);
    }

    [Fact]
    public async Task A_check_that_runs_on_is_not_started_again_until_it_has_ended()
    {
        var deaf = Add("deaf");
        var gate = Gate();
        await TimeOutAsync(gate, deaf);

        _time.Advance(TimeSpan.FromMinutes(5));
        var again = (await gate.CheckAsync(Token)).Entries["deaf"];
        Assert.Equal(HealthStatus.Unhealthy, again.Status);
        Assert.Equal("still running since 00:00:10 UTC and not started again", again.Description);
        Assert.Equal(1, deaf.Started);

        deaf.End();
        Assert.Equal(HealthStatus.Healthy, (await AskOnceEndedAsync(gate)).Status);
        Assert.Equal(2, deaf.Started);
    }

    [Fact]
    public async Task One_that_failed_after_its_time_is_asked_again_too()
    {
        var deaf = Add("deaf");
        var gate = Gate();
        await TimeOutAsync(gate, deaf);

        deaf.End(new InvalidOperationException("too late"));
        var again = await AskOnceEndedAsync(gate);
        Assert.Equal("too late", again.Description);
        Assert.Equal(2, deaf.Started);
    }

    [Fact]
    public async Task A_factory_that_throws_costs_its_own_entry_alone()
    {
        _registered.Registrations.Add(new HealthCheckRegistration("broken", static _ => throw new InvalidOperationException("no such service"), null, null));
        Add("well").Answer();

        var report = await Gate().CheckAsync(Token);
        Assert.Equal("no such service", report.Entries["broken"].Description);
        Assert.Equal(HealthStatus.Healthy, report.Entries["well"].Status);
    }

    [Fact]
    public async Task Who_stops_waiting_gets_no_report()
    {
        var deaf = Add("deaf");
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var asking = Gate().CheckAsync(source.Token);
        Assert.False((await deaf.TokenAsync()).IsCancellationRequested);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task It_asks_again_ever_less_often_until_the_limit_and_then_once_more()
    {
        _options.WaitAtMost = TimeSpan.FromSeconds(17);
        var sick = Add("sick");
        sick.Answer(HealthCheckResult.Unhealthy("down"));
        var written = new List<string>();
        var waiting = Gate().WaitAsync(written.Add, Token);
        double[] pauses = [0.25, 0.5, 1, 2, 4, 5, 4.25];
        foreach (var pause in pauses)
        {
            await _time.TimersAsync(1, TimeSpan.FromSeconds(pause));
            Assert.False(waiting.IsCompleted);
            _time.Advance(TimeSpan.FromSeconds(pause));
        }

        Assert.Equal(HealthStatus.Unhealthy, (await waiting).Status);
        Assert.Equal(pauses.Length + 1, sick.Started);
        Assert.Equal("not healthy yet: 'sick' is unhealthy: down; waiting 17 s more at most", written[0]);
        Assert.Equal(pauses.Length, written.Count);
    }

    [Fact]
    public async Task It_ends_as_soon_as_the_checks_agree()
    {
        var sick = Add("sick");
        sick.Answer(HealthCheckResult.Degraded("starting"));
        var waiting = Gate().WaitAsync(static _ => { }, Token);
        await _time.TimersAsync(1, TimeSpan.FromSeconds(0.25));
        sick.Answer();
        _time.Advance(TimeSpan.FromSeconds(0.25));

        Assert.Equal(HealthStatus.Healthy, (await waiting).Status);
        Assert.Equal(2, sick.Started);
    }

    [Fact]
    public async Task A_run_that_began_before_it_asked_is_not_taken_for_its_answer()
    {
        var check = Add("slow");
        var gate = Gate();
        var before = gate.CheckAsync(Token);
        await check.TokenAsync();
        var asking = gate.CheckAsync(Token);
        check.Answer(HealthCheckResult.Unhealthy("since the activation"));
        check.End();
        Assert.Equal(HealthStatus.Healthy, (await before).Status);
        Assert.Equal("since the activation", (await asking).Entries["slow"].Description);
        Assert.Equal(2, check.Started);
    }

    [Fact]
    public void Checks_of_the_toolkit_s_own_are_no_gate()
    {
        static void Deployment(DeploymentBuilder d) => d.AddValidatedOptions<Limits>("Limits").GuardSchema(SchemaOnStart.Off).AddHealthGate();
        using var alone = HealthHost.Ours(static _ => { }, Deployment);
        Assert.Contains("no health check is registered but the toolkit's own", Fault(alone), StringComparison.Ordinal);
        using var tagged = HealthHost.Ours(static _ => { }, static d => { Deployment(d); d.AddHealthGate(static h => h.RequireTag("ready")); });
        Assert.Contains("requires tag 'ready', which no registered health check carries", Fault(tagged), StringComparison.Ordinal);
        using var beside = HealthHost.Ours(static checks => checks.AddCheck("well", static () => HealthCheckResult.Healthy()), Deployment);
        Assert.Empty(beside.Services.GetRequiredService<HealthGate>().Faults);
        // They are asked all the same.
        Assert.Equal(["configuration", "schema", "well"], beside.Services.GetRequiredService<HealthGate>().Checks.Select(static check => check.Name).Order());
    }

    [Theory]
    [InlineData(HealthCheckRole.Optional, true, "but those that are optional or advisory")]
    [InlineData(HealthCheckRole.Advisory, true, "but those that are optional or advisory")]
    [InlineData(HealthCheckRole.Advisory, false, "but those that are advisory")]
    [InlineData(HealthCheckRole.Optional, false, null)]
    [InlineData(HealthCheckRole.Required, true, null)]
    public void Checks_that_can_t_fail_it_are_no_gate(HealthCheckRole role, bool allowsDegraded, string? fault)
    {
        using var host = HealthHost.Ours(
            checks => checks.AddCheck("one", static () => HealthCheckResult.Healthy()).Services.Configure<HealthCheckPolicy>("one", policy => policy.Role = role),
            d => d.AddHealthGate(h => h.AllowDegraded = allowsDegraded));
        if (fault is null) Assert.Empty(host.Services.GetRequiredService<HealthGate>().Faults);
        else Assert.Contains(fault, Fault(host), StringComparison.Ordinal);
    }

    private static string Fault(Microsoft.Extensions.Hosting.IHost host) => Assert.Single(host.Services.GetRequiredService<HealthGate>().Faults).Text;

    internal sealed class Limits
    {
        public int Most { get; set; }
    }

    // That the check has ended reaches the gate through the thread pool.
    private static async Task<HealthReportEntry> AskOnceEndedAsync(HealthGate gate)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Yield())
        {
            var entry = (await gate.CheckAsync(Token)).Entries["deaf"];
            if (entry.Description?.StartsWith("still running", StringComparison.Ordinal) != true) return entry;

            Assert.True(Stopwatch.GetElapsedTime(began) < Until.Deadline, "The gate never saw that the check had ended.");
        }
    }

    private async Task TimeOutAsync(HealthGate gate, Check deaf)
    {
        var asking = gate.CheckAsync(Token);
        await deaf.TokenAsync();
        _time.Advance(Ten);
        await asking;
    }

    private HealthGate Gate() => new(new HealthRunner(Microsoft.Extensions.Options.Options.Create(_registered), new CheckSurroundings(_services.GetRequiredService<IServiceScopeFactory>(), static _ => new HealthCheckPolicy(), _time, NullLogger.Instance, static text => text), Ten), _options);

    private Check Add(string name, TimeSpan? timeout = null, HealthStatus? failure = null)
    {
        var check = new Check();
        _registered.Registrations.Add(new HealthCheckRegistration(name, check, failure, null, timeout));
        return check;
    }

    /// <summary>Runs until it is told its answer, whatever its token says.</summary>
    private sealed class Check : IHealthCheck
    {
        private readonly TaskCompletionSource<CancellationToken> _token = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // What waits for it goes on at once: when End returns, the gate knows of it.
        private readonly TaskCompletionSource<HealthCheckResult> _end = new();
        private Task<HealthCheckResult>? _answer;
        private int _started;

        internal int Started => _started;

        internal Task<CancellationToken> TokenAsync() => _token.Task.WaitAsync(HealthGateTests.Token);

        internal void Answer(HealthCheckResult? answer = null) => _answer = Task.FromResult(answer ?? HealthCheckResult.Healthy());

        internal void End(Exception? failure = null)
        {
            if (failure is null) _end.SetResult(HealthCheckResult.Healthy());
            else _end.SetException(failure);
        }

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _started);
            _token.TrySetResult(cancellationToken);
            return _answer ?? _end.Task;
        }
    }
}
