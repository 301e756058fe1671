using System.Text;
using System.Text.Json;

namespace Deployment.Toolkit.Notifications;

/// <summary>A notice as Slack takes it: at most 50 blocks, of at most 3,000 characters, and a header of 150.</summary>
internal static class SlackMessage
{
    internal const int MostCharacters = 3000;
    internal const int MostBlocks = 50;

    private const int MostHeader = 150;
    private const int MostFact = 300;

    internal static byte[] Write(DeploymentNotice notice)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("text", Escaped(notice.Outcome, MostCharacters));
            json.WriteStartArray("blocks");
            json.WriteStartObject();
            json.WriteString("type", "header");
            WriteText(
                json,
                "plain_text",
                ShortenedText.End($"{(NoticeText.IsGood(notice) ? "✅" : "❌")} {NoticeText.Title(notice)}", MostHeader)
            );
            json.WriteEndObject();
            Section(json, Escaped(notice.Outcome, MostCharacters));
            Section(
                json,
                Escaped(
                    string.Join(
                        '\n',
                        NoticeText.Facts(notice).Select(static fact => $"{fact.Name}: {ShortenedText.End(fact.Value, MostFact)}")
                    ),
                    MostCharacters
                )
            );
            if (NoticeText.Details(notice) is { Length: > 0 } details)
                Section(json, $"```{Escaped(details.Replace("```", "'''", StringComparison.Ordinal), MostCharacters - 6)}```");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Section(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "section");
        WriteText(json, "mrkdwn", text);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string type, string text)
    {
        json.WriteStartObject("text");
        json.WriteString("type", type);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    // Their own marks: an output may hold <!channel>.
    private static string Escaped(string text, int most)
    {
        for (var length = most; ; length -= Math.Max(1, length / 8))
        {
            var escaped = new StringBuilder(ShortenedText.Middle(text, length))
                .Replace("&", "&amp;")
                .Replace("<", "&lt;")
                .Replace(">", "&gt;")
                .ToString();
            if (escaped.Length <= most)
                return escaped;
        }
    }
}
