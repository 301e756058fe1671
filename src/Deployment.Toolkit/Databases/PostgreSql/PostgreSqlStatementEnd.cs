using System;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// Tells which ';' ends a statement, as psql does: one in parentheses doesn't (a rule's list of commands), nor one in a function's body
/// that stands between BEGIN ATOMIC and END.
/// </summary>
internal sealed class PostgreSqlStatementEnd(string text)
{
    private int _words;
    private bool _isCreate;
    private bool _isRoutine;
    private bool _sawBegin;
    private int _depth;

    /// <summary>How many BEGIN and CASE of a body are not ended.</summary>
    private int _bodies;

    /// <summary>Whether the text so far stands in a body whose END is still to come.</summary>
    internal bool IsInsideBody => _bodies > 0;

    /// <summary>Whether parameters have a meaning: in a body, or in a statement that is prepared.</summary>
    internal bool TakesParameters { get; private set; }

    /// <summary>How deep in parentheses or brackets the next token stands.</summary>
    internal int Depth => _depth;

    /// <summary>Takes the next significant token.</summary>
    /// <returns>Whether it is the ';' that ends the statement.</returns>
    internal bool Take(PostgreSqlToken token)
    {
        if (token.Kind is PostgreSqlTokenKind.Semicolon && _depth == 0 && _bodies == 0)
        {
            (_words, _isCreate, _isRoutine, _sawBegin, TakesParameters) = (0, false, false, false, false);
            return true;
        }

        if (token.Kind is PostgreSqlTokenKind.Operator)
        {
            if (text[token.Start] is '(' or '[')
                _depth++;
            else if (text[token.Start] is ')' or ']')
                _depth = Math.Max(0, _depth - 1);
        }
        else if (token.Kind is PostgreSqlTokenKind.Word)
        {
            TakeWord(token);
        }

        return false;
    }

    private void TakeWord(PostgreSqlToken token)
    {
        _words++;
        if (_words == 1)
        {
            _isCreate = token.Is(text, "CREATE");
            TakesParameters = token.Is(text, "PREPARE");
        }
        // CREATE [OR REPLACE] FUNCTION
        else if (_isCreate && _words <= 4 && (token.Is(text, "FUNCTION") || token.Is(text, "PROCEDURE")))
        {
            _isRoutine = TakesParameters = true;
        }
        else if (_isRoutine && _depth == 0)
        {
            if (_bodies > 0 && (token.Is(text, "CASE") || token.Is(text, "BEGIN")))
                _bodies++;
            else if (_bodies > 0 && token.Is(text, "END"))
                _bodies--;
            else if (_sawBegin && token.Is(text, "ATOMIC"))
                _bodies = 1;
        }
        // A CASE of a body may stand in parentheses, and ends there.
        else if (_bodies > 0 && token.Is(text, "CASE"))
        {
            _bodies++;
        }
        else if (_bodies > 0 && token.Is(text, "END"))
        {
            _bodies--;
        }

        _sawBegin = token.Is(text, "BEGIN");
    }
}
