using Deployment.Toolkit.Environments;

namespace Deployment.Toolkit;

/// <summary>Says when releases may enter an environment.</summary>
public sealed class DeploymentWindowBuilder
{
    private readonly List<OpenTime> _open = [];
    private readonly List<FrozenDays> _frozen = [];
    private readonly TimeZoneInfo _zone;

    internal DeploymentWindowBuilder(TimeZoneInfo zone) => _zone = zone;

    internal DeploymentWindow Window => new(_zone, _open, _frozen);

    /// <summary>Opens it on a day of each week. Without such a call it is open whenever it isn't frozen.</summary>
    /// <param name="day">The day.</param>
    /// <param name="from">From when on, by the zone's clocks.</param>
    /// <param name="until">Until when; not later than <paramref name="from"/> is on the day after.</param>
    /// <returns>This builder.</returns>
    public DeploymentWindowBuilder Open(DayOfWeek day, TimeOnly from, TimeOnly until) => Open(day, day, from, until);

    /// <summary>Opens it on some days of each week, in a row.</summary>
    /// <param name="first">The first day.</param>
    /// <param name="last">The last day; one before <paramref name="first"/> is in the week after.</param>
    /// <param name="from">From when on, by the zone's clocks.</param>
    /// <param name="until">Until when; not later than <paramref name="from"/> is on the day after.</param>
    /// <returns>This builder.</returns>
    public DeploymentWindowBuilder Open(DayOfWeek first, DayOfWeek last, TimeOnly from, TimeOnly until)
    {
        _open.Add(new OpenTime(first, last, from, until));
        return this;
    }

    /// <summary>Closes it on some days, whatever else is said.</summary>
    /// <param name="first">The first day, by the zone's calendar.</param>
    /// <param name="last">The last day, which is closed, too.</param>
    /// <param name="reason">Why; reports show it.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The last day is before the first.</exception>
    public DeploymentWindowBuilder Frozen(DateOnly first, DateOnly last, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        _frozen.Add(new FrozenDays(first, last, reason));
        return this;
    }
}
