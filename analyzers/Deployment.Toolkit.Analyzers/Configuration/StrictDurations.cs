using System;
using System.Globalization;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Durations as the toolkit's binder reads them: numbers with units (<c>1h30m</c>) or the full form <c>[d.]hh:mm:ss</c>. What .NET alone
/// takes is refused where it can be read in two ways.
/// </summary>
internal static class StrictDurations
{
    private static readonly (string Unit, long Ticks)[] s_units =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("us", TimeSpan.TicksPerMillisecond / 1000),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
    ];

    /// <summary>Whether it has one reading.</summary>
    public static bool IsOne(string text)
    {
        var isTooLong = false;
        return HasUnits(text, ref isTooLong)
            || (
                !isTooLong
                && (
                    (text.Count(c => c == ':') == 2 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out _))
                    || (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var read) && HasOneReading(text, read))
                )
            );
    }

    /// <summary>
    /// What .NET reads, in words; what was probably meant; and how .NET's reading is written plainly. <see langword="null"/> when it has
    /// not two.
    /// </summary>
    public static (string Read, string Meant, string Plain)? Readings(string text)
    {
        if (IsOne(text) || !TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var read))
        {
            return null;
        }

        var isTooLong = false;
        if (!HasUnits(text, ref isTooLong) && isTooLong)
        {
            return null;
        }

        var plain = read.ToString("c", CultureInfo.InvariantCulture);
        var words = read == TimeSpan.FromDays(read.Days) ? string.Format(CultureInfo.InvariantCulture, "{0} days", read.Days) : plain;
        return (words, Meant(text, read) ?? plain, plain);
    }

    private static string? Meant(string text, TimeSpan read)
    {
        var parts = text.Trim().Split(':');
        if (parts.Any(p => !int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            return null;
        }

        var numbers = parts.Select(p => double.Parse(p, CultureInfo.InvariantCulture)).ToList();
        var seconds = numbers switch
        {
            [var alone] => alone,
            [var hours, var minutes, var rest] when read.Days > 0 => (hours * 3600) + (minutes * 60) + rest,
            [var hours, var minutes] when read.Days > 0 => (hours * 3600) + (minutes * 60),
            [var minutes, var rest] => (minutes * 60) + rest,
            _ => -1,
        };
        return seconds is < 0 or > 1e9 ? null : TimeSpan.FromSeconds(seconds).ToString("c", CultureInfo.InvariantCulture);
    }

    private static bool HasOneReading(string text, TimeSpan read)
    {
        var colon = text.IndexOf(':');
        return read == TimeSpan.Zero || (colon >= 0 && (text.IndexOf('.', 0, colon) >= 0 || text.Count(c => c == ':') == 3));
    }

    private static bool HasUnits(string text, ref bool isTooLong)
    {
        var at = text.Length > 0 && text[0] == '-' ? 1 : 0;
        if (at == text.Length)
        {
            return false;
        }

        decimal ticks = 0;
        var largest = long.MaxValue;
        while (at < text.Length)
        {
            var digits = at;
            while (digits < text.Length && text[digits] is (>= '0' and <= '9') or '.')
            {
                digits++;
            }

            if (
                digits == at
                || !decimal.TryParse(
                    text.Substring(at, digits - at),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
            {
                return false;
            }

            at = SkipBlanks(text, digits);
            var letters = at;
            while (letters < text.Length && text[letters] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'))
            {
                letters++;
            }

            var name = text.Substring(at, letters - at);
            var unit = s_units.FirstOrDefault(u => u.Unit == name).Ticks;
            if (unit == 0 || unit >= largest)
            {
                return false;
            }

            if (number > long.MaxValue / unit)
            {
                isTooLong = true;
                return false;
            }

            ticks += number * unit;
            largest = unit;
            at = SkipBlanks(text, letters);
        }

        isTooLong = ticks > long.MaxValue;
        return !isTooLong;
    }

    private static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        return at;
    }
}
