using System.Buffers;
using System.Data.Common;
using System.Text;

namespace Deployment.Toolkit.Secrecy;

/// <summary>
/// Values with secrets in them: <c>Server=db;Password=secret://pw</c>. A secret is written into the value as the place needs it, quoted in
/// a connection string and escaped in a URL, so that none can end the part that it stands in and begin another.
/// </summary>
internal static class SecretText
{
    internal const string Masked = "***";

    private const int ShortestMasked = 4;
    private const int MostReferences = 32;

    private static readonly SearchValues<char> EndsOfHost = SearchValues.Create("/?# ;\"'");

    /// <summary>Whether a value refers to a secret, as a whole or somewhere in it.</summary>
    internal static bool HasReference(string? value) =>
        value is not null && value.Contains(SecretReference.Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>The references in a value, in their order.</summary>
    internal static IReadOnlyList<SecretReference> ReferencesIn(string value) =>
        SecretReference.TryParse(value, out var whole) ? [whole] : [.. Parts(value).Select(static part => part.Reference)];

    /// <summary>The value without its references, for whoever looks for secrets that stand in the clear beside them.</summary>
    internal static string WithoutReferences(string value)
    {
        var text = new StringBuilder();
        var at = 0;
        foreach (var (begin, end, _) in Parts(value))
        {
            text.Append(value, at, begin - at);
            at = end;
        }

        return text.Append(value, at, value.Length - at).ToString();
    }

    /// <summary>Writes the secrets in place of the references.</summary>
    /// <param name="value">A value with references inside, which is no reference as a whole.</param>
    /// <param name="find">The secret; <see langword="null"/> when it is not to be had.</param>
    /// <returns>The value; <see langword="null"/> when a secret is not to be had.</returns>
    internal static string? Compose(string value, Func<SecretReference, string?> find)
    {
        var text = new StringBuilder();
        var at = 0;
        var isWhole = true;
        foreach (var (begin, end, reference) in Parts(value))
        {
            if (find(reference) is not { } secret)
            {
                isWhole = false;
                continue;
            }

            text.Append(value, at, begin - at).Append(Written(secret, value.AsSpan(0, begin), value.AsSpan(end)));
            at = end;
        }

        return isWhole ? text.Append(value, at, value.Length - at).ToString() : null;
    }

    /// <summary>
    /// Replaces a secret in a text. A short one stands in ordinary text by chance, and a mask in its place would give it away.
    /// </summary>
    internal static string Mask(string text, string secret) =>
        secret.Length < ShortestMasked ? text : text.Replace(secret, Masked, StringComparison.Ordinal);

    private static List<(int Begin, int End, SecretReference Reference)> Parts(string value)
    {
        var parts = new List<(int, int, SecretReference)>();
        for (
            var begin = Find(value, 0);
            begin >= 0 && parts.Count < MostReferences;
            begin = Find(value, begin + SecretReference.Scheme.Length)
        )
        {
            var end = begin + SecretReference.Scheme.Length;
            while (end < value.Length && IsNameChar(value[end]))
                end++;
            // What ends a sentence, or separates hosts, is no part of a name.
            while (end > begin && value[end - 1] is '.' or '-')
                end--;
            end = WithVersion(value, end);
            if (SecretReference.TryParse(value[begin..end], out var reference))
                parts.Add((begin, end, reference));
        }

        return parts;
    }

    private static int Find(string value, int from) => value.IndexOf(SecretReference.Scheme, from, StringComparison.OrdinalIgnoreCase);

    // Behind an '@' stands a version, or the host of a URL: only what can be no host's name is taken for a version.
    private static int WithVersion(string value, int end)
    {
        const string previous = "@previous";
        if (
            string.CompareOrdinal(value, end, previous, 0, previous.Length) == 0
            && (end + previous.Length == value.Length || !IsNameChar(value[end + previous.Length]))
        )
            return end + previous.Length;
        if (end >= value.Length || value[end] != '@')
            return end;

        var digits = end + 1;
        while (digits < value.Length && char.IsAsciiDigit(value[digits]))
            digits++;
        return digits > end + 1 && (digits == value.Length || !IsNameChar(value[digits])) ? digits : end;
    }

    private static string Written(string secret, ReadOnlySpan<char> before, ReadOnlySpan<char> after)
    {
        if (IsUserInformation(before, after))
            return Uri.EscapeDataString(secret);

        var quote = before.TrimEnd() is [.., var last] && last is '"' or '\'' ? last : '\0';
        if (quote != '\0' && before.Contains('=') && after is [var closing, ..] && closing == quote)
            return secret.Replace(quote.ToString(), $"{quote}{quote}", StringComparison.Ordinal);
        if (!IsPartOfConnectionString(before, after))
            return secret;

        // The driver's own quoting; without it a semicolon in a password would set whatever stands behind it.
        var written = new StringBuilder();
        DbConnectionStringBuilder.AppendKeyValuePair(written, "p", secret);
        return written.ToString(2, written.Length - 2);
    }

    private static bool IsUserInformation(ReadOnlySpan<char> before, ReadOnlySpan<char> after) =>
        after is ['@' or ':', ..]
        && before.LastIndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme
        && before[(scheme + 3)..].IndexOfAny(EndsOfHost) < 0;

    private static bool IsPartOfConnectionString(ReadOnlySpan<char> before, ReadOnlySpan<char> after)
    {
        var name = before.TrimEnd();
        if (name is not [.., '='])
            return false;

        var rest = after.TrimStart();
        return (rest.IsEmpty || rest[0] == ';') && name[..^1].LastIndexOfAny("=,&?") <= name[..^1].LastIndexOf(';');
    }

    private static bool IsNameChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}
