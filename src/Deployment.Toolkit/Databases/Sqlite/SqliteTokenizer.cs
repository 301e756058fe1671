using System;
using System.Collections.Generic;
using static Deployment.Toolkit.Databases.Sqlite.SqliteCharacters;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// Cuts a text into the same tokens as SQLite's own tokenizer, with one difference: a NUL is a token here, where SQLite
/// stops reading. Each token is read once, and none looks further than its own end.
/// </summary>
internal static class SqliteTokenizer
{
    /// <summary>The tokens that the parser sees.</summary>
    public static IEnumerable<SqliteToken> ReadSignificant(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var token = Read(text, at);
            at = token.End;
            if (token.IsSignificant)
                yield return token;
        }
    }

    /// <summary>The token that starts at <paramref name="start"/>, which lies inside the text.</summary>
    public static SqliteToken Read(string text, int start)
    {
        var c = text[start];
        var next = At(text, start + 1);
        return c switch
        {
            ' ' or '\t' or '\n' or '\f' or '\r' or '\uFEFF' => new(SqliteTokenKind.Space, start, SkipSpace(text, start + 1)),
            '-' when next == '-' => new(SqliteTokenKind.LineComment, start, Find(text, start + 2, '\n')),
            // SQLite reads '/*' as a comment only when something follows it.
            '/' when next == '*' && start + 2 < text.Length => new(SqliteTokenKind.Space, start, FindCommentEnd(text, start + 2)),
            ';' => new(SqliteTokenKind.Semicolon, start, start + 1),
            '\'' => ReadQuoted(text, start, SqliteTokenKind.String),
            '"' or '`' => ReadQuoted(text, start, SqliteTokenKind.QuotedName),
            '[' => ReadBracketed(text, start),
            'x' or 'X' when next == '\'' => ReadBlob(text, start),
            '?' => new(SqliteTokenKind.Value, start, SkipDigits(text, start + 1)),
            '$' or '@' or '#' or ':' => ReadParameter(text, start),
            '.' when char.IsAsciiDigit(next) => ReadNumber(text, start),
            >= '0' and <= '9' => ReadNumber(text, start),
            _ when IsIdentifierPart(c) => new(SqliteTokenKind.Word, start, SkipIdentifier(text, start + 1)),
            _ => ReadOperator(start, c, next),
        };
    }

    private static SqliteToken ReadQuoted(string text, int start, SqliteTokenKind kind)
    {
        var quote = text[start];
        for (var at = start + 1; ; at += 2)
        {
            at = Find(text, at, quote);
            if (at == text.Length)
                return new(kind, start, at, IsClosed: false);
            if (At(text, at + 1) != quote)
                return new(kind, start, at + 1);
        }
    }

    private static SqliteToken ReadBracketed(string text, int start)
    {
        var end = Find(text, start + 1, ']');
        return end == text.Length
            ? new(SqliteTokenKind.QuotedName, start, end, IsClosed: false)
            : new(SqliteTokenKind.QuotedName, start, end + 1);
    }

    private static SqliteToken ReadBlob(string text, int start)
    {
        var end = Find(text, start + 2, '\'');
        if (end == text.Length)
            return new(SqliteTokenKind.Blob, start, end, IsClosed: false);

        var digits = text.AsSpan(start + 2, end - start - 2);
        var isHex = digits.Length % 2 == 0 && AreHexDigits(digits);
        return new(isHex ? SqliteTokenKind.Blob : SqliteTokenKind.Illegal, start, end + 1);
    }

    // ':a', '@a', '#a', '$a' and, from Tcl, '$a::b(c)': the part in parentheses may hold anything but white space, also ';'.
    private static SqliteToken ReadParameter(string text, int start)
    {
        var length = 0;
        var at = start + 1;
        for (; at < text.Length; at++)
        {
            if (IsIdentifierPart(text[at]))
            {
                length++;
            }
            else if (text[at] == '(' && length > 0)
            {
                while (++at < text.Length && !IsSpace(text[at]) && text[at] != ')' && text[at] != '\0')
                    continue;
                return At(text, at) == ')' ? new(SqliteTokenKind.Value, start, at + 1) : new(SqliteTokenKind.Illegal, start, at);
            }
            else if (text[at] == ':' && At(text, at + 1) == ':')
            {
                at++;
            }
            else
            {
                break;
            }
        }

        return new(length == 0 ? SqliteTokenKind.Illegal : SqliteTokenKind.Value, start, at);
    }

    private static SqliteToken ReadNumber(string text, int start)
    {
        var at = start;
        if (text[at] == '0' && At(text, at + 1) is 'x' or 'X' && char.IsAsciiHexDigit(At(text, at + 2)))
        {
            for (at += 3; char.IsAsciiHexDigit(At(text, at)); at++)
                continue;
        }
        else
        {
            at = SkipDigits(text, at);
            if (At(text, at) == '.')
                at = SkipDigits(text, at + 1);
            var sign = At(text, at + 1) is '+' or '-' ? 1 : 0;
            if (At(text, at) is 'e' or 'E' && char.IsAsciiDigit(At(text, at + 1 + sign)))
                at = SkipDigits(text, at + 2 + sign);
        }

        var end = SkipIdentifier(text, at);
        return new(end == at ? SqliteTokenKind.Value : SqliteTokenKind.Illegal, start, end);
    }

    private static SqliteToken ReadOperator(int start, char c, char next)
    {
        var isPair = (c, next) is ('|', '|') or ('=', '=') or ('!', '=') or ('<', '=' or '>' or '<') or ('>', '=' or '>');
        var isKnown = isPair || "()+-*/=<>|,&~%.".Contains(c, StringComparison.Ordinal);
        return new(isKnown ? SqliteTokenKind.Operator : SqliteTokenKind.Illegal, start, start + (isPair ? 2 : 1));
    }
}
