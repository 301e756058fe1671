using Deployment.Toolkit.Registration;

namespace Deployment.Toolkit;

/// <summary>Which health checks a deployment waits for, and how long. By default: all that the app registered, all healthy, within 30 seconds.</summary>
public sealed class HealthGateOptions
{
    // A timer of .NET takes 49 days; what is longer would fail in the middle of a run.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private readonly List<string> _tags = [];
    private readonly Declarations _declarations = new();

    internal IReadOnlyList<DeploymentMessage> Faults => _declarations.Faults;

    internal IReadOnlyList<string> Tags => _tags;

    internal TimeSpan Limit { get; private set; } = TimeSpan.FromSeconds(30);

    internal TimeSpan CheckTimeout { get; private set; } = TimeSpan.FromSeconds(10);

    internal bool IsDegradedEnough { get; private set; }

    /// <summary>Why the gate asks nothing; <see langword="null"/> when it is to ask.</summary>
    internal string? NothingBecause { get; private set; }

    /// <summary>Only checks that carry this tag count. Called more than once: checks that carry any of the tags.</summary>
    /// <param name="tag">A tag given to <c>AddCheck</c>.</param>
    /// <returns>These options.</returns>
    public HealthGateOptions RequireTag(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        if (!_tags.Contains(tag, StringComparer.OrdinalIgnoreCase)) _tags.Add(tag);
        return this;
    }

    /// <summary>Declares that the gate asks nothing. Without it a gate that no health check belongs to is refused: it would pass whatever the app is like.</summary>
    /// <param name="reason">Why, for those who read a plan.</param>
    /// <returns>These options.</returns>
    public HealthGateOptions Nothing(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        NothingBecause = reason;
        return this;
    }

    /// <summary>How long to wait until the checks agree. They are asked at once, then again and again. Default 30 seconds.</summary>
    /// <param name="limit">Zero asks once; at most 30 days.</param>
    /// <returns>These options.</returns>
    public HealthGateOptions WaitAtMost(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, Longest);
        if (Say(nameof(WaitAtMost), limit)) Limit = limit;
        return this;
    }

    /// <summary>
    /// How long one check may take when its registration doesn't say. A check that runs on after it is reported as unhealthy, whatever it
    /// does with its token. Default 10 seconds.
    /// </summary>
    /// <param name="timeout">Above zero, at most 30 days.</param>
    /// <returns>These options.</returns>
    public HealthGateOptions TimeoutPerCheck(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, Longest);
        if (Say(nameof(TimeoutPerCheck), timeout)) CheckTimeout = timeout;
        return this;
    }

    /// <summary>Lets degraded checks pass. By default they don't: a release is not called verified while its own checks have doubts.</summary>
    /// <returns>These options.</returns>
    public HealthGateOptions AllowDegraded()
    {
        IsDegradedEnough = true;
        return this;
    }

    private bool Say(string call, TimeSpan time) => _declarations.Add(call, "The health gate", call, Declared.Of(call, time));
}
