using System;
using System.Collections.Generic;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>One reading of one script, from its start to its end.</summary>
internal sealed class PostgreSqlScriptReader(string text, bool isOutsideTransaction)
{
    private const string OpenBody =
        "Statement is not terminated: 'BEGIN ATOMIC' begins a body here, and no 'END;' follows. End the body with 'END;'.";

    private const string Nul = "Script holds a NUL character, which PostgreSQL does not take. Remove it, or save the script as UTF-8.";

    private const string FromClient =
        "Statement 'COPY' reads or writes rows beside the script, which only psql does. Write the rows as 'INSERT INTO … VALUES …', or "
        + "write them in a migration class.";

    // The first few say it all.
    private const int MostTold = 10;

    private readonly List<SqlStatement> _statements = [];
    private readonly List<SqlFault> _faults = [];
    private readonly PostgreSqlStatementEnd _statementEnd = new(text);
    private LineCursor _cursor = new(text);
    private (int Line, int Column) _startPosition;
    private int _start = -1;
    private int _end;
    private int _told;

    /// <summary>Reads it; once.</summary>
    public SqlScript Read()
    {
        var isQuoteOpen = false;
        for (var at = 0; at < text.Length; )
        {
            var token = PostgreSqlTokenizer.Read(text, at);
            at = token.End;
            isQuoteOpen |= !token.IsClosed;
            if (!token.IsClosed)
                AddFault(token.Start, DescribeOpen(token));
            if (!token.IsSignificant)
                continue;

            Report(token);
            // What only psql understands is told, and is no part of a statement.
            if (token.Kind is not PostgreSqlTokenKind.Command && Take(token))
                at = SkipRows(at);
        }

        // An open quote swallowed the END too; telling both would only hide which one to mend.
        if (_statementEnd.IsInsideBody && !isQuoteOpen)
            _faults.Add(new(Codes.MigrationUnreadable, OpenBody, _startPosition.Line, _startPosition.Column));
        EndStatement();
        return new(_statements, _faults);
    }

    /// <returns>Whether a COPY ended whose rows follow.</returns>
    private bool Take(PostgreSqlToken token)
    {
        if (_statementEnd.Take(token))
            return EndStatement();

        if (_start < 0 && token.Kind is not PostgreSqlTokenKind.Semicolon)
        {
            _start = token.Start;
            _startPosition = _cursor.MoveTo(_start);
        }

        _end = token.End;
        return false;
    }

    private bool EndStatement()
    {
        if (_start < 0)
            return false;

        var statement = new SqlStatement(text[_start.._end], _startPosition.Line, _startPosition.Column, _start);
        _start = -1;
        _statements.Add(statement);
        var words = new PostgreSqlWords(statement.Text);
        if (words.CopiesFromClient)
        {
            _faults.Add(new(Codes.MigrationUnreadable, FromClient, statement.Line, statement.Column));
            return words.Has("STDIN");
        }

        if (
            (isOutsideTransaction ? PostgreSqlTransactionRules.ExplainOutside(words) : PostgreSqlTransactionRules.Explain(words)) is
            { } reason
        )
            _faults.Add(new(Codes.MigrationOutsideTransaction, reason, statement.Line, statement.Column));
        return false;
    }

    // Rows behind COPY … FROM STDIN; up to a line with \. alone.
    private int SkipRows(int at)
    {
        while (at < text.Length)
        {
            var end = text.AsSpan(at).IndexOf('\n');
            var line = text.AsSpan(at, end < 0 ? text.Length - at : end).TrimEnd('\r');
            at = end < 0 ? text.Length : at + end + 1;
            if (line.SequenceEqual("\\."))
                break;
        }

        return at;
    }

    private void Report(PostgreSqlToken token)
    {
        var raw = token.In(text);
        switch (token.Kind)
        {
            case PostgreSqlTokenKind.Illegal:
                AddFault(token.Start, Nul);
                break;
            case PostgreSqlTokenKind.Command when _told++ < MostTold:
                AddFault(
                    token.Start,
                    $"'{Shown(raw[..Math.Max(1, CommandLength(raw))])}' is a command of psql, and scripts run without psql. Remove it; write "
                        + $"what it does as SQL."
                );
                break;
            // A slice, a[1:n], is none of psql's.
            case PostgreSqlTokenKind.Variable when _told < MostTold && !IsSlice(token) && _told++ < MostTold:
                AddFault(
                    token.Start,
                    $"Variable '{Shown(raw)}' has no value: psql's variables are psql's own, and nobody binds parameters of a script. Write "
                        + $"the value in its place; if it is text, put it in quotes.",
                    Codes.MigrationParameter
                );
                break;
            case PostgreSqlTokenKind.Parameter when !_statementEnd.TakesParameters && _told++ < MostTold:
                AddFault(
                    token.Start,
                    $"Parameter '{Shown(raw)}' has no value: nobody binds parameters of a script. Write the value in its place; if it is "
                        + $"text, put it in quotes.",
                    Codes.MigrationParameter
                );
                break;
        }
    }

    private bool IsSlice(PostgreSqlToken token)
    {
        var depth = 0;
        for (var at = token.Start - 1; at >= Math.Max(0, _start); at--)
        {
            if (text[at] == ']')
                depth++;
            else if (text[at] == '[' && depth-- == 0)
                return true;
        }

        return false;
    }

    private static int CommandLength(ReadOnlySpan<char> command)
    {
        var space = command.IndexOfAny(' ', '\t');
        return space < 0 ? command.Length : space;
    }

    private static string Shown(ReadOnlySpan<char> raw) => (raw.Length > 40 ? raw[..40] : raw).ToString();

    private void AddFault(int offset, string reason, string code = Codes.MigrationUnreadable)
    {
        var (line, column) = _cursor.MoveTo(offset);
        _faults.Add(new(code, reason, line, column));
    }

    private string DescribeOpen(PostgreSqlToken token) =>
        token.Kind switch
        {
            PostgreSqlTokenKind.Space => "Comment is not terminated: its closing */ is missing. Each /* inside a comment needs its own.",
            PostgreSqlTokenKind.DollarString =>
                $"String is not terminated: its closing {text[token.Start..token.BodyIn(text).Start]} is missing. Add it, written the "
                    + $"same.",
            PostgreSqlTokenKind.String when text[token.Start] is 'E' or 'e' =>
                "String is not terminated: its closing ' is missing. Add it, and write each ' inside the string as \\' or twice.",
            PostgreSqlTokenKind.String => "String is not terminated: its closing ' is missing. Add it, and write each ' inside the string "
                + "twice.",
            _ => "Quoted identifier is not terminated: its closing \" is missing. Add it, and write each \" inside the identifier twice.",
        };
}
