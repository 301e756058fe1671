using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>What an environment has that another has too.</summary>
[JsonShape(
    Key,
    $"{JsonShapeAttribute.Verbs}: `isIsolated`, `findings[]` (`rule`: `shared-database`, `database-clone`, `database-copy`, `foreign-stamp`, `shared-secret`, "
        + "`shared-host`, `shared-account`, `shared-bucket`, `shared-queue`, `never`; `subject`, `other`, `otherSubject`, `state`: `open`, `declared`, `waived`; "
        + "`because`), `sides[]` (`environment`, `source`: `journal`, `bundle`, `files`; `missing`), `waivers[]` (`rule`, `subject`, `by`, `reason`, `until`, "
        + "`isOver`, `matches`)",
    Place = 10
)]
internal sealed class IsolationSection(IsolationReport report) : ReportSection
{
    internal const string Key = "isolation";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport verb)
    {
        if (report.Findings.Count > 0)
        {
            page.Line();
            page.Rows([
                ["   RULE", "HERE", "THERE", ""],
                .. report.Findings.Select(finding => Row(page, finding)),
            ]);
        }

        if (report.Sides.Count > 0)
        {
            page.Line();
            page.Rows([
                ["   COMPARED WITH", "AS ITS", ""],
                .. report.Sides.Select(side => (Shown[])[$"   {side.Environment}", side.Source ?? "-", page.Ink.Faint(side.Missing ?? "")]),
            ]);
        }

        if (report.Waivers.Count > 0)
        {
            page.Line();
            page.Rows([
                ["   WAIVER", "FOR", "UNTIL", "BY", "WHY"],
                .. report.Waivers.Select(waiver => Row(page, waiver)),
            ]);
        }
    }

    internal override void WriteJson(Utf8JsonWriter json) =>
        JsonSerializer.Serialize(
            json,
            new IsolationJson(
                report.IsIsolated,
                [
                    .. report.Findings.Select(static finding => new IsolationFindingJson(
                        finding.Rule,
                        finding.Subject,
                        finding.Other,
                        finding.OtherSubject,
                        Format.Camel(finding.State),
                        finding.Because
                    )),
                ],
                [.. report.Sides.Select(static side => new IsolationSideJson(side.Environment, side.Source, side.Missing))],
                [
                    .. report.Waivers.Select(static waiver => new IsolationWaiverJson(
                        waiver.Rule,
                        waiver.Subject,
                        waiver.By,
                        waiver.Reason,
                        Day(waiver),
                        waiver.IsOver,
                        waiver.Matches
                    )),
                ]
            ),
            IsolationShapes.Default.IsolationJson
        );

    internal override ReportSection Masked(ReportMask mask) =>
        new IsolationSection(
            report with
            {
                Environment = mask.Text(report.Environment),
                Sides = ReportMask.List(
                    report.Sides,
                    side =>
                        side with
                        {
                            Environment = mask.Text(side.Environment),
                            Source = mask.Text(side.Source),
                            Missing = mask.Text(side.Missing),
                        }
                ),
                Findings = ReportMask.List(
                    report.Findings,
                    finding =>
                        finding with
                        {
                            Rule = mask.Text(finding.Rule),
                            Subject = mask.Text(finding.Subject),
                            Other = mask.Text(finding.Other),
                            OtherSubject = mask.Text(finding.OtherSubject),
                            Because = mask.Text(finding.Because),
                            Message = mask.Of(finding.Message),
                        }
                ),
                Waivers = ReportMask.List(
                    report.Waivers,
                    waiver =>
                        waiver with
                        {
                            Rule = mask.Text(waiver.Rule),
                            Subject = mask.Text(waiver.Subject),
                            By = mask.Text(waiver.By),
                            Reason = mask.Text(waiver.Reason),
                        }
                ),
                Warnings = ReportMask.List(report.Warnings, mask.Of),
            }
        );

    private static Shown[] Row(Page page, IsolationFinding finding)
    {
        var mark = finding.State == IsolationState.Open ? page.Bad : page.Idle;
        var there =
            finding.Other is null ? ""
            : finding.OtherSubject is null ? finding.Other
            : $"{finding.Other}: {finding.OtherSubject}";
        return
        [
            $"{mark}  {finding.Rule}",
            finding.Subject,
            there,
            page.Ink.Faint(finding.Because is { } why ? $"{Format.Camel(finding.State)}: {why}" : ""),
        ];
    }

    private static Shown[] Row(Page page, IsolationWaiver waiver) =>
        [
            $"{(waiver.IsOver ? page.Bad : page.Idle)}  {waiver.Rule}",
            waiver.Subject,
            waiver.IsOver ? page.Ink.Bad(Day(waiver) + ", over") : Day(waiver),
            waiver.By,
            page.Ink.Faint(waiver.Reason),
        ];

    private static string Day(IsolationWaiver waiver) => waiver.Until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

internal sealed record IsolationJson(
    bool IsIsolated,
    IReadOnlyList<IsolationFindingJson> Findings,
    IReadOnlyList<IsolationSideJson> Sides,
    IReadOnlyList<IsolationWaiverJson> Waivers
);

internal sealed record IsolationFindingJson(
    string Rule,
    string Subject,
    string? Other,
    string? OtherSubject,
    string State,
    string? Because
);

internal sealed record IsolationSideJson(string Environment, string? Source, string? Missing);

internal sealed record IsolationWaiverJson(string Rule, string Subject, string By, string Reason, string Until, bool IsOver, bool Matches);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(IsolationJson))]
internal sealed partial class IsolationShapes : JsonSerializerContext;
