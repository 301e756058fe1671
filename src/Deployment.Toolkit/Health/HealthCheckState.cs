namespace Deployment.Toolkit;

/// <summary>Where a health check stands after what it answered lately, not only last.</summary>
public enum HealthCheckState
{
    /// <summary>It has not answered yet.</summary>
    Unknown,

    /// <summary>It has never been well, and its start-up grace is not over.</summary>
    Starting,

    /// <summary>It is well, or degraded.</summary>
    Up,

    /// <summary>It was well and fails, but not often enough yet to be down.</summary>
    Doubtful,

    /// <summary>It is down.</summary>
    Down,

    /// <summary>It was down and is well, but not often enough yet to be up.</summary>
    Recovering,
}
