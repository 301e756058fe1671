using System.Data.Common;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Hosting;

/// <summary>
/// Unhealthy while migrations of this binary are not applied. A schema that a newer release brought is no fault: what is live works with it
/// until that release takes over.
/// </summary>
internal sealed class SchemaHealthCheck(SchemaGuard guard, DeploymentPartsFactory factory) : IHealthCheck
{
    internal const string Name = "schema";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // A way back to an older schema is judged by the checks of the binary that takes it.
        if (!guard.IsStarted)
            return HealthCheckResult.Healthy("the app does not serve");

        try
        {
            var distance = await guard.MeasureAsync(cancellationToken).ConfigureAwait(false);
            return distance switch
            {
                null => HealthCheckResult.Healthy("there is no database"),
                { Pending.Count: > 0 } => new HealthCheckResult(
                    context.Registration.FailureStatus,
                    $"behind: {distance.Named} not applied"
                ),
                { Ahead.Count: > 0 } => HealthCheckResult.Healthy($"ahead: {distance.Ahead.Count} migrations of a newer release"),
                _ => HealthCheckResult.Healthy("the schema is this binary's"),
            };
        }
        catch (Exception e) when (e is DeploymentException or DbException)
        {
            return new HealthCheckResult(
                context.Registration.FailureStatus,
                $"the schema can't be read: {NamedCommands.Complete(factory.Redactor.Redact(e.Message), factory.Environment.Name)}"
            );
        }
    }
}
