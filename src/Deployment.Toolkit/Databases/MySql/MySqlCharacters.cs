namespace Deployment.Toolkit.Databases.MySql;

/// <summary>The classes of characters that MySQL's scanner tells apart, and the steps over runs of them.</summary>
internal static class MySqlCharacters
{
    internal static bool IsSpace(char c) => c is ' ' or (>= '\t' and <= '\r');

    internal static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' or >= '\u0080';

    internal static char At(string text, int at) => at < text.Length ? text[at] : '\0';

    internal static int SkipSpace(string text, int at)
    {
        while (at < text.Length && IsSpace(text[at]))
            at++;
        return at;
    }

    internal static int SkipName(string text, int at)
    {
        while (at < text.Length && IsName(text[at]))
            at++;
        return at;
    }

    internal static int LineEnd(string text, int from)
    {
        var step = text.AsSpan(Math.Min(from, text.Length)).IndexOfAny('\r', '\n');
        return step < 0 ? text.Length : from + step;
    }
}
