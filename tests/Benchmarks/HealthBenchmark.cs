using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Benchmarks;

/// <summary>The same as <see cref="HealthMeasure"/>, by BenchmarkDotNet.</summary>
[MemoryDiagnoser]
[HideColumns("Error", "StdDev", "Median", "Gen0", "Gen1", "Gen2")]
public class HealthBenchmark
{
    private const int Reports = 16;

    private ServiceProvider? _plain;
    private IHost? _host;
    private HealthCheckService? _microsoft;
    private HealthCheckService? _ours;

    [Params("10 trivial", "100 trivial", "1000 trivial", "100 that await 5 ms")]
    public string Checks { get; set; } = "";

    internal static int Run()
    {
        var config = ManualConfig.Create(DefaultConfig.Instance).AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(8).WithIterationCount(20));
        var summary = BenchmarkRunner.Run<HealthBenchmark>(config.WithArtifactsPath(Path.Combine(Path.GetTempPath(), "health-benchmark")));
        return summary.HasCriticalValidationErrors || summary.Reports.Any(static report => !report.Success) ? 1 : 0;
    }

    [GlobalSetup]
    public void Begin()
    {
        var words = Checks.Split(' ');
        var (count, awaits) = (int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture), words.Length > 2);
        (_plain, _host) = (HealthMeasure.Plain(count, awaits), HealthMeasure.Ours(count, awaits));
        (_microsoft, _ours) = (_plain.GetRequiredService<HealthCheckService>(), _host.Services.GetRequiredService<HealthCheckService>());
    }

    [GlobalCleanup]
    public void End()
    {
        _plain?.Dispose();
        _host?.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Reports)]
    public Task Microsoft() => AskAsync(_microsoft!);

    [Benchmark(OperationsPerInvoke = Reports)]
    public Task Ours() => AskAsync(_ours!);

    // On the pool, as an endpoint does, and not on the thread of the benchmark, which waits.
    private static Task AskAsync(HealthCheckService service) => Task.Run(async () =>
    {
        for (var i = 0; i < Reports; i++) await service.CheckHealthAsync();
    });
}
