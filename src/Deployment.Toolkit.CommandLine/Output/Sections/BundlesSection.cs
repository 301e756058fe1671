using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>What other environments vouched for.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}, newest first: `environment` (that vouches), `release`, `run`, `verifiedAt`, `expiresAt`, `key`, `sequence`, "
        + "`sha256`, `at`, `by`",
    Place = 21
)]
internal sealed class BundlesSection(IReadOnlyList<ImportedEvidence> bundles) : ReportSection
{
    internal const string Key = "bundles";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (bundles.Count == 0)
            return;

        page.Title("Imported");
        var rows = new List<Shown[]>(bundles.Count + 1) { (Shown[])["VERIFIED IN", "RELEASE", "AT", "GOOD UNTIL", "KEY"] };
        foreach (var bundle in bundles)
            rows.Add([
                bundle.Environment,
                bundle.Release.ToString(),
                Format.Minute(bundle.VerifiedAt),
                Format.Minute(bundle.ExpiresAt),
                bundle.Key,
            ]);
        page.Rows(rows);
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, bundles, Shape, BundlesShapes.Default.BundleJson);

    internal override ReportSection Masked(ReportMask mask) =>
        new BundlesSection(
            ReportMask.List(
                bundles,
                bundle =>
                    bundle with
                    {
                        Environment = mask.Text(bundle.Environment),
                        Release = mask.Of(bundle.Release)!,
                        Run = mask.Text(bundle.Run),
                        Key = mask.Text(bundle.Key),
                        Sha256 = mask.Text(bundle.Sha256),
                        By = mask.Text(bundle.By),
                    }
            )
        );

    private static BundleJson Shape(ImportedEvidence bundle) =>
        new(
            bundle.Environment,
            ReleaseJson.Of(bundle.Release)!,
            bundle.Run,
            Format.Iso(bundle.VerifiedAt),
            Format.Iso(bundle.ExpiresAt),
            bundle.Key,
            bundle.Sequence,
            bundle.Sha256,
            Format.Iso(bundle.At),
            bundle.By
        );
}

internal sealed record BundleJson(
    string Environment,
    ReleaseJson Release,
    string Run,
    string VerifiedAt,
    string ExpiresAt,
    string Key,
    long Sequence,
    string Sha256,
    string At,
    string By
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(BundleJson))]
internal sealed partial class BundlesShapes : JsonSerializerContext;
