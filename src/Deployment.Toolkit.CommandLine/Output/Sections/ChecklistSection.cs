using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>What has to be done before a release enters.</summary>
[JsonShape($"{Key}[]", $"{JsonShapeAttribute.Verbs}: `number`, `text`, `isDone`, `by`, `at`, `note`", Place = 40)]
internal sealed class ChecklistSection(IReadOnlyList<ChecklistItem> items) : ReportSection
{
    internal const string Key = "checklist";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (items.Count == 0)
            return;

        page.Line();
        var rows = new List<Shown[]>(items.Count);
        foreach (var item in items)
            rows.Add([
                item.By is null ? page.Doubt : page.Good,
                $"{item.Number}. {item.Text}",
                item.By is { } by ? $"{by}, {Format.Minute(item.At!.Value)}{(item.Note is { } note ? $": {note}" : "")}" : "",
            ]);
        page.Rows(rows);
    }

    internal override void WriteJson(Utf8JsonWriter json) =>
        Write(
            json,
            items,
            static item => new ChecklistItemJson(
                item.Number,
                item.Text,
                item.By is not null,
                item.By,
                item.At is { } at ? Format.Iso(at) : null,
                item.Note
            ),
            ChecklistShapes.Default.ChecklistItemJson
        );

    internal override ReportSection Masked(ReportMask mask) =>
        new ChecklistSection(
            ReportMask.List(items, item => item with { Text = mask.Text(item.Text), By = mask.Text(item.By), Note = mask.Text(item.Note) })
        );
}

internal sealed record ChecklistItemJson(int Number, string Text, bool IsDone, string? By, string? At, string? Note);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ChecklistItemJson))]
internal sealed partial class ChecklistShapes : JsonSerializerContext;
