namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>Finds the identifier that an error message of SQLite names. Strings and comments are never candidates.</summary>
internal static class SqliteNameLocator
{
    // The first that fits decides. Start is there for messages whose name stands in the middle.
    private static readonly Pattern[] Patterns =
    [
        new("no such column: ", " - should this be ", Place.Column),
        new("no such column: ", "", Place.Column),
        new("ambiguous column name: ", "", Place.Column),
        new("duplicate column name: ", "", Place.SecondColumn),
        new(" has no column named ", "", Place.ListedColumn, Start: "table "),
        new("unknown column \"", "\" in foreign key definition", Place.ListedColumn),
        new("cannot drop column \"", "\": ", Place.Column),
        new("default value of column [", "] is not constant", Place.ListedColumn),
        new("no such table: ", "", Place.Table),
        new("no such view: ", "", Place.Table),
        new("cannot modify ", " because it is a view", Place.Table),
        new("table ", " has ", Place.Table),
        new("no such function: ", "", Place.Function),
        new("wrong number of arguments to function ", "()", Place.Function),
        new("misuse of aggregate function ", "()", Place.Function),
        new("misuse of aggregate: ", "()", Place.Function),
        new("misuse of window function ", "()", Place.Function),
        new("no such index: ", "", Place.Any),
        new("no such trigger: ", "", Place.Any),
        new("no such module: ", "", Place.Any),
        new("no such collation sequence: ", "", Place.Any),
        new("unknown database ", "", Place.Any),
        new("table ", " already exists", Place.Any),
        new("view ", " already exists", Place.Any),
        new("index ", " already exists", Place.Any),
        new("trigger ", " already exists", Place.Any),
        new("there is already a table named ", "", Place.Any),
        new("there is already an index named ", "", Place.Any),
        new("there is already another table or index with this name: ", "", Place.Any),
    ];

    private enum Place
    {
        Any,
        Table,
        Column,
        ListedColumn,
        SecondColumn,
        Function,
    }

    /// <summary>Where the name stands that <paramref name="error"/> is about; null when it names none that the text holds.</summary>
    public static int? Find(string text, SqliteToken[] tokens, string error)
    {
        foreach (var pattern in Patterns)
        {
            if (pattern.NameIn(error) is { } name)
                return Find(text, tokens, name, pattern.Place);
        }

        return null;
    }

    private static int? Find(string text, SqliteToken[] tokens, string name, Place place)
    {
        int? first = null;
        int? expected = null;
        var depth = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            depth +=
                tokens[i].Is(text, "(") ? 1
                : tokens[i].Is(text, ")") ? -1
                : 0;
            if (EndOfName(text, tokens, i, name) is not { } last)
                continue;

            first ??= tokens[i].Start;
            if (!IsExpected(Word(text, tokens, i - 1), Word(text, tokens, last + 1), place, depth))
                continue;
            if (place is not Place.SecondColumn || expected is not null)
                return tokens[i].Start;
            expected = tokens[i].Start;
        }

        if ((expected ?? first) is { } found)
            return found;

        // Some messages put quotes around a name that has none in the statement.
        if (name.Length > 2 && name[0] == '"' && name[^1] == '"')
            return Find(text, tokens, name[1..^1], place);

        // SQLite says 'no such table: main.a' also where the statement says 'a'.
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? null : Find(text, tokens, name[(dot + 1)..], place);
    }

    // The last token of the name that starts at i, which may be qualified: a.b is three tokens.
    private static int? EndOfName(string text, SqliteToken[] tokens, int i, string name)
    {
        if (!tokens[i].IsName)
            return null;
        if (tokens[i].Is(text, name))
            return i;

        var part = tokens[i].NameIn(text);
        if (name.Equals(part, StringComparison.OrdinalIgnoreCase))
            return i;
        return i + 2 < tokens.Length && tokens[i + 1].Is(text, ".") && name.StartsWith($"{part}.", StringComparison.OrdinalIgnoreCase)
            ? EndOfName(text, tokens, i + 2, name[(part.Length + 1)..])
            : null;
    }

    private static bool IsExpected(string before, string after, Place place, int depth) =>
        place switch
        {
            Place.Table => before is "FROM" or "JOIN" or "INTO" or "UPDATE" or "TABLE" or "VIEW" or "ON" or "EXISTS" or "REFERENCES",
            Place.Column => before is not ("AS" or "FROM" or "JOIN" or "INTO" or "UPDATE" or "TABLE" or "INDEX" or ".")
                && after is not ("(" or "."),
            Place.ListedColumn => before is "(" or "," && after is not ".",
            Place.SecondColumn => before is "COLUMN" or "ADD" or "TO" || (before is "(" or "," && depth == 1),
            Place.Function => after is "(",
            _ => true,
        };

    private static string Word(string text, SqliteToken[] tokens, int i) =>
        i >= 0 && i < tokens.Length && tokens[i].Kind is SqliteTokenKind.Word or SqliteTokenKind.Operator
            ? tokens[i].In(text).ToString().ToUpperInvariant()
            : "";

    private sealed record Pattern(string Before, string After, Place Place, string? Start = null)
    {
        public string? NameIn(string error)
        {
            if (!error.StartsWith(Start ?? Before, StringComparison.Ordinal))
                return null;

            var from = error.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
            var to = After.Length == 0 ? error.Length : error.IndexOf(After, from, StringComparison.Ordinal);
            return from < Before.Length || to < 0 ? null : error[from..to];
        }
    }
}
