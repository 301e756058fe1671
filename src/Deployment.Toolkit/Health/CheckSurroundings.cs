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
    private bool _hasChanged;

    internal IServiceScopeFactory Scopes => scopes;

    internal Func<string, HealthCheckPolicy> Policies => policies;

    internal TimeProvider Time => time;

    internal ILogger Logger => logger;

    internal Func<string, string> Redact => redact;

    /// <summary>Says that the state of a check has changed, so that somebody looks which.</summary>
    internal void NoteChange() => Volatile.Write(ref _hasChanged, true);

    /// <summary>Whether one has changed since this was last asked.</summary>
    internal bool TakeChanged() => Volatile.Read(ref _hasChanged) && Interlocked.Exchange(ref _hasChanged, false);

    /// <summary>From when a start-up grace counts.</summary>
    internal DateTimeOffset Began { get; } = time.GetUtcNow();
}
