using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Deployment.Toolkit.Diagnostics;

/// <summary>
/// The one activity source and the one meter, both named <c>Deployment.Toolkit</c>; names follow OpenTelemetry's conventions. Whoever
/// listens is code of the host that runs within ours, so what it throws is dropped: a run must not end for it.
/// </summary>
internal static class Telemetry
{
    internal const string Name = "Deployment.Toolkit";

    private static readonly ActivitySource? Source = Quietly(static () => new ActivitySource(Name));

    private static readonly Meter Meter = new(Name);

    // What has a name in OpenTelemetry's conventions carries that one; https://opentelemetry.io/docs/specs/semconv/cicd/cicd-metrics/
    internal static readonly Histogram<double>? RunDuration = Quietly(static () =>
        Meter.CreateHistogram<double>("cicd.pipeline.run.duration", "s", "How long runs took, by environment, verb and result.")
    );

    internal static readonly UpDownCounter<long>? RunsActive = Quietly(static () =>
        Meter.CreateUpDownCounter<long>("cicd.pipeline.run.active", "{run}", "Runs under way in this process, by environment and verb.")
    );

    internal static readonly Counter<long>? RunErrors = Quietly(static () =>
        Meter.CreateCounter<long>(
            "cicd.pipeline.run.errors",
            "{error}",
            "Runs that did not succeed, by environment, verb and how they ended."
        )
    );

    internal static readonly Histogram<double>? StepDuration = Quietly(static () =>
        Meter.CreateHistogram<double>("deployment.step.duration", "s", "How long attempts at steps took, by step, direction and outcome.")
    );

    internal static readonly Histogram<double>? LockWaitDuration = Quietly(static () =>
        Meter.CreateHistogram<double>("deployment.lock.wait.duration", "s", "How long the environment's lock was waited for.")
    );

    internal static readonly Histogram<double>? HealthCheckDuration = Quietly(static () =>
        Meter.CreateHistogram<double>("deployment.health.check.duration", "s", "How long health checks took, by check and status.")
    );

    internal static readonly UpDownCounter<long>? HealthOrphans = Quietly(static () =>
        Meter.CreateUpDownCounter<long>(
            "deployment.health.check.orphan.count",
            "{run}",
            "Runs of health checks that go on past their timeout, by check."
        )
    );

    internal static readonly Counter<long>? HealthChanges = Quietly(static () =>
        Meter.CreateCounter<long>(
            "deployment.health.check.change.count",
            "{change}",
            "Changes of the state of health checks, by check and new state."
        )
    );

    internal static readonly Counter<long>? DrainsAborted = Quietly(static () =>
        Meter.CreateCounter<long>("deployment.drain.aborted", "{request}", "Requests that were cut off when the app stopped.")
    );

    internal static readonly Counter<long>? LogFailures = Quietly(static () =>
        Meter.CreateCounter<long>("deployment.log.failure.count", "{failure}", "Lines that a logger of the host threw at.")
    );

    internal static readonly Counter<long>? MigrationsApplied = Quietly(static () =>
        Meter.CreateCounter<long>("deployment.migration.count", "{migration}", "Migrations applied and undone, by direction.")
    );

    /// <summary>Begins a span, which its disposal ends.</summary>
    internal static TelemetrySpan Start(string name, ActivityKind kind = ActivityKind.Internal)
    {
        // Most hosts listen to none, and the health of a host is asked for again and again.
        if (Source?.HasListeners() != true)
            return default;

        var outer = Activity.Current;
        try
        {
            return new TelemetrySpan(Source.StartActivity(name, kind), outer);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The one that was being started may be current already.
            Activity.Current = outer;
            return default;
        }
    }

    internal static void Measure(Histogram<double>? histogram, double value, in TagList tags)
    {
        try
        {
            histogram?.Record(value, tags);
        }
        catch (Exception e) when (e is not OutOfMemoryException) { }
    }

    internal static void Count(Counter<long>? counter, in TagList tags = default)
    {
        try
        {
            counter?.Add(1, tags);
        }
        catch (Exception e) when (e is not OutOfMemoryException) { }
    }

    internal static void Add(UpDownCounter<long>? counter, long difference, in TagList tags)
    {
        try
        {
            counter?.Add(difference, tags);
        }
        catch (Exception e) when (e is not OutOfMemoryException) { }
    }

    /// <summary>Makes an instrument; <see langword="null"/> when somebody who is told of it throws.</summary>
    internal static T? Quietly<T>(Func<T> make)
        where T : class
    {
        try
        {
            return make();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }
}
