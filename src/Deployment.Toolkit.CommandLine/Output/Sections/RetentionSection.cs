using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>What became of each backup when they were pruned.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}, newest first: `name`, `file`, `takenAt`, `size` in bytes, `release`, `isRemoved` (with `--dry-run`: "
        + "whether it would be), `reason`, `database` (of several), `tenant` (of a tenant's)",
    Place = 14
)]
internal sealed class RetentionSection(IReadOnlyList<BackupDecision> decisions) : ReportSection
{
    internal const string Key = "retention";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (decisions.Count == 0)
            return;

        page.Line();
        var isOfTenants = decisions.Any(static decision => decision.Tenant is not null);
        var rows = new List<Shown[]>(decisions.Count + 1)
        {
            (Shown[])[.. isOfTenants ? (Shown[])["TENANT"] : [], "NAME", "TAKEN", "SIZE", "RELEASE", "", "BECAUSE"],
        };
        foreach (var decision in decisions)
        {
            rows.Add([
                .. isOfTenants ? (Shown[])[decision.Tenant ?? page.Dash] : [],
                decision.Name,
                decision.TakenAt is { } taken ? Format.Minute(taken) : page.Dash,
                Format.Size(decision.Size),
                decision.Release?.ToString() ?? page.Dash,
                decision.IsRemoved ? page.Ink.Warn("goes") : "stays",
                decision.Reason,
            ]);
        }

        page.Rows(rows);
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, decisions, Shape, RetentionShapes.Default.RetentionJson);

    internal override ReportSection Masked(ReportMask mask) =>
        new RetentionSection(
            ReportMask.List(
                decisions,
                decision =>
                    decision with
                    {
                        Name = mask.Text(decision.Name),
                        File = mask.Text(decision.File),
                        Reason = mask.Text(decision.Reason),
                        Release = mask.Of(decision.Release),
                        Database = mask.Text(decision.Database),
                        Tenant = mask.Text(decision.Tenant),
                    }
            )
        );

    private static RetentionJson Shape(BackupDecision decision) =>
        new(
            decision.Name,
            decision.File,
            decision.TakenAt is { } taken ? Format.Iso(taken) : null,
            decision.Size,
            ReleaseJson.Of(decision.Release),
            decision.IsRemoved,
            decision.Reason,
            decision.Database,
            decision.Tenant
        );
}

internal sealed record RetentionJson(
    string Name,
    string File,
    string? TakenAt,
    long Size,
    ReleaseJson? Release,
    bool IsRemoved,
    string Reason,
    string? Database,
    string? Tenant
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RetentionJson))]
internal sealed partial class RetentionShapes : JsonSerializerContext;
