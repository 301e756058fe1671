using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health;

/// <summary>Waits until the checks agree that a deployment has to wait for.</summary>
internal sealed class HealthGate(HealthRunner runner, HealthGateOptions options)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Those that decide.</summary>
    internal IReadOnlyList<HealthCheckRegistration> Checks => [.. Shown.Where(IsAsked)];

    private IEnumerable<HealthCheckRegistration> Shown =>
        options.NothingBecause is not null
            ? []
            : runner.Registered.Where(check =>
                options.Tags.Count == 0 || options.Tags.Any(tag => check.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase))
            );

    /// <summary>Why the gate asks nothing; <see langword="null"/> when it is to ask.</summary>
    internal string? NothingBecause => options.NothingBecause;

    /// <summary>Why the gate's answer would mean nothing: no check belongs to it, or none to one of the tags that it requires.</summary>
    internal IReadOnlyList<DeploymentMessage> Faults
    {
        get
        {
            if (options.NothingBecause is not null)
            {
                return options.Tags.Count == 0
                    ? []
                    :
                    [
                        Fault(
                            $"The health gate is declared to ask nothing ({options.NothingBecause}) and to require "
                                + $"{string.Join(", ", options.Tags.Select(static tag => $"tag '{tag}'"))}. Leave one of them out in "
                                + $"AddHealthGate."
                        ),
                    ];
            }

            var checks = runner.Registered.Where(CanFail).ToList();
            if (options.Tags.Count == 0)
                return checks.Count > 0
                    ? []
                    :
                    [
                        Fault(
                            $"The health gate asks nothing: no health check is registered{OtherThanThose}, so a release would pass whatever it is like. "
                                + $"Register one with builder.Services.AddHealthChecks().AddCheck(…), {Declared}."
                        ),
                    ];

            var tags = checks
                .SelectMany(static check => check.Tags)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Order(StringComparer.Ordinal)
                .ToList();
            return
            [
                .. options
                    .Tags.Where(tag => !tags.Contains(tag, StringComparer.OrdinalIgnoreCase))
                    .Select(tag =>
                        Fault(
                            $"The health gate requires tag '{tag}', which {(checks.Count == 0 ? "no" : $"none of the {checks.Count}")} {KindOfThose(checks.Count)} carries, "
                                + $"so it would ask nothing of it.{Suggestion.Sentence(tag, tags)} "
                                + $"Give a check the tag with AddCheck(…, tags: [\"{tag}\"]), correct RequireTag in AddHealthGate, "
                                + $"{Declared}."
                        )
                    ),
            ];

            static DeploymentMessage Fault(string text) => new(Codes.HealthGateAsksNothing, text);
        }
    }

    private const string Declared = "or declare that nothing is asked with .AddHealthGate(h => h.Nothing(\"why\"))";

    private string OtherThanThose =>
        !runner.Registered.Any() ? ""
        : runner.Registered.All(IsOwn) ? " but the toolkit's own, which a release that doesn't serve yet can't fail"
        : options.AllowDegraded ? " but those that are optional or advisory, and AllowDegraded lets these pass"
        : " but those that are advisory";

    internal TimeSpan Limit => options.WaitAtMost;

    internal bool Passes(HealthReport report) => Faults.Count == 0 && IsGoodEnough(report);

    internal bool IsGoodEnough(HealthReport report) =>
        report.Status == HealthStatus.Healthy || (options.AllowDegraded && report.Status == HealthStatus.Degraded);

    internal Task<HealthReport> CheckAsync(CancellationToken cancellationToken) =>
        runner.AskAsync(Checks, maximumAge: TimeSpan.Zero, options.TimeoutPerCheck, within: null, cancellationToken);

    /// <summary>
    /// Asks once how the environment is before a release enters: without the toolkit's own checks, which tell what that release still lacks
    /// there.
    /// </summary>
    internal Task<HealthReport> CheckBeforeAsync(CancellationToken cancellationToken) =>
        runner.AskAsync(
            [.. Checks.Where(check => !IsOwn(check))],
            maximumAge: TimeSpan.Zero,
            options.TimeoutPerCheck,
            within: null,
            cancellationToken
        );

    /// <summary>Asks once, also those that decide nothing, for whoever wants to see them.</summary>
    internal Task<HealthReport> LookAsync(CancellationToken cancellationToken) =>
        runner.AskAsync([.. Shown], maximumAge: TimeSpan.Zero, options.TimeoutPerCheck, within: null, cancellationToken);

    /// <summary>Asks until the checks agree or the limit is over.</summary>
    /// <returns>The last report, and whether it passes.</returns>
    internal async Task<HealthReport> WaitAsync(Action<string> write, CancellationToken cancellationToken)
    {
        var started = runner.Time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var report = await CheckAsync(cancellationToken).ConfigureAwait(false);
            var left = options.WaitAtMost - runner.Time.GetElapsedTime(started);
            if (Passes(report) || left <= TimeSpan.Zero)
                return report;

            write($"not healthy yet: {Describe(report)}; waiting {left.TotalSeconds:F0} s more at most");
            await Task.Delay(pause < left ? pause : left, runner.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    internal static string Describe(HealthReport report)
    {
        var failing = report.Entries.Where(static e => e.Value.Status != HealthStatus.Healthy).ToList();
        return failing.Count == 0
            ? $"{report.Entries.Count} of {report.Entries.Count} checks healthy"
            : string.Join(
                "; ",
                failing.Select(static e =>
                    $"'{e.Key}' is {e.Value.Status.ToString().ToLowerInvariant()}: "
                    + $"{e.Value.Description ?? e.Value.Exception?.Message ?? "no reason given"}"
                )
            ) + (failing.Exists(static e => e.Value.Exception is not null) ? $" ({StackText.WhereThrown})" : "");
    }

    private string KindOfThose(int count) =>
        (
            count == runner.Registered.Count(check => !IsOwn(check)) ? "registered"
            : options.AllowDegraded ? "required"
            : "required or optional"
        )
        + " health check"
        + (count == 0 ? "" : "s");

    // A gate of checks that can't would pass whatever the app is like.
    private bool CanFail(HealthCheckRegistration check) =>
        !IsOwn(check) && (options.AllowDegraded ? runner.PolicyOf(check).Role == HealthCheckRole.Required : IsAsked(check));

    private bool IsOwn(HealthCheckRegistration check) => options.Own.Contains(check.Name);

    private bool IsAsked(HealthCheckRegistration check) => runner.PolicyOf(check).Role != HealthCheckRole.Advisory;
}
