using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>How one configuration differs from another.</summary>
[JsonShape(
    Key,
    $"{JsonShapeAttribute.Verbs}: `from`, `to`, `changes[]` (`key`, `change`: `added`, `removed`, `changed`, or `unknown` for "
        + "secrets of different journals; `from` and `to`, or `redacted: true`)",
    Place = 9
)]
internal sealed class DifferenceSection(ConfigurationComparison difference) : ReportSection
{
    internal const string Key = "difference";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (difference.Changes.Count == 0)
            return;

        page.Line();
        var rows = new List<Shown[]>(difference.Changes.Count);
        foreach (var change in difference.Changes)
        {
            var mark = change.Kind switch
            {
                ConfigurationChangeKind.Added => page.Ink.Good("+"),
                ConfigurationChangeKind.Removed => page.Ink.Bad("-"),
                ConfigurationChangeKind.Changed => page.Ink.Warn("~"),
                _ => page.Doubt,
            };
            rows.Add([$"{mark}  {change.Key}", Words(change)]);
        }

        page.Rows(rows);
    }

    internal override void WriteJson(Utf8JsonWriter json) =>
        Write(
            json,
            new DifferenceJson(
                difference.From,
                difference.To,
                List(difference.Changes, static c => new ChangeJson(c.Key, Format.Camel(c.Kind), c.From, c.To, c.IsRedacted ? true : null))
            ),
            DifferenceShapes.Default.DifferenceJson
        );

    internal override ReportSection Masked(ReportMask mask) =>
        new DifferenceSection(
            new ConfigurationComparison
            {
                From = mask.Text(difference.From),
                To = mask.Text(difference.To),
                Changes = ReportMask.List(
                    difference.Changes,
                    change => change with { Key = mask.Text(change.Key), From = mask.Text(change.From), To = mask.Text(change.To) }
                ),
            }
        );

    private static string Words(ConfigurationChange change) =>
        change.Kind switch
        {
            ConfigurationChangeKind.Unknown => "cannot compare: the two were recorded under different keys",
            ConfigurationChangeKind.Added => ShownValue.Of(change.To, change.IsRedacted),
            ConfigurationChangeKind.Removed => ShownValue.Of(change.From, change.IsRedacted),
            _ when change.IsRedacted => $"{ShownValue.Hidden} (differs)",
            _ when change.From == change.To => $"{ShownValue.Of(change.To, false)} (the secret behind it differs)",
            _ => $"{ShownValue.Of(change.From, false)} -> {ShownValue.Of(change.To, false)}",
        };
}

internal sealed record DifferenceJson(string From, string To, IReadOnlyList<ChangeJson> Changes);

internal sealed record ChangeJson(string Key, string Change, string? From, string? To, bool? Redacted);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(DifferenceJson))]
internal sealed partial class DifferenceShapes : JsonSerializerContext;
