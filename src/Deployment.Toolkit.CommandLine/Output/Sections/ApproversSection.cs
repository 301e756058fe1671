using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Who may approve what enters an environment.</summary>
[JsonShape($"{Key}[]", $"{JsonShapeAttribute.Verbs}: `name`, `roles[]`, `otherNames[]`, `signingKey`, `addedBy`, `since`", Place = 41)]
internal sealed class ApproversSection(IReadOnlyList<ApproverInfo> approvers) : ReportSection
{
    internal const string Key = "approvers";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (approvers.Count == 0)
            return;

        page.Line();
        var rows = new List<Shown[]>(approvers.Count + 1) { (Shown[])["NAME", "ROLES", "ALSO", "SIGNS", "ADDED"] };
        foreach (var approver in approvers)
            rows.Add([
                approver.Name,
                string.Join(", ", approver.Roles),
                string.Join(", ", approver.OtherNames),
                approver.SigningKey is null ? "no" : "yes",
                $"{Format.Minute(approver.Since)} by {approver.AddedBy}",
            ]);
        page.Rows(rows);
    }

    internal override void WriteJson(Utf8JsonWriter json) =>
        Write(
            json,
            approvers,
            static a => new ApproverJson(a.Name, a.Roles, a.OtherNames, a.SigningKey, a.AddedBy, Format.Iso(a.Since)),
            ApproversShapes.Default.ApproverJson
        );

    internal override ReportSection Masked(ReportMask mask) =>
        new ApproversSection(
            ReportMask.List(
                approvers,
                approver =>
                    approver with
                    {
                        Name = mask.Text(approver.Name),
                        Roles = mask.Texts(approver.Roles),
                        OtherNames = mask.Texts(approver.OtherNames),
                        SigningKey = mask.Text(approver.SigningKey),
                        AddedBy = mask.Text(approver.AddedBy),
                    }
            )
        );
}

internal sealed record ApproverJson(
    string Name,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> OtherNames,
    string? SigningKey,
    string AddedBy,
    string Since
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ApproverJson))]
internal sealed partial class ApproversShapes : JsonSerializerContext;
