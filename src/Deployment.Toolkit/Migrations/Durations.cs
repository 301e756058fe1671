using System.Globalization;

namespace Deployment.Toolkit.Migrations;

/// <summary>Durations as scripts write them: a whole number with its unit.</summary>
internal static class Durations
{
    internal static bool TryParse(string text, out TimeSpan duration)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        duration = default;
        if (digits is 0 or > 9 || !int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;

        TimeSpan? unit = text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            _ => null,
        };
        duration = unit is { } one ? one * number : default;
        return unit is not null;
    }
}
