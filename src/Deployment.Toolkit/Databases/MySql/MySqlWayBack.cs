namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Finds what takes back the first statements of a script that broke off: what they made is dropped, what they did to that goes with it,
/// and what they did to rows and columns that were there before nothing takes back.
/// </summary>
internal sealed class MySqlWayBack
{
    private static readonly string[] Indexes = ["INDEX", "KEY"];

    private readonly List<(int Before, string Table, string Sql)> _steps = [];
    private readonly HashSet<string> _made = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _columns = new(StringComparer.OrdinalIgnoreCase);
    private bool _madeTrigger;

    internal static StatementsBack Of(IReadOnlyList<SqlStatement> statements)
    {
        var back = new MySqlWayBack();
        for (var at = 0; at < statements.Count; at++)
        {
            if (!back.Read(new MySqlWords(statements[at].Text), at))
                return new StatementsBack([], statements[at]);
        }

        return new StatementsBack([.. Enumerable.Reverse(back._steps).Select(static step => (step.Before, step.Sql))], null);
    }

    private bool Read(MySqlWords words, int at)
    {
        if (MySqlStatementRules.IsUpkeep(words))
            return MySqlCalls.Known.AreHarmless(words.Text, words.Left()) || words.StartsWith("SET");
        if (words.StartsWith("CREATE", "OR", "REPLACE") && !words.StartsWith("CREATE", "OR", "REPLACE", "TEMPORARY"))
            return false;
        if (words.Take("CREATE"))
            return ReadCreate(words, at);
        if (words.Take("ALTER", "TABLE"))
            return ReadAlter(words, at);
        if (words.Take("RENAME", "TABLE"))
            return ReadRename(words, at);
        if (words.Take("DROP"))
            return words.Take("TEMPORARY")
                || (words.TakeKind() is "TABLE" && !words.TakeIf() && words.TakeTables() is { } dropped && dropped.All(Forget));
        return ReadRows(words);
    }

    private bool ReadCreate(MySqlWords words, int at)
    {
        if (words.Take("TEMPORARY"))
            return true;
        var kind = words.TakeKind();
        if (kind is null or "USER" or "ROLE" or "PACKAGE" || words.TakeIf() || words.TakeTable() is not { } name)
            return false;
        if (kind is "INDEX")
        {
            while (!words.IsAtEnd && !words.Take("ON"))
                words.Skip();
            return words.TakeTable() is { } table
                && (_made.Contains(table) || Add(at, table, $"DROP INDEX {Quote(name)} ON {Quote(table)}"));
        }

        if (kind is "TRIGGER" or "EVENT")
            _madeTrigger = true;
        if (kind is "TABLE")
            _made.Add(name);
        return Add(at, name, $"DROP {kind} {Quote(name)}");
    }

    private bool ReadAlter(MySqlWords words, int at)
    {
        if (words.TakeIf() || words.TakeTable() is not { } table)
            return false;
        if (_made.Contains(table))
            return !words.Has("RENAME");

        var back = new List<string>();
        do
        {
            if (words.TakeAny("ALGORITHM", "LOCK"))
                continue;
            if (!words.Take("ADD"))
                return false;
            if (words.Take("CONSTRAINT"))
            {
                if (words.TakeName() is not { } constraint)
                    return false;
                // Of a unique key the name is its index's.
                back.Add(
                    words.Take("FOREIGN") ? $"DROP FOREIGN KEY {Quote(constraint)}"
                    : words.Take("UNIQUE") ? $"DROP INDEX {Quote(constraint)}"
                    : words.Take("CHECK") ? $"DROP CONSTRAINT {Quote(constraint)}"
                    : ""
                );
            }
            else if (words.TakeAny("UNIQUE", "FULLTEXT", "SPATIAL") is var isKind && words.TakeAny(Indexes) | isKind)
            {
                if (words.TakeIf() || words.TakeName() is not { } index)
                    return false;
                back.Add($"DROP INDEX {Quote(index)}");
            }
            else
            {
                if (words.TakeAny("PRIMARY", "FOREIGN", "CHECK", "PARTITION", "SYSTEM", "PERIOD"))
                    return false;
                _ = words.Take("COLUMN");
                if (words.TakeIf() || words.TakeName() is not { } column)
                    return false;
                _columns.Add($"{table}.{column}");
                back.Add($"DROP COLUMN {Quote(column)}");
            }
        } while (words.SkipToComma());
        back.Reverse();
        return !back.Contains("") && (back.Count == 0 || Add(at, table, $"ALTER TABLE {Quote(table)} {string.Join(", ", back)}"));
    }

    private bool ReadRename(MySqlWords words, int at)
    {
        if (words.TakeIf() || words.TakeTable() is not { } from || !words.Take("TO") || words.TakeTable() is not { } to || !words.IsAtEnd)
            return false;
        // What was added is another table's column from here on.
        _columns.RemoveWhere(column => column.StartsWith($"{from}.", StringComparison.OrdinalIgnoreCase));
        if (_made.Remove(from))
        {
            // It is under its new name that it may be dropped, and all that was done to it with it.
            _made.Add(to);
            for (var step = 0; step < _steps.Count; step++)
            {
                if (_steps[step].Table.Equals(from, StringComparison.OrdinalIgnoreCase))
                    _steps[step] = _steps[step] with { Table = to };
            }
        }

        return Add(at, to, $"RENAME TABLE {Quote(to)} TO {Quote(from)}");
    }

    // Rows of what was made go with it; what a trigger that was made did besides nobody knows.
    private bool ReadRows(MySqlWords words)
    {
        if (_madeTrigger)
            return false;
        if (words.TakeAny("INSERT", "REPLACE"))
        {
            while (words.TakeAny("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE")) { }
            _ = words.Take("INTO");
            return words.TakeTable() is { } into && _made.Contains(into);
        }

        if (words.Take("DELETE"))
            return words.Take("FROM") && words.TakeTable() is { } table && _made.Contains(table) && !words.Rest("USING");
        if (words.Take("TRUNCATE"))
        {
            _ = words.Take("TABLE");
            return words.TakeTable() is { } emptied && _made.Contains(emptied);
        }

        if (!words.Take("UPDATE") || words.TakeTable() is not { } updated)
            return false;
        return SqlCalls.Assignments(words) is { } assignments
            && (_made.Contains(updated) || assignments.Columns.All(column => _columns.Contains($"{updated}.{column}")));
    }

    private bool Forget(string table)
    {
        if (!_made.Remove(table))
            return false;
        _steps.RemoveAll(step => step.Table.Equals(table, StringComparison.OrdinalIgnoreCase));
        return true;
    }

    private bool Add(int at, string table, string sql)
    {
        _steps.Add((at, table, sql));
        return true;
    }

    private static string Quote(string name) => MySqlNames.Quote(name);
}
