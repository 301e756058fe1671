using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Configuration values and where they come from.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}: `key`, `value` or `redacted: true`, `source`, `file`, `line`, `column`, `shadows[]` (what "
        + "weaker sources say, the strongest first: `value` or `redacted: true`, `source`, `file`, `line`, `column`)",
    Place = 8
)]
internal sealed class ValuesSection(IReadOnlyList<ConfigurationValue> values) : ReportSection
{
    internal const string Key = "values";

    internal override string Name => Key;

    /// <summary>Whether each is shown with what stands behind it.</summary>
    internal bool IsExplained { get; init; }

    internal override void WriteText(Page page, VerbReport report)
    {
        if (IsExplained)
        {
            foreach (var value in values)
                Explain(page, value);
        }
        else if (values.Count > 0)
        {
            page.Line();
            var rows = new List<Shown[]>(values.Count);
            foreach (var value in values)
                rows.Add([value.Key, ShownValue.Of(value.Value, value.IsRedacted), page.Ink.Faint(Place(value))]);
            page.Rows(rows);
        }
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, values, Shape, ValuesShapes.Default.ConfigurationValueJson);

    internal override ReportSection Masked(ReportMask mask) =>
        new ValuesSection(ReportMask.List(values, value => Masked(value, mask))) { IsExplained = IsExplained };

    private static void Explain(Page page, ConfigurationValue value)
    {
        page.Title(value.Key);
        var rows = new List<Shown[]> { (Shown[])[page.Good, ShownValue.Of(value.Value, value.IsRedacted), Place(value), "counts"] };
        foreach (var shadow in value.Shadows)
            rows.Add([page.Idle, ShownValue.Of(shadow.Value, shadow.IsRedacted), Place(shadow), page.Ink.Faint("shadowed")]);
        page.Rows(rows);
    }

    private static string Place(ConfigurationValue value) =>
        value.Line is { } line ? $"{value.Source}:{line}:{value.Column}" : value.Source;

    private static ConfigurationValue Masked(ConfigurationValue value, ReportMask mask)
    {
        var masked = mask.Text(value.Value);
        return value with
        {
            Key = mask.Text(value.Key),
            Value = masked,
            IsRedacted = value.IsRedacted || masked != value.Value,
            Source = mask.Text(value.Source),
            File = mask.Text(value.File),
            Shadows = ReportMask.List(value.Shadows, shadow => Masked(shadow, mask)),
        };
    }

    private static ConfigurationValueJson Shape(ConfigurationValue value) =>
        new(
            value.Key,
            value.Value,
            value.IsRedacted ? true : null,
            value.Source,
            value.File,
            value.Line,
            value.Column,
            List(
                value.Shadows,
                static shadow => new ShadowJson(
                    shadow.Value,
                    shadow.IsRedacted ? true : null,
                    shadow.Source,
                    shadow.File,
                    shadow.Line,
                    shadow.Column
                )
            )
        );
}

internal sealed record ConfigurationValueJson(
    string Key,
    string? Value,
    bool? Redacted,
    string Source,
    string? File,
    int? Line,
    int? Column,
    IReadOnlyList<ShadowJson> Shadows
);

internal sealed record ShadowJson(string? Value, bool? Redacted, string Source, string? File, int? Line, int? Column);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ConfigurationValueJson))]
internal sealed partial class ValuesShapes : JsonSerializerContext;
