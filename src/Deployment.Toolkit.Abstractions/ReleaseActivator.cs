namespace Deployment.Toolkit;

/// <summary>Puts a release's code live: starts containers, moves a link, tells a platform.</summary>
public abstract class ReleaseActivator
{
    /// <summary>One line for plans, for example <c>docker compose up -d</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Whether this activator changes anything; <see langword="false"/> when the platform starts the code by itself.</summary>
    public virtual bool HasEffect => true;

    /// <summary>
    /// What keeps it from putting a release live: its files or its image are not there. It is asked before anything begins, of a release
    /// that is to be deployed and of one to roll back to, and changes nothing.
    /// </summary>
    /// <param name="release">The release.</param>
    /// <param name="kind">What the run is to do.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A sentence that says what is missing and what mends it; <see langword="null"/> when nothing is.</returns>
    public virtual Task<string?> FindObstacleAsync(Release release, RunKind kind, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);

    /// <summary>Puts a release live. It is called again after an interruption, so it must lead to the same state.</summary>
    /// <param name="release">The release to put live; on the way back, the one that was live before.</param>
    /// <param name="context">The step's context.</param>
    /// <param name="cancellationToken">Set at the timeout and at Ctrl+C.</param>
    public abstract Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken);

    /// <summary>Asks the outside world, not memory, which release is live.</summary>
    /// <param name="context">The step's context.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The release, or <see langword="null"/> when that cannot be told.</returns>
    public virtual Task<Release?> CurrentAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult<Release?>(null);
}
