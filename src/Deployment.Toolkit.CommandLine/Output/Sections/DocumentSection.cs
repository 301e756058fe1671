using System.Text.Json;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>A text of its own, written as it is.</summary>
[JsonShape(Key, $"{JsonShapeAttribute.Verbs}: the page, in Markdown, or the script", Place = 11)]
internal sealed class DocumentSection(string document) : ReportSection
{
    internal const string Key = "document";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report) => page.Line(Shown.Lines(document.TrimEnd('\n')));

    internal override void WriteJson(Utf8JsonWriter json) => json.WriteStringValue(document);

    internal override ReportSection Masked(ReportMask mask) => new DocumentSection(mask.Text(document));
}
