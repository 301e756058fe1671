using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>How tests went on releases.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}, newest first: `suite`, `release`, `hasPassed`, `told` (in words), `format` (`trx`, `junit`, `command`), "
        + "`passed`, `failed`, `skipped`, `failures[]` (names), `sha256` (of the file), `source`, `at`, `by`",
    Place = 20
)]
internal sealed class TestsSection(IReadOnlyList<TestEvidence> tests) : ReportSection
{
    internal const string Key = "tests";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (tests.Count == 0)
            return;

        var rows = new List<Shown[]>(tests.Count + 1) { (Shown[])["SUITE", "RELEASE", "RECORDED", "RESULT", "BY"] };
        foreach (var one in tests)
            rows.Add([
                one.Suite,
                one.Release.ToString(),
                Format.Minute(one.At),
                one.HasPassed ? page.Ink.Good(one.Told) : page.Ink.Bad(one.Told),
                page.Ink.Faint(one.By),
            ]);
        page.Rows(rows, "");
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, tests, Shape, TestsShapes.Default.TestsJson);

    internal override ReportSection Masked(ReportMask mask) =>
        new TestsSection(
            ReportMask.List(
                tests,
                one =>
                    one with
                    {
                        Suite = mask.Text(one.Suite),
                        Release = mask.Of(one.Release)!,
                        Told = mask.Text(one.Told),
                        Format = mask.Text(one.Format),
                        Sha256 = mask.Text(one.Sha256),
                        Source = mask.Text(one.Source),
                        Failures = mask.Texts(one.Failures),
                        By = mask.Text(one.By),
                    }
            )
        );

    private static TestsJson Shape(TestEvidence one) =>
        new(one.Suite, ReleaseJson.Of(one.Release)!, one.HasPassed, one.Told, one.Format, one.Passed, one.Failed, one.Skipped)
        {
            Failures = one.Failures,
            Sha256 = one.Sha256,
            Source = one.Source,
            At = Format.Iso(one.At),
            By = one.By,
        };
}

internal sealed record TestsJson(
    string Suite,
    ReleaseJson Release,
    bool HasPassed,
    string Told,
    string Format,
    int Passed,
    int Failed,
    int Skipped
)
{
    public IReadOnlyList<string>? Failures { get; init; }

    public string? Sha256 { get; init; }

    public string? Source { get; init; }

    public string? At { get; init; }

    public string? By { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(TestsJson))]
internal sealed partial class TestsShapes : JsonSerializerContext;
