namespace Deployment.Toolkit;

/// <summary>
/// How an app stops: for how long it still takes connections, tells those it has to go elsewhere, and lets requests end.
/// </summary>
public sealed class LameDuckOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private TimeSpan _acceptFor = TimeSpan.Zero;
    private TimeSpan _closeFor = TimeSpan.FromSeconds(2);
    private TimeSpan _drainLimit = TimeSpan.FromSeconds(20);
    private TimeSpan? _platformGives;

    /// <summary>
    /// How long the app goes on as before, but not ready: as long as whoever hands out requests takes to see that. Default zero, for one
    /// machine; about 5 seconds on Kubernetes, whose endpoints change after the signal to stop. At most an hour.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of that range.</exception>
    public TimeSpan AcceptFor
    {
        get => _acceptFor;
        set => _acceptFor = InRange(value);
    }

    /// <summary>
    /// How long every response then tells its client to open another connection (<c>Connection: close</c>, <c>GOAWAY</c> on HTTP/2) before
    /// the port is closed. It should exceed the time between two requests of a client: who keeps a connection open for longer meets a
    /// closed one. Default 2 seconds; zero tells nobody. At most an hour.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of that range.</exception>
    public TimeSpan CloseFor
    {
        get => _closeFor;
        set => _closeFor = InRange(value);
    }

    /// <summary>
    /// How long requests may then take to end. What is still under way is told to: WebSockets are closed with 1001, the others see
    /// <c>HttpContext.RequestAborted</c>, and two seconds later they are cut off, counted and named in the log. Default 20 seconds; at most
    /// an hour.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of that range.</exception>
    public TimeSpan DrainLimit
    {
        get => _drainLimit;
        set => _drainLimit = InRange(value);
    }

    /// <summary>
    /// How long the platform waits between asking the app to stop and killing it: <c>stop_grace_period</c> of Docker Compose (10 seconds
    /// where it is not set), <c>terminationGracePeriodSeconds</c> of Kubernetes (30), <c>TimeoutStopSec</c> of systemd (90). When it is
    /// less than the app takes, <c>deploy check</c> warns. Default: what <c>RAILWAY_DEPLOYMENT_DRAINING_SECONDS</c> says on Railway, else
    /// not known.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below zero.</exception>
    public TimeSpan? PlatformGives
    {
        get => _platformGives;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value ?? TimeSpan.Zero, TimeSpan.Zero, nameof(value));
            _platformGives = value;
        }
    }

    private static TimeSpan InRange(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
        return value;
    }
}
