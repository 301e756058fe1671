using System;
using System.Collections.Generic;

namespace Deployment.Toolkit.Secrecy;

/// <summary>A value in a file such as <c>web.config</c>.</summary>
/// <param name="Name">What it is called: by its element's key or name, otherwise by its attribute.</param>
/// <param name="NameIndex">Where the name stands.</param>
/// <param name="Value">As written.</param>
/// <param name="ValueIndex">Where it begins.</param>
internal sealed record XmlSetting(string Name, int NameIndex, string Value, int ValueIndex);

/// <summary>
/// Reads the settings of a file such as <c>web.config</c>, also of one that is broken: keys with their values, connection strings wherever
/// they stand, and attributes and elements that are called like a secret or hold a password. It goes over the text once.
/// </summary>
internal static class XmlSettings
{
    internal static IEnumerable<XmlSetting> Read(string text)
    {
        for (var at = text.IndexOf('<'); at >= 0; at = at < text.Length ? text.IndexOf('<', at) : -1)
        {
            if (string.CompareOrdinal(text, at, "<!--", 0, 4) == 0)
            {
                var end = text.IndexOf("-->", at + 4, StringComparison.Ordinal);
                if (end < 0)
                    yield break;

                at = end + 3;
                continue;
            }

            var element = ++at;
            var attributes = Attributes(text, ref at, out var name);
            foreach (var setting in Settings(attributes))
                yield return setting;
            if (Content(text, ref at, name, element) is { } content)
                yield return content;
        }
    }

    private static IEnumerable<XmlSetting> Settings(List<XmlSetting> attributes)
    {
        var key = attributes.Find(static a => a.Name is "key" or "name");
        foreach (var attribute in attributes)
        {
            var isConnection = attribute.Name.EndsWith("connectionString", StringComparison.OrdinalIgnoreCase);
            if (key is not null && (attribute.Name == "value" || isConnection))
                yield return attribute with
                {
                    Name = key.Value,
                    NameIndex = key.ValueIndex,
                };
            else if (isConnection || (attribute.Name is not ("key" or "name" or "value") && HoldsSecret(attribute.Name, attribute.Value)))
                yield return attribute;
        }
    }

    // What stands between an element's begin and what comes next.
    private static XmlSetting? Content(string text, ref int at, string name, int nameIndex)
    {
        if (name.Length == 0 || at >= text.Length || text[at] != '>' || text[at - 1] == '/')
            return null;

        var begin = at + 1;
        var end = text.IndexOf('<', begin);
        at = end < 0 ? text.Length : end;
        while (begin < at && char.IsWhiteSpace(text[begin]))
            begin++;
        var content = text.Substring(begin, at - begin).TrimEnd();
        return content.Length > 0 && HoldsSecret(name, content) ? new XmlSetting(name, nameIndex, content, begin) : null;
    }

    private static bool HoldsSecret(string name, string value) =>
        SecretNames.Of(name) >= SecretName.Possible || ConnectionSecrets.Find(value, isSetting: true) is not null;

    // Up to the end of the element, or to what can be none of its attributes.
    private static List<XmlSetting> Attributes(string text, ref int at, out string element)
    {
        var attributes = new List<XmlSetting>();
        var first = at;
        while (at < text.Length && IsName(text[at]))
            at++;
        element = text.Substring(first, at - first);
        while (at < text.Length && text[at] is not ('>' or '<'))
        {
            var begin = at;
            while (at < text.Length && IsName(text[at]))
                at++;
            if (at == begin)
            {
                at++;
                continue;
            }

            var name = text.Substring(begin, at - begin);
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (at >= text.Length || text[at] != '=')
                continue;

            at++;
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (at >= text.Length || text[at] is not ('"' or '\''))
                continue;

            var end = text.IndexOf(text[at], at + 1);
            if (end < 0)
            {
                at = text.Length;
                break;
            }

            attributes.Add(new XmlSetting(name, begin, text.Substring(at + 1, end - at - 1), at + 1));
            at = end + 1;
        }

        return attributes;
    }

    private static bool IsName(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or ':';
}
