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
    // So long that the processor's clock, which counts hundredths of a second, says something.
    private static readonly TimeSpan LeastBlock = TimeSpan.FromMilliseconds(250);

    private static readonly (int Checks, bool Awaits)[] Shapes = [(10, false), (100, false), (1000, false), (100, true)];

    internal static async Task<int> RunAsync(int pairs)
    {
        Console.WriteLine($"Median of {pairs} pairs, and between which the middle half of their ratios lies.");
        Console.WriteLine();
        Console.WriteLine("| checks | .NET's own | ours | time | processor time | bytes a check |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var isWithin = true;
        foreach (var (checks, awaits) in Shapes)
        {
            await using var microsoft = Plain(checks, awaits);
            using var ours = Ours(checks, awaits);
            var (theirs, own) = (new List<Sample>(), new List<Sample>());
            // What is compiled while it runs, is compiled again as it is run often.
            for (var i = 0; i < 10; i++)
            {
                await TakeAsync(microsoft, LeastBlock);
                await TakeAsync(ours.Services, LeastBlock);
            }

            for (var i = 0; i < pairs; i++)
            {
                // Who comes first finds the caches as the other left them.
                if (i % 2 == 0) theirs.Add(await TakeAsync(microsoft, LeastBlock));
                own.Add(await TakeAsync(ours.Services, LeastBlock));
                if (i % 2 == 1) theirs.Add(await TakeAsync(microsoft, LeastBlock));
            }

            var time = Ratios(theirs, own, static sample => sample.Time);
            isWithin &= time.Median <= 1 && Ratios(theirs, own, static sample => sample.Bytes).Median <= 1;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {checks} {(awaits ? "that await 5 ms" : "trivial")} | {Median(theirs, static s => s.Time):F1} µs | {Median(own, static s => s.Time):F1} µs | {Text(time)} | {Text(Ratios(theirs, own, static sample => sample.Processor))} | {Median(theirs, static s => s.Bytes) / checks:F0} → {Median(own, static s => s.Bytes) / checks:F0} |"));
        }

        return isWithin ? 0 : 1;
    }

    private static async Task<Sample> TakeAsync(IServiceProvider services, TimeSpan least)
    {
        var service = services.GetRequiredService<HealthCheckService>();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var began = Stopwatch.GetTimestamp();
        var reports = 0;
        TimeSpan took;
        do
        {
            await service.CheckHealthAsync();
            reports++;
            took = Stopwatch.GetElapsedTime(began);
        }
        while (took < least);
        return new Sample(took.TotalMicroseconds / reports, (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / reports, (double)(GC.GetTotalAllocatedBytes(precise: true) - bytes) / reports);
    }

    internal static ServiceProvider Plain(int checks, bool awaits)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        Register(services.AddHealthChecks(), checks, awaits);
        return services.BuildServiceProvider();
    }

    internal static IHost Ours(int checks, bool awaits)
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

    private static double Median(List<Sample> measured, Func<Sample, double> what) => At([.. measured.Select(what).Order()], 0.5);

    private static (double Lower, double Median, double Upper) Ratios(List<Sample> theirs, List<Sample> own, Func<Sample, double> what)
    {
        double[] ratios = [.. theirs.Zip(own, (their, our) => what(our) / what(their)).Order()];
        return (At(ratios, 0.25), At(ratios, 0.5), At(ratios, 0.75));
    }

    private static double At(double[] sorted, double part) => sorted[(int)((sorted.Length - 1) * part)];

    private static string Text((double Lower, double Median, double Upper) ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio.Median:F2} ({ratio.Lower:F2}–{ratio.Upper:F2})");

    private sealed record Sample(double Time, double Processor, double Bytes);
}
