using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Shows what happens while it happens, on standard error.</summary>
internal abstract class ProgressWriter : IProgress<DeploymentProgress>, IAsyncDisposable
{
    internal static ProgressWriter For(Terminal terminal) =>
        terminal.IsWatched ? new LiveProgress(terminal) : new PlainProgress(terminal.Error);

    public abstract void Report(DeploymentProgress value);

    public abstract ValueTask DisposeAsync();

    /// <summary>One event in one line, without colours and with nothing that a terminal obeys.</summary>
    protected static string Line(DeploymentProgress progress) => VisibleText.Line(Words(progress));

    private static string Words(DeploymentProgress progress)
    {
        var step = progress.IsWayBack ? $"{progress.Step} (way back)" : progress.Step;
        var took = progress.DurationSeconds is { } seconds ? Format.Duration(seconds) : "";
        return progress.Kind switch
        {
            ProgressKind.Waiting => $"waiting: {progress.Text}",
            ProgressKind.GoingBack => $"going back: {progress.Text}",
            ProgressKind.StepStarted => $"{step}: {progress.Text}",
            ProgressKind.Output => $"{step} | {progress.Text}",
            ProgressKind.StepDone => $"{step}: done in {took}",
            ProgressKind.StepFailed => $"{step}: failed after {took}: {progress.Text}",
            _ => progress.Text,
        };
    }
}

/// <summary>One line an event, for logs and pipes.</summary>
internal sealed class PlainProgress(TextWriter writer) : ProgressWriter
{
    private readonly Lock _lock = new();

    public override void Report(DeploymentProgress value)
    {
        lock (_lock)
            writer.WriteLine(Line(value));
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
