using System.Text.Json;
using System.Text.Json.Serialization;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Who can open a sealed file, or whose proposals count in it.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}: `name`, `kind` (`p256`, `raw`, `passphrase`, " + "`proposer`), `publicKey`",
    Place = 16
)]
internal sealed class RecipientsSection(IReadOnlyList<SealedRecipientInfo> recipients) : ReportSection
{
    internal const string Key = "recipients";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (recipients.Count == 0)
            return;

        page.Line();
        var rows = new List<Shown[]>(recipients.Count + 1) { (Shown[])["NAME", "KIND", "PUBLIC KEY"] };
        foreach (var recipient in recipients)
            rows.Add([recipient.Name, recipient.Kind, recipient.PublicKey]);
        page.Rows(rows);
    }

    internal override void WriteJson(Utf8JsonWriter json) =>
        Write(json, recipients, static r => new RecipientJson(r.Name, r.Kind, r.PublicKey), RecipientsShapes.Default.RecipientJson);

    internal override ReportSection Masked(ReportMask mask) =>
        new RecipientsSection(
            ReportMask.List(
                recipients,
                recipient =>
                    recipient with
                    {
                        Name = mask.Text(recipient.Name),
                        Kind = mask.Text(recipient.Kind),
                        PublicKey = mask.Text(recipient.PublicKey),
                    }
            )
        );
}

internal sealed record RecipientJson(string Name, string Kind, string PublicKey);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RecipientJson))]
internal sealed partial class RecipientsShapes : JsonSerializerContext;
