using System.Text.Json;

namespace Deployment.Toolkit.Notifications;

/// <summary>
/// A notice as an adaptive card for a workflow of Teams. What is larger than about 28 KB is answered with 202 and vanishes, in practice
/// from 21 KB on: so a card has at most 20.
/// </summary>
internal static class TeamsCard
{
    internal const int MostBytes = 20 * 1000;

    private const int MostDetails = 12_000;
    private const int MostFact = 300;

    internal static byte[] Write(DeploymentNotice notice)
    {
        for (var most = MostDetails; ; most /= 2)
        {
            var bytes = Write(notice, most);
            if (bytes.Length <= MostBytes || most == 0)
                return bytes;
        }
    }

    private static byte[] Write(DeploymentNotice notice, int mostDetails)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("type", "message");
            json.WriteStartArray("attachments");
            json.WriteStartObject();
            json.WriteString("contentType", "application/vnd.microsoft.card.adaptive");
            json.WriteStartObject("content");
            json.WriteString("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
            json.WriteString("type", "AdaptiveCard");
            json.WriteString("version", "1.4");
            json.WriteStartArray("body");
            Block(
                json,
                ShortenedText.End(NoticeText.Title(notice), MostFact),
                NoticeText.IsGood(notice) ? "Good" : "Attention",
                isTitle: true
            );
            Block(json, ShortenedText.End(notice.Outcome, 1500), "Default", isTitle: false);
            json.WriteStartObject();
            json.WriteString("type", "FactSet");
            json.WriteStartArray("facts");
            foreach (var (name, value) in NoticeText.Facts(notice))
            {
                json.WriteStartObject();
                json.WriteString("title", name);
                json.WriteString("value", ShortenedText.End(value, MostFact));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            if (NoticeText.Details(notice) is { Length: > 0 } details)
                Block(json, ShortenedText.Middle(details, mostDetails), "Default", isTitle: false, isCode: true);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Block(Utf8JsonWriter json, string text, string color, bool isTitle, bool isCode = false)
    {
        json.WriteStartObject();
        json.WriteString("type", "TextBlock");
        json.WriteString("text", text);
        json.WriteString("color", color);
        json.WriteBoolean("wrap", true);
        if (isTitle)
        {
            json.WriteString("size", "Medium");
            json.WriteString("weight", "Bolder");
        }

        if (isCode)
            json.WriteString("fontType", "Monospace");
        json.WriteEndObject();
    }
}
