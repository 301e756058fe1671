using System.Globalization;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Preflight;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Hosting;

/// <summary>Waits until the gates of an environment let a release in.</summary>
internal sealed class GateWait(
    DeploymentPartsFactory factory,
    Func<OwnSteps> steps,
    JournalHolder operatorOf,
    IProgress<DeploymentProgress>? progress
)
{
    /// <summary>What is to be skipped; <see langword="null"/> for nothing.</summary>
    internal BypassRequest? Bypass { get; init; }

    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Returns when they do, when the time is over, and at once when something else stands in the way: whoever then begins is told what
    /// it is.
    /// </summary>
    internal async Task ForAsync(DeploymentEnvironment environment, string release, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (limit < TimeSpan.Zero || limit > Longest)
            throw DeploymentException.Refused(
                Codes.CommandLineInvalid,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The time to wait for gates is {limit:c}. Give one up to {Longest.TotalDays:0} days with --wait."
                )
            );

        var watched = new ObservedProgress(progress, factory.Redactor, factory.Logger);
        var (started, told) = (factory.Time.GetTimestamp(), "");
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var closed = await ClosedAsync(environment, release, cancellationToken).ConfigureAwait(false);
            var left = limit - factory.Time.GetElapsedTime(started);
            if (closed.Count == 0 || left <= TimeSpan.Zero)
                return;

            // Reasons tell how long something lasts, which changes by the minute; who waits wants to know what is left to wait for.
            if (string.Join(", ", closed.Select(static gate => $"{gate.Name} ({gate.Outcome})")) is var now && now != told)
            {
                foreach (var gate in closed)
                    watched.Report(new DeploymentProgress { Kind = ProgressKind.Waiting, Text = $"gate '{gate.Name}': {gate.Reason}" });
                watched.Report(
                    new DeploymentProgress
                    {
                        Kind = ProgressKind.Waiting,
                        Text = string.Create(
                            CultureInfo.InvariantCulture,
                            $"waiting {left:d\\.hh\\:mm\\:ss} at most until {closed.Count} of the gates of '{environment.Name}' {(closed.Count == 1 ? "passes" : "pass")}"
                        ),
                    }
                );
                told = now;
            }

            await Task.Delay(pause < left ? pause : left, factory.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The gates that may yet pass; none when all do, or when waiting is no use.</summary>
    private async Task<IReadOnlyList<PlannedGate>> ClosedAsync(
        DeploymentEnvironment environment,
        string release,
        CancellationToken cancellationToken
    )
    {
        await using var own = steps();
        var (answer, _) = await new UpPreflight(factory, own) { Operator = operatorOf, Bypass = Bypass }
            .LookAsync(environment, release, isSettingsOnly: false, cancellationToken)
            .ConfigureAwait(false);
        var closed = (answer.Plan?.Gates ?? [])
            .Where(static gate => gate is { Bypassed: null } && gate.Outcome != GateOutcome.Passed)
            .ToList();
        var refusals = PromotionGates.Refusals(closed);
        // No time makes another build of this one.
        return answer.Findings.Errors.All(refusals.Contains) && !closed.Exists(static gate => gate.Code == Codes.PromotionOfAnotherBuild)
            ? closed
            : [];
    }
}
