using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Health;

/// <summary>What every check is asked with.</summary>
internal sealed class CheckSurroundings(
    IServiceScopeFactory scopes,
    Func<string, HealthCheckPolicy> policies,
    TimeProvider time,
    ILogger logger,
    Func<string, string> redact
)
{
    internal IServiceScopeFactory Scopes => scopes;

    internal Func<string, HealthCheckPolicy> Policies => policies;

    internal TimeProvider Time => time;

    internal ILogger Logger => logger;

    internal Func<string, string> Redact => redact;

    /// <summary>From when a start-up grace counts.</summary>
    internal DateTimeOffset Began { get; } = time.GetUtcNow();
}
