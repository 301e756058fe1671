using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Whose signatures count.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}: `name`, `environment` (that it speaks for; without one it is your own), `keyId` (the SHA-256 of the "
        + "SubjectPublicKeyInfo), `publicKey` (PEM), `isDeclared` (by the app, not the journal)",
    Place = 22
)]
internal sealed class KeysSection(IReadOnlyList<EvidenceKeyInfo> keys) : ReportSection
{
    internal const string Key = "keys";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        foreach (var key in keys)
        {
            page.Line(key.Environment is null ? page.Ink.Strong(key.Name) : page.Ink.Strong($"{key.Name}, for {key.Environment}"));
            page.Line($"  {key.KeyId}");
            foreach (var line in key.PublicKey.Split('\n'))
                page.Line(page.Ink.Faint($"  {line}"));
        }
    }

    internal override void WriteJson(Utf8JsonWriter json) =>
        Write(
            json,
            keys,
            static key => new KeyJson(key.Name, key.Environment, key.KeyId, key.PublicKey, key.IsDeclared),
            KeysShapes.Default.KeyJson
        );

    internal override ReportSection Masked(ReportMask mask) =>
        new KeysSection(
            ReportMask.List(
                keys,
                key =>
                    key with
                    {
                        Name = mask.Text(key.Name),
                        Environment = mask.Text(key.Environment),
                        KeyId = mask.Text(key.KeyId),
                        PublicKey = mask.Text(key.PublicKey),
                    }
            )
        );
}

internal sealed record KeyJson(string Name, string? Environment, string KeyId, string PublicKey, bool IsDeclared);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(KeyJson))]
internal sealed partial class KeysShapes : JsonSerializerContext;
