using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.AspNetCore;

/// <summary>
/// Writes a report in the shape that health dashboards read (<c>status</c>, <c>totalDuration</c>, <c>entries</c>), with what we know beside
/// it under names of our own, which they pass over.
/// </summary>
internal sealed class HealthJson(Func<string, string> redact)
{
    internal ReadOnlyMemory<byte> Write(HealthProbeReport report, bool withDetails)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("status", Text(report.Status));
            json.WriteString("totalDuration", Text(report.TotalDuration));
            json.WriteString("probe", report.Probe.ToString().ToLowerInvariant());
            if (report.Reason is { } reason)
                json.WriteString("reason", reason);
            json.WriteStartObject("entries");
            foreach (var check in withDetails ? report.Checks : [])
                Write(json, check);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private void Write(Utf8JsonWriter json, CheckedHealth check)
    {
        json.WriteStartObject(redact(check.Name));
        json.WriteStartObject("data");
        json.WriteEndObject();
        if (check.Description is { } description)
            json.WriteString("description", redact(description));
        json.WriteString("duration", Text(check.Duration));
        json.WriteString("status", Text(check.Status));
        json.WriteStartArray("tags");
        foreach (var tag in check.Tags)
            json.WriteStringValue(redact(tag));
        json.WriteEndArray();
        if (check.LastStatus is { } last)
            json.WriteString("lastStatus", Text(last));
        json.WriteString("state", check.State.ToString().ToLowerInvariant());
        json.WriteString("since", check.Since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("role", check.Role.ToString().ToLowerInvariant());
        if (check.IsFlapping)
            json.WriteBoolean("flapping", true);
        if (check.RootCauses.Count > 0)
        {
            json.WriteStartArray("rootCauses");
            foreach (var cause in check.RootCauses)
                json.WriteStringValue(redact(cause));
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string Text(HealthStatus status) => status.ToString();

    private static string Text(TimeSpan duration) => duration.ToString("c", CultureInfo.InvariantCulture);
}
