using static Deployment.Toolkit.Databases.RemovalKind;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// Reads from a down script what it removes, without running it. Whatever it can't read, be it a statement that it doesn't know, is taken
/// for one that removes anything: a loss that is announced and doesn't happen costs a flag, one that isn't announced costs rows.
/// </summary>
internal static class DestructiveStatements
{
    private const string Mark = "keeps-rows:";

    private static readonly string[] Harmless = ["SELECT", "VALUES", "EXPLAIN", "ANALYZE", "REINDEX", "VACUUM"];

    // What these set is no row; of others it isn't known.
    private static readonly string[] HarmlessPragmas =
    [
        "defer_foreign_keys",
        "foreign_keys",
        "user_version",
        "application_id",
        "legacy_alter_table",
        "foreign_key_check",
        "integrity_check",
        "quick_check",
        "recursive_triggers",
        "optimize",
    ];

    /// <summary>Everything that the script removes; nothing when it says of itself that it keeps rows.</summary>
    internal static IReadOnlyList<Removal> Read(string script) =>
        DeclaresThatItKeepsRows(script) ? [] : new Reading().Read(SqliteLexer.Read(script).Statements);

    /// <summary>
    /// Whether the script can change no row that is there: it only makes tables, indexes, views and triggers, or drops all but tables.
    /// </summary>
    internal static bool OnlyAdds(string script) =>
        SqliteLexer
            .Read(script)
            .Statements.All(static statement =>
            {
                var reader = new StatementReader(statement.Text);
                if (reader.Take("CREATE"))
                    return !(reader.Skip("TEMP", "TEMPORARY") is var _ && reader.Take("TABLE") && reader.Rest("AS"))
                        && !reader.Rest("VIRTUAL");
                return reader.Take("DROP") ? !reader.Take("TABLE") : reader.Take("PRAGMA") || Harmless.Any(reader.Take);
            });

    /// <summary>
    /// Whether all that a way back removes is what its migration makes, empty: tables and columns of a script that does nothing else. Then
    /// nothing is at stake when it is applied, and no table has to be looked at.
    /// </summary>
    internal static bool MakesWhatIsRemoved(string script, IReadOnlyList<Removal> removals)
    {
        var made = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var statement in SqliteLexer.Read(script).Statements)
        {
            var reader = new StatementReader(statement.Text);
            if (reader.Take("CREATE"))
            {
                reader.Skip("UNIQUE");
                if (reader.Take("INDEX") || reader.Take("VIEW"))
                    continue;
                if (!reader.Take("TABLE") || reader.Rest("AS") || reader.Take("IF") || reader.TakeTable() is not { } table)
                    return false;
                made.Add(table);
            }
            else
            {
                // A default that is an expression can't be told from a value that was written.
                if (
                    !reader.Take("ALTER")
                    || !reader.Take("TABLE")
                    || reader.TakeTable() is not { } table
                    || !reader.Take("ADD")
                    || reader.RestFollowedBy("DEFAULT", "(")
                )
                    return false;
                reader.Skip("COLUMN");
                made.Add($"{table}.{reader.TakeName()}");
            }
        }

        return removals.All(removal =>
            removal.Kind is Table or Column && (made.Contains(removal.Table) || made.Contains(removal.ToString()))
        );
    }

    /// <summary>Every name in a script, to tell which tables it can have to do with.</summary>
    internal static IReadOnlySet<string> Names(string script) =>
        SqliteTokenizer
            .ReadSignificant(script)
            .Where(static token => token.IsName)
            .Select(token => token.NameIn(script))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static bool DeclaresThatItKeepsRows(string script)
    {
        for (var at = 0; at < script.Length; )
        {
            var token = SqliteTokenizer.Read(script, at);
            at = token.End;
            if (token.Kind is not SqliteTokenKind.LineComment)
                continue;

            var text = token.In(script)[2..].Trim();
            if (text.StartsWith(Mark, StringComparison.OrdinalIgnoreCase) && !text[Mark.Length..].Trim().IsEmpty)
                return true;
        }

        return false;
    }

    private sealed class Reading
    {
        private readonly List<Removal> _removals = [];

        // A script may move a table out of the way first: what counts is which one it was.
        private readonly Dictionary<string, string> _renamed = new(StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<string> _made = new(StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<string> _written = new(StringComparer.OrdinalIgnoreCase);
        private bool _madeTrigger;

        internal IReadOnlyList<Removal> Read(IReadOnlyList<SqlStatement> statements)
        {
            foreach (var statement in statements)
            {
                if (!Read(new StatementReader(statement.Text)))
                    _removals.Add(Removal.OfAnything);
            }

            return _removals.Exists(static removal => removal.Kind == Anything) ? [Removal.OfAnything] : [.. _removals.Distinct()];
        }

        private bool Read(StatementReader reader)
        {
            if (reader.Take("DROP"))
                return ReadDrop(reader);
            if (reader.Take("ALTER"))
                return ReadAlter(reader);
            if (reader.Take("CREATE"))
                return ReadCreate(reader);
            if (reader.Take("PRAGMA"))
                return HarmlessPragmas.Any(reader.Take);
            if (reader.Take("WITH") && !reader.SkipToVerb())
                return false;
            if (Harmless.Any(reader.Take))
                return true;
            // A trigger that the script itself makes may do anything to what follows.
            return !_madeTrigger && ReadChange(reader);
        }

        private bool ReadDrop(StatementReader reader)
        {
            if (reader.Take("INDEX") || reader.Take("VIEW") || reader.Take("TRIGGER"))
                return true;
            if (!reader.Take("TABLE"))
                return false;

            _ = reader.Take("IF") && reader.Take("EXISTS");
            return reader.TakeTable() is { } table && Add(new Removal(Table, table));
        }

        private bool ReadAlter(StatementReader reader)
        {
            if (!reader.Take("TABLE") || reader.TakeTable() is not { } table)
                return false;
            if (reader.Take("ADD"))
                return true;
            if (reader.Take("DROP"))
            {
                reader.Skip("COLUMN");
                return reader.TakeName() is { } column && Add(new Removal(Column, table) { Columns = [column] });
            }

            if (!reader.Take("RENAME"))
                return false;
            if (!reader.Take("TO"))
                return true;
            if (reader.TakeName() is not { } name)
                return false;

            if (!_made.Remove(table))
                _renamed[name] = Original(table);
            else
                _made.Add(name);
            _renamed.Remove(table);
            return true;
        }

        private bool ReadCreate(StatementReader reader)
        {
            reader.Skip("TEMP", "TEMPORARY", "UNIQUE", "VIRTUAL");
            if (reader.Take("TRIGGER"))
                return _madeTrigger = true;
            if (!reader.Take("TABLE"))
                return reader.Take("INDEX") || reader.Take("VIEW");

            // With IF NOT EXISTS the table may be one that was there.
            if (!reader.Take("IF") && reader.TakeTable() is { } table)
                _made.Add(table);
            return true;
        }

        private bool ReadChange(StatementReader reader)
        {
            if (reader.Take("DELETE"))
                return reader.Take("FROM")
                    && reader.TakeTable() is { } table
                    && AddRows(reader, new Removal(Rows, table), reader.TakeWhere);
            if (reader.Take("REPLACE"))
                return reader.Take("INTO") && reader.TakeTable() is { } replaced && Add(new Removal(Rows, replaced));
            if (reader.Take("INSERT"))
            {
                var replaces = reader.Take("OR") && reader.Take("REPLACE");
                if (!replaces)
                    reader.Skip("ABORT", "FAIL", "IGNORE", "ROLLBACK");
                if (!reader.Take("INTO") || reader.TakeTable() is not { } into)
                    return false;
                // ON CONFLICT … DO UPDATE writes over what is there.
                return Add(new Removal(replaces || reader.Rest("CONFLICT") ? Rows : Added, into));
            }

            if (!reader.Take("UPDATE"))
                return false;

            var isPlain = !reader.Take("OR") || !reader.Take("REPLACE");
            if (isPlain)
                reader.Skip("ABORT", "FAIL", "IGNORE", "ROLLBACK");
            if (reader.TakeTable() is not { } updated)
                return false;
            if (!isPlain || reader.TakeAssignments() is not { } assignments)
                return Add(new Removal(Rows, updated));

            return AddRows(
                reader,
                new Removal(Values, updated) { Columns = assignments.Columns, ByNull = assignments.ByNull },
                reader.TakeWhere
            );
        }

        // Which rows a condition meets is asked before the script runs: another statement of it may have changed them by then.
        private bool AddRows(StatementReader reader, Removal removal, Func<string?> where)
        {
            var isFirst = !_written.Contains(removal.Table);
            if (reader.IsAtEnd)
                return Add(removal);
            return Add(isFirst && where() is { } condition ? removal with { Where = condition } : new Removal(Rows, removal.Table));
        }

        private bool Add(Removal removal)
        {
            _written.Add(removal.Table);
            if (!_made.Contains(removal.Table))
                _removals.Add(removal with { Table = Original(removal.Table) });
            return true;
        }

        private string Original(string table) => _renamed.GetValueOrDefault(table, table);
    }
}
