using System.Collections.Generic;
using System.Linq;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// What statements of SQLite do to rows and to the release that runs. One writer locks the whole database: nothing is said of locks.
/// </summary>
internal sealed class SqliteLint : LintDialect
{
    internal static readonly SqliteLint Instance = new();

    private static readonly string[] s_now = ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"];

    private SqliteLint() { }

    internal override string DefaultSchema => "main";

    internal override string NameIn(string text, LintToken token) =>
        new SqliteToken(
            token.Kind is LintTokenKind.QuotedName ? SqliteTokenKind.QuotedName : SqliteTokenKind.Word,
            token.Start,
            token.End
        ).NameIn(text);

    internal override IEnumerable<(int Line, int Column, string Text)> Misplaced(string text, bool isOutside) =>
        SqliteLexer
            .Read(text, isOutside)
            .Faults.Where(static fault => fault.Code == Codes.MigrationOutsideTransaction)
            .Select(static fault => (fault.Line, fault.Column, fault.Text));

    internal override LintScript Cut(string text)
    {
        var statements = new List<LintStatement>();
        var comments = new List<LintComment>();
        var tokens = new List<LintToken>();
        var end = new SqliteStatementEnd(text);
        for (var at = 0; at < text.Length; )
        {
            var token = SqliteTokenizer.Read(text, at);
            at = token.End;
            if (token.Kind is SqliteTokenKind.LineComment)
                comments.Add(new(text.Substring(token.Start + 2, token.End - token.Start - 2), token.Start, token.End));
            if (!token.IsSignificant)
                continue;
            if (end.Take(token))
                Close();
            else
                tokens.Add(new(KindOf(token), token.Start, token.End));
        }

        Close();
        return new(statements, comments);

        void Close()
        {
            if (tokens.Exists(static token => token.Kind is not LintTokenKind.Symbol))
                statements.Add(new LintStatement(this, text, tokens));
            tokens = [];
        }
    }

    internal override void Judge(LintStatement statement, LintWork work)
    {
        var whole = statement.Again();
        if (SharedRules.TakeAlteredTable(statement) is { } table)
            Alter(table, statement, work);
        else if (LintKinds.TakeCreated(statement = whole.Again()) is LintKinds.Table)
            Create(statement, work);
        SharedRules.Judge(whole.Again(), work);
    }

    private static LintTokenKind KindOf(SqliteToken token) =>
        token.Kind switch
        {
            SqliteTokenKind.Word => LintTokenKind.Word,
            SqliteTokenKind.QuotedName when token.IsClosed => LintTokenKind.QuotedName,
            SqliteTokenKind.String or SqliteTokenKind.Blob => LintTokenKind.Text,
            SqliteTokenKind.Value => LintTokenKind.Number,
            _ => LintTokenKind.Symbol,
        };

    private static void Alter(LintName table, LintStatement statement, LintWork work)
    {
        var whole = statement.Again();
        if (!statement.Take("ADD"))
            return;
        _ = statement.Take("COLUMN");
        if (statement.TakeName() is not { } column || work.IsNew(table))
            return;
        var value = statement.Again();
        if (!statement.Has("DEFAULT"))
        {
            if (statement.Has("NOT", "NULL") && !statement.Has("AS"))
                work.Report(
                    LintRules.RequiredColumn,
                    whole,
                    $"Column '{column}' is NOT NULL and has no default: that fails as soon as '{table.Written}' has a row, and the release that "
                        + $"runs now could add none. Give it a default, or add it without NOT NULL and fill it."
                );
        }
        else if (value.SkipTo("DEFAULT") && (s_now.Any(value.IsAt) || value.IsAt("(")) && !IsConstant(value))
        {
            work.Report(
                LintRules.ComputedDefault,
                whole,
                $"The default of '{column}' is computed, and SQLite adds no such column to a table that has a row. Add it with a constant, or "
                    + $"without a default, and fill it; or rebuild '{table.Written}'."
            );
        }
    }

    // (1), ('a'), (-1)
    private static bool IsConstant(LintStatement value) => value.TakeGroup() is { } group && !group.Words().Any();

    private static void Create(LintStatement statement, LintWork work)
    {
        if (statement.TakeTable() is null || statement.TakeGroup() is not { } columns || statement.Has("WITHOUT"))
            return;
        foreach (var part in columns.Parts())
        {
            var column = part.Again();
            if (
                column.TakeName() is { } name
                && column.Has("PRIMARY", "KEY")
                && column.TakeAny("INT", "BIGINT", "SMALLINT", "INT8") is { } type
            )
                work.Report(
                    LintRules.NotTheRowId,
                    part,
                    $"Key '{name}' is '{type}', which SQLite takes for any value, NULL too, beside the row's own number: only 'INTEGER PRIMARY KEY' "
                        + $"is that number and counts up. Write INTEGER."
                );
        }
    }
}
