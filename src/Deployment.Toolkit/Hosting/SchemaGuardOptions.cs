namespace Deployment.Toolkit;

/// <summary>How an app waits for its schema.</summary>
public sealed class SchemaGuardOptions
{
    private TimeSpan _waitAtMost = TimeSpan.FromMinutes(5);
    private TimeSpan _askEvery = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a start waits for the schema, or for another process that deploys; then it fails. Default 5 minutes; more than none, at
    /// most a day.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of that range.</exception>
    public TimeSpan WaitAtMost
    {
        get => _waitAtMost;
        set => _waitAtMost = InRange(value, TimeSpan.FromDays(1));
    }

    /// <summary>
    /// How often the database is asked meanwhile. Default 1 second; more than none, at most a minute. Up to a quarter is added at random,
    /// so that replicas don't ask together.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of that range.</exception>
    public TimeSpan AskEvery
    {
        get => _askEvery;
        set => _askEvery = InRange(value, TimeSpan.FromMinutes(1));
    }

    private static TimeSpan InRange(TimeSpan value, TimeSpan most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most);
        return value;
    }
}
