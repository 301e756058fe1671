using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>The versions of sealed secrets, and what is proposed.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}: `name`, `version`, `state` (`current`, `previous`, `proposed`), `notBefore`, `expiresAt`, `proposal` (what "
        + "to accept it by), `proposer` (the name that was given, and whose signature says so), `proposedAt`",
    Place = 15
)]
internal sealed class SecretsSection(IReadOnlyList<SealedSecretInfo> secrets) : ReportSection
{
    internal const string Key = "secrets";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (secrets.Count == 0)
            return;

        page.Line();
        var rows = new List<Shown[]>(secrets.Count + 1) { (Shown[])["NAME", "VERSION", "STATE", "NOT BEFORE", "EXPIRES"] };
        foreach (var secret in secrets)
        {
            rows.Add([
                secret.Name,
                secret.Version.ToString(CultureInfo.InvariantCulture),
                secret.Proposal is { } id ? $"{Format.Words(secret.State)} ({id})" : Format.Words(secret.State),
                secret.NotBefore is { } begin ? Format.Minute(begin) : page.Dash,
                secret.ExpiresAt is { } end ? Format.Minute(end) : page.Dash,
            ]);
        }

        page.Rows(rows);
        if (!secrets.Any(static secret => secret.Proposal is not null))
            return;

        page.Line();
        page.Rows([
            (Shown[])["PROPOSAL", "SECRET", "PROPOSED", "BY"],
            .. secrets
                .Where(static secret => secret.Proposal is not null)
                .Select(static secret =>
                    (Shown[])[secret.Proposal!, secret.Name, Format.Minute(secret.ProposedAt!.Value), secret.Proposer!]
                ),
        ]);
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, secrets, Shape, SecretsShapes.Default.SealedSecretJson);

    internal override ReportSection Masked(ReportMask mask) =>
        new SecretsSection(
            ReportMask.List(
                secrets,
                secret =>
                    secret with
                    {
                        Name = mask.Text(secret.Name),
                        Proposal = mask.Text(secret.Proposal),
                        Proposer = mask.Text(secret.Proposer),
                    }
            )
        );

    private static SealedSecretJson Shape(SealedSecretInfo secret) =>
        new(
            secret.Name,
            secret.Version,
            Format.Camel(secret.State),
            secret.NotBefore is { } begin ? Format.Iso(begin) : null,
            secret.ExpiresAt is { } end ? Format.Iso(end) : null,
            secret.Proposal,
            secret.Proposer,
            secret.ProposedAt is { } at ? Format.Iso(at) : null
        );
}

internal sealed record SealedSecretJson(
    string Name,
    long Version,
    string State,
    string? NotBefore,
    string? ExpiresAt,
    string? Proposal,
    string? Proposer,
    string? ProposedAt
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(SealedSecretJson))]
internal sealed partial class SecretsShapes : JsonSerializerContext;
