using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <param name="Expected">What should stand there, as the end of "does not convert to …".</param>
/// <param name="Suggestion">The same thing in a form that converts, as text; <see langword="null"/> when nobody can tell.</param>
internal sealed record ConversionFault(string Expected, string? Suggestion = null);

/// <summary>Converts as the configuration binder does: through the type converters of .NET, with the invariant culture.</summary>
internal static class Conversion
{
    /// <summary>Why the value cannot be what the shape asks for; <see langword="null"/> when it can.</summary>
    public static ConversionFault? Check(Setting setting, Shape shape)
    {
        if (setting.Value is not { } value || value.Kind is JsonKind.Null or JsonKind.Missing)
        {
            return null;
        }

        switch (shape.Kind)
        {
            case ShapeKind.Scalar when value.IsScalar:
                // An empty text mostly holds the place of what is supplied elsewhere.
                return IsLeftOpen(value.Text, shape) ? null : Scalar(value.Text, shape);
            case ShapeKind.Scalar when setting.Children.Count > 0:
                return new ConversionFault(Name(shape.Type) + ": it is " + (setting.IsArray ? "a list" : "a section"));
            case ShapeKind.List when value.IsScalar && value.Text.Length > 0 && shape.Separator is not null:
                return Parts(value.Text, shape);
            case ShapeKind.List when value.IsScalar && value.Text.Length > 0:
                return new ConversionFault("a list");
            case ShapeKind.Dictionary or ShapeKind.Object when value.IsScalar && value.Text.Length > 0:
                return new ConversionFault($"a section for '{shape.Type.Name}'");
            default:
                return null;
        }
    }

    private static bool IsLeftOpen(string text, Shape shape) =>
        text.Length == 0 || Placeholders.Is(text) || (shape.IsStrict && text.IndexOf("secret://", StringComparison.OrdinalIgnoreCase) >= 0);

    // One value that stands for a list: each of its parts is an element.
    private static ConversionFault? Parts(string text, Shape list)
    {
        var element = Shape.Of(list.Element!).AsStrict();
        if (element.Kind != ShapeKind.Scalar || list.Separator == StrictRules.Unknown || IsLeftOpen(text, list))
        {
            return null;
        }

        IEnumerable<string> parts =
            list.Separator!.Length == 0
                ? [text]
                : text.Split([list.Separator], StringSplitOptions.None).Select(p => p.Trim()).Where(p => p.Length > 0);
        return parts.Select(part => Scalar(part, element)).FirstOrDefault(fault => fault is not null) is { } found
            ? new ConversionFault("a list of " + found.Expected)
            : null;
    }

    private static ConversionFault? Scalar(string text, Shape shape)
    {
        var type = shape.Type;
        if (type.TypeKind == TypeKind.Enum)
        {
            return Enumeration(text.Trim(), (INamedTypeSymbol)type, shape.IsStrict);
        }

        var trimmed = text.Trim();
        if (shape.IsStrict && type is { Name: "TimeSpan", ContainingNamespace.Name: "System" })
        {
            return StrictDurations.IsOne(trimmed) || StrictDurations.Readings(trimmed) is not null
                ? null
                : new ConversionFault("a duration, as 30s, 15m or 00:00:30");
        }

        if (
            shape.IsStrict
            && type.SpecialType
                is SpecialType.System_Int32
                    or SpecialType.System_UInt32
                    or SpecialType.System_Int64
                    or SpecialType.System_UInt64
            && Sizes.Read(trimmed) is { } bytes
        )
        {
            var (_, least, most) = Limits(type.SpecialType);
            return bytes >= least && bytes <= most
                ? null
                : new ConversionFault(string.Format(CultureInfo.InvariantCulture, "a whole number from {0} to {1}", least, most));
        }

        switch (type.SpecialType)
        {
            case SpecialType.System_String:
                return null;
            case SpecialType.System_Boolean:
                return bool.TryParse(trimmed, out _) ? null : new ConversionFault("true or false", Boolean(trimmed));
            case SpecialType.System_Char:
                return text.Length == 1 || trimmed.Length == 1 ? null : new ConversionFault("one character");
            case SpecialType.System_Single or SpecialType.System_Double:
                return Parses(trimmed, NumberStyles.Float) ? null : new ConversionFault("a number", Number(trimmed, isWhole: false));
            case SpecialType.System_Decimal:
                return decimal.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                    ? null
                    : new ConversionFault("a number", Number(trimmed, isWhole: false));
            case SpecialType.System_DateTime:
                return IsDate(trimmed) ? null : new ConversionFault("a date and time, as 2030-12-31T23:59:59");
            case >= SpecialType.System_SByte and <= SpecialType.System_UInt64:
                return Whole(trimmed, type.SpecialType);
        }

        if (type is IArrayTypeSymbol)
        {
            return IsBase64(trimmed) ? null : new ConversionFault("bytes in base 64");
        }

        return type.Name switch
        {
            "TimeSpan" => TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out _)
                ? null
                : new ConversionFault("a duration, as 00:00:30 or 1.00:00:00", Durations.FromUnit(trimmed)),
            "Guid" => Guid.TryParse(trimmed, out _) ? null : new ConversionFault("a GUID"),
            "Uri" => Uri.TryCreate(trimmed, UriKind.RelativeOrAbsolute, out _) ? null : new ConversionFault("a URI"),
            "DateTimeOffset" or "DateOnly" => IsDate(trimmed) ? null : new ConversionFault("a date, as 2030-12-31"),
            "TimeOnly" => IsDate(trimmed) ? null : new ConversionFault("a time of day, as 23:59:59"),
            "Version" => Version.TryParse(trimmed, out _) ? null : new ConversionFault("a version, as 1.2.3"),
            _ => null,
        };
    }

    private static string Name(ITypeSymbol type) =>
        type.SpecialType switch
        {
            SpecialType.System_String => "a text",
            SpecialType.System_Boolean => "true or false",
            >= SpecialType.System_SByte and <= SpecialType.System_Double => "a number",
            _ => $"'{type.Name}'",
        };

    private static bool IsDate(string text) => DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool Parses(string text, NumberStyles styles) =>
        double.TryParse(text, styles, CultureInfo.InvariantCulture, out _)
        ||
        // Too large for a double: .NET Framework fails, .NET gives infinity.
        text.All(c => char.IsDigit(c) || c is '-' or '+' or '.' or 'e' or 'E');

    private static bool IsBase64(string text)
    {
        try
        {
            _ = Convert.FromBase64String(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static (string Name, decimal Least, decimal Most) Limits(SpecialType type) =>
        type switch
        {
            SpecialType.System_SByte => ("a whole number", sbyte.MinValue, sbyte.MaxValue),
            SpecialType.System_Byte => ("a whole number", byte.MinValue, byte.MaxValue),
            SpecialType.System_Int16 => ("a whole number", short.MinValue, short.MaxValue),
            SpecialType.System_UInt16 => ("a whole number", ushort.MinValue, ushort.MaxValue),
            SpecialType.System_Int32 => ("a whole number", int.MinValue, int.MaxValue),
            SpecialType.System_UInt32 => ("a whole number", uint.MinValue, uint.MaxValue),
            SpecialType.System_Int64 => ("a whole number", long.MinValue, long.MaxValue),
            _ => ("a whole number", ulong.MinValue, ulong.MaxValue),
        };

    private static ConversionFault? Whole(string text, SpecialType type)
    {
        var (name, min, max) = Limits(type);
        if (Hex(text) is { } bits)
        {
            // As the type's bits: FFFFFFFF is an int, and -1.
            return bits <= max - min
                ? null
                : new ConversionFault(string.Format(CultureInfo.InvariantCulture, "{0} from {1} to {2}", name, min, max));
        }

        if (!decimal.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
        {
            return new ConversionFault(name, Number(text, isWhole: true));
        }

        return number >= min && number <= max
            ? null
            : new ConversionFault(string.Format(CultureInfo.InvariantCulture, "{0} from {1} to {2}", name, min, max));
    }

    private static decimal? Hex(string text)
    {
        var digits =
            text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) || text.StartsWith("&h", StringComparison.OrdinalIgnoreCase)
                ? text.Substring(2)
            : text.StartsWith("#", StringComparison.Ordinal) ? text.Substring(1)
            : "";
        return digits.Length > 0 && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            ? bits
            : null;
    }

    private static string? Boolean(string text) =>
        text.ToUpperInvariant() switch
        {
            "YES" or "Y" or "1" or "ON" or "ENABLED" or "T" or "TRU" or "TURE" => "true",
            "NO" or "N" or "0" or "OFF" or "DISABLED" or "F" or "FASLE" or "FALS" => "false",
            _ => null,
        };

    // "1_000", "1 000" and, of whole numbers, "1.000" and "1,000"; "50.0" too.
    private static string? Number(string text, bool isWhole)
    {
        var bare = text.Replace("_", "").Replace(" ", "").Replace("'", "");
        if (
            isWhole
            && decimal.TryParse(bare, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number)
            && decimal.Truncate(number) == number
        )
        {
            return decimal.Truncate(number).ToString("0", CultureInfo.InvariantCulture);
        }

        return
            !isWhole
            && bare.Count(c => c == ',') == 1
            && bare.IndexOf('.') < 0
            && decimal.TryParse(bare.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction)
            ? fraction.ToString(CultureInfo.InvariantCulture)
            : null;
    }

    private static ConversionFault? Enumeration(string text, INamedTypeSymbol type, bool isStrict)
    {
        var fields = type.GetMembers().OfType<IFieldSymbol>().Where(f => f.HasConstantValue).ToList();
        var names = fields.Select(f => f.Name).ToList();
        if (isStrict && names.Count > 0 && !IsDeclared(text, type, fields))
        {
            return new ConversionFault($"'{type.Name}' ({List(names)})", text.IndexOf(',') < 0 ? Spelling.Closest(text, names) : null);
        }

        foreach (var part in text.Split(',').Select(p => p.Trim()))
        {
            if (
                !names.Contains(part, StringComparer.OrdinalIgnoreCase)
                && !long.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
            )
            {
                var suggestion = text == part ? Spelling.Closest(part, names) : null;
                return new ConversionFault($"'{type.Name}' ({List(names)})", suggestion);
            }
        }

        return null;
    }

    private static string List(List<string> names) =>
        names.Count <= 8 ? string.Join(", ", names) : string.Join(", ", names.Take(7)) + ", …";

    // The toolkit's binder refuses a number, or a sum of flags, that no member stands for.
    private static bool IsDeclared(string text, INamedTypeSymbol type, List<IFieldSymbol> fields)
    {
        ulong value = 0;
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
        {
            value = unchecked((ulong)number);
        }
        else if (!ulong.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value))
        {
            foreach (var part in text.Split(',').Select(p => p.Trim()))
            {
                if (fields.Find(f => f.Name.Equals(part, StringComparison.OrdinalIgnoreCase)) is not { } field)
                {
                    return false;
                }

                value |= Bits(field);
            }
        }

        if (fields.Any(f => Bits(f) == value))
        {
            return true;
        }

        var isFlags = type.GetAttributes().Any(a => a.AttributeClass is { Name: "FlagsAttribute", ContainingNamespace.Name: "System" });
        return isFlags && (value & ~fields.Aggregate(0UL, (all, f) => all | Bits(f))) == 0;
    }

    private static ulong Bits(IFieldSymbol field) =>
        field.ConstantValue is ulong big ? big : unchecked((ulong)Convert.ToInt64(field.ConstantValue, CultureInfo.InvariantCulture));
}
