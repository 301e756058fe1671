using System.Globalization;

namespace Deployment.Toolkit.Environments;

/// <summary>A part of some days of the week. One that ends before it begins goes on into the day after.</summary>
internal sealed record OpenTime(DayOfWeek First, DayOfWeek Last, TimeOnly From, TimeOnly Until)
{
    internal bool Contains(DateTime local)
    {
        var time = TimeOnly.FromDateTime(local);
        return From < Until
            ? IsOn(local.DayOfWeek) && time >= From && time < Until
            : (IsOn(local.DayOfWeek) && time >= From) || (IsOn(local.AddDays(-1).DayOfWeek) && time < Until);
    }

    internal bool IsOn(DayOfWeek day) => First <= Last ? day >= First && day <= Last : day >= First || day <= Last;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Short(First)}{(First == Last ? "" : "–" + Short(Last))} {From:HH:mm}–{Until:HH:mm}");

    private static string Short(DayOfWeek day) => day.ToString()[..3];
}

/// <summary>Days on which nothing enters, both included.</summary>
internal sealed record FrozenDays(DateOnly First, DateOnly Last, string Reason);

/// <summary>When releases may enter an environment, by the clocks of a place. Frozen days win over open times.</summary>
/// <param name="Zone">The place's time zone.</param>
/// <param name="Open">When it is open; always where there is none.</param>
/// <param name="Frozen">When it is closed nevertheless.</param>
internal sealed record DeploymentWindow(TimeZoneInfo Zone, IReadOnlyList<OpenTime> Open, IReadOnlyList<FrozenDays> Frozen)
{
    /// <summary>Whether another says the same.</summary>
    public bool Equals(DeploymentWindow? other) =>
        other is not null && Zone.Id == other.Zone.Id && Open.SequenceEqual(other.Open) && Frozen.SequenceEqual(other.Frozen);

    public override int GetHashCode() => HashCode.Combine(Zone.Id, Open.Count, Frozen.Count);

    // Two weeks of open times, behind the frozen days that may lie before them.
    private const int DaysAhead = 15;

    /// <summary>Why it is closed at a moment; <see langword="null"/> when it is open.</summary>
    internal string? WhyClosed(DateTimeOffset now)
    {
        var local = Local(now);
        if (FrozenOn(local) is { } frozen)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"it is frozen from {frozen.First:yyyy-MM-dd} to {frozen.Last:yyyy-MM-dd}: {frozen.Reason}"
            );
        return Open.Count == 0 || Open.Any(open => open.Contains(local))
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"it is {local:ddd HH:mm}, and open are {string.Join(", ", Open)} ({Zone.Id})");
    }

    /// <summary>When it opens next after a moment at which it is closed; <see langword="null"/> when that is far away.</summary>
    internal DateTimeOffset? NextOpening(DateTimeOffset now)
    {
        var today = Local(now).Date;
        var last = Frozen.Select(static frozen => frozen.Last.ToDateTime(TimeOnly.MinValue)).Append(today).Max();
        if ((last - today).TotalDays > 366)
            last = today.AddDays(366);
        for (var day = today; day <= last.AddDays(DaysAhead); day = day.AddDays(1))
        {
            // At the beginning of a day it opens where it is always open, and in the middle of an open time that began on a frozen day.
            var times = Open.Where(open => open.IsOn(day.DayOfWeek)).Select(static open => open.From).Append(TimeOnly.MinValue);
            foreach (var opening in times.Order().Select(time => Instant(day.Add(time.ToTimeSpan()))))
            {
                if (opening > now && WhyClosed(opening) is null)
                    return opening;
            }
        }

        return null;
    }

    private FrozenDays? FrozenOn(DateTime local) =>
        Frozen.FirstOrDefault(frozen => DateOnly.FromDateTime(local) >= frozen.First && DateOnly.FromDateTime(local) <= frozen.Last);

    private DateTime Local(DateTimeOffset now) => TimeZoneInfo.ConvertTime(now, Zone).DateTime;

    // A time that the clocks leave out is the first one that they show again; of one that they show twice it is the first.
    private DateTimeOffset Instant(DateTime local)
    {
        while (Zone.IsInvalidTime(local))
            local = local.AddMinutes(15);
        var offset = Zone.IsAmbiguousTime(local) ? Zone.GetAmbiguousTimeOffsets(local).Max() : Zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset);
    }
}
