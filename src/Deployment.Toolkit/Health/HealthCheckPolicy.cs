namespace Deployment.Toolkit;

/// <summary>
/// How a health check is asked, and what its answers mean. Ordinary options, by the check's name:
/// <c>services.Configure&lt;HealthCheckPolicy&gt;("database", p =&gt; …)</c>; without a name they are those of every check.
/// </summary>
public sealed class HealthCheckPolicy
{
    // A timer of .NET takes 49 days.
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private TimeSpan? _timeout;
    private TimeSpan _maximumAge = TimeSpan.FromSeconds(1);
    private TimeSpan _startupGrace;
    private int _failuresToGoDown = 3;
    private int _successesToGoUp = 2;

    /// <summary>
    /// How long one run may take, where the registration doesn't say. It is enforced: a check that ignores its token is reported as failed
    /// and isn't started again until it has ended. Default 10 seconds; above zero, at most 30 days.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of that range.</exception>
    public TimeSpan Timeout
    {
        get => _timeout ?? TimeSpan.FromSeconds(10);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
            _timeout = value;
        }
    }

    /// <summary>
    /// How old an answer may be to be given again, so that many who ask cause one run. A deployment always asks anew. Default 1 second;
    /// zero keeps none; at most 30 days.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of that range.</exception>
    public TimeSpan MaximumAge
    {
        get => _maximumAge;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
            _maximumAge = value;
        }
    }

    /// <summary>
    /// How many failures in a row take a check down that was up. One that still runs past its timeout when it is asked again is down at
    /// once. Default 3; at least 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int FailuresToGoDown
    {
        get => _failuresToGoDown;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _failuresToGoDown = value;
        }
    }

    /// <summary>
    /// How many good answers in a row bring a check up that was down; twice as many while it is flapping. Default 2; at least 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int SuccessesToGoUp
    {
        get => _successesToGoUp;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _successesToGoUp = value;
        }
    }

    /// <summary>
    /// How long, from when health was first asked for or its endpoints were mapped, a check that was never well yet may fail without
    /// being down. Meanwhile the app isn't ready. Default none; at most 30 days.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of that range.</exception>
    public TimeSpan StartupGrace
    {
        get => _startupGrace;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
            _startupGrace = value;
        }
    }

    /// <summary>What the check's answer decides. Default <see cref="HealthCheckRole.Required"/>.</summary>
    public HealthCheckRole Role { get; set; }

    /// <summary>
    /// Names of the checks without which this one can't be well. While one of them fails, too, this one is reported as its consequence.
    /// Default: none.
    /// </summary>
    public ISet<string> DependsOn { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The timeout where one was set.</summary>
    internal TimeSpan? OwnTimeout => _timeout;
}
