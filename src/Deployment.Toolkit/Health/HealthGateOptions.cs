using System.Globalization;
using Deployment.Toolkit.Registration;

namespace Deployment.Toolkit;

/// <summary>
/// Which health checks a deployment waits for, and how long. By default: all that the app registered, all healthy, within 30 seconds.
/// Ordinary options: <c>services.Configure&lt;HealthGateOptions&gt;(…)</c> sets them, too.
/// </summary>
public sealed class HealthGateOptions
{
    // A timer of .NET takes 49 days; what is longer would fail in the middle of a run.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private TimeSpan? _waitAtMost;
    private TimeSpan? _timeoutPerCheck;

    /// <summary>Only checks that carry any of these tags count. Default: none, so that all count.</summary>
    public ISet<string> Tags { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// How long to wait until the checks agree. They are asked at once, then again and again. Default 30 seconds; zero asks once; at most
    /// 30 days.
    /// </summary>
    public TimeSpan WaitAtMost
    {
        get => _waitAtMost ?? TimeSpan.FromSeconds(30);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
            _waitAtMost = value;
        }
    }

    /// <summary>
    /// How long one check may take when its registration doesn't say. A check that runs on after it is reported as unhealthy, whatever it
    /// does with its token. Default 10 seconds; above zero, at most 30 days.
    /// </summary>
    public TimeSpan TimeoutPerCheck
    {
        get => _timeoutPerCheck ?? TimeSpan.FromSeconds(10);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
            _timeoutPerCheck = value;
        }
    }

    /// <summary>
    /// Whether degraded checks pass. Default <see langword="false"/>: a release is not called verified while its own checks have doubts.
    /// </summary>
    public bool AllowDegraded { get; set; }

    /// <summary>
    /// Why the gate asks nothing, for those who read a plan; <see langword="null"/>, the default, when it is to ask. Without it a gate that
    /// no health check belongs to is refused: it would pass whatever the app is like.
    /// </summary>
    public string? NothingBecause { get; set; }

    /// <summary>Adds to <see cref="Tags"/>: only checks that carry any of them count.</summary>
    /// <param name="tag">A tag given to <c>AddCheck</c>.</param>
    /// <returns>These options.</returns>
    public HealthGateOptions RequireTag(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        Tags.Add(tag);
        return this;
    }

    /// <summary>Declares that the gate asks nothing: <see cref="NothingBecause"/>.</summary>
    /// <param name="reason">Why, for those who read a plan.</param>
    /// <returns>These options.</returns>
    public HealthGateOptions Nothing(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        NothingBecause = reason;
        return this;
    }

    /// <summary>
    /// Names of the toolkit's own checks: they are asked, and judge what a release that doesn't serve yet can't fail.
    /// </summary>
    internal ISet<string> Own { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The times that were set: another call must not set them differently.</summary>
    internal IEnumerable<Declared> Times
    {
        get
        {
            if (_waitAtMost is { } wait)
                yield return new Declared(nameof(WaitAtMost), wait.ToString("c", CultureInfo.InvariantCulture), wait);
            if (_timeoutPerCheck is { } timeout)
                yield return new Declared(nameof(TimeoutPerCheck), timeout.ToString("c", CultureInfo.InvariantCulture), timeout);
        }
    }
}
