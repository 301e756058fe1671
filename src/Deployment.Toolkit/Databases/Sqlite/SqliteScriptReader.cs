using System;
using System.Collections.Generic;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>One reading of one script, from its start to its end.</summary>
internal sealed class SqliteScriptReader(string text, bool isOutsideTransaction)
{
    private const string OpenTrigger =
        "Statement 'CREATE TRIGGER' is not terminated: no '; END;' follows. "
        + "End each statement of its body with ';' and the trigger with 'END;'.";

    private const string HiddenLines =
        "Comment hides the lines behind it: SQLite ends a '--' comment at a line feed, and this line ends with a carriage return alone. "
        + "Save the script with LF or CRLF line ends.";

    private const string Nul =
        "Script holds a NUL character, and SQLite reads nothing behind it. Remove it, or save the script as UTF-8 if it is UTF-16.";

    // The first few say it all.
    private const int MostParameters = 10;

    private readonly List<SqlStatement> statements = [];
    private readonly List<SqlFault> faults = [];
    private readonly SqliteStatementEnd statementEnd = new(text);
    private LineCursor cursor = new(text);
    private int start = -1;
    private int parameters;
    private int end;
    private (int Line, int Column) startPosition;
    private int firstNul = text.IndexOf('\0');

    /// <summary>Reads it; once.</summary>
    public SqlScript Read()
    {
        var isQuoteOpen = false;
        for (var at = 0; at < text.Length; )
        {
            var token = SqliteTokenizer.Read(text, at);
            at = token.End;
            if (token.IsSignificant)
                Take(token);
            if (!token.IsClosed)
                AddFault(token.Start, DescribeOpenQuote(token));
            if (token.Kind is SqliteTokenKind.LineComment && HidesLines(token.In(text)))
                AddFault(token.Start, HiddenLines);
            if (
                token.Kind is SqliteTokenKind.Value
                && text[token.Start] is '?' or ':' or '@' or '$' or '#'
                && parameters++ < MostParameters
            )
                AddFault(token.Start, DescribeParameter(token.In(text)), Codes.MigrationParameter);
            ReportNulIn(token);
            isQuoteOpen |= !token.IsClosed;
        }

        // An open quote swallowed the END too; telling both would only hide which one to mend.
        if (statementEnd.IsInsideTrigger && !isQuoteOpen)
            faults.Add(new(Codes.MigrationUnreadable, OpenTrigger, startPosition.Line, startPosition.Column));
        EndStatement();
        return new(statements, faults);
    }

    private void Take(SqliteToken token)
    {
        if (statementEnd.Take(token))
        {
            EndStatement();
            return;
        }

        if (start < 0 && token.Kind is not SqliteTokenKind.Semicolon)
        {
            start = token.Start;
            startPosition = cursor.MoveTo(start);
        }

        end = token.End;
    }

    private void EndStatement()
    {
        if (start < 0)
            return;

        var statement = new SqlStatement(text[start..end], startPosition.Line, startPosition.Column, start);
        statements.Add(statement);
        if (
            (
                isOutsideTransaction
                    ? SqliteTransactionRules.ExplainOutside(statement.Text)
                    : SqliteTransactionRules.Explain(statement.Text)
            ) is
            { } reason
        )
            faults.Add(new(Codes.MigrationOutsideTransaction, reason, statement.Line, statement.Column));
        start = -1;
    }

    private void ReportNulIn(SqliteToken token)
    {
        if (firstNul < 0 || firstNul >= token.End)
            return;

        AddFault(firstNul, Nul);
        firstNul = -1;
    }

    private void AddFault(int offset, string reason, string code = Codes.MigrationUnreadable)
    {
        var (line, column) = cursor.MoveTo(offset);
        faults.Add(new(code, reason, line, column));
    }

    private static string DescribeParameter(ReadOnlySpan<char> parameter) =>
        $"Parameter '{(parameter.Length > 40 ? parameter[..40] : parameter).ToString()}' has no value: nobody binds parameters of a script. Write "
        + $"the value in its place; if it is text, put it in quotes.";

    private static bool HidesLines(ReadOnlySpan<char> comment)
    {
        var carriageReturn = comment.IndexOf('\r');
        return carriageReturn >= 0 && !comment[carriageReturn..].IsWhiteSpace();
    }

    private string DescribeOpenQuote(SqliteToken token) =>
        token.Kind switch
        {
            SqliteTokenKind.String =>
                "String is not terminated: its closing ' is missing. Add it, and write each ' inside the string twice.",
            SqliteTokenKind.Blob => "Blob literal is not terminated: its closing ' is missing. Add it.",
            _ when text[token.Start] == '[' => "Quoted identifier is not terminated: its closing ] is missing. Add it.",
            _ => $"Quoted identifier is not terminated: its closing {text[token.Start]} is missing. "
                + $"Add it, and write each {text[token.Start]} inside the identifier twice.",
        };
}
