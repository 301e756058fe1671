using System.Collections.Generic;
using System.Linq;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>What statements of PostgreSQL do to rows, locks and the release that runs.</summary>
internal sealed class PostgreSqlLint : LintDialect
{
    internal static readonly PostgreSqlLint Instance = new();

    private static readonly string[] s_beforeStatements = ["BEGIN", "THEN", "ELSE", "LOOP"];

    private PostgreSqlLint() { }

    internal override string DefaultSchema => "public";

    internal override bool WritesThroughViews => true;

    internal override string NameIn(string text, LintToken token) =>
        new PostgreSqlToken(
            token.Kind is LintTokenKind.QuotedName ? PostgreSqlTokenKind.QuotedName : PostgreSqlTokenKind.Word,
            token.Start,
            token.End
        ).NameIn(text);

    internal override bool RunsOutside(string text) => PostgreSqlTransactionRules.RunsOutside(text);

    internal override IEnumerable<(int Line, int Column, string Text)> Misplaced(string text, bool isOutside) =>
        PostgreSqlLexer
            .Read(text, isOutside)
            .Faults.Where(static fault => fault.Code == Codes.MigrationOutsideTransaction)
            .Select(static fault => (fault.Line, fault.Column, fault.Text));

    internal override LintScript Cut(string text)
    {
        var statements = new List<LintStatement>();
        var comments = new List<LintComment>();
        var tokens = new List<LintToken>();
        var end = new PostgreSqlStatementEnd(text);
        for (var at = 0; at < text.Length; )
        {
            var token = PostgreSqlTokenizer.Read(text, at);
            at = token.End;
            if (token.Kind is PostgreSqlTokenKind.LineComment)
                comments.Add(new(text.Substring(token.Start + 2, token.End - token.Start - 2), token.Start, token.End));
            if (!token.IsSignificant || token.Kind is PostgreSqlTokenKind.Command)
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
            if (tokens.Count > 0)
                statements.Add(new LintStatement(this, text, tokens));
            tokens = [];
        }
    }

    internal override void Judge(LintStatement statement, LintWork work) => Judge(statement, work, isInBody: false);

    private void Judge(LintStatement statement, LintWork work, bool isInBody)
    {
        statement = SharedRules.BehindWith(statement);
        var whole = statement.Again();
        if (statement.Take("DO"))
        {
            foreach (var body in statement.Bodies())
                JudgeBody(body, work);
            return;
        }

        // In a block that fills a variable.
        if (!isInBody && statement.Take("SELECT") && statement.SkipTo("INTO"))
        {
            _ = statement.TakeAny("TEMP", "TEMPORARY", "UNLOGGED");
            _ = statement.Take("TABLE");
            if (statement.TakeTable() is { } made)
                work.Run.Make(LintKinds.Table, made);
            return;
        }

        // Before what the statement makes counts as made.
        PostgreSqlTypeRules.Judge(whole.Again(), work);
        PostgreSqlLockRules.Judge(whole.Again(), work);
        SharedRules.Judge(whole.Again(), work);
    }

    private static LintTokenKind KindOf(PostgreSqlToken token) =>
        token.Kind switch
        {
            PostgreSqlTokenKind.Word => LintTokenKind.Word,
            PostgreSqlTokenKind.QuotedName when token.IsClosed => LintTokenKind.QuotedName,
            PostgreSqlTokenKind.String => LintTokenKind.Text,
            PostgreSqlTokenKind.DollarString => LintTokenKind.Body,
            PostgreSqlTokenKind.Number => LintTokenKind.Number,
            _ => LintTokenKind.Symbol,
        };

    // A block's statements stand behind a ; or behind the words that open a list of them.
    private void JudgeBody(LintToken body, LintWork work)
    {
        var text = work.Text;
        var (start, end) = new PostgreSqlToken(PostgreSqlTokenKind.DollarString, body.Start, body.End).BodyIn(text);
        var tokens = new List<LintToken>();
        for (var at = start; at < end; )
        {
            var token = PostgreSqlTokenizer.Read(text, at);
            at = token.End;
            if (!token.IsSignificant || at > end)
                continue;
            if (token.Kind is not PostgreSqlTokenKind.Semicolon)
                tokens.Add(new(KindOf(token), token.Start, token.End));
            if (token.Kind is PostgreSqlTokenKind.Semicolon || s_beforeStatements.Any(word => token.Is(text, word)))
                Close();
        }

        Close();

        void Close()
        {
            var statement = new LintStatement(this, text, tokens);
            tokens = [];
            // A body in a body would nest as deep as somebody likes.
            if (!statement.IsAtEnd && !statement.IsAt("DO"))
                Judge(statement, work, isInBody: true);
        }
    }
}
