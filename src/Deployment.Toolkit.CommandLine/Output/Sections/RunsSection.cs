using System.Text.Json;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>The last runs of an environment.</summary>
[JsonShape($"{Key}[]", $"{JsonShapeAttribute.Verbs}, newest first: each like `run`", Place = 4)]
internal sealed class RunsSection(IReadOnlyList<DeploymentRun> runs) : ReportSection
{
    internal const string Key = "runs";

    internal override string Name => Key;

    internal override string? HeadlineOf(VerbReport report) =>
        report.Outcome == DeploymentOutcome.Succeeded && runs.Count == 0 ? $"{report.Environment} has no runs yet." : null;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (runs.Count > 0)
            RunText.Table(page, runs);
    }

    internal override void WriteJson(Utf8JsonWriter json) => Write(json, runs, static run => RunJson.Of(run), RunShapes.Default.RunJson);

    internal override ReportSection Masked(ReportMask mask) => new RunsSection(ReportMask.List(runs, run => RunSection.Masked(run, mask)));
}
