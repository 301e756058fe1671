using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Hosting;

/// <summary>
/// Unhealthy while the journal of the host's environment doesn't hold: a record was altered, removed, inserted or cut off.
/// </summary>
internal sealed class JournalHealthCheck(DeploymentHistory history, IHostEnvironment host) : IHealthCheck
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
                : Unhealthy(context, result.Messages[0].Text);
        }
        catch (Exception e) when (e is DeploymentException or IOException or UnauthorizedAccessException)
        {
            return Unhealthy(context, $"can't be read: {Sentence.Of(e)}");
        }
    }

    private HealthCheckResult Unhealthy(HealthCheckContext context, string why) =>
        new(context.Registration.FailureStatus, NamedCommands.Complete(why, host.EnvironmentName));
}
