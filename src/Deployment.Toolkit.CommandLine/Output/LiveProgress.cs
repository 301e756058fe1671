using System.Text.RegularExpressions;
using Deployment.Toolkit.Diagnostics;
using Spectre.Console;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>
/// Colours, and a line that moves while a step runs. It is the only type that Spectre.Console is loaded for, at the first event.
/// </summary>
internal sealed class LiveProgress(Terminal terminal) : ProgressWriter
{
    // Of a console logger, which takes the terminal for its own.
    private static readonly Regex Colours = new("\e\\[[0-9;]*m", RegexOptions.NonBacktracking);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IAnsiConsole? _console;
    private StatusContext? _status;
    private Task _live = Task.CompletedTask;

    public override void Report(DeploymentProgress value)
    {
        lock (_lock)
        {
            var console = _console ??= Start();
            var line = Markup.Escape(Line(value));
            switch (value.Kind)
            {
                case ProgressKind.StepStarted or ProgressKind.Waiting:
                    if (_status is not null)
                        _status.Status = line;
                    break;
                case ProgressKind.StepDone:
                    console.MarkupLine($"[green]{(terminal.HasSymbols ? "✓" : "+")}[/] {line}");
                    break;
                case ProgressKind.StepFailed:
                    console.MarkupLine($"[red]{(terminal.HasSymbols ? "✗" : "x")}[/] {line}");
                    break;
                case ProgressKind.GoingBack:
                    console.MarkupLine($"[yellow]{(terminal.HasSymbols ? "↩" : "<")} {line}[/]");
                    break;
                case ProgressKind.Output:
                    console.MarkupLine($"[grey]  {line}[/]");
                    break;
                default:
                    console.MarkupLine($"[bold]{line}[/]");
                    break;
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (terminal.Others is { } others)
            others.Lines = null;
        _end.TrySetResult();
        await _live.ConfigureAwait(false);
    }

    private IAnsiConsole Start()
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(terminal.Error),
                Interactive = InteractionSupport.Yes,
                ColorSystem = terminal.HasColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            }
        );
        _live = console
            .Status()
            .Spinner(terminal.HasSymbols ? Spinner.Known.Dots : Spinner.Known.Line)
            .StartAsync(
                "…",
                context =>
                {
                    _status = context;
                    return _end.Task;
                }
            );
        // Logs of the app stand above the line that moves, each whole.
        if (terminal.Others is { } others)
            others.Lines = line => console.WriteLine(VisibleText.Line(Colours.Replace(line, "")));
        return console;
    }
}
