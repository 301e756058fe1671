namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Tells which ';' ends a statement where nobody said DELIMITER: one in the body of a routine, a trigger or an event doesn't. A body is
/// what stands between BEGIN, CASE, IF, LOOP and the like and their END.
/// </summary>
internal sealed class MySqlStatementEnd(string text)
{
    private static readonly string[] Kinds = ["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE"];
    private static readonly string[] Bodiless = ["TABLE", "VIEW", "INDEX", "DATABASE", "SCHEMA", "USER", "ROLE", "SEQUENCE", "SERVER"];
    private static readonly string[] Blocks = ["IF", "LOOP", "WHILE", "REPEAT", "FOR"];

    // Behind these a statement of a body begins.
    private static readonly string[] Openers = ["THEN", "ELSE", "DO", "LOOP", "BEGIN", "REPEAT", "ROW", ":"];

    private int _words;
    private bool _isCreate;
    private int _bodies;
    private int _executable;
    private bool _isEnding;
    private bool _beginsStatement;
    private MySqlToken _before;

    /// <summary>Whether the statement so far makes something that has a body.</summary>
    internal bool HasBody { get; private set; }

    /// <summary>Whether the text so far stands in a body whose END is still to come.</summary>
    internal bool IsInsideBody => _bodies > 0;

    /// <summary>Whether the text so far stands in a comment that the server reads.</summary>
    internal bool IsInsideExecutable => _executable > 0;

    /// <summary>Whether a ';' that comes next ends the statement.</summary>
    internal bool IsAtEnd => _bodies == 0 && _executable == 0;

    /// <summary>Begins a new statement.</summary>
    internal void Reset() => (_words, _isCreate, _bodies, _executable, _isEnding, HasBody) = (0, false, 0, 0, false, false);

    /// <summary>Takes the next significant token of the statement.</summary>
    internal void Take(MySqlToken token)
    {
        if (token.Kind is MySqlTokenKind.ExecutableOpen)
            _executable++;
        else if (token.Kind is MySqlTokenKind.ExecutableClose)
            _executable = Math.Max(0, _executable - 1);
        if (!token.IsWord)
            return;

        if (token.Kind is MySqlTokenKind.Word)
            TakeWord(token);
        else
            _words++;
        _isEnding = _isEnding && token.Kind is MySqlTokenKind.Word && token.Is(text, "END");
        _beginsStatement = token.Kind is MySqlTokenKind.Semicolon || (HasBody && Array.Exists(Openers, opener => token.Is(text, opener)));
        _before = token;
    }

    private void TakeWord(MySqlToken token)
    {
        _words++;
        if (_words == 1)
        {
            _isCreate = token.Is(text, "CREATE") || token.Is(text, "ALTER");
            _beginsStatement = true;
        }

        if (_words <= 2 && _before.Is(text, "BEGIN") && token.Is(text, "NOT"))
        {
            // BEGIN NOT ATOMIC … END is a body of its own.
            (HasBody, _bodies) = (true, 1);
        }
        else if (_isCreate && !HasBody)
        {
            HasBody = Array.Exists(Kinds, kind => token.Is(text, kind));
            _isCreate = !Array.Exists(Bodiless, what => token.Is(text, what));
        }
        else if (HasBody)
        {
            // END IF, END CASE
            if (_isEnding && !token.Is(text, "END") && (token.Is(text, "CASE") || Array.Exists(Blocks, block => token.Is(text, block))))
                return;
            if (_before.Is(text, "."))
                return;
            if (token.Is(text, "BEGIN") || token.Is(text, "CASE"))
                _bodies++;
            else if (_beginsStatement && Array.Exists(Blocks, block => token.Is(text, block)))
                _bodies++;
            else if (token.Is(text, "END"))
                (_bodies, _isEnding) = (Math.Max(0, _bodies - 1), true);
        }
    }
}
