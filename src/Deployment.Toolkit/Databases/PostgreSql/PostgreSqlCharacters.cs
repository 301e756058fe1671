using System;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>The classes of characters that PostgreSQL's scanner tells apart, and the steps over runs of them.</summary>
internal static class PostgreSqlCharacters
{
    internal static bool IsSpace(char c) => c is ' ' or (>= '\t' and <= '\r');

    internal static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or >= '\u0080';

    internal static char At(string text, int at) => at < text.Length ? text[at] : '\0';

    internal static int SkipSpace(string text, int at)
    {
        while (at < text.Length && IsSpace(text[at]))
            at++;
        return at;
    }

    internal static int SkipDigits(string text, int at)
    {
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || (text[at] == '_' && char.IsAsciiDigit(At(text, at + 1)))))
            at++;
        return at;
    }

    internal static int SkipName(string text, int at)
    {
        while (at < text.Length && (IsNameStart(text[at]) || char.IsAsciiDigit(text[at]) || text[at] == '$'))
            at++;
        return at;
    }

    internal static int LineEnd(string text, int from)
    {
        var step = text.AsSpan(Math.Min(from, text.Length)).IndexOfAny('\r', '\n');
        return step < 0 ? text.Length : from + step;
    }
}
