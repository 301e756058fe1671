using System.Data.Common;

namespace Deployment.Toolkit.Configuration;

/// <summary>Finds the secrets inside a value: passwords in a connection string, user information and keys in a URL.</summary>
internal static class SecretParts
{
    /// <summary>The secrets in a value, as they stand there and unescaped.</summary>
    internal static IReadOnlyList<string> Of(string value)
    {
        var parts = new List<string>();
        if (value.Contains('=', StringComparison.Ordinal)) AddConnectionString(parts, value);
        if (Uri.TryCreate(value, UriKind.Absolute, out var uri)) AddUrl(parts, uri);
        return parts;
    }

    private static void AddUrl(List<string> parts, Uri uri)
    {
        if (uri.UserInfo.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon) Add(parts, uri.UserInfo[(colon + 1)..]);
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            // A shared access signature opens what its URL names.
            if (pair.Split('=', 2) is [var name, { Length: > 0 } value] && (SecretNames.Match(name) || string.Equals(name, "sig", StringComparison.OrdinalIgnoreCase))) Add(parts, value);
        }
    }

    private static void Add(List<string> parts, string part)
    {
        if (part.Length == 0) return;

        parts.Add(part);
        if (Uri.UnescapeDataString(part) is var plain && plain != part) parts.Add(plain);
    }

    private static void AddConnectionString(List<string> parts, string value)
    {
        try
        {
            var builder = new DbConnectionStringBuilder { ConnectionString = value };
            foreach (string name in builder.Keys)
            {
                if (SecretNames.Match(name.Replace(" ", "", StringComparison.Ordinal)) && builder[name].ToString() is { Length: > 0 } secret) parts.Add(secret);
            }
        }
        catch (ArgumentException)
        {
            // Not a connection string: a value may hold '=' for other reasons.
        }
    }
}
