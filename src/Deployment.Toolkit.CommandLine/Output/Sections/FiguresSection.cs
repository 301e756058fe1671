using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>How environments are deployed to.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs} `--figures`, defined in [the journal](journal.md#figures): `environment`, `from`, `to`, `attempts`, "
        + "`successPercent`, `medianDurationSeconds`, `deployments`, `deploymentsPerWeek` (from a week on), "
        + "`leadTimeSeconds`, "
        + "`leadTimeBasis` (`none`, `everyCommit`, `releaseCommit`), `leadTimeCommits`, `failedChanges`, `changeFailurePercent`, "
        + "`recoverySeconds`, `recoveryOfNineInTenSeconds`, `recoveryAfterDetectionSeconds`, `notRecovered`, `unplanned`, "
        + "`reworkPercent`, `rollbacks`, `rollbackSuccessPercent`, `rollbackDurationSeconds`",
    Place = 19
)]
internal sealed class FiguresSection(IReadOnlyList<DeliveryFigures> figures) : ReportSection
{
    internal const string Key = "figures";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        var rows = new List<Shown[]>
        {
            Row("", static of => of.Environment),
            Row("since", static of => Format.Minute(of.From)),
            Row("measured over", static of => Time(of.To - of.From)),
            Row("deployments", static of => Number(of.Deployments)),
            Row("  a week", static of => of.DeploymentsPerWeek is { } rate ? Number(rate) : "measured for less"),
            Row("succeeded", of => Share(of.SuccessPercent, of.Attempts, "run")),
            Row("took, median", static of => Time(of.MedianDuration)),
            Row("lead time, median", static of => Time(of.LeadTime)),
            Row("  measured by", static of => Basis(of)),
            Row("changes that failed", of => Share(of.ChangeFailurePercent, of.FailedChanges, "change")),
            Row("recovery, median", static of => Time(of.Recovery)),
            Row("  nine in ten within", static of => Time(of.RecoveryOfNineInTen)),
            Row("  once it was noticed", static of => Time(of.RecoveryAfterDetection)),
            Row("  still open", static of => Number(of.NotRecovered)),
            Row("rework", of => Share(of.ReworkPercent, of.Unplanned, "run")),
            Row("rollbacks that succeeded", of => Share(of.RollbackSuccessPercent, of.Rollbacks, "rollback")),
            Row("  took, median", static of => Time(of.RollbackDuration)),
        };
        page.Rows(rows, "");

        Shown[] Row(string label, Func<DeliveryFigures, string?> value) =>
            [label, .. figures.Select(of => value(of) is { } known ? (Shown)known : page.Dash)];
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, figures, Shape, FiguresShapes.Default.FiguresJson);

    internal override ReportSection Masked(ReportMask mask) =>
        new FiguresSection(ReportMask.List(figures, of => of with { Environment = mask.Text(of.Environment) }));

    private static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    private static string? Share(double? percent, int count, string one) =>
        percent is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0.#} % ({Format.Count(count, one)})") : null;

    private static string? Time(TimeSpan? length) =>
        length is not { } known ? null
        : known.TotalDays >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{(int)known.TotalDays} d {known.Hours} h")
        : Format.Duration(known.TotalSeconds);

    private static string Basis(DeliveryFigures of) =>
        of.LeadTimeBasis switch
        {
            LeadTimeBasis.EveryCommit => Format.Count(of.LeadTimeCommits, "commit"),
            LeadTimeBasis.ReleaseCommit => "releases' own commits",
            _ => "no commit is known here",
        };

    private static FiguresJson Shape(DeliveryFigures of) =>
        new(of.Environment, Format.Iso(of.From), Format.Iso(of.To), of.Attempts, of.Deployments)
        {
            DeploymentsPerWeek = of.DeploymentsPerWeek,
            SuccessPercent = of.SuccessPercent,
            MedianDurationSeconds = of.MedianDuration?.TotalSeconds,
            LeadTimeSeconds = of.LeadTime?.TotalSeconds,
            LeadTimeBasis = Format.Camel(of.LeadTimeBasis),
            LeadTimeCommits = of.LeadTimeCommits,
            FailedChanges = of.FailedChanges,
            ChangeFailurePercent = of.ChangeFailurePercent,
            RecoverySeconds = of.Recovery?.TotalSeconds,
            RecoveryOfNineInTenSeconds = of.RecoveryOfNineInTen?.TotalSeconds,
            RecoveryAfterDetectionSeconds = of.RecoveryAfterDetection?.TotalSeconds,
            NotRecovered = of.NotRecovered,
            Unplanned = of.Unplanned,
            ReworkPercent = of.ReworkPercent,
            Rollbacks = of.Rollbacks,
            RollbackSuccessPercent = of.RollbackSuccessPercent,
            RollbackDurationSeconds = of.RollbackDuration?.TotalSeconds,
        };
}

internal sealed record FiguresJson(string Environment, string From, string To, int Attempts, int Deployments)
{
    public double? DeploymentsPerWeek { get; init; }

    public double? SuccessPercent { get; init; }

    public double? MedianDurationSeconds { get; init; }

    public double? LeadTimeSeconds { get; init; }

    public string? LeadTimeBasis { get; init; }

    public int LeadTimeCommits { get; init; }

    public int FailedChanges { get; init; }

    public double? ChangeFailurePercent { get; init; }

    public double? RecoverySeconds { get; init; }

    public double? RecoveryOfNineInTenSeconds { get; init; }

    public double? RecoveryAfterDetectionSeconds { get; init; }

    public int NotRecovered { get; init; }

    public int Unplanned { get; init; }

    public double? ReworkPercent { get; init; }

    public int Rollbacks { get; init; }

    public double? RollbackSuccessPercent { get; init; }

    public double? RollbackDurationSeconds { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(FiguresJson))]
internal sealed partial class FiguresShapes : JsonSerializerContext;
