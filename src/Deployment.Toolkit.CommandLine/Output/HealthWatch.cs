using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Shows answers of health checks as they come, on standard error.</summary>
internal abstract class HealthWatch(Func<string, string> mask) : IAsyncDisposable
{
    internal static HealthWatch For(Terminal terminal, Func<string, string> mask) =>
        terminal.IsWatched ? new LiveHealthWatch(terminal, mask) : new PlainHealthWatch(terminal.Error, mask);

    internal abstract void Show(HealthReport report, DateTimeOffset at);

    public abstract ValueTask DisposeAsync();

    /// <summary>A check's own words, without secrets and with nothing that a terminal obeys.</summary>
    protected string Text(string? text) => text is null ? "" : VisibleText.Line(mask(text));

    protected string Words(HealthReportEntry entry) => Text(entry.Description ?? entry.Exception?.Message);

    protected static string Clock(DateTimeOffset at) => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}

/// <summary>A line for each check at first, and then one for each that changes.</summary>
internal sealed class PlainHealthWatch(TextWriter writer, Func<string, string> mask) : HealthWatch(mask)
{
    private readonly Dictionary<string, HealthStatus> _shown = new(StringComparer.Ordinal);

    internal override void Show(HealthReport report, DateTimeOffset at)
    {
        foreach (var (name, entry) in report.Entries)
        {
            if (_shown.TryGetValue(name, out var before) && before == entry.Status)
                continue;

            _shown[name] = entry.Status;
            var words = Words(entry);
            writer.WriteLine($"{Clock(at)} {Text(name)}: {Format.Words(entry.Status)}{(words.Length == 0 ? "" : $", {words}")}");
        }

        writer.Flush();
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
