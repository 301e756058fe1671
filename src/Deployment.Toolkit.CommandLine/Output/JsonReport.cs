using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Writes a report as the one JSON object that scripts read.</summary>
internal static class JsonReport
{
    // It goes to a file or a pipe, never into a page: a quote in a message stays readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Render(string verb, VerbReport report)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("verb", verb);
            json.WriteString("environment", report.Environment);
            json.WriteString("outcome", Format.Camel(report.Outcome));
            json.WriteNumber("exitCode", report.ExitCode);
            json.WriteStartArray("messages");
            foreach (var message in report.Messages)
                JsonSerializer.Serialize(json, MessageJson.Of(message), MessageShapes.Default.MessageJson);
            json.WriteEndArray();
            foreach (var section in report.Sections)
            {
                json.WritePropertyName(section.Name);
                section.WriteJson(json);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan) + System.Environment.NewLine;
    }
}
