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
            var color = NoticeText.IsGood(notice) ? "Good" : "Attention";
            Block(
                json,
                new Run(ShortenedText.End(NoticeText.Title(notice), MostFact))
                {
                    Color = color,
                    Size = "Medium",
                    Weight = "Bolder",
                }
            );
            Block(json, new Run(ShortenedText.End(notice.Outcome, 1500)));
            foreach (var (name, value) in NoticeText.Facts(notice))
                Block(json, new Run($"{name}: ") { Weight = "Bolder" }, new Run(ShortenedText.End(value, MostFact)));
            if (NoticeText.Details(notice) is { Length: > 0 } details)
                Block(json, new Run(ShortenedText.Middle(details, mostDetails)) { Font = "Monospace" });
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    // A TextBlock and a FactSet read Markdown, and Teams on a phone takes no backslash for an escape: what a step wrote could be a link.
    private static void Block(Utf8JsonWriter json, params ReadOnlySpan<Run> runs)
    {
        json.WriteStartObject();
        json.WriteString("type", "RichTextBlock");
        json.WriteStartArray("inlines");
        foreach (var run in runs)
        {
            json.WriteStartObject();
            json.WriteString("type", "TextRun");
            json.WriteString("text", run.Text);
            json.WriteString("color", run.Color);
            json.WriteString("size", run.Size);
            json.WriteString("weight", run.Weight);
            json.WriteString("fontType", run.Font);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private sealed record Run(string Text)
    {
        internal string Color { get; init; } = "Default";

        internal string Size { get; init; } = "Default";

        internal string Weight { get; init; } = "Default";

        internal string Font { get; init; } = "Default";
    }
}
