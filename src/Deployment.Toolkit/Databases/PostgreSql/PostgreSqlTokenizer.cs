using System;
using System.Collections.Generic;
using static Deployment.Toolkit.Databases.PostgreSql.PostgreSqlCharacters;
using static Deployment.Toolkit.Databases.PostgreSql.PostgreSqlTokenKind;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// Cuts a text into the same tokens as PostgreSQL's own scanner, with what psql would take for itself. Strings are read as they are where
/// <c>standard_conforming_strings</c> is on, which is the default. Each token is read once, and none looks further than its own end.
/// </summary>
internal static class PostgreSqlTokenizer
{
    /// <summary>The tokens that the parser sees.</summary>
    public static IEnumerable<PostgreSqlToken> ReadSignificant(string text)
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
    public static PostgreSqlToken Read(string text, int start)
    {
        var c = text[start];
        var next = At(text, start + 1);
        return c switch
        {
            _ when IsSpace(c) || c == '\uFEFF' => new(Space, start, SkipSpace(text, start + 1)),
            '-' when next == '-' => new(LineComment, start, LineEnd(text, start + 2)),
            '/' when next == '*' => ReadComment(text, start),
            ';' => new(Semicolon, start, start + 1),
            '\'' => ReadString(text, start, start + 1, hasEscapes: false),
            'E' or 'e' when next == '\'' => ReadString(text, start, start + 2, hasEscapes: true),
            'B' or 'b' or 'X' or 'x' or 'N' or 'n' when next == '\'' => ReadString(text, start, start + 2, hasEscapes: false),
            'U' or 'u' when next == '&' && At(text, start + 2) == '\'' => ReadString(text, start, start + 3, hasEscapes: false),
            'U' or 'u' when next == '&' && At(text, start + 2) == '"' => ReadQuoted(text, start, start + 3, EscapedName),
            '"' => ReadQuoted(text, start, start + 1, QuotedName),
            '$' when char.IsAsciiDigit(next) => new(Parameter, start, SkipDigits(text, start + 1)),
            '$' => ReadDollar(text, start),
            ':' => ReadColon(text, start, next),
            '\\' => new(Command, start, LineEnd(text, start + 1)),
            '.' when char.IsAsciiDigit(next) => ReadNumber(text, start),
            >= '0' and <= '9' => ReadNumber(text, start),
            '\0' => new(Illegal, start, start + 1),
            _ when IsNameStart(c) => new(Word, start, SkipName(text, start + 1)),
            _ => new(Operator, start, start + 1),
        };
    }

    private static PostgreSqlToken ReadComment(string text, int start)
    {
        var depth = 1;
        for (var at = start + 2; ; )
        {
            var step = text.AsSpan(Math.Min(at, text.Length)).IndexOfAny('*', '/');
            if (step < 0)
                return new(Space, start, text.Length, IsClosed: false);

            at += step;
            var next = At(text, at + 1);
            if (text[at] == '/' && next == '*')
                (depth, at) = (depth + 1, at + 2);
            else if (text[at] == '*' && next == '/')
                (depth, at) = (depth - 1, at + 2);
            else
                at++;
            if (depth == 0)
                return new(Space, start, at);
        }
    }

    private static PostgreSqlToken ReadString(string text, int start, int from, bool hasEscapes)
    {
        for (var at = from; ; )
        {
            var step = text.AsSpan(Math.Min(at, text.Length)).IndexOfAny('\'', hasEscapes ? '\\' : '\'');
            if (step < 0)
                return new(PostgreSqlTokenKind.String, start, text.Length, IsClosed: false);

            at += step;
            if (text[at] == '\\' || At(text, at + 1) == '\'')
                at += 2;
            // 'a' and, on a later line, 'b' are one string, and what an E before the first means holds for all of it.
            else if (Continuation(text, at + 1) is { } next)
                at = next;
            else
                return new(PostgreSqlTokenKind.String, start, at + 1);
        }
    }

    private static int? Continuation(string text, int at)
    {
        var isOnLaterLine = false;
        while (at < text.Length)
        {
            if (text[at] is '\n' or '\r')
                isOnLaterLine = true;
            if (IsSpace(text[at]))
                at++;
            else if (isOnLaterLine && text[at] == '-' && At(text, at + 1) == '-')
                at = LineEnd(text, at);
            else
                return isOnLaterLine && text[at] == '\'' ? at + 1 : null;
        }

        return null;
    }

    private static PostgreSqlToken ReadQuoted(string text, int start, int from, PostgreSqlTokenKind kind)
    {
        for (var at = from; ; at += 2)
        {
            var step = text.AsSpan(Math.Min(at, text.Length)).IndexOf('"');
            if (step < 0)
                return new(kind, start, text.Length, IsClosed: false);

            at += step;
            if (At(text, at + 1) != '"')
                return new(kind, start, at + 1);
        }
    }

    // $$ or $tag$, up to the same again. A tag is a name without a dollar.
    private static PostgreSqlToken ReadDollar(string text, int start)
    {
        var at = start + 1;
        if (IsNameStart(At(text, at)))
        {
            while (IsNameStart(At(text, at)) || char.IsAsciiDigit(At(text, at)))
                at++;
        }

        if (At(text, at) != '$')
            return new(Operator, start, start + 1);

        var tag = text.AsSpan(start, at + 1 - start);
        var end = text.AsSpan(at + 1).IndexOf(tag);
        return end < 0 ? new(DollarString, start, text.Length, IsClosed: false) : new(DollarString, start, at + 1 + end + tag.Length);
    }

    private static PostgreSqlToken ReadColon(string text, int start, char next)
    {
        if (next is ':' or '=')
            return new(Operator, start, start + 2);
        if (IsNameStart(next))
            return new(Variable, start, SkipName(text, start + 1));
        if (next is not ('\'' or '"'))
            return new(Operator, start, start + 1);

        var end = SkipName(text, start + 2);
        return end > start + 2 && At(text, end) == next ? new(Variable, start, end + 1) : new(Operator, start, start + 1);
    }

    private static PostgreSqlToken ReadNumber(string text, int start)
    {
        if (text[start] == '0' && At(text, start + 1) is 'x' or 'X' or 'o' or 'O' or 'b' or 'B')
        {
            var end = start + 2;
            while (char.IsAsciiHexDigit(At(text, end)) || At(text, end) == '_')
                end++;
            return new(Number, start, end);
        }

        var at = SkipDigits(text, start);
        // 1..10 are two numbers.
        if (At(text, at) == '.' && At(text, at + 1) != '.')
            at = SkipDigits(text, at + 1);
        var sign = At(text, at + 1) is '+' or '-' ? 1 : 0;
        if (At(text, at) is 'e' or 'E' && char.IsAsciiDigit(At(text, at + 1 + sign)))
            at = SkipDigits(text, at + 2 + sign);
        return new(Number, start, at);
    }
}
