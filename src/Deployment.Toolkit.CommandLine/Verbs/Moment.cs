using System.CommandLine.Parsing;
using System.Globalization;

namespace Deployment.Toolkit.CommandLine.Verbs;

/// <summary>
/// Points in time as people type them: a date, or a time with its offset. A time without one is refused: it means another moment on each
/// machine.
/// </summary>
internal static class Moment
{
    private static readonly string[] Forms =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mm'Z'",
        "yyyy-MM-dd'T'HH:mm:ss'Z'",
        "yyyy-MM-dd'T'HH:mmzzz",
        "yyyy-MM-dd'T'HH:mm:sszzz",
    ];

    internal static DateTimeOffset? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (
            DateTimeOffset.TryParseExact(
                text,
                Forms,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time
            )
        )
            return time;

        var option = (result.Parent as OptionResult)?.Option.Name ?? "The argument";
        result.AddError(
            $"Option '{option}' is '{text}', which is no time. Write a date (2026-12-31, which is 00:00 UTC) or a time with its offset "
                + $"(2026-12-31T18:00Z)."
        );
        return null;
    }
}
