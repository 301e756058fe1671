using Deployment.Toolkit.Hosting;

namespace Deployment.Toolkit;

/// <content>Watching what was deployed.</content>
public sealed partial class Deployer
{
    /// <summary>
    /// Watches the release that is live, after its deployment has ended, and takes it back when it is not well: once. The release that was
    /// left is on hold afterwards, and what a rollback brought is not taken back again.
    /// </summary>
    /// <param name="request">For how long, how often, and when it counts as not well.</param>
    /// <param name="cancellationToken">Ends the watching; a rollback under way can be resumed.</param>
    /// <returns>
    /// Succeeded when it was well; rolled back; failed where nothing was to be changed or somebody else acted meanwhile; needs attention
    /// where it could not be taken back, or should not.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A time or number of the request is out of its range.</exception>
    public Task<DeploymentResult> WatchAsync(WatchRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync(
            environment => new ReleaseWatch(_factory, environment, request, RollbackFromAsync).RunAsync(cancellationToken),
            cancellationToken
        );
    }
}
