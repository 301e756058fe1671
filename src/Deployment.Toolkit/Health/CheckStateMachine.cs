using System.Numerics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health;

/// <summary>What a check's answers, one after the other, make of its state.</summary>
internal sealed class CheckStateMachine
{
    // Of the last 20 answers, how many may differ in kind from the one before: a single failure makes two.
    private const uint Window = (1u << 20) - 1;
    private const int FlipsToFlap = 8;
    private const int FlipsToRest = 2;

    private readonly DateTimeOffset _began;
    private uint _flips;
    private bool? _wasGood;
    private int _failures;
    private int _successes;

    internal CheckStateMachine(DateTimeOffset began) => _began = Since = began;

    internal HealthCheckState State { get; private set; }

    internal DateTimeOffset Since { get; private set; }

    /// <summary>The last answer's.</summary>
    internal HealthStatus Last { get; private set; }

    internal bool IsFlapping { get; private set; }

    /// <summary>Whether it counts as failing for those that depend on it: by its state, or by its last answer.</summary>
    internal bool IsFailing => State is HealthCheckState.Down or HealthCheckState.Recovering || (_wasGood == false);

    /// <summary>Its status with what came before weighed in.</summary>
    internal HealthStatus Status =>
        State switch
        {
            HealthCheckState.Up => Last,
            HealthCheckState.Doubtful or HealthCheckState.Starting => HealthStatus.Degraded,
            _ => HealthStatus.Unhealthy,
        };

    /// <param name="answer">The answer.</param>
    /// <param name="isSure">Whether it leaves no doubt: a check that hangs is no outlier.</param>
    /// <param name="policy">The check's.</param>
    /// <param name="now">The time of the answer.</param>
    internal void Observe(HealthStatus answer, bool isSure, HealthCheckPolicy policy, DateTimeOffset now)
    {
        var isGood = answer != HealthStatus.Unhealthy;
        _flips = ((_flips << 1) | (_wasGood is { } was && was != isGood ? 1u : 0u)) & Window;
        var flips = BitOperations.PopCount(_flips);
        IsFlapping = flips >= FlipsToFlap || (IsFlapping && flips > FlipsToRest);
        (_wasGood, Last) = (isGood, answer);
        (_successes, _failures) = isGood ? (_successes + 1, 0) : (0, _failures + 1);

        var next = isGood ? AfterSuccess(policy) : AfterFailure(isSure, policy, now);
        if (next == State)
            return;

        (State, Since) = (next, now);
    }

    private HealthCheckState AfterSuccess(HealthCheckPolicy policy) =>
        State is not (HealthCheckState.Down or HealthCheckState.Recovering) ? HealthCheckState.Up
        : _successes >= policy.SuccessesToGoUp * (IsFlapping ? 2L : 1L) ? HealthCheckState.Up
        : HealthCheckState.Recovering;

    private HealthCheckState AfterFailure(bool isSure, HealthCheckPolicy policy, DateTimeOffset now) =>
        State switch
        {
            HealthCheckState.Unknown or HealthCheckState.Starting when now - _began < policy.StartupGrace => HealthCheckState.Starting,
            HealthCheckState.Up or HealthCheckState.Doubtful when !isSure && _failures < policy.FailuresToGoDown =>
                HealthCheckState.Doubtful,
            _ => HealthCheckState.Down,
        };
}
