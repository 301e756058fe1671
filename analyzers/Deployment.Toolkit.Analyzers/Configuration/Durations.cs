using System;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Analyzers;

/// <summary>What <see cref="TimeSpan"/> reads otherwise than people write.</summary>
internal static class Durations
{
    private static readonly Regex s_withUnit = new(
        @"^(?<n>\d{1,9})\s*(?<u>ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    );

    private static readonly Regex s_hours = new(@"^(?<h>\d{2,4}):(?<m>[0-5]\d)(:(?<s>[0-5]\d))?$", RegexOptions.CultureInvariant);

    /// <summary>The duration that "30s" means, in the form that configuration reads.</summary>
    public static string? FromUnit(string text)
    {
        var match = s_withUnit.Match(text);
        if (!match.Success)
        {
            return null;
        }

        var number = double.Parse(match.Groups["n"].Value, CultureInfo.InvariantCulture);
        var unit = match.Groups["u"].Value.ToUpperInvariant();
        var span =
            unit.StartsWith("MS", StringComparison.Ordinal) || unit.StartsWith("MILLI", StringComparison.Ordinal)
                ? TimeSpan.FromMilliseconds(number)
            : unit[0] == 'S' ? TimeSpan.FromSeconds(number)
            : unit[0] == 'M' ? TimeSpan.FromMinutes(number)
            : unit[0] == 'H' ? TimeSpan.FromHours(number)
            : number < 10_000_000 ? TimeSpan.FromDays(number)
            : TimeSpan.Zero;
        return span == TimeSpan.Zero && number != 0 ? null : span.ToString("c", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The days that the text is read as, and what was probably meant: "30" is 30 days, and in "24:00:00" the 24 are days too.
    /// </summary>
    public static (int Days, string Meant)? ReadAsDays(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 10_000_000)
        {
            return (number, TimeSpan.FromSeconds(number).ToString("c", CultureInfo.InvariantCulture));
        }

        // Nearly all durations are below a day.
        if (text.IndexOf(':') is not (>= 2 and <= 4) || (text[2] == ':' && text[0] is '0' or '1'))
        {
            return null;
        }

        var match = s_hours.Match(text);
        if (match.Success && int.Parse(match.Groups["h"].Value, CultureInfo.InvariantCulture) is var hours and >= 24)
        {
            var minutes = int.Parse(match.Groups["m"].Value, CultureInfo.InvariantCulture);
            var seconds = match.Groups["s"].Success ? int.Parse(match.Groups["s"].Value, CultureInfo.InvariantCulture) : 0;
            return match.Groups["s"].Success
                ? (hours, new TimeSpan(hours, minutes, seconds).ToString("c", CultureInfo.InvariantCulture))
                : null;
        }

        return null;
    }
}
