using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Which environment sets which key.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}: `key`, `isDeclared`, `differs`, `isFine`, `environments[]` (`name`, `state`: `missing`, `inherited`, "
        + "`setHere`; `sameSecretAs`: the protected environment with the very same secret)",
    Place = 10
)]
internal sealed class ParitySection(ConfigurationParity parity) : ReportSection
{
    internal const string Key = "parity";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (parity.Rows.Count == 0)
            return;

        page.Line();
        var rows = new List<Shown[]>(parity.Rows.Count + 1) { (Shown[])["   KEY", .. parity.Environments] };
        foreach (var row in parity.Rows)
        {
            var mark =
                row.Fault is not null ? page.Bad
                : row.Differs ? page.Idle
                : page.Good;
            rows.Add([
                $"{mark}  {row.Key}",
                .. row.Cells.Select(cell => Cell(page, cell)),
                row is { Fault: null, Differs: true } ? page.Ink.Faint("declared") : "",
            ]);
        }

        page.Rows(rows);
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, parity.Rows, Shape, ParityShapes.Default.ParityJson);

    internal override ReportSection Masked(ReportMask mask) =>
        new ParitySection(
            new ConfigurationParity
            {
                Environments = mask.Texts(parity.Environments),
                Rows = ReportMask.List(
                    parity.Rows,
                    row =>
                        row with
                        {
                            Key = mask.Text(row.Key),
                            Cells = ReportMask.List(row.Cells, cell => cell with { SameSecretAs = mask.Text(cell.SameSecretAs) }),
                            Fault = row.Fault is { } fault ? mask.Of(fault) : null,
                        }
                ),
            }
        );

    private static Shown Cell(Page page, ParityCell cell) =>
        cell.SameSecretAs is { } other
            ? page.Ink.Bad($"same secret as {other}!")
            : cell.State switch
            {
                ParityState.SetHere => "set here",
                ParityState.Inherited => page.Ink.Faint("inherited"),
                _ => page.Ink.Warn("missing"),
            };

    private ParityJson Shape(ParityRow row)
    {
        var cells = new List<ParityCellJson>(row.Cells.Count);
        for (var i = 0; i < row.Cells.Count; i++)
            cells.Add(new ParityCellJson(parity.Environments[i], Format.Camel(row.Cells[i].State), row.Cells[i].SameSecretAs));
        return new ParityJson(row.Key, row.IsDeclared, row.Differs, row.Fault is null, cells);
    }
}

internal sealed record ParityJson(string Key, bool IsDeclared, bool Differs, bool IsFine, IReadOnlyList<ParityCellJson> Environments);

internal sealed record ParityCellJson(string Name, string State, string? SameSecretAs);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ParityJson))]
internal sealed partial class ParityShapes : JsonSerializerContext;
