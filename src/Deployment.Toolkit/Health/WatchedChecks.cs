using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health;

/// <summary>The checks of a host that somebody has asked for.</summary>
internal sealed class WatchedChecks(CheckSurroundings around) : IDisposable
{
    // By registration, so that two of one name are two checks.
    private readonly ConcurrentDictionary<HealthCheckRegistration, WatchedCheck> _checks = new();

    private readonly ConcurrentDictionary<string, WatchedCheck> _byName = new(StringComparer.OrdinalIgnoreCase);

    internal WatchedCheck Of(HealthCheckRegistration check) =>
        _checks.GetOrAdd(
            check,
            static (registration, me) =>
                me._byName.GetOrAdd(registration.Name, new WatchedCheck(registration, me.Around)) is var named
                && named.Registration == registration
                    ? named
                    : new WatchedCheck(registration, me.Around),
            this
        );

    internal WatchedCheck? Of(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Ends the time of runs that are over theirs.</summary>
    /// <returns>When the next will be; <see cref="long.MaxValue"/> when there is none.</returns>
    internal long EndOverdue(long now)
    {
        var next = long.MaxValue;
        foreach (var (_, check) in _checks)
            next = Math.Min(next, check.EndOverdue(now));
        return next;
    }

    /// <summary>Those whose state has changed since this was last asked.</summary>
    internal IEnumerable<(WatchedCheck Check, HealthCheckState From, HealthCheckState To)> TakeChanges()
    {
        if (!around.TakeChanged())
            yield break;

        foreach (var (_, check) in _checks)
        {
            if (check.TakeChange() is { } change && change.From != change.To)
                yield return (check, change.From, change.To);
        }
    }

    public void Dispose()
    {
        foreach (var (_, check) in _checks)
            check.Dispose();
    }

    private CheckSurroundings Around => around;
}
