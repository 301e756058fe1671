namespace Deployment.Toolkit;

/// <summary>What a platform asks of a running app. A check's tags say which of them it belongs to.</summary>
public enum HealthProbe
{
    /// <summary>
    /// Whether the process is to be restarted: checks tagged <c>live</c>. A check of something outside of the process doesn't belong here:
    /// no restart mends it.
    /// </summary>
    Live,

    /// <summary>
    /// Whether the app is to get requests: checks tagged <c>ready</c>, and those that carry none of the tags <c>live</c>, <c>ready</c> and
    /// <c>startup</c>.
    /// </summary>
    Ready,

    /// <summary>
    /// Whether the app has started: checks tagged <c>startup</c>, or those of <see cref="Ready"/> where no check is. Passed once, it stays
    /// passed.
    /// </summary>
    Startup,
}
