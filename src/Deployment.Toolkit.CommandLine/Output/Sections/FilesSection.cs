using System.Text.Json;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Files that were written.</summary>
[JsonShape($"{Key}[]", $"{JsonShapeAttribute.Verbs}: the paths that were written", Place = 7)]
internal sealed class FilesSection(IReadOnlyList<string> files) : ReportSection
{
    internal const string Key = "files";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        foreach (var file in files)
            page.Line($"  {file}");
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, files);

    internal override ReportSection Masked(ReportMask mask) => new FilesSection(mask.Texts(files));
}
