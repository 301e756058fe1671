using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Benchmarks;

/// <summary>What a report costs under .NET's own service and under ours, which isolates the checks: in one process, in turns, no answer kept.</summary>
internal static class HealthMeasure
{
    internal static async Task<int> RunAsync(int rounds)
    {
        Console.WriteLine("checks                     .NET's own            ours                  ratio");
        foreach (var (checks, awaits) in new[] { (10, false), (100, false), (1000, false), (100, true) })
        {
            await using var microsoft = Plain(checks, awaits);
            using var ours = Ours(checks, awaits);
            var (theirs, own) = (new List<(double Time, double Bytes)>(), new List<(double Time, double Bytes)>());
            for (var i = -rounds / 4; i < rounds; i++)
            {
                var one = await TakeAsync(microsoft);
                var other = await TakeAsync(ours.Services);
                // The first rounds are compiled while they run.
                if (i < 0) continue;
                theirs.Add(one);
                own.Add(other);
            }

            var (a, b) = ((Time: Median(theirs, static m => m.Time), Bytes: Median(theirs, static m => m.Bytes)), (Time: Median(own, static m => m.Time), Bytes: Median(own, static m => m.Bytes)));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{checks,4} {(awaits ? "that await 5 ms" : "trivial"),-18}  {a.Time,8:F1} µs {a.Bytes / checks,6:F0} B   {b.Time,8:F1} µs {b.Bytes / checks,6:F0} B    {b.Time / a.Time:F2} time, {b.Bytes / a.Bytes:F2} bytes"));
        }

        return 0;
    }

    private static async Task<(double Time, double Bytes)> TakeAsync(IServiceProvider services)
    {
        var service = services.GetRequiredService<HealthCheckService>();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var began = Stopwatch.GetTimestamp();
        await service.CheckHealthAsync();
        var took = Stopwatch.GetElapsedTime(began);
        return (took.TotalMicroseconds, GC.GetTotalAllocatedBytes(precise: true) - bytes);
    }

    private static ServiceProvider Plain(int checks, bool awaits)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        Register(services.AddHealthChecks(), checks, awaits);
        return services.BuildServiceProvider();
    }

    private static IHost Ours(int checks, bool awaits)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        Register(builder.Services.AddHealthChecks(), checks, awaits);
        builder.AddDeployment();
        builder.Services.Configure<HealthCheckPolicy>(static policy => policy.MaximumAge = TimeSpan.Zero);
        return builder.Build();
    }

    private static void Register(IHealthChecksBuilder builder, int checks, bool awaits)
    {
        for (var i = 0; i < checks; i++)
        {
            if (awaits) builder.AddAsyncCheck($"check {i}", static async () => { await Task.Delay(5); return HealthCheckResult.Healthy(); });
            else builder.AddCheck($"check {i}", static () => HealthCheckResult.Healthy());
        }
    }

    private static double Median(List<(double Time, double Bytes)> measured, Func<(double Time, double Bytes), double> what) => measured.Select(what).Order().ElementAt(measured.Count / 2);
}
