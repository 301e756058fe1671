using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Rollback;

/// <summary>Watching a release after its deployment: taken back when it is not well, once.</summary>
public sealed class WatchTests : IDisposable
{
    private static readonly WatchRequest Briefly = new() { For = TimeSpan.FromSeconds(20), Every = TimeSpan.FromMilliseconds(1), Failures = 3 };

    private readonly TestApp _app = TestApp.WithMigrations();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_release_that_turns_bad_is_taken_back_with_its_schema_and_held()
    {
        await TwoReleasesAsync();
        Answers("+", "-", "-", "+", "-", "-", "-");

        var result = await WatchAsync(Briefly, wellAfter: 7);
        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.StartsWith("Release 2.0.0 is not well in 'Development': 3 bad answers in a row, 5 of 7 in all. The last one: own: answer 7", result.Messages[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("more", _app.Tables());
        _app.Health = HealthCheckResult.Healthy();
        Assert.Equal("DTK7011", (await _app.UpAsync("2.0.0")).Messages.First(static message => message.Severity == MessageSeverity.Error).Code);
    }

    [Fact]
    public async Task What_a_rollback_brought_is_not_taken_back_again()
    {
        await TwoReleasesAsync();
        Answers("-", "-", "-");
        Assert.Equal(DeploymentOutcome.RolledBack, (await WatchAsync(Briefly, wellAfter: 3)).Outcome);

        Answers("-", "-", "-");
        var again = await WatchAsync(Briefly, wellAfter: int.MaxValue);
        Assert.Equal(DeploymentOutcome.NeedsAttention, again.Outcome);
        Assert.Contains("A rollback brought it, so it is not taken back again", again.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_answers_that_are_none_in_a_row_take_nothing_back()
    {
        await TwoReleasesAsync();
        Answers("-", "-", "+", "-", "-", "+");
        var result = await WatchAsync(Briefly with { For = TimeSpan.FromMilliseconds(300) }, wellAfter: 6);
        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Contains("4 of them bad, never 3 in a row", result.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("more", _app.Tables());
    }

    // Each answer takes ten seconds, as of an app that hangs.
    [Theory]
    [InlineData("-", DeploymentOutcome.RolledBack)]
    [InlineData("+", DeploymentOutcome.Succeeded)]
    public async Task A_row_of_bad_answers_that_is_open_when_the_time_is_over_is_seen_to_its_end(string last, DeploymentOutcome outcome)
    {
        await TwoReleasesAsync();
        var clock = new SlowAnswers();
        _app.Clock = clock;
        string[] answers = ["-", "-", last];
        using var host = Host(answer =>
        {
            clock.Ahead += TimeSpan.FromSeconds(10);
            return answer > answers.Length || answers[answer - 1] == "+" ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"answer {answer}");
        });
        var result = await host.Services.GetRequiredService<Deployer>().WatchAsync(Briefly with { For = TimeSpan.FromSeconds(15) }, TestContext.Current.CancellationToken);
        Assert.Equal(outcome, result.Outcome);
        if (last == "+") Assert.Contains("3 answers, 2 of them bad, never 3 in a row", result.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_in_which_it_can_not_be_asked_often_enough_is_refused()
    {
        await TwoReleasesAsync();
        var result = await WatchAsync(new WatchRequest { For = TimeSpan.FromSeconds(20), Every = TimeSpan.FromSeconds(10), Failures = 3 }, wellAfter: 0);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7601"), (result.Outcome, Assert.Single(result.Messages).Code));
        Assert.Contains("3 answers every 10 s take longer than the 20 s", result.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_while_it_goes_back_it_is_interrupted()
    {
        await TwoReleasesAsync();
        using var cancel = new CancellationTokenSource();
        _app.OnProgress = progress =>
        {
            if (progress.Kind == ProgressKind.StepStarted) cancel.Cancel();
        };
        using var host = Host(static answer => HealthCheckResult.Unhealthy($"answer {answer}"));
        var result = await host.Services.GetRequiredService<Deployer>().WatchAsync(Briefly with { Progress = _app.Request("").Progress }, cancel.Token);
        Assert.Equal(DeploymentOutcome.Cancelled, result.Outcome);
        Assert.Contains("'deploy resume --environment Development'", result.Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_only_wants_to_know_is_told_and_nothing_changes()
    {
        await TwoReleasesAsync();
        Answers("-");
        var result = await WatchAsync(Briefly with { ReportOnly = true, Failures = 1 }, wellAfter: int.MaxValue);
        Assert.Equal(DeploymentOutcome.Failed, result.Outcome);
        Assert.Contains("more", _app.Tables());
    }

    [Fact]
    public async Task Somebody_elses_run_ends_it()
    {
        await TwoReleasesAsync();
        using var host = Host(answer =>
        {
            // While it watches, somebody brings a mended release.
            if (answer == 2)
            {
                _app.Health = HealthCheckResult.Healthy();
                using var other = _app.Build();
                Assert.Equal(DeploymentOutcome.Succeeded, other.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = "3.0.0" }).GetAwaiter().GetResult().Outcome);
            }

            return HealthCheckResult.Unhealthy($"answer {answer}");
        });
        var result = await host.Services.GetRequiredService<Deployer>().WatchAsync(Briefly, TestContext.Current.CancellationToken);
        Assert.Equal(DeploymentOutcome.Failed, result.Outcome);
        Assert.Contains("somebody has begun another run meanwhile", result.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("more", _app.Tables());
    }

    // While its gates are asked a deployment has the lock and has begun no run.
    [Fact]
    public async Task What_mends_a_release_while_it_is_to_be_taken_back_stays()
    {
        await TwoReleasesAsync();
        var result = await WhileItIsTakenBackAsync(async () => Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("3.0.0")).Outcome));
        AssertOvertaken(result);
        using var host = _app.Build();
        var status = await host.Services.GetRequiredService<DeploymentHistory>().GetStatusAsync("Development", TestContext.Current.CancellationToken);
        Assert.Equal("3.0.0", Assert.Single(status).Release?.Version);
    }

    [Fact]
    public async Task Two_that_watch_at_once_take_back_one_release()
    {
        await TwoReleasesAsync();
        _app.Migration("0003_most", "CREATE TABLE most (id INTEGER PRIMARY KEY);", "DROP TABLE most;");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("3.0.0")).Outcome);
        Answers("-", "-", "-");
        AssertOvertaken(await WhileItIsTakenBackAsync(async () => Assert.Equal(DeploymentOutcome.RolledBack, (await WatchAsync(Briefly, wellAfter: 3)).Outcome)));
        Assert.Contains("more", _app.Tables());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Over_a_run_that_has_not_ended_nothing_is_watched(bool isUnderWay)
    {
        await TwoReleasesAsync();
        using var cancel = new CancellationTokenSource();
        DeploymentResult? watched = null;
        _app.OnProgress = progress =>
        {
            if (progress.Kind != ProgressKind.StepStarted || watched is not null) return;
            if (isUnderWay) watched = WatchAsync(Briefly, wellAfter: 0).GetAwaiter().GetResult();
            cancel.Cancel();
        };
        await _app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), "3.0.0", cancellationToken: cancel.Token);
        watched ??= await WatchAsync(Briefly, wellAfter: 0);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7012"), (watched.Outcome, Assert.Single(watched.Messages).Code));
        Assert.Contains(isUnderWay ? "is under way" : "is not finished: it was interrupted", watched.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_taken_back_needs_a_person()
    {
        await _app.UpAsync("1.0.0");
        Answers("-", "-", "-");
        var result = await WatchAsync(Briefly, wellAfter: int.MaxValue);
        Assert.Equal(DeploymentOutcome.NeedsAttention, result.Outcome);
        Assert.Equal("DTK7017", result.Messages[^1].Code);
    }

    [Fact]
    public async Task Without_a_release_or_with_a_gate_that_asks_nothing_it_is_refused()
    {
        Assert.Equal("DTK7017", (await WatchAsync(Briefly, wellAfter: 0)).Messages[0].Code);
        _app.Configure = static deployment => deployment.AddHealthGate(static h => h.Nothing("somebody else looks"));
        Assert.Equal("DTK7505", (await WatchAsync(Briefly, wellAfter: 0)).Messages[0].Code);
    }

    private static void AssertOvertaken(DeploymentResult result)
    {
        Assert.True(result.Outcome == DeploymentOutcome.Failed, $"{result.Outcome}: {string.Join('\n', result.Messages)}");
        Assert.Contains("It was not taken back: somebody has begun another run meanwhile", Assert.Single(result.Messages).Text, StringComparison.Ordinal);
    }

    private async Task<DeploymentResult> WhileItIsTakenBackAsync(Func<Task> meanwhile)
    {
        using var holder = _app.Build();
        var factory = holder.Services.GetRequiredService<DeploymentPartsFactory>();
        await using var held = (await JournalSession.TryOpenAsync(factory.StoreOf(factory.Environment), "up", factory.Operator, JournalKey.Throwaway, TimeProvider.System, TestContext.Current.CancellationToken))!;
        _app.OnProgress = progress =>
        {
            if (!progress.Text.Contains("is locked by", StringComparison.Ordinal)) return;
            _app.OnProgress = static _ => { };
            held.DisposeAsync().AsTask().GetAwaiter().GetResult();
            meanwhile().GetAwaiter().GetResult();
        };
        using var host = Host(answer => answer > 3 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"answer {answer}"));
        return await host.Services.GetRequiredService<Deployer>().WatchAsync(Briefly with { Progress = _app.Request("").Progress }, TestContext.Current.CancellationToken);
    }

    private List<string> _answers = [];

    private void Answers(params string[] answers) => _answers = [.. answers];

    private async Task TwoReleasesAsync()
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0")).Outcome);
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
    }

    // After those of the list the app is as it was before: well, if the rollback's own gate is to pass.
    private async Task<DeploymentResult> WatchAsync(WatchRequest request, int wellAfter)
    {
        using var host = Host(answer => answer > wellAfter || (answer <= _answers.Count && _answers[answer - 1] == "+")
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"answer {answer}"));
        return await host.Services.GetRequiredService<Deployer>().WatchAsync(request, TestContext.Current.CancellationToken);
    }

    private Microsoft.Extensions.Hosting.IHost Host(Func<int, HealthCheckResult> answer)
    {
        var asked = 0;
        var before = _app.Configure;
        _app.Configure = deployment =>
        {
            before(deployment);
            deployment.Host.Services.Configure<HealthCheckServiceOptions>(options => options.Registrations.Clear());
            deployment.Host.Services.AddHealthChecks().AddCheck("own", () => answer(++asked));
        };
        try
        {
            return _app.Build();
        }
        finally
        {
            _app.Configure = before;
        }
    }

    private sealed class SlowAnswers : TimeProvider
    {
        internal TimeSpan Ahead { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => GetElapsedTicks(System) + Ahead.Ticks;

        private static long GetElapsedTicks(TimeProvider machine) => machine.GetElapsedTime(0, machine.GetTimestamp()).Ticks;
    }
}
