using System.Text.Json;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>The one value that was asked for by name: written as it is.</summary>
[JsonShape(Key, $"{JsonShapeAttribute.Verbs}: the value itself", Place = 17)]
internal sealed class ValueSection(Secret value) : ReportSection
{
    internal const string Key = "value";

    internal override string Name => Key;

    internal override bool IsAlone => true;

    internal override void WriteText(Page page, VerbReport report) => page.Value(value);

    internal override void WriteJson(Utf8JsonWriter json) => json.WriteStringValue(value.Reveal());

    internal override ReportSection Masked(ReportMask mask) => this;
}
