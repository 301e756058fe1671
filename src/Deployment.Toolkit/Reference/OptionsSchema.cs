using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using Deployment.Toolkit.Options;

namespace Deployment.Toolkit.Reference;

/// <summary>Writes a JSON schema (draft 7, which editors know) of the app's sections. Other sections are left alone.</summary>
internal static class OptionsSchema
{
    private const string Durations = @"^\s*((\d+(\.\d+)?(ms|us|s|m|h|d))+|(\d+\.)?\d{1,2}:\d{2}:\d{2}(\.\d{1,7})?)\s*$|^secret://";

    internal static JsonObject Of(IEnumerable<(OptionsRegistration Registration, OptionDescription Options)> sections)
    {
        var root = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["type"] = "object",
            ["properties"] = new JsonObject(),
        };
        foreach (var (registration, options) in sections)
        {
            var parent = root;
            var segments = registration.Section.Split(':');
            foreach (var segment in segments[..^1])
            {
                var above = Properties(parent);
                if (above[segment] is not JsonObject)
                    above[segment] = new JsonObject { ["type"] = "object" };
                parent = (JsonObject)above[segment]!;
            }

            var properties = Properties(parent);
            var schema = Of(options);
            // A section may hold another one that is bound to a type of its own.
            if (properties[segments[^1]] is JsonObject earlier && earlier["properties"] is JsonObject inner)
            {
                foreach (var (name, value) in inner.ToList())
                    Properties(schema).TryAdd(name, value?.DeepClone());
                if (earlier["required"] is JsonArray required)
                    schema["required"] = new JsonArray([
                        .. required
                            .Concat(schema["required"] as JsonArray ?? [])
                            .Select(static name => name!.GetValue<string>())
                            .Distinct(StringComparer.OrdinalIgnoreCase)
                            .Select(static name => (JsonNode)JsonValue.Create(name)),
                    ]);
            }

            properties[segments[^1]] = schema;
        }

        return root;
    }

    private static JsonObject Properties(JsonObject schema)
    {
        if (schema["properties"] is not JsonObject)
            schema["properties"] = new JsonObject();
        return (JsonObject)schema["properties"]!;
    }

    private static JsonObject Of(OptionDescription option)
    {
        var schema = new JsonObject();
        if (option.Summary.Length > 0)
            schema["description"] = option.Summary;
        AddType(schema, option);
        foreach (var rule in option.Rules)
            AddRule(schema, rule);
        if (option.Default is { } value && Json(value) is { } json)
            schema["default"] = json;
        return schema;
    }

    private static void AddType(JsonObject schema, OptionDescription option)
    {
        if (option.Collection is { Key: null })
        {
            schema["type"] = "array";
            if (option.Element is { } element)
                schema["items"] = Of(element);
        }
        else if (option.Collection is not null)
        {
            schema["type"] = "object";
            if (option.Element is { } element)
                schema["additionalProperties"] = Of(element);
        }
        else if (option.Children.Count > 0)
        {
            schema["type"] = "object";
            schema["additionalProperties"] = false;
            foreach (var child in option.Children)
                Properties(schema)[child.Name] = Of(child);
            if (option.Children.Any(static child => child.IsRequired))
                schema["required"] = new JsonArray([
                    .. option
                        .Children.Where(static child => child.IsRequired)
                        .Select(static child => (JsonNode)JsonValue.Create(child.Name)),
                ]);
        }
        else if (option.Type.IsEnum)
        {
            var names = Enum.GetNames(option.Type).Select(static name => (JsonNode?)JsonValue.Create(name));
            schema["enum"] = new JsonArray([.. option.IsNullable ? names.Append(null) : names]);
        }
        else if (ScalarType(option.Type) is { } scalar)
        {
            schema["type"] = option.IsNullable
                ? new JsonArray(JsonValue.Create(scalar), JsonValue.Create("null"))
                : JsonValue.Create(scalar);
            if (option.Type == typeof(TimeSpan))
                schema["pattern"] = Durations;
            if (option.Type == typeof(Uri))
                schema["format"] = "uri-reference";
        }
    }

    private static string? ScalarType(Type type) =>
        Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "boolean",
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "number",
            >= TypeCode.SByte and <= TypeCode.UInt64 => "integer",
            _ => type == typeof(object) ? null : "string",
        };

    private static void AddRule(JsonObject schema, ValidationAttribute rule)
    {
        switch (rule)
        {
            case RangeAttribute range when range.OperandType == typeof(int) || range.OperandType == typeof(double):
                schema[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = Json(range.Minimum);
                schema[range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = Json(range.Maximum);
                break;
            case StringLengthAttribute length:
                if (length.MinimumLength > 0)
                    schema["minLength"] = length.MinimumLength;
                schema["maxLength"] = length.MaximumLength;
                break;
            case MinLengthAttribute length:
                schema[IsArray(schema) ? "minItems" : "minLength"] = length.Length;
                break;
            case MaxLengthAttribute length:
                schema[IsArray(schema) ? "maxItems" : "maxLength"] = length.Length;
                break;
            case RegularExpressionAttribute pattern:
                schema["pattern"] = $"^(?:{pattern.Pattern})$";
                break;
        }
    }

    private static bool IsArray(JsonObject schema) =>
        schema["type"] is JsonValue type && type.TryGetValue<string>(out var name) && name == "array";

    private static JsonValue? Json(object value) =>
        value switch
        {
            bool flag => JsonValue.Create(flag),
            Enum or string or Uri => JsonValue.Create(value.ToString()),
            TimeSpan duration => JsonValue.Create(duration.ToString("c", CultureInfo.InvariantCulture)),
            double or float => double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture))
                ? JsonValue.Create(Convert.ToDouble(value, CultureInfo.InvariantCulture))
                : null,
            decimal number => JsonValue.Create(number),
            ulong number => JsonValue.Create(number),
            sbyte or byte or short or ushort or int or uint or long => JsonValue.Create(
                Convert.ToInt64(value, CultureInfo.InvariantCulture)
            ),
            _ => null,
        };
}
