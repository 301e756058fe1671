using Microsoft.Extensions.Diagnostics.HealthChecks;
using Spectre.Console;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>A table that stays where it is and shows the newest answers, with how often each check failed while it was looked at.</summary>
internal sealed class LiveHealthWatch(Terminal terminal, Func<string, string> mask) : HealthWatch(mask)
{
    private readonly Dictionary<string, (int Asked, int Failed, HealthStatus Status, DateTimeOffset Since)> _seen = new(
        StringComparer.Ordinal
    );
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LiveDisplayContext? _live;
    private Task _display = Task.CompletedTask;

    internal override void Show(HealthReport report, DateTimeOffset at)
    {
        var table = TableOf(report, at);
        if (_live is not null)
        {
            _live.UpdateTarget(table);
            return;
        }

        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(terminal.Error),
                Interactive = InteractionSupport.Yes,
                ColorSystem = terminal.HasColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            }
        );
        _display = console
            .Live(table)
            .StartAsync(context =>
            {
                _live = context;
                context.Refresh();
                return _end.Task;
            });
    }

    public override async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        await _display.ConfigureAwait(false);
    }

    private Table TableOf(HealthReport report, DateTimeOffset at)
    {
        var table = new Table
        {
            Border = terminal.HasSymbols ? TableBorder.Rounded : TableBorder.Ascii,
            Title = new TableTitle($"{Clock(at)} {Format.Words(report.Status)}"),
        };
        table.AddColumns("check", "status", "since", "took", "failed", "");
        foreach (var (name, entry) in report.Entries)
        {
            var seen = _seen.GetValueOrDefault(name);
            var isNew = seen.Asked == 0 || seen.Status != entry.Status;
            seen = (seen.Asked + 1, seen.Failed + (entry.Status == HealthStatus.Unhealthy ? 1 : 0), entry.Status, isNew ? at : seen.Since);
            _seen[name] = seen;
            table.AddRow(
                Markup.Escape(Text(name)),
                $"[{Colour(entry.Status)}]{Format.Words(entry.Status)}[/]",
                Clock(seen.Since),
                Format.Duration(entry.Duration.TotalSeconds),
                $"{seen.Failed} of {seen.Asked}",
                Markup.Escape(Words(entry))
            );
        }

        return table;
    }

    private static string Colour(HealthStatus status) =>
        status switch
        {
            HealthStatus.Healthy => "green",
            HealthStatus.Degraded => "yellow",
            _ => "red",
        };
}
