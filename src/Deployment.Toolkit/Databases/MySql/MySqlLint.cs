using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>What statements of MySQL and MariaDB do to rows, locks and the release that runs.</summary>
internal sealed class MySqlLint : LintDialect
{
    internal static readonly MySqlLint Instance = new();

    private const string Delimiter = "DELIMITER";

    private MySqlLint() { }

    internal override bool WritesThroughViews => true;

    internal override string NameIn(string text, LintToken token) =>
        new MySqlToken(
            token.Kind is not LintTokenKind.QuotedName ? MySqlTokenKind.Word
                : text[token.Start] == '`' ? MySqlTokenKind.QuotedName
                : MySqlTokenKind.DoubleQuoted,
            token.Start,
            token.End
        ).NameIn(text);

    internal override bool RunsOutside(string text) => MySqlStatementRules.RunsOutside(text);

    internal override IEnumerable<(int Line, int Column, string Text)> Misplaced(string text, bool isOutside) =>
        MySqlLexer
            .Read(text)
            .Faults.Where(static fault => fault.Code == Codes.MigrationOutsideTransaction)
            .Select(static fault => (fault.Line, fault.Column, fault.Text));

    internal override LintScript Cut(string text)
    {
        var statements = new List<LintStatement>();
        var comments = new List<LintComment>();
        var tokens = new List<LintToken>();
        var end = new MySqlStatementEnd(text);
        string? delimiter = null;
        for (var at = 0; at < text.Length; )
        {
            if (delimiter is not null && text.AsSpan(at).StartsWith(delimiter, StringComparison.Ordinal))
            {
                at += delimiter.Length;
                Close();
                continue;
            }

            var token = MySqlTokenizer.Read(text, at);
            at = token.End;
            if (token.Kind is MySqlTokenKind.LineComment)
                comments.Add(new(TextOf(text, token), token.Start, token.End));
            else if (tokens.Count == 0 && token.Is(text, Delimiter))
            {
                var line = text.IndexOf('\n', at) is >= 0 and var found ? found : text.Length;
                delimiter = text[at..line].Trim();
                delimiter = delimiter is "" or ";" ? null : delimiter;
                at = line;
            }
            else if (delimiter is null && token.Kind is MySqlTokenKind.Semicolon && end.IsAtEnd)
                Close();
            else if (token.IsSignificant)
            {
                end.Take(token);
                if (token.IsWord)
                    tokens.Add(new(KindOf(token), token.Start, token.End));
            }
        }

        Close();
        return new(statements, comments);

        void Close()
        {
            if (tokens.Count > 0)
                statements.Add(new LintStatement(this, text, tokens));
            tokens = [];
            end.Reset();
        }
    }

    internal override void Judge(LintStatement statement, LintWork work)
    {
        statement = SharedRules.BehindWith(statement);
        var whole = statement.Again();
        // Before what the statement makes counts as made.
        MySqlTableRules.Judge(whole.Again(), work);
        SharedRules.Judge(whole.Again(), work);
    }

    // -- text, or # text
    private static string TextOf(string text, MySqlToken token) => text[(token.Start + (text[token.Start] == '#' ? 1 : 2))..token.End];

    private static LintTokenKind KindOf(MySqlToken token) =>
        token.Kind switch
        {
            MySqlTokenKind.Word => LintTokenKind.Word,
            MySqlTokenKind.QuotedName when token.IsClosed => LintTokenKind.QuotedName,
            MySqlTokenKind.String or MySqlTokenKind.DoubleQuoted => LintTokenKind.Text,
            MySqlTokenKind.Number => LintTokenKind.Number,
            _ => LintTokenKind.Symbol,
        };
}
