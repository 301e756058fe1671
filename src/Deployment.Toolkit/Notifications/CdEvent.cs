using System.Globalization;
using System.Text.Json;

namespace Deployment.Toolkit.Notifications;

/// <summary>
/// A notice as a CDEvent 0.5.1 in a CloudEvent, structured. Schemas take nothing that they do not name, so what is our own stands in
/// <c>customData</c>.
/// </summary>
internal static class CdEvent
{
    internal const string ContentType = "application/cloudevents+json";
    internal const string Version = "0.5.1";

    // What a broker takes: 64 KiB a CloudEvent is what every intermediary has to.
    private const int MostBytes = 64 * 1024;
    private const int MostDetails = 16 * 1024;

    internal static byte[] Write(DeploymentNotice notice)
    {
        // A character is six bytes at most, escaped.
        for (var most = MostDetails; ; most /= 2)
        {
            var bytes = Write(notice, most);
            if (bytes.Length <= MostBytes || most == 0)
                return bytes;
        }
    }

    internal static string TypeOf(NoticeKind kind) =>
        kind switch
        {
            NoticeKind.Deployed => "dev.cdevents.service.deployed.0.3.0",
            NoticeKind.Upgraded => "dev.cdevents.service.upgraded.0.3.0",
            NoticeKind.RolledBack => "dev.cdevents.service.rolledback.0.3.0",
            _ => "dev.cdevents.pipelinerun.finished.0.3.0",
        };

    private static byte[] Write(DeploymentNotice notice, int mostDetails)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            var (source, type) = (
                $"/deployment-toolkit/{Uri.EscapeDataString(notice.App)}/{Uri.EscapeDataString(notice.Environment)}",
                TypeOf(notice.Kind)
            );
            var time = notice.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
            var subject = type.Contains(".service.", StringComparison.Ordinal) ? notice.App : notice.Run ?? notice.Id;
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", notice.Id);
            json.WriteString("source", source);
            json.WriteString("type", type);
            json.WriteString("subject", subject);
            json.WriteString("time", time);
            json.WriteString("datacontenttype", "application/json");
            json.WriteStartObject("data");
            json.WriteStartObject("context");
            json.WriteString("specversion", Version);
            json.WriteString("id", notice.Id);
            json.WriteString("source", source);
            json.WriteString("type", type);
            json.WriteString("timestamp", time);
            json.WriteEndObject();
            json.WriteStartObject("subject");
            json.WriteString("id", subject);
            json.WriteStartObject("content");
            if (type.Contains(".service.", StringComparison.Ordinal))
                WriteService(json, notice);
            else
                WriteRun(json, notice, mostDetails);
            json.WriteEndObject();
            json.WriteEndObject();
            WriteOwn(json, notice, mostDetails);
            json.WriteString("customDataContentType", "application/json");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteService(Utf8JsonWriter json, DeploymentNotice notice)
    {
        json.WriteStartObject("environment");
        json.WriteString("id", notice.Environment);
        json.WriteEndObject();
        var version = notice.Release.ToFullString();
        json.WriteString("artifactId", $"pkg:generic/{Uri.EscapeDataString(notice.App)}@{Uri.EscapeDataString(version)}");
    }

    private static void WriteRun(Utf8JsonWriter json, DeploymentNotice notice, int mostDetails)
    {
        json.WriteString("pipelineName", "deploy");
        json.WriteString(
            "outcome",
            notice.Kind switch
            {
                NoticeKind.Failed => "failure",
                NoticeKind.NeedsAttention => "error",
                _ => "success",
            }
        );
        if (!NoticeText.IsGood(notice))
            json.WriteString("errors", ShortenedText.Middle(string.Join('\n', notice.Messages), mostDetails / 2));
    }

    private static void WriteOwn(Utf8JsonWriter json, DeploymentNotice notice, int mostDetails)
    {
        json.WriteStartObject("customData");
        json.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(notice.Kind.ToString()));
        json.WriteString("environment", notice.Environment);
        json.WriteString("version", notice.Release.Version);
        if (notice.Release.Commit is { } commit)
            json.WriteString("commit", commit);
        if (notice.PreviousRelease is { } previous)
            json.WriteString("previousVersion", previous.Version);
        if (notice.Run is { } run)
            json.WriteString("run", run);
        if (notice.By is { } by)
            json.WriteString("by", by);
        json.WriteNumber("durationSeconds", notice.Duration.TotalSeconds);
        json.WriteString("outcome", ShortenedText.End(notice.Outcome, MostDetails / 8));
        json.WriteString("details", ShortenedText.Middle(NoticeText.Details(notice), mostDetails));
        json.WriteEndObject();
    }
}
