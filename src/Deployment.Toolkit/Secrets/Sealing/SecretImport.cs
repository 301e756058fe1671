using System.Text.Json;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>Reads many secrets from one text: JSON, or lines of <c>NAME=value</c>.</summary>
internal static class SecretImport
{
    /// <exception cref="DeploymentException">It is neither, or a name is none or there twice. No message holds a value.</exception>
    internal static IReadOnlyList<KeyValuePair<string, Secret>> Read(Secret text)
    {
        var content = text.Reveal().TrimStart('\ufeff');
        var values = content.AsSpan().TrimStart() is ['{', ..] ? FromJson(content) : FromLines(content);
        if (values.Count == 0)
            throw Bad("there is nothing in it");

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, _) in values)
        {
            if (!SealedFormat.IsName(name))
                throw Bad($"'{name}' is no name: use letters, digits, '.', '-' and '_'");
            if (!names.Add(name))
                throw Bad($"'{name}' stands there twice");
        }

        return values;
    }

    private static List<KeyValuePair<string, Secret>> FromJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(
                text,
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            var values = new List<KeyValuePair<string, Secret>>();
            Collect(document.RootElement, "", values);
            return values;
        }
        catch (JsonException e)
        {
            throw Bad($"it is not readable as JSON at line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}");
        }
    }

    private static void Collect(JsonElement element, string path, List<KeyValuePair<string, Secret>> values)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                    Collect(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", values);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                    Collect(item, $"{path}.{index++}", values);
                break;
            case JsonValueKind.Null:
                break;
            default:
                values.Add(new(path.Replace(':', '.'), new Secret(element.ToString())));
                break;
        }
    }

    private static List<KeyValuePair<string, Secret>> FromLines(string text)
    {
        var values = new List<KeyValuePair<string, Secret>>();
        var number = 0;
        foreach (var raw in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line.StartsWith("export ", StringComparison.Ordinal))
                line = line["export ".Length..].TrimStart();
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw Bad($"line {number} is not NAME=value");

            values.Add(
                new(
                    line[..equals].TrimEnd().Replace("__", ".", StringComparison.Ordinal),
                    new Secret(Unquoted(line[(equals + 1)..].Trim(), number))
                )
            );
        }

        return values;
    }

    // What tools disagree about is refused rather than guessed: a secret that is sealed wrong is found out much later.
    private static string Unquoted(string value, int number)
    {
        if (value is not [var quote and ('"' or '\''), ..])
        {
            return value.Contains(" #", StringComparison.Ordinal)
                ? throw Bad(
                    $"line {number} holds ' #', which some tools take for a comment; put the value in single quotes or take the comment out"
                )
                : value;
        }

        if (value.Length < 2 || value[^1] != quote)
            throw Bad($"line {number} begins with a quote and does not end with it");

        var inner = value[1..^1];
        if (inner.Contains(quote, StringComparison.Ordinal) || (quote == '"' && inner.AsSpan().ContainsAny('\\', '$')))
            throw Bad(
                $"line {number} holds quotes, '\\' or '$', which tools read in different ways; put the value in single quotes, or hand "
                    + $"it over as JSON"
            );
        return inner;
    }

    private static DeploymentException Bad(string defect) =>
        DeploymentException.Refused(Codes.SecretInvalid, $"What was to be imported can't be: {defect}. Nothing was put in.");
}
