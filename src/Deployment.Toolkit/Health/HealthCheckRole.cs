namespace Deployment.Toolkit;

/// <summary>What a health check's answer decides.</summary>
public enum HealthCheckRole
{
    /// <summary>While it is down, the app is not ready, and no release is verified.</summary>
    Required,

    /// <summary>The app serves without it: while it is down, the whole is degraded.</summary>
    Optional,

    /// <summary>It is shown, and decides nothing: neither readiness nor a deployment.</summary>
    Advisory,
}
