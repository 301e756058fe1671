using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Deployment.Toolkit.Diagnostics;

/// <summary>The one activity source and the one meter, both named <c>Deployment.Toolkit</c>; names follow OpenTelemetry's conventions.</summary>
internal static class Telemetry
{
    internal const string Name = "Deployment.Toolkit";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Histogram<double> RunDuration =
        Meter.CreateHistogram<double>("deployment.run.duration", "s", "How long runs took, by environment, kind and outcome.");

    internal static readonly Histogram<double> StepDuration =
        Meter.CreateHistogram<double>("deployment.step.duration", "s", "How long attempts at steps took, by step, direction and outcome.");

    internal static readonly Histogram<double> LockWaitDuration =
        Meter.CreateHistogram<double>("deployment.lock.wait.duration", "s", "How long the environment's lock was waited for.");

    internal static readonly Histogram<double> HealthCheckDuration =
        Meter.CreateHistogram<double>("deployment.health.check.duration", "s", "How long health checks took in the gate, by check and status.");

    internal static readonly Counter<long> LogFailures =
        Meter.CreateCounter<long>("deployment.log.failure.count", "{failure}", "Lines that a logger of the host threw at.");

    internal static readonly Counter<long> MigrationsApplied =
        Meter.CreateCounter<long>("deployment.migration.count", "{migration}", "Migrations applied and undone, by direction.");
}
