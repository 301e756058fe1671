using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Tests.Diagnostics;

/// <summary>docs/observability.md names every instrument and every log, and none that there isn't.</summary>
public sealed partial class ObservabilityPageTests
{
    private static readonly string Page = File.ReadAllText(PathOf("docs/observability.md"));

    [Fact]
    public async Task It_names_every_instrument_with_its_unit_and_none_else()
    {
        var instruments = new SortedSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == Telemetry.Name) lock (instruments) instruments.Add($"{instrument.Name} {instrument.Unit}");
            },
        };
        listener.Start();
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(Telemetry).TypeHandle);
        // Gauges are made by a host that runs, those of secrets where there may be some.
        using var app = new TestApp { Configure = static deployment => deployment.AddSealedSecrets().AddHealthGate(static h => h.Nothing("test")) };
        using var host = app.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);

        var named = Instrument().Matches(Page).Select(static row => $"{row.Groups["name"].Value} {row.Groups["unit"].Value}");
        lock (instruments) Assert.Equal(instruments, named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_names_every_log_as_it_is_written()
    {
        var logs = typeof(Log).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(static method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .OrderBy(static log => log.EventId)
            .Select(static log => $"| {log.EventId} | {log.Level.ToString().ToLowerInvariant()} | {log.Message} |")
            .ToList();
        Assert.InRange(logs.Count, 20, 200);
        Assert.Equal(logs, LogRow().Matches(Page).Select(static row => row.Value));
    }

    private static string PathOf(string path)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Deployment.Toolkit.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository's root is not above the tests.");
        return Path.Combine(folder, path);
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z.]+)` \| [a-z -]+, (?<unit>[a-z{}]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Instrument();

    [GeneratedRegex(@"^\| [0-9]+ \| [a-z]+ \| .*? \|(?= )", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LogRow();
}
