using System;
using System.Globalization;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Sizes that the toolkit's binder reads into whole numbers: <c>512B</c>, <c>10MB</c>, <c>1.5GiB</c>. A step is 1024.</summary>
internal static class Sizes
{
    private static readonly (string Unit, int Power)[] s_units =
    [
        ("KiB", 1),
        ("MiB", 2),
        ("GiB", 3),
        ("TiB", 4),
        ("KB", 1),
        ("MB", 2),
        ("GB", 3),
        ("TB", 4),
        ("B", 0),
    ];

    /// <summary>The bytes; <see langword="null"/> when it is no size, or half a byte.</summary>
    public static decimal? Read(string text)
    {
        foreach (var (unit, power) in s_units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var step = (decimal)(1L << (10 * power));
            return
                decimal.TryParse(
                    text.Substring(0, text.Length - unit.Length).TrimEnd(),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number
                )
                && number <= ulong.MaxValue / step
                && decimal.Truncate(number * step) == number * step
                ? number * step
                : null;
        }

        return null;
    }
}
