using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Steps;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Deployment.Toolkit.Execution;

/// <summary>
/// Does one step, or takes it back: intent, effect under an enforced timeout, result, and that again while it may be tried again.
/// </summary>
internal sealed class StepAttempts(
    DeploymentParts parts,
    JournalSession session,
    RunLog run,
    IProgress<DeploymentProgress> progress,
    ILogger logger
)
{
    internal async Task RunAsync(StepLog step, CatalogStep entry, StepDirection direction, CancellationToken cancellationToken)
    {
        var retriesLeft = step.Planned.Retries - (direction == StepDirection.Forward ? step.AttemptsInTurn : 0);
        if (retriesLeft <= 0)
        {
            await AttemptAsync(step, entry, direction, mayRetry: false, cancellationToken).ConfigureAwait(false);
            return;
        }

        var attempt = 0;
        var pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = parts.Time }
            .AddRetry(
                new RetryStrategyOptions<bool>
                {
                    MaxRetryAttempts = retriesLeft,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = entry.Options.RetryDelay,
                    ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome is { Exception: null, Result: true }),
                }
            )
            .Build();
        await pipeline
            .ExecuteAsync(
                async token => await AttemptAsync(step, entry, direction, mayRetry: attempt++ < retriesLeft, token).ConfigureAwait(false),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    internal StepContext ContextOf(StepLog step, StepOutput? output) =>
        new(run.Plan, parts.Environment, run.Id, step.Data)
        {
            Fence = session.Fence,
            Unproven = step.Unproven,
            OutputSink = output is null ? null : output.Write,
            NoteSink = async (key, value, cancellationToken) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                await session
                    .AppendAsync(
                        run.Id,
                        JournalKinds.StepNoted,
                        new StepNoted(step.Planned.Name, key, parts.Redactor.Redact(value)),
                        JournalJson.Default.StepNoted
                    )
                    .ConfigureAwait(false);
            },
        };

    /// <returns>Whether it is to be tried again.</returns>
    private async Task<bool> AttemptAsync(
        StepLog step,
        CatalogStep entry,
        StepDirection direction,
        bool mayRetry,
        CancellationToken cancellationToken
    )
    {
        var name = step.Planned.Name;
        var isBack = direction == StepDirection.Back;
        var output = new StepOutput(parts.Redactor, line => Report(ProgressKind.Output, line, step, isBack));
        await session
            .AppendAsync(
                run.Id,
                JournalKinds.StepIntent,
                new StepIntent(name, direction, step.Attempts + 1),
                JournalJson.Default.StepIntent
            )
            .ConfigureAwait(false);
        Report(
            ProgressKind.StepStarted,
            isBack ? step.Planned.WayBack ?? $"take back: {step.Planned.Effect}" : step.Planned.Effect,
            step,
            isBack
        );

        using var span = Telemetry
            .Start(isBack ? $"{name} (way back)" : name)
            .SetTag("cicd.pipeline.task.name", name)
            .SetTag("cicd.pipeline.task.type", "deploy")
            .SetTag(
                "cicd.pipeline.task.run.id",
                string.Create(CultureInfo.InvariantCulture, $"{run.Id}/{name}/{direction}/{step.Attempts}")
            );
        var context = ContextOf(step, output);
        var started = parts.Time.GetTimestamp();
        Boundary.Reached($"effect of {name} ({direction}): before");
        var (end, error) = await EnforcedTimeout
            .CallAsync(
                token => entry.UseAsync(own => isBack ? own.RevertAsync(context, token) : own.ExecuteAsync(context, token)),
                TimeSpan.FromSeconds(step.Planned.TimeoutSeconds),
                parts.Time,
                cancellationToken
            )
            .ConfigureAwait(false);
        Boundary.Reached($"effect of {name} ({direction}): after");
        var seconds = parts.Time.GetElapsedTime(started).TotalSeconds;

        // Interrupted, not failed: without a result the step stays in doubt, which is the truth.
        if (end == CallEnd.Cancelled || (end == CallEnd.Abandoned && cancellationToken.IsCancellationRequested))
            throw new OperationCanceledException(cancellationToken);

        var fault = Fault(step, end, error, context) is { } found ? NamedCommands.Complete(found, run.Plan.Environment) : null;
        var willRetry =
            fault is not null
            && mayRetry
            && end != CallEnd.Abandoned
            && error is not DeploymentException { Outcome: DeploymentOutcome.NeedsAttention };
        await session
            .AppendAsync(
                run.Id,
                JournalKinds.StepResult,
                new StepResult(
                    name,
                    direction,
                    step.Attempts,
                    fault is null,
                    seconds,
                    fault,
                    end == CallEnd.Abandoned,
                    willRetry,
                    Masked(context.Data),
                    output.Kept,
                    fault is null && context.IsKept
                ),
                JournalJson.Default.StepResult
            )
            .ConfigureAwait(false);

        var tags = new TagList
        {
            { "deployment.step.name", name },
            { "deployment.direction", direction.ToString().ToLowerInvariant() },
            { "deployment.outcome", end.ToString().ToLowerInvariant() },
        };
        Telemetry.Measure(Telemetry.StepDuration, seconds, tags);
        span.SetTag(
            "cicd.pipeline.task.run.result",
            fault is null ? "success"
                : end is CallEnd.TimedOut or CallEnd.Abandoned ? "timeout"
                : "failure"
        );
        if (fault is null && context.IsKept)
        {
            Report(
                ProgressKind.Output,
                step.Tenants.Count == 0 ? "it has no way back: what it did stays" : "what has no way back stays",
                step,
                isBack
            );
            return false;
        }

        if (fault is null)
        {
            Report(ProgressKind.StepDone, step.Planned.Effect, step, isBack, seconds);
            return false;
        }

        span.SetError(fault.Code);
        Log.StepFailed(logger, run.Id, name, isBack, step.Attempts, fault.ToString());
        // A refusal in the engine's own words says all there is to say; anything else came from somewhere.
        if (error is not null and not DeploymentException { InnerException: null })
            Log.StepThrew(logger, run.Id, name, isBack, step.Attempts, StackText.Of(error, parts.Redactor.Redact));
        Report(ProgressKind.StepFailed, willRetry ? fault.Text + " (it is tried again)" : fault.Text, step, isBack, seconds);
        return willRetry;
    }

    private DeploymentMessage? Fault(StepLog step, CallEnd end, Exception? error, StepContext context)
    {
        var message = end switch
        {
            CallEnd.Completed => null,
            CallEnd.TimedOut or CallEnd.Abandoned when context.OverLimit?.Invoke(end == CallEnd.Abandoned) is { } told => told,
            CallEnd.TimedOut => new DeploymentMessage(
                Codes.StepTimedOut,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Step '{step.Planned.Name}' was stopped at its timeout of {step.Planned.TimeoutSeconds:0.###} s. Make it faster, "
                        + $"or give it more with StepOptions.Timeout."
                )
            ),
            CallEnd.Abandoned => new DeploymentMessage(
                Codes.StepAbandoned,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Step '{step.Planned.Name}' ran on past its timeout of {step.Planned.TimeoutSeconds:0.###} s although it was told "
                        + $"to stop; it was left behind and ends with this process at the latest. Let it honour its cancellation token."
                )
            ),
            _ when error is DeploymentException { Messages: [{ } only] } => only,
            _ when error is DeploymentException several => several.Messages[0] with
            {
                Text = string.Join(" | ", several.Messages.Select(static m => m.Text)),
            },
            _ => new DeploymentMessage(
                Codes.StepFailed,
                $"Step '{step.Planned.Name}' failed: {error!.GetType().Name}: {Sentence.Of(error)} {StackText.Where}"
            ),
        };
        return message is null ? null : parts.Redactor.Redact(message);
    }

    private Dictionary<string, string> Masked(IReadOnlyDictionary<string, string> data) =>
        data.ToDictionary(static pair => pair.Key, pair => parts.Redactor.Redact(pair.Value), StringComparer.Ordinal);

    private void Report(ProgressKind kind, string text, StepLog step, bool isBack, double? seconds = null) =>
        progress.Report(
            new DeploymentProgress
            {
                Kind = kind,
                Text = parts.Redactor.Redact(text),
                Step = step.Planned.Name,
                IsWayBack = isBack,
                DurationSeconds = seconds,
            }
        );
}
