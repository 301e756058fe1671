using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Deployment.Toolkit.Reference;

/// <summary>Types, rules and defaults in words.</summary>
internal static class OptionTexts
{
    internal static string TypeOf(OptionDescription option)
    {
        if (option.Collection is { Key: null })
            return "list of " + (option.Element is { } element ? TypeOf(element) : "objects");
        if (option.Collection is not null)
            return "keys with " + (option.Element is { } value ? TypeOf(value) : "objects");
        if (option.Type.IsEnum)
            return string.Join(" or ", Enum.GetNames(option.Type));
        if (option.Type == typeof(Secret))
            return "secret";

        return Type.GetTypeCode(option.Type) switch
        {
            TypeCode.Boolean => "true or false",
            TypeCode.String or TypeCode.Char => "text",
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "number",
            >= TypeCode.SByte and <= TypeCode.UInt64 => "whole number",
            _ when option.Type == typeof(TimeSpan) => "duration",
            _ when option.Type == typeof(Uri) => "URI",
            _ when option.Children.Count > 0 => "object",
            _ => option.Type.Name,
        };
    }

    internal static IReadOnlyList<string> RulesOf(OptionDescription option)
    {
        var rules = option.Rules.Select(Text).Where(static text => text.Length > 0);
        return [.. option.IsRequired ? rules.Prepend("required") : rules];
    }

    internal static string? DefaultOf(OptionDescription option) =>
        option.Default switch
        {
            null => null,
            bool flag => flag ? "true" : "false",
            TimeSpan duration => duration.ToString("c", CultureInfo.InvariantCulture),
            var value => Convert.ToString(value, CultureInfo.InvariantCulture),
        };

    private static string Text(ValidationAttribute rule) =>
        rule switch
        {
            RequiredAttribute => "",
            RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}"),
            StringLengthAttribute { MinimumLength: > 0 } length => string.Create(
                CultureInfo.InvariantCulture,
                $"{length.MinimumLength} to {length.MaximumLength} characters"
            ),
            StringLengthAttribute length => string.Create(CultureInfo.InvariantCulture, $"at most {length.MaximumLength} characters"),
            MinLengthAttribute length => string.Create(CultureInfo.InvariantCulture, $"at least {length.Length} long"),
            MaxLengthAttribute length => string.Create(CultureInfo.InvariantCulture, $"at most {length.Length} long"),
            RegularExpressionAttribute pattern => $"matches {pattern.Pattern}",
            AllowedValuesAttribute allowed => "one of " + string.Join(", ", allowed.Values),
            UrlAttribute => "an http, https or ftp URL",
            EmailAddressAttribute => "an e-mail address",
            _ => rule.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal),
        };
}
