using System.Globalization;
using System.Text.Json;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>
/// A place in a JSON document: what RFC 9535 calls a singular query, of names and indexes alone, so that it stands for one value or none.
/// </summary>
internal sealed class JsonPlace
{
    private readonly string _text;
    private readonly IReadOnlyList<object> _segments;

    private JsonPlace(string text, IReadOnlyList<object> segments) => (_text, _segments) = (text, segments);

    /// <exception cref="FormatException">It is no such query; the message says where it ends to be one.</exception>
    internal static JsonPlace Parse(string text)
    {
        if (!text.StartsWith('$'))
            throw new FormatException($"JSON path '{text}' does not begin with '$'. Write for example $.quality or $.items[0].state.");

        var segments = new List<object>();
        for (var at = 1; at < text.Length; )
        {
            var next = text[at] switch
            {
                '.' => Name(text, at + 1, segments),
                '[' when at + 1 < text.Length && text[at + 1] is '\'' or '"' => Quoted(text, at + 1, segments),
                '[' => Index(text, at + 1, segments),
                _ => -1,
            };
            if (next < 0)
                throw new FormatException(
                    $"JSON path '{text}' is not understood from '{text[at..]}' on. Names and indexes find one value: write for example "
                        + "$.quality, $.items[0].state or $['a name']."
                );
            at = next;
        }

        return new JsonPlace(text, segments);
    }

    internal JsonElement? Find(JsonElement root)
    {
        var at = root;
        foreach (var segment in _segments)
        {
            if (segment is string name)
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                    return null;
            }
            else if (at.ValueKind != JsonValueKind.Array || (int)segment >= at.GetArrayLength())
            {
                return null;
            }
            else
            {
                at = at[(int)segment];
            }
        }

        return at;
    }

    public override string ToString() => _text;

    private static int Name(string text, int at, List<object> segments)
    {
        var end = at;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '-'))
            end++;
        segments.Add(text[at..end]);
        return end == at ? -1 : end;
    }

    private static int Quoted(string text, int at, List<object> segments)
    {
        var end = text.IndexOf(text[at], at + 1);
        if (end < 0 || end + 1 >= text.Length || text[end + 1] != ']')
            return -1;
        segments.Add(text[(at + 1)..end]);
        return end + 2;
    }

    private static int Index(string text, int at, List<object> segments)
    {
        var end = text.IndexOf(']', at);
        if (end < 0 || !int.TryParse(text.AsSpan(at, end - at), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return -1;
        segments.Add(index);
        return end + 1;
    }
}
