using System.Text;
using System.Text.Json;
using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>One setting of a file, with its place. The value never leaves the scan.</summary>
internal readonly record struct ClearSetting(string Key, string Value, int Line, int Column)
{
    public override string ToString() => $"{Key} at {Line}:{Column}";
}

internal static class JsonSettings
{
    /// <summary>Every text of a JSON file; those up to the fault when it is broken.</summary>
    internal static List<ClearSetting> Read(byte[] bytes) => Read(bytes, new PlaceCounter());

    internal static List<ClearSetting> Read(byte[] bytes, PlaceCounter places)
    {
        var start = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var reader = new Utf8JsonReader(
            bytes.AsSpan(start),
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        );
        var settings = new List<ClearSetting>();
        // A level's name: the member that is being read, or the place in a list.
        var path = new List<string>();
        var indices = new Stack<int>();
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    path[^1] = reader.GetString() ?? "";
                    continue;
                }

                if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    path.RemoveAt(path.Count - 1);
                    indices.Pop();
                    continue;
                }

                if (indices.TryPeek(out var index) && index >= 0)
                {
                    path[^1] = index.ToString(System.Globalization.CultureInfo.InvariantCulture);
                    indices.Push(indices.Pop() + 1);
                }

                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    path.Add("");
                    indices.Push(reader.TokenType == JsonTokenType.StartArray ? 0 : -1);
                }
                else if (reader.TokenType == JsonTokenType.String)
                {
                    var (line, column) = places.MoveTo(bytes.AsSpan(start), (int)reader.TokenStartIndex);
                    settings.Add(new ClearSetting(string.Join(':', path), reader.GetString() ?? "", line, column));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Whoever binds the file says where it is broken. A secret behind that is as open as one before it.
            var broken = start + (int)reader.BytesConsumed;
            settings.AddRange(
                BrokenJson.Read(
                    Encoding.UTF8.GetString(bytes, broken, bytes.Length - broken),
                    bytes.AsSpan(0, broken).Count((byte)'\n') + 1
                )
            );
        }

        return settings;
    }
}

/// <summary>What can be told of the rest of a broken JSON file: names with the texts behind them, without their sections.</summary>
internal static class BrokenJson
{
    internal static IEnumerable<ClearSetting> Read(string text, int line)
    {
        string? name = null;
        var (counted, lineStart) = (0, 0);
        for (
            var at = text.IndexOf('"', StringComparison.Ordinal);
            at >= 0 && at < text.Length;
            at = at < text.Length ? text.IndexOf('"', at) : -1
        )
        {
            for (; counted < at; counted++)
            {
                if (text[counted] == '\n')
                    (line, lineStart) = (line + 1, counted + 1);
            }

            var end = at + 1;
            while (end < text.Length && text[end] is not ('"' or '\n'))
                end += text[end] == '\\' ? 2 : 1;
            var content = text[(at + 1)..Math.Min(end, text.Length)];
            var next = Math.Min(end + 1, text.Length);
            while (next < text.Length && char.IsWhiteSpace(text[next]))
                next++;
            if (next < text.Length && text[next] == ':')
            {
                name = content;
            }
            else if (name is not null)
            {
                yield return new ClearSetting(name, content, line, at - lineStart + 1);
                name = null;
            }

            at = Math.Max(next, at + 1);
        }
    }
}

/// <summary>The settings of a <c>web.config</c> or <c>app.config</c>.</summary>
internal static class ConfigSettings
{
    internal static List<ClearSetting> Read(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes).TrimStart('\ufeff');
        var settings = new List<ClearSetting>();
        var (line, lineStart, counted) = (1, 0, 0);
        foreach (var setting in XmlSettings.Read(text).OrderBy(static s => s.ValueIndex))
        {
            for (; counted < setting.ValueIndex; counted++)
            {
                if (text[counted] == '\n')
                    (line, lineStart) = (line + 1, counted + 1);
            }

            settings.Add(new ClearSetting(setting.Name, setting.Value, line, setting.ValueIndex - lineStart + 1));
        }

        return settings;
    }
}

internal static class LineSettings
{
    /// <summary>The lines <c>NAME=value</c> of a .env file.</summary>
    internal static List<ClearSetting> Read(byte[] bytes)
    {
        var settings = new List<ClearSetting>();
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(bytes).TrimStart('\ufeff').ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : line[..equals].Trim();
            if (name.StartsWith("export ", StringComparison.Ordinal))
                name = name["export ".Length..].TrimStart();
            if (name.Length == 0 || name[0] == '#')
                continue;

            var value = line[(equals + 1)..].Trim();
            settings.Add(
                new ClearSetting(
                    name,
                    value is [var quote and ('"' or '\''), .. var inner, var last] && quote == last ? inner : value,
                    number,
                    equals + 2
                )
            );
        }

        return settings;
    }
}
