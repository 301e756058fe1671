namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>What an environment asks of a release besides the order: time to soak, an open window, and that nobody stopped the line.</summary>
public sealed class PromotionRulesTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_release_enters_when_it_has_been_live_in_its_source_for_long_enough_without_a_break()
    {
        Declare(static p => p.Soak(TimeSpan.FromHours(2)));
        await UpAsync("Staging", "1.0.0", 0);

        var tooEarly = await UpAsync("Production", "1.0.0", 2);
        _app.Clock.Advance(TimeSpan.FromMinutes(90));
        _app.Health = Unhealthy;
        await UpAsync("Staging", "1.1.0", 1);
        _app.Health = Healthy;
        _app.Clock.Advance(TimeSpan.FromMinutes(60));
        var interrupted = await UpAsync("Production", "1.0.0", 2);
        _app.Clock.Advance(TimeSpan.FromMinutes(60));
        var rested = await UpAsync("Production", "1.0.0", 0);

        Assert.Contains("from 2026-11-21 05:43 UTC on", tooEarly.Out, StringComparison.Ordinal);
        Assert.Contains("DTK7212", tooEarly.Out, StringComparison.Ordinal);
        Assert.Contains("from 2026-11-21 07:13 UTC on", interrupted.Out, StringComparison.Ordinal);
        Assert.StartsWith("Succeeded", rested.Out.Trim().Split('\n').First(static line => line.StartsWith("Succeeded", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20, "20 s", "03:44:11", "25 s")]
    [InlineData(90, "1 min 30 s", "03:45:21", "1 min 35 s")]
    [InlineData(60, "1 min", "03:44:51", "1 min 5 s")]
    public async Task A_short_time_is_told_by_the_second(int seconds, string wanted, string from, string lived)
    {
        Declare(p => p.Soak(TimeSpan.FromSeconds(seconds)));
        await UpAsync("Staging", "1.0.0", 0);

        var early = await UpAsync("Production", "1.0.0", 2);
        _app.Clock.Advance(TimeSpan.FromSeconds(seconds + 5));
        var plan = await _app.RunAsync("plan", "--environment", "Production", "--release", "1.0.0");

        Assert.Contains($"since 2026-11-21 03:43:51 UTC without a break, and has to be for {wanted} before it enters 'Production': from 2026-11-21 {from} UTC on.", PromotionCase.Flat(early).Out, StringComparison.Ordinal);
        Assert.Contains($"live in Staging for {lived}, {wanted} are wanted", PromotionCase.Flat(plan).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_release_in_the_source_begins_the_time_anew_and_that_one_has_to_soak_itself()
    {
        Declare(static p => p.Soak(TimeSpan.FromHours(2)));
        await UpAsync("Staging", "1.0.0", 0);
        _app.Clock.Advance(TimeSpan.FromHours(3));
        await UpAsync("Staging", "1.1.0", 0);

        Assert.Contains("live there is 1.1.0", (await UpAsync("Production", "1.0.0", 2)).Out, StringComparison.Ordinal);
        Assert.Contains("from 2026-11-21 08:43 UTC on", (await UpAsync("Production", "1.1.0", 2)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_its_window_nothing_enters_and_the_plan_says_when_it_opens()
    {
        // 04:43 on a Saturday in Berlin.
        Declare(static p => p.Window("Europe/Berlin", static w => w
            .Open(DayOfWeek.Monday, DayOfWeek.Thursday, new TimeOnly(9, 0), new TimeOnly(16, 0))
            .Frozen(new DateOnly(2026, 11, 23), new DateOnly(2026, 11, 24), "the fair")));
        await UpAsync("Staging", "1.0.0", 0);

        var closed = await UpAsync("Production", "1.0.0", 2);
        _app.Clock.Advance(TimeSpan.FromHours(55));
        var frozen = await UpAsync("Production", "1.0.0", 2);
        _app.Clock.Advance(TimeSpan.FromHours(48));
        await UpAsync("Production", "1.0.0", 0);
        _app.Clock.Advance(TimeSpan.FromHours(12));
        await UpAsync("Staging", "1.1.0", 0);
        await UpAsync("Production", "1.1.0", 2);

        Assert.Contains("DTK7213", closed.Out, StringComparison.Ordinal);
        Assert.Contains("it is Sat 04:43, and open are Mon–Thu 09:00–16:00 (Europe/Berlin). It opens Wed 2026-11-25 09:00 (Europe/Berlin).", closed.Out, StringComparison.Ordinal);
        Assert.Contains("it is frozen from 2026-11-23 to 2026-11-24: the fair", frozen.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frozen_environment_takes_nothing_until_it_is_thawed_and_rollbacks_go_on()
    {
        Declare(static _ => { });
        await UpAsync("Staging", "1.0.0", 0);
        await UpAsync("Staging", "2.0.0", 0);

        var frozen = await RunAsync("freeze", "--environment", "Staging", "--reason", "the provider is down");
        var again = await RunAsync("freeze", "--environment", "Staging", "--reason", "again");
        var status = await RunAsync("status");
        var refused = await UpAsync("Staging", "3.0.0", 2);
        var back = await RunAsync("rollback", "--environment", "Staging");
        var thawed = await RunAsync("unfreeze", "--environment", "Staging", "--reason", "it is back");
        await UpAsync("Staging", "3.0.0", 0);

        Assert.Equal((0, 0, 0, 0), (frozen.ExitCode, again.ExitCode, back.ExitCode, thawed.ExitCode));
        Assert.StartsWith("Nothing to do", again.Out, StringComparison.Ordinal);
        Assert.Contains("Staging is frozen: the provider is down (by ", status.Out, StringComparison.Ordinal);
        Assert.Contains("the provider is down. Nothing enters it until", refused.Out, StringComparison.Ordinal);
        Assert.Contains("DTK7214", refused.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("frozen", (await RunAsync("status")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("verify-journal", "--environment", "Staging")).ExitCode);
    }

    private static Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult Unhealthy => new(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy, "down");

    private static Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult Healthy => new(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy, "up");

    private void Declare(Action<EnvironmentBuilder> production) =>
        _app.Configure = d => d.AddEnvironments(e => e.Add("Staging").Add("Production", p => production(p.PromotedFrom("Staging"))));

    private Task<Ran> RunAsync(params string[] verb) => _app.RunAsync(["deploy", .. verb, .. verb.Contains("--environment") ? [] : (string[])["--environment", "Staging"]]);

    private async Task<Ran> UpAsync(string environment, string release, int exitCode)
    {
        var ran = await _app.RunAsync("deploy", "up", "--environment", environment, "--release", release);
        Assert.True(ran.ExitCode == exitCode, ran.Out + ran.Error);
        return ran;
    }
}
