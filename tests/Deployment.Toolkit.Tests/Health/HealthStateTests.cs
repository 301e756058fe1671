using Deployment.Toolkit.Health;
using Deployment.Toolkit.Tests.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Deployment.Toolkit.Tests.Health;

/// <summary>What a check's answers make of its state, and of the probes that it belongs to.</summary>
public sealed class HealthStateTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly HostApplicationBuilder _builder = new(new HostApplicationBuilderSettings { DisableDefaults = true });
    private readonly Dictionary<string, HealthCheckResult> _answers = [];
    private readonly Dictionary<string, int> _ran = [];
    private readonly List<string> _logged = [];
    private IHost? _host;

    public HealthStateTests()
    {
        _builder.Services.AddSingleton<TimeProvider>(_time);
        _builder.Services.AddSingleton<ILoggerProvider>(new Lines(_logged));
        _builder.AddDeployment();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DeploymentHealth Health => (_host ??= _builder.Build()).Services.GetRequiredService<DeploymentHealth>();

    public void Dispose() => _host?.Dispose();

    [Fact]
    public async Task Failures_in_a_row_take_it_down_and_good_answers_in_a_row_bring_it_up()
    {
        Add("one");
        Assert.Equal((HealthCheckState.Up, HealthStatus.Healthy, true), await AskAsync());
        _answers["one"] = HealthCheckResult.Unhealthy("no route");
        Assert.Equal((HealthCheckState.Doubtful, HealthStatus.Degraded, true), await AskAsync());
        Assert.Equal((HealthCheckState.Doubtful, HealthStatus.Degraded, true), await AskAsync());
        Assert.Equal(HealthStatus.Unhealthy, Health.Checks[0].LastStatus);
        Assert.Equal((HealthCheckState.Down, HealthStatus.Unhealthy, false), await AskAsync());
        var since = Health.Checks[0].Since;
        _answers["one"] = HealthCheckResult.Healthy();
        Assert.Equal((HealthCheckState.Recovering, HealthStatus.Unhealthy, false), await AskAsync());
        Assert.True(Health.Checks[0].Since > since);
        Assert.Equal((HealthCheckState.Up, HealthStatus.Healthy, true), await AskAsync());
        Assert.Equal(
            [HealthStatus.Healthy, HealthStatus.Unhealthy, HealthStatus.Unhealthy, HealthStatus.Unhealthy, HealthStatus.Healthy, HealthStatus.Healthy],
            Health.Checks[0].History.Select(static answer => answer.Status));
        Assert.Equal(["Warning: Health check one is down: no route", "Information: Health check one is recovering", "Information: Health check one is up"], _logged);
    }

    [Fact]
    public async Task What_was_never_well_is_down_at_its_first_failure_and_not_before_its_grace_is_over()
    {
        Add("one", tags: ["ready", "live"]);
        Add("two", tags: ["ready", "live"]);
        _builder.Services.Configure<HealthCheckPolicy>("two", static policy => policy.StartupGrace = TimeSpan.FromSeconds(20));
        _answers["one"] = _answers["two"] = HealthCheckResult.Unhealthy("warming up");

        var ready = await Health.CheckAsync(HealthProbe.Ready, Token);
        Assert.Equal([HealthCheckState.Down, HealthCheckState.Starting], ready.Checks.Select(static check => check.State));
        _answers["one"] = HealthCheckResult.Healthy();
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            ready = await Health.CheckAsync(HealthProbe.Ready, Token);
        }

        // It gets no requests yet, and nobody restarts it.
        Assert.Equal([HealthCheckState.Up, HealthCheckState.Starting], ready.Checks.Select(static check => check.State));
        Assert.False(ready.Passes);
        Assert.True((await Health.CheckAsync(HealthProbe.Live, Token)).Passes);

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(HealthCheckState.Down, (await Health.CheckAsync(HealthProbe.Live, Token)).Checks[1].State);
        Assert.False((await Health.CheckAsync(HealthProbe.Live, Token)).Passes);
    }

    [Fact]
    public async Task One_that_hangs_is_down_when_it_is_asked_again()
    {
        var hang = new TaskCompletionSource<HealthCheckResult>();
        var answer = Task.FromResult(HealthCheckResult.Healthy());
        _builder.Services.AddHealthChecks().AddAsyncCheck("one", () => answer);
        Assert.Equal(HealthCheckState.Up, (await AskAsync()).State);
        answer = hang.Task;
        _time.Advance(TimeSpan.FromSeconds(1));
        var asking = Health.CheckAsync(HealthProbe.Ready, Token);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HealthCheckState.Doubtful, (await asking).Checks[0].State);
        Assert.Equal((HealthCheckState.Down, HealthStatus.Unhealthy, false), await AskAsync());
        hang.SetResult(HealthCheckResult.Healthy());
        answer = Task.FromResult(HealthCheckResult.Healthy());
        await Until.TrueAsync(() => AskAsync().GetAwaiter().GetResult().State == HealthCheckState.Up, "it is up again");
    }

    [Fact]
    public async Task Meters_tell_what_runs_on_what_changed_and_how_long_it_took()
    {
        const string Name = "a check of the meters' own";
        var measured = new System.Collections.Concurrent.ConcurrentQueue<(string Instrument, double Value, string? State)>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = static (instrument, listening) =>
        {
            if (instrument.Meter.Name == "Deployment.Toolkit" && instrument.Name.StartsWith("deployment.health.", StringComparison.Ordinal)) listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument.Name, value, tags));
        listener.Start();

        var hang = new TaskCompletionSource<HealthCheckResult>();
        _builder.Services.AddHealthChecks().AddAsyncCheck(Name, () => hang.Task);
        var asking = Health.CheckAsync(HealthProbe.Ready, Token);
        _time.Advance(TimeSpan.FromSeconds(10));
        await asking;
        Assert.Equal(
            [("deployment.health.check.orphan.count", 1, null), ("deployment.health.check.duration", 10, "unhealthy"), ("deployment.health.check.change.count", 1, "down")],
            measured);
        hang.SetResult(HealthCheckResult.Healthy());
        await Until.TrueAsync(() => measured.Contains(("deployment.health.check.orphan.count", -1, null)), "the orphan is counted out");

        void Take(string instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var known = tags.ToArray().ToDictionary(static tag => tag.Key, static tag => tag.Value as string);
            if (known["deployment.health.check.name"] == Name)
                measured.Enqueue((instrument, value, known.GetValueOrDefault("deployment.health.check.status") ?? known.GetValueOrDefault("deployment.health.check.state")));
        }
    }

    [Fact]
    public async Task An_answer_is_given_again_until_it_is_too_old()
    {
        Add("one");
        _builder.Services.Configure<HealthCheckPolicy>("one", static policy => policy.MaximumAge = TimeSpan.FromSeconds(5));
        for (var i = 0; i < 20; i++)
        {
            await Health.CheckAsync(HealthProbe.Ready, Token);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(4, _ran["one"]);
        // A deployment asks anew.
        await _host!.Services.GetRequiredService<HealthGate>().CheckAsync(Token);
        await _host!.Services.GetRequiredService<HealthGate>().CheckAsync(Token);
        Assert.Equal(6, _ran["one"]);
    }

    [Fact]
    public async Task What_is_optional_degrades_and_what_is_advisory_decides_nothing()
    {
        Add("needed");
        Add("optional");
        Add("advisory");
        _builder.Services.Configure<HealthCheckPolicy>("optional", static policy => policy.Role = HealthCheckRole.Optional);
        _builder.Services.Configure<HealthCheckPolicy>("advisory", static policy => policy.Role = HealthCheckRole.Advisory);
        _answers["optional"] = _answers["advisory"] = HealthCheckResult.Unhealthy("down");

        var report = await Health.CheckAsync(HealthProbe.Ready, Token);
        Assert.Equal((true, HealthStatus.Degraded), (report.Passes, report.Status));
        Assert.Equal((1, 33), (report.HealthyCount, (int)report.HealthyPercentage));
        Assert.Equal(HealthStatus.Degraded, (await _host!.Services.AskAsync()).Status);

        var gate = _host!.Services.GetRequiredService<HealthGate>();
        Assert.Equal(["needed", "optional"], gate.Checks.Select(static check => check.Name));
        Assert.False(gate.Passes(await gate.CheckAsync(Token)));
        _answers["optional"] = HealthCheckResult.Healthy();
        Assert.True(gate.Passes(await gate.CheckAsync(Token)));
        // Who looks gets to see it all the same.
        var seen = await _host!.Services.GetRequiredService<HealthGate>().LookAsync(Token);
        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy), (seen.Status, seen.Entries["advisory"].Status));
    }

    [Fact]
    public async Task A_gate_of_advisory_checks_alone_asks_nothing()
    {
        Add("advisory", tags: ["ready"]);
        _builder.Services.Configure<HealthCheckPolicy>(static policy => policy.Role = HealthCheckRole.Advisory);
        Assert.True((await Health.CheckAsync(HealthProbe.Ready, Token)).Passes);
        var gate = _host!.Services.GetRequiredService<HealthGate>();
        Assert.Contains("no health check is registered but those that are advisory, so a release would pass", Assert.Single(gate.Faults).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_fails_with_what_it_depends_on_is_its_consequence()
    {
        foreach (var name in new[] { "page", "orders", "database", "mail" }) Add(name);
        _builder.Services.Configure<HealthCheckPolicy>("page", static policy => policy.DependsOn.Add("ORDERS"));
        _builder.Services.Configure<HealthCheckPolicy>("orders", static policy => policy.DependsOn.UnionWith(["DATABASE", "mail"]));
        _answers["page"] = _answers["orders"] = _answers["database"] = HealthCheckResult.Unhealthy("no connection");

        var checks = (await Health.CheckAsync(HealthProbe.Ready, Token)).Checks.ToDictionary(static check => check.Name);
        Assert.Equal(["DATABASE"], checks["page"].RootCauses);
        Assert.Equal(["DATABASE"], checks["orders"].RootCauses);
        Assert.Empty(checks["database"].RootCauses);
        Assert.Equal(["Warning: Health check database is down: no connection"], _logged);

        // What is well again by its answer is no cause any more: who still fails does so by itself.
        _answers["database"] = _answers["page"] = HealthCheckResult.Healthy();
        for (var i = 0; i < 2; i++) await AskAsync();
        Assert.Empty(Health.Checks[1].RootCauses);
        Assert.Equal(HealthCheckState.Down, Health.Checks[1].State);
    }

    [Fact]
    public async Task A_policy_that_cannot_be_made_leaves_no_other_check_behind()
    {
        Add("one");
        Add("two");
        _builder.Services.Configure<HealthCheckPolicy>("two", static _ => throw new InvalidOperationException("no such setting"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Health.CheckAsync(HealthProbe.Ready, Token));
        await Until.TrueAsync(() => Ran("one") == 1, "the first is run all the same");
        var report = await _host!.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(static check => check.Name == "one", Token);
        Assert.Equal(HealthStatus.Healthy, report.Status);
    }

    [Fact]
    public async Task Tags_say_which_probe_a_check_belongs_to()
    {
        Add("process", tags: ["LIVE"]);
        Add("database", tags: ["ready"]);
        Add("untagged", tags: ["other"]);
        Assert.Equal(["process"], await NamesAsync(HealthProbe.Live));
        Assert.Equal(["database", "untagged"], await NamesAsync(HealthProbe.Ready));
        Assert.Equal(["database", "untagged"], await NamesAsync(HealthProbe.Startup));
    }

    [Fact]
    public async Task A_start_that_was_passed_stays_passed()
    {
        Add("warm", tags: ["startup"]);
        Add("database", tags: ["ready"]);
        _answers["warm"] = HealthCheckResult.Unhealthy();
        Assert.Equal(["warm"], await NamesAsync(HealthProbe.Startup));
        Assert.False((await Health.CheckAsync(HealthProbe.Startup, Token)).Passes);
        _answers["warm"] = HealthCheckResult.Healthy();
        for (var i = 0; i < 2; i++) await AskAsync(HealthProbe.Startup);
        Assert.True((await Health.CheckAsync(HealthProbe.Startup, Token)).Passes);
        _answers["warm"] = HealthCheckResult.Unhealthy();
        for (var i = 0; i < 5; i++) Assert.True((await AskAsync(HealthProbe.Startup)).Passes);
    }

    [Fact]
    public async Task One_that_flaps_needs_twice_as_many_good_answers()
    {
        Add("one");
        _builder.Services.Configure<HealthCheckPolicy>(static policy => policy.FailuresToGoDown = 1);
        for (var i = 0; i < 10; i++)
        {
            _answers["one"] = i % 2 == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
            await AskAsync();
        }

        Assert.True(Health.Checks[0].IsFlapping);
        _answers["one"] = HealthCheckResult.Healthy();
        for (var i = 0; i < 3; i++) Assert.Equal(HealthCheckState.Recovering, (await AskAsync()).State);
        Assert.Equal(HealthCheckState.Up, (await AskAsync()).State);
        for (var i = 0; i < 20; i++) await AskAsync();
        Assert.False(Health.Checks[0].IsFlapping);
    }

    [Fact]
    public async Task Who_waits_gets_the_report_that_passes_or_the_last_one()
    {
        Add("one");
        _answers["one"] = HealthCheckResult.Unhealthy("no route");
        var waiting = Health.WaitForHealthyAsync(HealthProbe.Ready, TimeSpan.FromSeconds(3), Token);
        await PassTimeAsync(waiting);

        var late = await Assert.ThrowsAsync<HealthTimeoutException>(() => waiting);
        Assert.Equal("Probe ready did not pass within 3 s: 'one' is unhealthy.", late.Message);
        Assert.Equal("no route", late.Report.Checks[0].Description);

        _answers["one"] = HealthCheckResult.Healthy();
        waiting = Health.WaitForHealthyAsync(HealthProbe.Ready, TimeSpan.FromHours(1), Token);
        await PassTimeAsync(waiting);

        Assert.True((await waiting).Passes);
    }

    [Fact]
    public async Task What_is_said_without_a_name_is_the_beginning_of_every_policy()
    {
        Add("one");
        Add("two");
        _builder.Services.Configure<HealthCheckPolicy>("two", static policy => policy.FailuresToGoDown = 1);
        _builder.Services.Configure<HealthCheckPolicy>(static policy => (policy.FailuresToGoDown, policy.SuccessesToGoUp) = (2, 5));
        await AskAsync();
        _answers["one"] = _answers["two"] = HealthCheckResult.Unhealthy();
        await AskAsync();
        Assert.Equal([HealthCheckState.Doubtful, HealthCheckState.Down], Health.Checks.Select(static check => check.State));
        await AskAsync();
        Assert.Equal([HealthCheckState.Down, HealthCheckState.Down], Health.Checks.Select(static check => check.State));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(250)]
    public void The_last_hundred_answers_are_kept_oldest_first(int answers)
    {
        var history = new CheckHistory();
        for (var i = 0; i < answers; i++)
        {
            history.Add(DateTimeOffset.UnixEpoch.AddSeconds(i), i % 2 == 0 ? HealthStatus.Healthy : HealthStatus.Unhealthy, TimeSpan.FromMilliseconds(i));
            Assert.Equal(i, history.Shown()[^1].Duration.TotalMilliseconds);
        }

        var kept = Enumerable.Range(Math.Max(0, answers - 100), Math.Min(100, answers)).ToList();
        Assert.Equal(kept, history.Shown().Select(static answer => (int)answer.Duration.TotalMilliseconds));
        Assert.Equal(kept, history.Shown().Select(static answer => (int)(answer.At - DateTimeOffset.UnixEpoch).TotalSeconds));
        Assert.Equal(kept.Select(static i => i % 2 == 0 ? HealthStatus.Healthy : HealthStatus.Unhealthy), history.Shown().Select(static answer => answer.Status));
    }

    private void Add(string name, IEnumerable<string>? tags = null) => _builder.Services.AddHealthChecks().AddCheck(
        name,
        () =>
        {
            lock (_ran) _ran[name] = _ran.GetValueOrDefault(name) + 1;
            return _answers.GetValueOrDefault(name, HealthCheckResult.Healthy());
        },
        tags ?? []);

    private async Task<(HealthCheckState State, HealthStatus Status, bool Passes)> AskAsync(HealthProbe probe = HealthProbe.Ready)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        var report = await Health.CheckAsync(probe, Token);
        return (report.Checks[0].State, report.Checks[0].Status, report.Passes);
    }

    // As long as the check runs the clock stands still: it would pass the check's own timeout by.
    private async Task PassTimeAsync(Task waiting)
    {
        while (!waiting.IsCompleted)
        {
            var seen = Ran("one");
            _time.Advance(TimeSpan.FromMilliseconds(250));
            for (var i = 0; i < 50 && !waiting.IsCompleted && Ran("one") == seen; i++) await Task.Delay(2, Token);
        }
    }

    private int Ran(string name)
    {
        lock (_ran) return _ran.GetValueOrDefault(name);
    }

    private async Task<IEnumerable<string>> NamesAsync(HealthProbe probe) => (await Health.CheckAsync(probe, Token)).Checks.Select(static check => check.Name);

    private sealed class Lines(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose() { }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception) is var text && text.StartsWith("Health check", StringComparison.Ordinal)) lock (lines) lines.Add($"{logLevel}: {text}");
        }
    }
}
