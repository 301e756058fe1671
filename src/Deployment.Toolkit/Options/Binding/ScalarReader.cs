using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Options.Binding;

/// <summary>Reads single values, by the invariant culture.</summary>
[RequiresUnreferencedCode("Converts by reflection.")]
internal static class ScalarReader
{
    internal static bool IsScalar(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive
            || type.IsEnum
            || type == typeof(string)
            || type == typeof(Secret)
            || type == typeof(decimal)
            || type == typeof(TimeSpan)
            || type == typeof(Uri)
            || type == typeof(byte[])
            || type == typeof(object)
            || HasConverter(type);
    }

    private static bool HasConverter(Type type)
    {
        try
        {
            return TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string));
        }
        // Converters of other people throw what they like.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>Reads a value.</summary>
    /// <param name="type">A type for which <see cref="IsScalar"/> holds.</param>
    /// <param name="text">The text.</param>
    /// <param name="value">What it reads as.</param>
    /// <param name="code">The code of the fault.</param>
    /// <param name="rule">Why it isn't one: continues "… is 'text', which".</param>
    internal static bool TryRead(Type type, string text, out object? value, out string code, out string rule)
    {
        code = Codes.ValueInvalid;
        rule = "";
        value = null;
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            if (text.Length == 0)
                return true;
            type = inner;
        }

        if (type == typeof(string) || type == typeof(object))
            value = text;
        else if (type == typeof(Secret))
            value = new Secret(text);
        else if (type == typeof(TimeSpan))
            return TryReadDuration(text, out value, ref code, out rule);
        else if (type.IsEnum)
            return TryReadEnum(type, text, out value, out rule);
        else if (type == typeof(bool))
            return TryReadBoolean(text, out value, out rule);
        else if (type == typeof(Uri))
            return TryReadUri(text, out value, out rule);
        else if (type == typeof(byte[]))
            return TryReadBytes(text, out value, out rule);
        else
            return TryConvert(type, text, out value, out rule);
        return true;
    }

    private static bool TryReadDuration(string text, out object? value, ref string code, out string rule)
    {
        var isRead = DurationReader.TryRead(text, out var duration, out var isAmbiguous, out rule);
        if (isAmbiguous)
            code = Codes.DurationAmbiguous;
        value = isRead ? duration : null;
        return isRead;
    }

    private static bool TryReadEnum(Type type, string text, out object? value, out string rule)
    {
        rule = "";
        // A number that names no member passes Enum.TryParse.
        if (Enum.TryParse(type, text, ignoreCase: true, out value) && IsDeclared(type, value!))
            return true;

        var names = Enum.GetNames(type);
        rule = $"is no {NameOf(type)}.{Suggestion.Sentence(text, names)} Write one of {string.Join(", ", names)}";
        return false;
    }

    private static bool IsDeclared(Type type, object value)
    {
        if (Enum.IsDefined(type, value))
            return true;
        if (!type.IsDefined(typeof(FlagsAttribute), inherit: false))
            return false;

        ulong known = 0;
        foreach (var member in Enum.GetValuesAsUnderlyingType(type))
            known |= Bits(member);
        return (Bits(Convert.ChangeType(value, Enum.GetUnderlyingType(type), CultureInfo.InvariantCulture)) & ~known) == 0;
    }

    private static ulong Bits(object number) =>
        number is ulong big ? big : unchecked((ulong)Convert.ToInt64(number, CultureInfo.InvariantCulture));

    private static bool TryReadBoolean(string text, out object? value, out string rule)
    {
        var isRead = bool.TryParse(text, out var flag);
        value = isRead ? flag : null;
        rule = isRead ? "" : "is neither true nor false. Write one of the two";
        return isRead;
    }

    private static bool TryReadUri(string text, out object? value, out string rule)
    {
        var isRead = Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var uri);
        value = uri;
        rule = isRead ? "" : "is no URI. Write it as scheme://host/path";
        return isRead;
    }

    private static bool TryReadBytes(string text, out object? value, out string rule)
    {
        try
        {
            value = Convert.FromBase64String(text);
            rule = "";
            return true;
        }
        catch (FormatException)
        {
            value = null;
            rule = "is no Base64. Write the bytes in Base64";
            return false;
        }
    }

    private static bool TryConvert(Type type, string text, out object? value, out string rule)
    {
        rule = "";
        if (SizeReader.TryRead(type, text, out value))
            return true;

        try
        {
            value = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            if (value is not null)
                return true;
        }
        // Converters of other people throw what they like for a text that they do not know.
        catch (Exception e) when (e is not OutOfMemoryException) { }

        rule = RuleOf(type);
        return false;
    }

    private static string RuleOf(Type type) =>
        Type.GetTypeCode(type) switch
        {
            TypeCode.SByte
            or TypeCode.Byte
            or TypeCode.Int16
            or TypeCode.UInt16
            or TypeCode.Int32
            or TypeCode.UInt32
            or TypeCode.Int64
            or TypeCode.UInt64 => $"is no whole number from {Limit(type, "MinValue")} to {Limit(type, "MaxValue")}. Write one",
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "is no number. Write one, with a point before its fraction",
            TypeCode.Char => "is not one character. Write one",
            TypeCode.DateTime => "is no date. Write it as 2030-01-31T12:00:00Z",
            _ when type == typeof(DateTimeOffset) => "is no point in time. Write it as 2030-01-31T12:00:00Z",
            _ when type == typeof(DateOnly) => "is no date. Write it as 2030-01-31",
            _ when type == typeof(TimeOnly) => "is no time of day. Write it as 13:30:00",
            _ when type == typeof(Guid) => "is no GUID. Write it as 00000000-0000-0000-0000-000000000000",
            _ => $"is no {NameOf(type)}. Write one",
        };

    private static string Limit(Type type, string field) =>
        Convert.ToString(type.GetField(field)!.GetValue(null), CultureInfo.InvariantCulture)!;

    private static string NameOf(Type type) => type.Name;
}
