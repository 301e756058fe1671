using System.Globalization;
using System.Net;
using Deployment.Toolkit.Health;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Deployment.Toolkit.AspNetCore.Tests;

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
        var (ours, none) = (await RunAsync(defaults), await RunAsync(Policy(1, 1)));
        await using var proxy = Proxy();
        var yarp = Run(YarpSays(proxy));
        foreach (var (name, trace) in new[] { ("defaults (3 down, 2 up)", ours), ("YARP ConsecutiveFailures", yarp), ("no debounce", none) })
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{name,-24} false alarms {trace.FalseAlarms,3}   outage seen after {trace.SeenAfter} probes   downs in outage and recovery {trace.Downs}"));

        Assert.Equal(0, ours.FalseAlarms);
        Assert.Equal(defaults.FailuresToGoDown, ours.SeenAfter);
        Assert.True(ours.Downs <= yarp.Downs && yarp.Downs < none.Downs, $"{ours.Downs} against {yarp.Downs} and {none.Downs}");
        // docs/health.md says so.
        Assert.Equal((1, 4, 7, 47), (ours.Downs, yarp.Downs, none.Downs, none.FalseAlarms));
        Assert.Equal(2, yarp.SeenAfter);
        // The trace has something in it to be taken for an outage.
        Assert.True(none.FalseAlarms > 20, $"only {none.FalseAlarms}");
    }

    private static HealthCheckPolicy Policy(int down, int up) => new() { FailuresToGoDown = down, SuccessesToGoUp = up };

    private static async Task<Trace> RunAsync(HealthCheckPolicy policy)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var time = new FakeTimeProvider();
        var fails = false;
        var check = new HealthCheckRegistration("traced", _ => new Traced(() => fails), null, null);
        var registered = new HealthCheckServiceOptions();
        registered.Registrations.Add(check);
        using var runner = new HealthRunner(
            Microsoft.Extensions.Options.Options.Create(registered), new CheckSurroundings(services.GetRequiredService<IServiceScopeFactory>(), _ => policy, time, NullLogger.Instance, static text => text), Second);

        var trace = Run(failed =>
        {
            fails = failed;
            runner.CheckHealthAsync(null, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
            time.Advance(Second);
            return runner.Known(check).State is HealthCheckState.Down or HealthCheckState.Recovering;
        });
        Assert.Equal(100, runner.Known(check).History.Count);
        return trace;
    }

    /// <summary>Asks a policy of each probe of the trace whether it is down now.</summary>
    private static Trace Run(Func<bool, bool> isDownAfter)
    {
        var random = new Random(Seed);
        var (falseAlarms, seenAfter, downs, wasDown) = (0, 0, 0, false);
        for (var probe = 0; probe < Probes; probe++)
        {
            var isDown = isDownAfter(FailsAt(probe, random));
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
        return new Trace(falseAlarms, seenAfter, downs);
    }

    private static ServiceProvider Proxy()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddReverseProxy();
        return services.BuildServiceProvider();
    }

    /// <summary>YARP's own policy of active probes, with its default threshold.</summary>
    private static Func<bool, bool> YarpSays(IServiceProvider proxy)
    {
        var policy = proxy.GetServices<IActiveHealthCheckPolicy>().Single(static policy => policy.Name == HealthCheckConstants.ActivePolicy.ConsecutiveFailures);
        var config = new ClusterConfig { ClusterId = "app", HealthCheck = new HealthCheckConfig { Active = new ActiveHealthCheckConfig { Enabled = true, Policy = policy.Name } } };
        var cluster = new ClusterState("app", new ClusterModel(config, new HttpMessageInvoker(new SocketsHttpHandler())));
        var destination = new DestinationState("one", new DestinationModel(new DestinationConfig { Address = "http://127.0.0.1:1" }));
        return failed =>
        {
            using var answer = new HttpResponseMessage(failed ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK);
            policy.ProbingCompleted(cluster, [new DestinationProbingResult(destination, answer, null)]);
            return destination.Health.Active == DestinationHealth.Unhealthy;
        };
    }

    // The recovery begins with one failure in two and ends with hardly any.
    private static bool FailsAt(int probe, Random random) => random.NextDouble() < probe switch
    {
        >= OutageBegins and < OutageEnds => 1,
        >= OutageEnds and < Recovered => 0.5 * (Recovered - probe) / (Recovered - OutageEnds),
        _ => 0.01,
    };

    private sealed record Trace(int FalseAlarms, int SeenAfter, int Downs);

    private sealed class Traced(Func<bool> fails) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(fails() ? HealthCheckResult.Unhealthy("by chance") : HealthCheckResult.Healthy());
    }
}
