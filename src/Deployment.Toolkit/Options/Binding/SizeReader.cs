using System.Globalization;

namespace Deployment.Toolkit.Options.Binding;

/// <summary>
/// Reads sizes into whole numbers of 32 bits and more: <c>512B</c>, <c>10MB</c>, <c>1.5GiB</c>. A step is 1024 with and without the
/// <c>i</c>, as .NET's own limits, PostgreSQL, Docker and Windows count.
/// </summary>
internal static class SizeReader
{
    private static readonly (string Unit, int Power)[] Units =
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

    internal static bool TryRead(Type type, string text, out object? value)
    {
        value = null;
        if (Type.GetTypeCode(type) is not (TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64) || type.IsEnum)
            return false;

        var trimmed = text.AsSpan().Trim();
        foreach (var (unit, power) in Units)
        {
            if (!trimmed.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            if (
                !decimal.TryParse(
                    trimmed[..^unit.Length].TrimEnd(),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
                return false;

            return TryConvert(type, number, 1L << (10 * power), out value);
        }

        return false;
    }

    private static bool TryConvert(Type type, decimal number, long unit, out object? value)
    {
        value = null;
        if (number > ulong.MaxValue / (decimal)unit || number * unit is var bytes && decimal.Truncate(bytes) != bytes)
            return false;

        try
        {
            value = Convert.ChangeType(number * unit, type, CultureInfo.InvariantCulture);
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }
}
