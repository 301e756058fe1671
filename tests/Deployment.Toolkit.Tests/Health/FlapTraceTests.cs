using System.Globalization;
using Deployment.Toolkit.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Deployment.Toolkit.Tests.Health;

/// <summary>A made-up day of a check: single failures by chance, one outage, and a slow recovery from it. By a clock that only the test moves.</summary>
public sealed class FlapTraceTests
{
    private const int Probes = 4000;
    private const int OutageBegins = 2000;
    private const int OutageEnds = OutageBegins + 30;
    private const int Recovered = OutageEnds + 30;
    private const int Seed = 20260101;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Chance_is_not_taken_for_an_outage_and_the_outage_is_seen()
    {
        var defaults = new HealthCheckPolicy();
        var (ours, none, two) = (await RunAsync(defaults), await RunAsync(Policy(1, 1)), await RunAsync(Policy(2, 1)));
        foreach (var (name, trace) in new[] { ("defaults (3 down, 2 up)", ours), ("2 down, 1 up", two), ("no debounce", none) })
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name,-24} false alarms {trace.FalseAlarms,3}   outage seen after {trace.SeenAfter} probes   downs in outage and recovery {trace.Downs}"));

        Assert.Equal(0, ours.FalseAlarms);
        Assert.Equal(defaults.FailuresToGoDown, ours.SeenAfter);
        Assert.True(ours.Downs < none.Downs, $"{ours.Downs} against {none.Downs}");
        // The trace has something in it to be taken for an outage.
        Assert.True(none.FalseAlarms > 20, $"only {none.FalseAlarms}");
    }

    private static HealthCheckPolicy Policy(int down, int up) => new() { FailuresToGoDown = down, SuccessesToGoUp = up };

    private static async Task<(int FalseAlarms, int SeenAfter, int Downs)> RunAsync(HealthCheckPolicy policy)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var time = new FakeTimeProvider();
        var random = new Random(Seed);
        var probe = 0;
        var check = new HealthCheckRegistration("traced", _ => new Traced(() => FailsAt(probe, random)), null, null);
        var registered = new HealthCheckServiceOptions();
        registered.Registrations.Add(check);
        using var runner = new HealthRunner(
            Microsoft.Extensions.Options.Options.Create(registered), new CheckSurroundings(services.GetRequiredService<IServiceScopeFactory>(), _ => policy, time, NullLogger.Instance, static text => text), Second);

        var (falseAlarms, seenAfter, downs, wasDown) = (0, 0, 0, false);
        for (; probe < Probes; probe++)
        {
            await runner.CheckHealthAsync(null, TestContext.Current.CancellationToken);
            time.Advance(Second);
            var isDown = runner.Known(check).State is HealthCheckState.Down or HealthCheckState.Recovering;
            var isTrue = probe is >= OutageBegins and < Recovered;
            if (isDown && !wasDown)
            {
                if (isTrue) downs++;
                else falseAlarms++;
                if (isTrue && seenAfter == 0) seenAfter = probe - OutageBegins + 1;
            }

            wasDown = isDown;
        }

        Assert.False(wasDown);
        Assert.Equal(100, runner.Known(check).History.Count);
        return (falseAlarms, seenAfter, downs);
    }

    // The recovery begins with one failure in two and ends with hardly any.
    private static bool FailsAt(int probe, Random random) => random.NextDouble() < probe switch
    {
        >= OutageBegins and < OutageEnds => 1,
        >= OutageEnds and < Recovered => 0.5 * (Recovered - probe) / (Recovered - OutageEnds),
        _ => 0.01,
    };

    private sealed class Traced(Func<bool> fails) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(fails() ? HealthCheckResult.Unhealthy("by chance") : HealthCheckResult.Healthy());
    }
}
