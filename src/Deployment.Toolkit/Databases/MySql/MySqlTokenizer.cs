using static Deployment.Toolkit.Databases.MySql.MySqlCharacters;
using static Deployment.Toolkit.Databases.MySql.MySqlTokenKind;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Cuts a text into the same tokens as the server's scanner, with what the mysql client would take for itself. Strings are read as they are
/// where NO_BACKSLASH_ESCAPES is off, which is the default. Each token is read once, and none looks further than its own end.
/// </summary>
internal static class MySqlTokenizer
{
    /// <summary>The tokens that the parser sees.</summary>
    public static IEnumerable<MySqlToken> ReadWords(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var token = Read(text, at);
            at = token.End;
            if (token.IsWord)
                yield return token;
        }
    }

    /// <summary>The token that starts at <paramref name="start"/>, which lies inside the text.</summary>
    public static MySqlToken Read(string text, int start)
    {
        var c = text[start];
        var next = At(text, start + 1);
        return c switch
        {
            _ when IsSpace(c) || c == '\uFEFF' => new(Space, start, SkipSpace(text, start + 1)),
            // Without a blank behind them two dashes are two signs.
            '-' when next == '-' && (start + 2 >= text.Length || IsSpace(text[start + 2]) || char.IsControl(text[start + 2])) => new(
                LineComment,
                start,
                LineEnd(text, start + 2)
            ),
            '#' => new(LineComment, start, LineEnd(text, start + 1)),
            '/' when next == '*' && ExecutableLength(text, start) is > 0 and var length => new(ExecutableOpen, start, start + length),
            '/' when next == '*' => ReadComment(text, start),
            // 2*/*three*/3 is no end of anything.
            '*' when next == '/' && At(text, start + 2) != '*' => new(ExecutableClose, start, start + 2),
            ';' => new(Semicolon, start, start + 1),
            '\'' => ReadString(text, start, start + 1, '\'', MySqlTokenKind.String),
            '"' => ReadString(text, start, start + 1, '"', DoubleQuoted),
            'N' or 'n' or 'B' or 'b' or 'X' or 'x' when next == '\'' => ReadString(text, start, start + 2, '\'', MySqlTokenKind.String),
            '`' => ReadQuoted(text, start, start + 1, QuotedName),
            '@' => ReadVariable(text, start),
            '?' => new(Parameter, start, start + 1),
            '\\' => new(Command, start, LineEnd(text, start + 1)),
            '.' when char.IsAsciiDigit(next) => ReadNumber(text, start),
            >= '0' and <= '9' => ReadNumber(text, start),
            '\0' => new(Illegal, start, start + 1),
            ':' when next == '=' => new(Operator, start, start + 2),
            _ when IsName(c) => new(Word, start, SkipName(text, start + 1)),
            _ => new(Operator, start, start + 1),
        };
    }

    // /*! or /*M!, with the version from which on the server reads it.
    private static int ExecutableLength(string text, int start)
    {
        var at = start + 2;
        if (At(text, at) is 'M')
            at++;
        if (At(text, at) != '!')
            return 0;

        var digits = ++at;
        while (at < text.Length && at - digits < 6 && char.IsAsciiDigit(text[at]))
            at++;
        return at - start;
    }

    private static MySqlToken ReadComment(string text, int start)
    {
        var end = text.IndexOf("*/", start + 2, StringComparison.Ordinal);
        return end < 0 ? new(Space, start, text.Length, IsClosed: false) : new(Space, start, end + 2);
    }

    private static MySqlToken ReadString(string text, int start, int from, char quote, MySqlTokenKind kind)
    {
        for (var at = from; ; )
        {
            var step = text.AsSpan(Math.Min(at, text.Length)).IndexOfAny(quote, '\\');
            if (step < 0)
                return new(kind, start, text.Length, IsClosed: false);

            at += step;
            if (text[at] == '\\' || At(text, at + 1) == quote)
                at += 2;
            else
                return new(kind, start, at + 1);
        }
    }

    private static MySqlToken ReadQuoted(string text, int start, int from, MySqlTokenKind kind)
    {
        for (var at = from; ; at += 2)
        {
            var step = text.AsSpan(Math.Min(at, text.Length)).IndexOf('`');
            if (step < 0)
                return new(kind, start, text.Length, IsClosed: false);

            at += step;
            if (At(text, at + 1) != '`')
                return new(kind, start, at + 1);
        }
    }

    // @name, @`name`, @'name', @@global.name; before the host of an account it stands alone.
    private static MySqlToken ReadVariable(string text, int start)
    {
        var at = start + 1;
        if (At(text, at) == '@')
            at++;
        if (At(text, at) is '`' or '\'' or '"')
        {
            var quoted = Read(text, at);
            return new(Variable, start, quoted.End, quoted.IsClosed);
        }

        var end = at;
        while (end < text.Length && (IsName(text[end]) || text[end] == '.'))
            end++;
        return new(end > at ? Variable : Operator, start, Math.Max(end, start + 1));
    }

    private static MySqlToken ReadNumber(string text, int start)
    {
        var at = start;
        while (char.IsAsciiDigit(At(text, at)))
            at++;
        // A name may begin with digits, and 0x1F and 1e5 read as one.
        if (IsName(At(text, at)) && At(text, at) is not ('e' or 'E'))
            return new(text[start] == '0' && At(text, start + 1) is 'x' or 'b' ? Number : Word, start, SkipName(text, at));

        if (At(text, at) == '.')
        {
            at++;
            while (char.IsAsciiDigit(At(text, at)))
                at++;
        }

        var sign = At(text, at + 1) is '+' or '-' ? 1 : 0;
        if (At(text, at) is 'e' or 'E' && char.IsAsciiDigit(At(text, at + 1 + sign)))
        {
            at += 2 + sign;
            while (char.IsAsciiDigit(At(text, at)))
                at++;
        }

        return new(Number, start, Math.Max(at, start + 1));
    }
}
