using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Edits of a settings file that leave all the rest of it as it is: comments, indentation, line ends.</summary>
internal static class JsonWriter
{
    public static SettingsEdit Rename(SettingsFile file, Setting setting, string name)
    {
        var written = setting.Property?.Name ?? setting.Name;
        var colon = written.LastIndexOf(':');
        return new SettingsEdit(file.Path, setting.KeySpan, Quote(written.Substring(0, colon + 1) + name));
    }

    public static SettingsEdit Replace(SettingsFile file, Setting setting, string json) => new(file.Path, setting.Value!.Span, json);

    /// <summary>Takes a property out and puts it at the end of a section; nothing when it isn't a plain property.</summary>
    public static IEnumerable<SettingsEdit> Move(SettingsFile file, Setting setting, string section)
    {
        if (setting.Property is null || setting.IsFlattened || setting.Parent?.Value is not { Kind: JsonKind.Object } parent)
        {
            yield break;
        }

        var text = file.Text.ToString();
        var value = text.Substring(setting.Value!.Span.Start, setting.Value.Span.Length);
        if (Add(file, section + ":" + setting.Name, value) is { } added)
        {
            // In front of the property that goes: what stands behind it must not move, or a Fix All would lose its places.
            yield return Remove(file, parent, setting.Property);
            yield return added;
        }
    }

    /// <summary>Puts a value at the end of the deepest section that the file has, with the sections that it lacks around it.</summary>
    public static SettingsEdit? Add(SettingsFile file, string path, string value)
    {
        var names = path.Split(':');
        var (owner, depth) = (file.Root, 0);
        while (depth < names.Length - 1 && owner.Child(names[depth]) is { Value.Kind: JsonKind.Object, IsFlattened: false } child)
        {
            (owner, depth) = (child, depth + 1);
        }

        if (owner.Value is not { Kind: JsonKind.Object } target || !file.Json.Errors.IsEmpty || owner.Child(names[depth]) is not null)
        {
            return null;
        }

        var text = file.Text.ToString();
        var end = text.IndexOf('\r') >= 0 ? "\r\n" : "\n";
        var unit = Unit(text);
        var indent = IndentOf(text, target.Span.Start);
        var isOneLine = text.IndexOf('\n', target.Span.Start, target.Span.Length) < 0 && target.Properties.Length > 0;
        var property = new StringBuilder();
        var inner = indent + unit;
        for (var i = depth; i < names.Length; i++)
        {
            property.Append(Quote(names[i])).Append(": ");
            if (i < names.Length - 1)
            {
                inner += unit;
                property.Append('{').Append(isOneLine ? " " : end + inner);
            }
        }

        property.Append(value);
        for (var i = names.Length - 2; i >= depth; i--)
        {
            inner = inner.Substring(0, inner.Length - unit.Length);
            property.Append(isOneLine ? " }" : end + inner + "}");
        }

        if (target.Properties.IsEmpty)
        {
            return new SettingsEdit(
                file.Path,
                new TextSpan(target.Span.Start, target.Span.Length),
                "{" + end + indent + unit + property + end + indent + "}"
            );
        }

        var last = target.Properties[target.Properties.Length - 1].Span.End;
        var comma = CommaAfter(text, last, target.Span.End);
        var at = comma < 0 ? last : comma + 1;
        return new SettingsEdit(
            file.Path,
            new TextSpan(at, 0),
            (comma < 0 ? "," : "") + (isOneLine ? " " : end + indent + unit) + property + (comma < 0 ? "" : ",")
        );
    }

    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(
                c switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    _ => c.ToString(),
                }
            );
        }

        return quoted.Append('"').ToString();
    }

    // With its comma and, where it has a line of its own, with that line.
    private static SettingsEdit Remove(SettingsFile file, JsonValue parent, JsonProperty property)
    {
        var text = file.Text.ToString();
        var (start, end) = (property.Span.Start, property.Span.End);
        var comma = CommaAfter(text, end, parent.Span.End);
        if (comma >= 0)
        {
            end = comma + 1;
        }
        else if (parent.Properties.Length > 1)
        {
            // The last one: the comma in front of it goes too.
            var previous = parent.Properties[parent.Properties.Length - 2].Span.End;
            var before = CommaAfter(text, previous, start);
            if (before >= 0 && text.Substring(before + 1, start - before - 1).All(char.IsWhiteSpace))
            {
                return new SettingsEdit(file.Path, TextSpan.FromBounds(before, end), "");
            }
        }

        var line = start;
        while (line > 0 && (text[line - 1] is ' ' or '\t'))
        {
            line--;
        }

        var after = end;
        while (after < text.Length && (text[after] is ' ' or '\t'))
        {
            after++;
        }

        if ((line == 0 || text[line - 1] == '\n') && after < text.Length && (text[after] is '\r' or '\n'))
        {
            after += text[after] == '\r' && after + 1 < text.Length && text[after + 1] == '\n' ? 2 : 1;
            return new SettingsEdit(file.Path, TextSpan.FromBounds(line, after), "");
        }

        return new SettingsEdit(file.Path, TextSpan.FromBounds(start, after < text.Length && text[after] is '}' ? end : after), "");
    }

    private static int CommaAfter(string text, int position, int end)
    {
        while (position < end)
        {
            switch (text[position])
            {
                case ',':
                    return position;
                case '/' when position + 1 < end && text[position + 1] == '/':
                    position = text.IndexOf('\n', position) is var line && line < 0 ? end : line;
                    break;
                case '/' when position + 1 < end && text[position + 1] == '*':
                    position = text.IndexOf("*/", position, System.StringComparison.Ordinal) is var close && close < 0 ? end : close + 1;
                    break;
                case not (' ' or '\t' or '\r' or '\n'):
                    return -1;
            }

            position++;
        }

        return -1;
    }

    private static string IndentOf(string text, int position)
    {
        var line = position;
        while (line > 0 && text[line - 1] != '\n')
        {
            line--;
        }

        var end = line;
        while (end < text.Length && (text[end] is ' ' or '\t'))
        {
            end++;
        }

        return text.Substring(line, end - line);
    }

    // The first indented line's.
    private static string Unit(string text)
    {
        for (var i = 0; i < text.Length - 1; i++)
        {
            if (text[i] == '\n' && (text[i + 1] is ' ' or '\t'))
            {
                var indent = IndentOf(text, i + 1);
                return indent[0] == '\t' ? "\t" : indent;
            }
        }

        return "  ";
    }
}
