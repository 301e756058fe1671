using System.CommandLine.Parsing;
using System.Globalization;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>Durations as people type them. A bare number is refused: some tools read it as seconds, others as minutes.</summary>
internal static class Duration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    internal static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TryParse(text, out var duration))
            return duration;

        var option = (result.Parent as OptionResult)?.Option.Name ?? "The argument";
        var isBare = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        result.AddError(
            isBare
                ? $"Option '{option}' is '{text}', which has no unit. Write {text}s for seconds, {text}m for minutes, {text}h for hours "
                    + $"or {text}d for days."
                : $"Option '{option}' is '{text}', which is no duration up to 365 days. Write for example 500ms, 30s, 5m, 1h, 30d or "
                    + $"00:05:00."
        );
        return null;
    }

    /// <summary>One that is above zero, and no longer than something can be waited for.</summary>
    internal static TimeSpan? ParseUpTo(ArgumentResult result, string option, TimeSpan longest)
    {
        if (Parse(result) is not { } duration)
            return null;
        if (duration > TimeSpan.Zero && duration <= longest)
            return duration;

        result.AddError(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Option '{option}' is '{result.Tokens[0].Value}'. It has to be above zero and at most {longest.TotalDays:0} {(longest.TotalDays > 1 ? "days" : "day")}: write for example 30s."
            )
        );
        return null;
    }

    internal static bool TryParse(string text, out TimeSpan duration)
    {
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration)
                && duration >= TimeSpan.Zero
                && duration <= Longest;

        duration = default;
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        double? milliseconds = text[digits.Length..] switch
        {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => null,
        };
        if (
            milliseconds is not { } unit
            || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        )
            return false;
        if (!(number * unit <= Longest.TotalMilliseconds))
            return false;

        duration = TimeSpan.FromMilliseconds(number * unit);
        return true;
    }
}
