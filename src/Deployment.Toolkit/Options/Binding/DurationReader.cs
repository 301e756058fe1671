using System.Globalization;

namespace Deployment.Toolkit.Options.Binding;

/// <summary>
/// Reads durations: numbers with units (<c>30s</c>, <c>1h30m</c>, <c>250ms</c>) or the full form <c>[d.]hh:mm:ss[.fffffff]</c>. What .NET's
/// own reader takes beside that says something else than most people mean: <c>30</c> is 30 days there, and so is <c>24:00:00</c> 24 days.
/// </summary>
internal static class DurationReader
{
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("us", TimeSpan.TicksPerMicrosecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
    ];

    internal const string Forms = "Write it with a unit (250ms, 30s, 15m, 12h, 7d, 1h30m) or in full (d.hh:mm:ss)";

    /// <summary>Reads one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The duration.</param>
    /// <param name="isAmbiguous">The text is one to .NET, and another one to most people.</param>
    /// <param name="rule">Why it is none: continues "… is 'text', which".</param>
    internal static bool TryRead(string text, out TimeSpan value, out bool isAmbiguous, out string rule)
    {
        value = default;
        isAmbiguous = false;
        rule = "";
        var trimmed = text.Trim();
        if (TryReadUnits(trimmed, out value, out var isTooLong))
            return true;
        if (isTooLong)
        {
            rule = $"is longer than a duration can be ({(int)TimeSpan.MaxValue.TotalDays} days). Write a shorter one";
            return false;
        }

        if (trimmed.Count(':') == 2 && TimeSpan.TryParseExact(trimmed, "c", CultureInfo.InvariantCulture, out value))
            return true;

        isAmbiguous = TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out var read);
        if (isAmbiguous && HasOneReading(trimmed, read))
        {
            value = read;
            isAmbiguous = false;
            return true;
        }

        rule = isAmbiguous ? $"could mean {Readings(trimmed, read)}. {Forms}" : $"is no duration. {Forms}";
        return false;
    }

    // Nothing is nothing in every unit, and with days before it the rest can only be hours and minutes.
    private static bool HasOneReading(string text, TimeSpan read) =>
        read == TimeSpan.Zero
        || (
            text.Contains(':', StringComparison.Ordinal)
            && (text.AsSpan(0, text.IndexOf(':', StringComparison.Ordinal)).Contains('.') || text.Count(':') == 3)
        );

    private static string Readings(string text, TimeSpan read)
    {
        var other = text switch
        {
            _ when !text.Contains(':', StringComparison.Ordinal) => $"{text} seconds",
            _ when read.Days > 0 => text.Count(':') == 2
                ? $"{text[..text.IndexOf(':', StringComparison.Ordinal)]} hours"
                : "hours and minutes",
            _ => "minutes and seconds",
        };
        var here =
            read.Days > 0 && read == TimeSpan.FromDays(read.Days) ? $"{read.Days} days" : read.ToString("c", CultureInfo.InvariantCulture);
        return $"{here} (as .NET reads it) or {other}";
    }

    private static bool TryReadUnits(string text, out TimeSpan value, out bool isTooLong)
    {
        value = default;
        isTooLong = false;
        var rest = text.AsSpan();
        var sign = 1;
        if (rest is ['-', ..])
        {
            sign = -1;
            rest = rest[1..];
        }

        if (rest.IsEmpty)
            return false;

        decimal ticks = 0;
        var largest = decimal.MaxValue;
        while (!rest.IsEmpty)
        {
            var digits = 0;
            while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.'))
                digits++;
            if (
                digits == 0
                || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            )
                return false;

            rest = rest[digits..].TrimStart(' ');
            var letters = 0;
            while (letters < rest.Length && char.IsAsciiLetter(rest[letters]))
                letters++;
            var unit = UnitOf(rest[..letters]);
            // Units fall from the left: "30m1h" is a slip more often than a sum.
            if (unit == 0 || unit >= largest)
                return false;
            if (number > long.MaxValue / unit)
            {
                isTooLong = true;
                return false;
            }

            ticks += number * unit;
            largest = unit;
            rest = rest[letters..].TrimStart(' ');
        }

        isTooLong = ticks > long.MaxValue;
        if (isTooLong)
            return false;

        value = TimeSpan.FromTicks(sign * (long)ticks);
        return true;
    }

    private static long UnitOf(ReadOnlySpan<char> text)
    {
        foreach (var (unit, ticks) in Units)
        {
            if (text.Equals(unit, StringComparison.Ordinal))
                return ticks;
        }

        return 0;
    }
}
