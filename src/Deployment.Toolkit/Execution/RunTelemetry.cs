using System.Diagnostics;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Execution;

/// <summary>
/// Tells whoever listens of a run by the names of OpenTelemetry's conventions for pipelines,
/// https://opentelemetry.io/docs/specs/semconv/cicd/, version 1.44.
/// </summary>
internal sealed class RunTelemetry : IDisposable
{
    private const string Environment = "deployment.environment.name";
    private const string Pipeline = "cicd.pipeline.name";
    private const string Result = "cicd.pipeline.result";
    private const string State = "cicd.pipeline.run.state";
    private const string ErrorType = "error.type";

    private readonly RunLog _run;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TelemetrySpan _span;

    private RunTelemetry(RunLog run, TimeProvider time)
    {
        (_run, _time, _started) = (run, time, time.GetTimestamp());
        // A deployment is what a server does for whoever asks for it, says the convention.
        _span = Telemetry
            .Start($"RUN {NameOf(run.Plan.Kind)}", ActivityKind.Server)
            .SetTag("cicd.pipeline.action.name", "RUN")
            .SetTag(Pipeline, NameOf(run.Plan.Kind))
            .SetTag("cicd.pipeline.run.id", run.Id)
            .SetTag(Environment, NameOf(run.Plan.Environment))
            .SetTag("vcs.ref.head.revision", run.Plan.Release.Commit);
        Telemetry.Add(Telemetry.RunsActive, 1, Tags(run));
    }

    /// <summary>Whether somebody ended it before it had ended.</summary>
    internal bool WasCancelled { get; set; }

    internal static RunTelemetry Begin(RunLog run, TimeProvider time) => new(run, time);

    /// <summary>An environment as telemetry names it: the convention's values are in lower case.</summary>
    internal static string NameOf(string environment) => environment.ToLowerInvariant();

    public void Dispose()
    {
        var (result, error) = _run.State switch
        {
            RunState.Succeeded => ("success", null),
            RunState.RolledBack => ("failure", "rolled_back"),
            RunState.Failed => ("failure", "failed"),
            RunState.NeedsAttention => ("error", "needs_attention"),
            _ when WasCancelled => ("cancellation", (string?)null),
            _ => ("error", "interrupted"),
        };
        _span.SetTag(Result, result);
        var tags = Tags(_run);
        tags.Add(Result, result);
        if (error is not null)
        {
            _span.SetTag(ErrorType, error);
            _span.SetError();
            tags.Add(ErrorType, error);
            var errors = Tags(_run);
            errors.Add(ErrorType, error);
            Telemetry.Count(Telemetry.RunErrors, errors);
        }

        Telemetry.Add(Telemetry.RunsActive, -1, Tags(_run));
        Telemetry.Measure(Telemetry.RunDuration, _time.GetElapsedTime(_started).TotalSeconds, tags);
        _span.Dispose();
    }

    // The run's id would make a series of every run.
    private static TagList Tags(RunLog run) =>
        new()
        {
            { Pipeline, NameOf(run.Plan.Kind) },
            { State, "executing" },
            { Environment, NameOf(run.Plan.Environment) },
        };

    private static string NameOf(RunKind kind) => $"deploy {kind.ToString().ToLowerInvariant()}";
}
