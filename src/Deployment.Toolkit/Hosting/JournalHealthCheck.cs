using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Hosting;

/// <summary>
/// Unhealthy while the journal of the host's environment doesn't hold: a record was altered, removed, inserted or cut off.
/// </summary>
internal sealed class JournalHealthCheck(DeploymentHistory history) : IHealthCheck
{
    internal const string Name = "journal";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var result = await history.VerifyJournalAsync(null, cancellationToken).ConfigureAwait(false);
            // What is left open where nothing outside of its folder knows the journal is for whoever asks by hand.
            return result.Outcome == DeploymentOutcome.Succeeded
                ? HealthCheckResult.Healthy("whole")
                : new HealthCheckResult(context.Registration.FailureStatus, result.Messages[0].Text);
        }
        catch (Exception e) when (e is DeploymentException or IOException or UnauthorizedAccessException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"can't be read: {Sentence.Of(e)}");
        }
    }
}
