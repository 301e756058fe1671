using System.Buffers;
using System.Data.Common;

namespace Deployment.Toolkit.Secrecy;

/// <summary>Finds the secrets inside a value: passwords in a connection string, user information and keys in a URL.</summary>
internal static class SecretParts
{
    private const int LongestName = 128;

    private static readonly SearchValues<char> Separators = SearchValues.Create(";,&\r\n\t ");
    private const string NameSeparators = ";,&?=\r\n\t\"'";

    /// <summary>The secrets in a value, as they stand there and unescaped.</summary>
    internal static IReadOnlyList<string> Of(string value)
    {
        var parts = new List<string>();
        if (value.Contains('=', StringComparison.Ordinal))
        {
            AddConnectionString(parts, value);
            AddAssignments(parts, value);
        }

        AddUserInformation(parts, value);
        return parts;
    }

    // By hand: a URL with a raw '/' in its password is none to .NET, and is printed by drivers all the same.
    private static void AddUserInformation(List<string> parts, string value)
    {
        var isUrl = Uri.TryCreate(value, UriKind.Absolute, out _);
        for (var at = value.IndexOf("://", StringComparison.Ordinal); at >= 0; at = value.IndexOf("://", at + 3, StringComparison.Ordinal))
        {
            var authority = value.AsSpan(at + 3);
            if (authority.IndexOf("://", StringComparison.Ordinal) is >= 0 and var next)
                authority = authority[..next];
            var host = authority.IndexOfAny('/', '?', '#') is >= 0 and var path ? authority[..path] : authority;
            if (!isUrl && !host.Contains('@'))
                host = authority;
            var colon = host.IndexOf(':');
            if (colon < 0)
                continue;

            var user = host[(colon + 1)..];
            // Who writes a raw '@' into a password leaves it to each reader where it ends.
            var (first, last) = (user.IndexOf('@'), user.LastIndexOf('@'));
            if (last > 0)
                Add(parts, user[..last].ToString());
            if (first > 0 && first != last)
                Add(parts, user[..first].ToString());
        }
    }

    /// <summary>
    /// Every <c>name=value</c> whose name is a secret's, whatever separates them: the options of a cache are separated by commas, a URL's
    /// by <c>&amp;</c>, and a connection string that is broken somewhere still holds its password. It ends in time that grows with the
    /// length.
    /// </summary>
    private static void AddAssignments(List<string> parts, string value)
    {
        var segmentEnd = -1;
        for (var at = value.IndexOf('=', StringComparison.Ordinal); at >= 0; at = at + 1 < value.Length ? value.IndexOf('=', at + 1) : -1)
        {
            var name = NameBefore(value, at);
            // A shared access signature opens what its URL names.
            if (!SecretNames.Match(name) && !string.Equals(name, "sig", StringComparison.OrdinalIgnoreCase))
                continue;

            var rest = value.AsSpan(at + 1);
            var begin = rest.Length - rest.TrimStart().Length;
            var end = rest[begin..].IndexOfAny(Separators) is >= 0 and var separator ? begin + separator : rest.Length;
            var found = rest[begin..end];
            Add(parts, found.Trim("\"'").ToString());
            if (found is ['"' or '\'', ..] && found[1..].IndexOf(found[0]) is > 0 and var quoted)
                Add(parts, found.Slice(1, quoted).ToString());
            // One password may hold what separates elsewhere; that reading once a segment, or a long line would be copied for every comma
            // in it.
            if (at > segmentEnd)
            {
                segmentEnd = value.IndexOf(';', at) is >= 0 and var semicolon ? semicolon : value.Length;
                Add(parts, value[(at + 1)..segmentEnd].Trim().Trim('"', '\''));
            }

            at += end;
        }
    }

    private static string NameBefore(string value, int at)
    {
        var from = at;
        while (from > 0 && from > at - LongestName && !NameSeparators.Contains(value[from - 1], StringComparison.Ordinal))
            from--;
        return value[from..at].Replace(" ", "", StringComparison.Ordinal);
    }

    private static void Add(List<string> parts, string part)
    {
        if (part.Length == 0)
            return;

        parts.Add(part);
        if (Uri.UnescapeDataString(part) is var plain && plain != part)
            parts.Add(plain);
    }

    private static void AddConnectionString(List<string> parts, string value)
    {
        try
        {
            var builder = new DbConnectionStringBuilder { ConnectionString = value };
            foreach (string name in builder.Keys)
            {
                if (
                    SecretNames.Match(name.Replace(" ", "", StringComparison.Ordinal)) && builder[name].ToString() is { Length: > 0 } secret
                )
                    parts.Add(secret);
            }
        }
        catch (ArgumentException)
        {
            // Not a connection string: a value may hold '=' for other reasons.
        }
    }
}
