using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>What the health checks say.</summary>
[JsonShape(
    $"{Key}[]",
    $"{JsonShapeAttribute.Verbs}: `name`, `status` (`healthy`, `degraded`, `unhealthy`), `description`, `durationSeconds`",
    Place = 5
)]
internal sealed class ChecksSection(HealthReport health) : ReportSection
{
    internal const string Key = "checks";

    internal override string Name => Key;

    internal override void WriteText(Page page, VerbReport report)
    {
        if (health.Entries.Count == 0)
            return;

        page.Line();
        var rows = new List<Shown[]>(health.Entries.Count);
        foreach (var (name, entry) in health.Entries)
        {
            var mark = entry.Status switch
            {
                HealthStatus.Healthy => page.Good,
                HealthStatus.Degraded => page.Doubt,
                _ => page.Bad,
            };
            rows.Add([
                $"{mark}  {name}",
                Format.Words(entry.Status),
                Format.Duration(entry.Duration.TotalSeconds),
                entry.Description ?? entry.Exception?.Message ?? "",
            ]);
        }

        page.Rows(rows);
    }

    internal override void WriteJson(Utf8JsonWriter json) =>
        Write(
            json,
            [.. health.Entries],
            static e => new HealthCheckJson(e.Key, Format.Camel(e.Value.Status), e.Value.Description, e.Value.Duration.TotalSeconds),
            ChecksShapes.Default.HealthCheckJson
        );

    // A check describes its failure by a driver's words, which may repeat the connection string; exceptions are not shown beside them.
    internal override ReportSection Masked(ReportMask mask) =>
        new ChecksSection(
            new HealthReport(
                health
                    .Entries.GroupBy(entry => mask.Text(entry.Key), StringComparer.Ordinal)
                    .ToDictionary(
                        static entry => entry.Key,
                        entry =>
                            entry.First().Value is var check && (check.Description ?? check.Exception?.Message) is var text
                                ? new HealthReportEntry(
                                    check.Status,
                                    mask.Text(text),
                                    check.Duration,
                                    exception: null,
                                    data: null,
                                    [.. check.Tags.Select(tag => mask.Text(tag))]
                                )
                                : default,
                        StringComparer.Ordinal
                    ),
                health.Status,
                health.TotalDuration
            )
        );
}

internal sealed record HealthCheckJson(string Name, string Status, string? Description, double DurationSeconds);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(HealthCheckJson))]
internal sealed partial class ChecksShapes : JsonSerializerContext;
