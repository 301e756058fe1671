using System;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>The classes of characters that SQLite's tokenizer tells apart, and the steps over runs of them.</summary>
internal static class SqliteCharacters
{
    /// <summary>Whether a blob literal can hold these.</summary>
    public static bool AreHexDigits(ReadOnlySpan<char> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit(digit))
                return false;
        }

        return true;
    }

    /// <summary>The character, or NUL behind the end.</summary>
    public static char At(string text, int at) => at < text.Length ? text[at] : '\0';

    /// <summary>White space; a vertical tab counts only behind other white space, which the caller's first character decides.</summary>
    public static bool IsSpace(char c) => c is ' ' or (>= '\t' and <= '\r');

    /// <summary>What an identifier may go on with: to SQLite every byte above ASCII is a letter.</summary>
    public static bool IsIdentifierPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' or >= '\u0080';

    /// <summary>Where <paramref name="wanted"/> stands next, or the end of the text.</summary>
    public static int Find(string text, int from, char wanted)
    {
        var step = text.AsSpan(Math.Min(from, text.Length)).IndexOf(wanted);
        return step < 0 ? text.Length : from + step;
    }

    /// <summary>Behind the end of a comment; one that never ends runs to the end of the text, as in SQLite.</summary>
    public static int FindCommentEnd(string text, int from)
    {
        var end = text.IndexOf("*/", from, StringComparison.Ordinal);
        return end < 0 ? text.Length : end + 2;
    }

    /// <summary>Behind a run of white space.</summary>
    public static int SkipSpace(string text, int at)
    {
        while (at < text.Length && IsSpace(text[at]))
            at++;
        return at;
    }

    /// <summary>Behind a run of digits.</summary>
    public static int SkipDigits(string text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return at;
    }

    /// <summary>Behind a run of identifier characters.</summary>
    public static int SkipIdentifier(string text, int at)
    {
        while (at < text.Length && IsIdentifierPart(text[at]))
            at++;
        return at;
    }
}
