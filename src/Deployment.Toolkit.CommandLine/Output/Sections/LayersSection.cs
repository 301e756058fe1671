using System.Text.Json;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>The sources of a configuration, the strongest first.</summary>
[JsonShape($"{Key}[]", $"{JsonShapeAttribute.Verbs}: the names of all sources, the strongest first", Place = 12)]
internal sealed class LayersSection(IReadOnlyList<string> layers) : ReportSection
{
    internal const string Key = "layers";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        page.Title("Sources, the strongest first");
        foreach (var layer in layers)
            page.Line("  " + layer);
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, layers);

    internal override ReportSection Masked(ReportMask mask) => new LayersSection(mask.Texts(layers));
}
