namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Cuts a variable into the keys that it holds: PEM blocks, and words of Base64 or hexadecimal between blanks, commas or semicolons.
/// </summary>
internal static class KeyTexts
{
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Dashes = "-----";

    private static readonly char[] Separators = [' ', '\t', '\r', '\n', ',', ';'];

    /// <summary>The keys in their order; the whole text when it holds none of that form, for a message of its own.</summary>
    internal static IReadOnlyList<string> Split(string text)
    {
        text = Unfolded(text);
        var keys = new List<string>();
        for (var at = 0; at < text.Length; )
        {
            var begin = text.IndexOf(Begin, at, StringComparison.Ordinal);
            keys.AddRange(text[at..(begin < 0 ? text.Length : begin)].Split(Separators, StringSplitOptions.RemoveEmptyEntries));
            if (begin < 0)
                break;

            var end = text.IndexOf(End, begin, StringComparison.Ordinal) is >= 0 and var footer
                ? text.IndexOf(Dashes, footer + End.Length, StringComparison.Ordinal)
                : -1;
            at = end < 0 ? text.Length : end + Dashes.Length;
            keys.Add(text[begin..at]);
        }

        return keys.Count == 0 ? [text] : keys;
    }

    /// <summary>PEM whose line ends came as <c>\\n</c>: CI systems and .env files take one line a variable.</summary>
    internal static string Unfolded(string text) =>
        text.Contains(Dashes, StringComparison.Ordinal)
            ? text.Replace("\\r\\n", "\n", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal)
            : text;
}
