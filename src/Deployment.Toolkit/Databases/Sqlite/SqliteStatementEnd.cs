namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// Tells which ';' ends a statement. It is the automaton of <c>sqlite3_complete()</c>: a trigger's body holds statements of
/// its own, so a trigger ends at '; END ;' and at no other ';'.
/// </summary>
internal sealed class SqliteStatementEnd(string text)
{
    private State state;

    private enum State
    {
        Start,
        Normal,
        Explain,
        Create,
        TriggerBody,
        TriggerSemicolon,
        TriggerEnd,
    }

    /// <summary>Whether the text so far stands inside a trigger whose END is still to come.</summary>
    public bool IsInsideTrigger => state is State.TriggerBody or State.TriggerSemicolon;

    /// <summary>Takes the next significant token.</summary>
    /// <returns>Whether it is the ';' that ends the statement.</returns>
    public bool Take(SqliteToken token)
    {
        var isSemicolon = token.Kind is SqliteTokenKind.Semicolon;
        state = state switch
        {
            State.TriggerBody => isSemicolon ? State.TriggerSemicolon : State.TriggerBody,
            State.TriggerSemicolon when isSemicolon => State.TriggerSemicolon,
            State.TriggerSemicolon => Is(token, "END") ? State.TriggerEnd : State.TriggerBody,
            State.TriggerEnd => isSemicolon ? State.Start : State.TriggerBody,
            _ when isSemicolon => State.Start,
            State.Normal => State.Normal,
            State.Create when Is(token, "TEMP") || Is(token, "TEMPORARY") => State.Create,
            State.Create => Is(token, "TRIGGER") ? State.TriggerBody : State.Normal,
            State.Start when Is(token, "EXPLAIN") => State.Explain,
            _ when Is(token, "CREATE") => State.Create,
            State.Explain when !IsKeyword(token) => State.Explain,
            _ => State.Normal,
        };
        return isSemicolon && state is State.Start;
    }

    // EXPLAIN QUERY PLAN CREATE TRIGGER: words between EXPLAIN and CREATE are let through, those that matter elsewhere are not.
    private bool IsKeyword(SqliteToken token) =>
        Is(token, "EXPLAIN") || Is(token, "TEMP") || Is(token, "TEMPORARY") || Is(token, "TRIGGER") || Is(token, "END");

    private bool Is(SqliteToken token, string word) => token.Kind is SqliteTokenKind.Word && token.Is(text, word);
}
