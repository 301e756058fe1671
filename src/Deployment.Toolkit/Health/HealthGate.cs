using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Health;

/// <summary>
/// Asks the app's registered health checks, all at once and each under an enforced timeout: .NET's own service waits for a check that
/// ignores its token, and one factory's exception costs it the whole report.
/// </summary>
internal sealed class HealthGate(
    IServiceScopeFactory scopes,
    IOptions<HealthCheckServiceOptions> registered,
    HealthGateOptions options,
    TimeProvider time,
    ILogger logger,
    Func<string, string> redact
)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // Checks that ran on past their timeout, by name: they are never started a second time while they do.
    private readonly ConcurrentDictionary<string, (Task Work, DateTimeOffset Since)> _orphans = new(StringComparer.Ordinal);

    // What each check threw last: a gate asks again and again, and the log needs to hear of it once.
    private readonly ConcurrentDictionary<string, string> _thrown = new(StringComparer.Ordinal);

    internal IReadOnlyList<HealthCheckRegistration> Checks =>
        options.NothingBecause is not null
            ? []
            :
            [
                .. registered.Value.Registrations.Where(check =>
                    options.Tags.Count == 0 || options.Tags.Any(tag => check.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase))
                ),
            ];

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

            var checks = registered.Value.Registrations;
            if (options.Tags.Count == 0)
                return checks.Count > 0
                    ? []
                    :
                    [
                        Fault(
                            $"The health gate asks nothing: no health check is registered, so a release would pass whatever it is like. "
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
                            $"The health gate requires tag '{tag}', which none of the {checks.Count} registered health checks carries, "
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

    internal TimeSpan Limit => options.WaitAtMost;

    internal bool Passes(HealthReport report) => Faults.Count == 0 && IsGoodEnough(report);

    private bool IsGoodEnough(HealthReport report) =>
        report.Status == HealthStatus.Healthy || (options.AllowDegraded && report.Status == HealthStatus.Degraded);

    internal async Task<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var entries = await Task.WhenAll(
                Checks.Select(async check => (check.Name, Entry: await CheckAsync(check, cancellationToken).ConfigureAwait(false)))
            )
            .ConfigureAwait(false);
        return new HealthReport(
            entries.ToDictionary(static e => e.Name, static e => e.Entry, StringComparer.Ordinal),
            time.GetElapsedTime(started)
        );
    }

    /// <summary>Asks until the checks agree or the limit is over.</summary>
    /// <returns>The last report, and whether it passes.</returns>
    internal async Task<HealthReport> WaitAsync(Action<string> write, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var report = await CheckAsync(cancellationToken).ConfigureAwait(false);
            var left = options.WaitAtMost - time.GetElapsedTime(started);
            if (Passes(report) || left <= TimeSpan.Zero)
                return report;

            write($"not healthy yet: {Describe(report)}; waiting {left.TotalSeconds:F0} s more at most");
            await Task.Delay(pause < left ? pause : left, time, cancellationToken).ConfigureAwait(false);
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

    private async Task<HealthReportEntry> CheckAsync(HealthCheckRegistration check, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        if (_orphans.TryGetValue(check.Name, out var orphan) && !orphan.Work.IsCompleted)
            return Unhealthy(
                started,
                check,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"still running since {orphan.Since.UtcDateTime:HH:mm:ss} UTC and not started again"
                ),
                null
            );

        var timeout = check.Timeout > TimeSpan.Zero && check.Timeout != Timeout.InfiniteTimeSpan ? check.Timeout : options.TimeoutPerCheck;
        using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = Task.Run(() => RunAsync(check, source.Token), CancellationToken.None);
        var late = Task.Delay(timeout, time, source.Token);
        var isInTime = await Task.WhenAny(work, late).ConfigureAwait(false) == work;
        await source.CancelAsync().ConfigureAwait(false);
        if (!isInTime)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _orphans[check.Name] = (work, time.GetUtcNow());
            return Unhealthy(
                started,
                check,
                string.Create(CultureInfo.InvariantCulture, $"timed out after {timeout.TotalSeconds:0.###} s and may still be running"),
                null
            );
        }

        try
        {
            var result = await work.ConfigureAwait(false);
            return Entry(started, check, result.Status, result.Description, result.Exception, result.Data);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Unhealthy(started, check, e.Message, e);
        }
    }

    private async Task<HealthCheckResult> RunAsync(HealthCheckRegistration check, CancellationToken cancellationToken)
    {
        using var span = Telemetry.Start("deployment.health.check");
        span.SetTag("deployment.health.check.name", check.Name);
        await using var scope = scopes.CreateAsyncScope();
        var instance = check.Factory(scope.ServiceProvider);
        return await instance.CheckHealthAsync(new HealthCheckContext { Registration = check }, cancellationToken).ConfigureAwait(false);
    }

    private HealthReportEntry Unhealthy(long started, HealthCheckRegistration check, string description, Exception? exception) =>
        Entry(started, check, check.FailureStatus, description, exception, null);

    private HealthReportEntry Entry(
        long started,
        HealthCheckRegistration check,
        HealthStatus status,
        string? description,
        Exception? exception,
        IReadOnlyDictionary<string, object>? data
    )
    {
        var duration = time.GetElapsedTime(started);
        var tags = new TagList
        {
            { "deployment.health.check.name", check.Name },
            { "deployment.health.check.status", status.ToString().ToLowerInvariant() },
        };
        if (
            exception is not null
            && StackText.Of(exception, redact) is var text
            && (!_thrown.TryGetValue(check.Name, out var last) || last != text)
        )
        {
            _thrown[check.Name] = text;
            Log.HealthCheckThrew(logger, check.Name, text);
        }

        Telemetry.Measure(Telemetry.HealthCheckDuration, duration.TotalSeconds, tags);
        return new HealthReportEntry(status, description, duration, exception, data, check.Tags);
    }
}
