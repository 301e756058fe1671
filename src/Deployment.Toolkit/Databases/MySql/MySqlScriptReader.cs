using Deployment.Toolkit.Diagnostics;
using static Deployment.Toolkit.Databases.MySql.MySqlCharacters;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>One reading of one script, from its start to its end.</summary>
internal sealed class MySqlScriptReader(string text)
{
    private const string Delimiter = "DELIMITER";

    // The first few say it all.
    private const int MostTold = 10;

    private readonly List<SqlStatement> _statements = [];
    private readonly List<SqlFault> _faults = [];
    private readonly MySqlStatementEnd _statementEnd = new(text);
    private LineCursor _cursor = new(text);
    private (int Line, int Column) _startPosition;
    private string _delimiter = ";";
    private int _start = -1;
    private int _end;
    private int _told;

    /// <summary>Reads it; once.</summary>
    public SqlScript Read()
    {
        var isQuoteOpen = false;
        for (var at = 0; at < text.Length; )
        {
            if (_start < 0 && DelimiterLine(at) is { } next)
            {
                at = next;
                continue;
            }

            var token = UpToDelimiter(MySqlTokenizer.Read(text, at));
            at = token.End;
            isQuoteOpen |= !token.IsClosed;
            if (!token.IsClosed)
                AddFault(token.Start, MySqlScriptFaults.DescribeOpen(token));
            if (!token.IsSignificant)
                continue;
            if (token.Kind is MySqlTokenKind.Word && _start < 0 && MySqlScriptFaults.ClientCommands.Contains(token.In(text).ToString()))
                token = new MySqlToken(MySqlTokenKind.Command, token.Start, at = LineEnd(text, token.Start));

            Report(token);
            // What only the client understands is told, and is no part of a statement.
            if (token.Kind is not MySqlTokenKind.Command)
                Take(token);
        }

        // An open quote swallowed the END too; telling both would only hide which one to mend.
        if (_start >= 0 && !isQuoteOpen && _delimiter == ";" && !_statementEnd.IsAtEnd)
            _faults.Add(
                new(
                    Codes.MigrationUnreadable,
                    _statementEnd.IsInsideExecutable ? MySqlScriptFaults.OpenExecutable : MySqlScriptFaults.OpenBody,
                    _startPosition.Line,
                    _startPosition.Column
                )
            );
        EndStatement();
        return new(_statements, _faults);
    }

    private void Take(MySqlToken token)
    {
        var ends =
            _delimiter == ";"
                ? token.Kind is MySqlTokenKind.Semicolon && _statementEnd.IsAtEnd
                // Between two lines of DELIMITER a ';' is a body's own; what has no body ends at it as ever.
                : IsDelimiter(token) || (token.Kind is MySqlTokenKind.Semicolon && !_statementEnd.HasBody && _statementEnd.IsAtEnd);
        if (ends)
        {
            EndStatement();
            return;
        }

        if (_start < 0)
        {
            _start = token.Start;
            _startPosition = _cursor.MoveTo(_start);
        }

        _statementEnd.Take(token);
        // The ';' behind the END of a body is none of it.
        if (token.Kind is not MySqlTokenKind.Semicolon)
            _end = token.End;
    }

    private void EndStatement()
    {
        _statementEnd.Reset();
        if (_start < 0)
            return;

        var statement = new SqlStatement(text[_start..Math.Max(_start, _end)], _startPosition.Line, _startPosition.Column, _start);
        _start = -1;
        if (statement.Text.Length == 0)
            return;

        _statements.Add(statement);
        var words = new MySqlWords(statement.Text);
        if (words.ReadsFromClient)
            _faults.Add(new(Codes.MigrationUnreadable, MySqlScriptFaults.FromClient, statement.Line, statement.Column));
        else if (MySqlStatementRules.Explain(words) is { } reason)
            _faults.Add(new(Codes.MigrationOutsideTransaction, reason, statement.Line, statement.Column));
    }

    // A line that says what ends statements from here on, as the client reads it: to the end of the line, less what stands behind a blank.
    private int? DelimiterLine(int at)
    {
        if (
            string.Compare(text, at, Delimiter, 0, Delimiter.Length, StringComparison.OrdinalIgnoreCase) != 0
            || IsName(At(text, at + Delimiter.Length))
            || !StandsFirst(at)
        )
            return null;

        var end = LineEnd(text, at);
        var value = text.AsSpan(at + Delimiter.Length, end - at - Delimiter.Length).Trim();
        var blank = value.IndexOfAny(' ', '\t');
        value = blank < 0 ? value : value[..blank];
        if (value.IsEmpty || value.Contains('\\'))
            AddFault(at, MySqlScriptFaults.NoDelimiter);
        else
            _delimiter = value.ToString();
        return end;
    }

    private bool StandsFirst(int at)
    {
        for (at--; at >= 0 && text[at] is not ('\n' or '\r'); at--)
        {
            if (!IsSpace(text[at]))
                return false;
        }

        return true;
    }

    private bool IsDelimiter(MySqlToken token) => token.In(text).SequenceEqual(_delimiter);

    // $$ may stand in a name, and // are two signs.
    private MySqlToken UpToDelimiter(MySqlToken token)
    {
        if (
            _delimiter == ";"
            || token.Kind is MySqlTokenKind.String or MySqlTokenKind.DoubleQuoted or MySqlTokenKind.QuotedName or MySqlTokenKind.Space
        )
            return token;
        if (string.CompareOrdinal(text, token.Start, _delimiter, 0, _delimiter.Length) == 0)
            return new MySqlToken(MySqlTokenKind.Operator, token.Start, token.Start + _delimiter.Length);
        return
            token.Kind is MySqlTokenKind.Word or MySqlTokenKind.Number or MySqlTokenKind.Variable
            && token.In(text).IndexOf(_delimiter, StringComparison.Ordinal) is > 0 and var cut
            ? token with
            {
                End = token.Start + cut,
            }
            : token;
    }

    private void Report(MySqlToken token)
    {
        var raw = token.In(text);
        switch (token.Kind)
        {
            case MySqlTokenKind.Illegal:
                AddFault(token.Start, MySqlScriptFaults.Nul);
                break;
            case MySqlTokenKind.Command when _told++ < MostTold:
                AddFault(
                    token.Start,
                    $"'{MySqlScriptFaults.CommandOf(raw)}' is a command of the mysql client, and scripts run without it. Remove "
                        + $"it; write what it does as SQL."
                );
                break;
            case MySqlTokenKind.Parameter when _told++ < MostTold:
                AddFault(
                    token.Start,
                    "Parameter '?' has no value: nobody binds parameters of a script. Write the value in its place; if it is text, put it in "
                        + "quotes.",
                    Codes.MigrationParameter
                );
                break;
        }
    }

    private void AddFault(int offset, string reason, string code = Codes.MigrationUnreadable)
    {
        var (line, column) = _cursor.MoveTo(offset);
        _faults.Add(new(code, reason, line, column));
    }
}
