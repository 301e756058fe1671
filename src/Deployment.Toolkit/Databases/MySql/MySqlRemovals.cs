using System.Collections.Frozen;
using static Deployment.Toolkit.Databases.RemovalKind;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>One reading of a down script.</summary>
internal sealed class MySqlRemovals() : SqlRemovals(StringComparer.OrdinalIgnoreCase, MySqlCalls.Known)
{
    // What these do is no row's end.
    private static readonly FrozenSet<string> Harmless = (
        "GRANT REVOKE ANALYZE OPTIMIZE CHECK CHECKSUM REPAIR FLUSH CACHE SHOW EXPLAIN DESCRIBE DESC VALUES HELP SET"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Of ALTER TABLE, what leaves every value as it is.
    private static readonly string[] KeepsValues =
    [
        "ADD",
        "ENABLE",
        "DISABLE",
        "FORCE",
        "COMMENT",
        "AUTO_INCREMENT",
        "ALGORITHM",
        "LOCK",
        "DEFAULT",
        "CHARACTER",
        "CHARSET",
        "COLLATE",
        "ROW_FORMAT",
        "KEY_BLOCK_SIZE",
        "STATS_PERSISTENT",
        "STATS_AUTO_RECALC",
        "STATS_SAMPLE_PAGES",
        "WITH",
        "WITHOUT",
        "WAIT",
        "NOWAIT",
        "ALTER",
    ];

    private bool _madeTrigger;

    protected override bool Read(string statement) => Read(new MySqlWords(statement));

    private bool Read(MySqlWords words)
    {
        if (words.Here is not { Kind: MySqlTokenKind.Word } first)
            return false;
        if (words.Take("DROP"))
            return ReadDrop(words);
        if (words.Take("ALTER"))
            return ReadAlter(words);
        if (words.Take("RENAME"))
            return ReadRename(words);
        if (words.Take("CREATE"))
            return ReadCreate(words);
        if (words.Take("TRUNCATE"))
        {
            _ = words.Take("TABLE");
            return words.TakeTable() is { } table && Add(new Removal(Rows, table));
        }

        if (Harmless.Contains(first.In(words.Text).ToString()))
            return !words.StartsWith("SET", "STATEMENT") && MySqlCalls.Known.AreHarmless(words.Text, words.Left());
        if (words.Take("SELECT"))
            return MySqlCalls.Known.AreHarmless(words.Text, words.Left());
        // A trigger that the script itself makes may do anything to what follows.
        return !_madeTrigger && ReadChange(words);
    }

    private bool ReadDrop(MySqlWords words)
    {
        _ = words.Take("TEMPORARY");
        if (words.TakeAny("TABLE", "TABLES"))
        {
            words.TakeIf();
            return words.TakeTables() is { } tables && tables.All(table => Add(new Removal(Table, table)));
        }

        return words.TakeKind() is "INDEX" or "VIEW" or "TRIGGER" or "FUNCTION" or "PROCEDURE" or "EVENT" or "SEQUENCE" or "USER" or "ROLE";
    }

    private bool ReadRename(MySqlWords words)
    {
        if (words.Take("USER"))
            return true;
        if (!words.TakeAny("TABLE", "TABLES"))
            return false;

        words.TakeIf();
        do
        {
            if (words.TakeTable() is not { } table || !words.Take("TO") || words.TakeTable() is not { } name || !MoveHere(ref table, name))
                return false;
        } while (words.Take(","));
        return true;
    }

    private bool ReadAlter(MySqlWords words)
    {
        _ = words.TakeAny("ONLINE", "IGNORE");
        if (!words.Take("TABLE"))
            return words.TakeAny(
                "VIEW",
                "EVENT",
                "FUNCTION",
                "PROCEDURE",
                "SEQUENCE",
                "USER",
                "ALGORITHM",
                "DEFINER",
                "SQL",
                "DATABASE",
                "SCHEMA"
            );
        words.TakeIf();
        if (words.TakeTable() is not { } table)
            return false;

        do
        {
            if (!ReadAction(words, ref table))
                return false;
        } while (words.SkipToComma());
        return true;
    }

    private bool ReadAction(MySqlWords words, ref string table)
    {
        var isRenamed = words.Take("CHANGE");
        if (isRenamed || words.Take("MODIFY"))
        {
            _ = words.Take("COLUMN");
            words.TakeIf();
            if (words.TakeName() is not { } changed)
                return false;
            // Another type may hold less of a value.
            var wasReshaped = Reshaped.Contains(table);
            if (isRenamed)
                Reshaped.Add(table);
            return Add(wasReshaped ? new Removal(Rows, table) : new Removal(Values, table) { Columns = [changed] });
        }

        if (words.Take("DROP"))
        {
            if (words.TakeAny("INDEX", "KEY", "CONSTRAINT", "FOREIGN", "PRIMARY", "CHECK", "SYSTEM", "PERIOD"))
                return true;
            if (words.Take("PARTITION"))
                return Add(new Removal(Rows, table));
            _ = words.Take("COLUMN");
            words.TakeIf();
            if (words.TakeName() is not { } dropped)
                return false;
            return Add(Reshaped.Contains(table) ? new Removal(Rows, table) : new Removal(Column, table) { Columns = [dropped] });
        }

        if (words.TakeAny("TRUNCATE", "EXCHANGE", "CONVERT"))
            return Add(new Removal(Rows, table));
        if (words.TakeAny(KeepsValues))
            return true;
        if (!words.Take("RENAME"))
            return false;
        if (words.TakeAny("COLUMN", "INDEX", "KEY"))
        {
            Reshaped.Add(table);
            return true;
        }

        _ = words.TakeAny("TO", "AS");
        return words.TakeTable() is { } name && MoveHere(ref table, name);
    }

    private bool ReadCreate(MySqlWords words)
    {
        var replaces = words.StartsWith("CREATE", "OR", "REPLACE");
        var kind = words.TakeKind();
        if (kind is "TRIGGER" or "EVENT")
            return _madeTrigger = true;
        if (kind is not "TABLE")
            return kind is not null;

        var isThere = words.TakeIf();
        if (words.TakeTable() is not { } table)
            return false;
        if (replaces)
            return Add(new Removal(Table, table));
        // With IF NOT EXISTS the table may be one that was there.
        if (!isThere)
            Made.Add(table);
        return true;
    }

    private bool ReadChange(MySqlWords words)
    {
        if (words.Take("DELETE"))
        {
            _ = words.TakeAny("LOW_PRIORITY", "QUICK", "IGNORE");
            return words.Take("FROM")
                && words.TakeTable() is { } table
                && !words.Take(",")
                && AddRows(words, new Removal(Rows, table), "USING");
        }

        if (words.Take("INSERT"))
        {
            _ = words.TakeAny("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE");
            _ = words.Take("IGNORE");
            _ = words.Take("INTO");
            // ON DUPLICATE KEY UPDATE writes over what is there.
            return words.TakeTable() is { } into && Add(new Removal(words.Rest("DUPLICATE") ? Rows : Added, into));
        }

        if (words.Take("REPLACE"))
        {
            _ = words.TakeAny("LOW_PRIORITY", "DELAYED");
            _ = words.Take("INTO");
            return words.TakeTable() is { } replaced && Add(new Removal(Rows, replaced));
        }

        if (!words.Take("UPDATE"))
            return false;
        _ = words.Take("LOW_PRIORITY");
        _ = words.Take("IGNORE");
        if (words.TakeTable() is not { } updated)
            return false;

        // Several tables, or one under another name.
        if (SqlCalls.Assignments(words) is not { } assignments)
            return !words.Rest("JOIN") && !words.Rest(",") && Add(new Removal(Rows, updated));
        return Reshaped.Contains(updated)
            ? Add(new Removal(Rows, updated))
            : AddRows(words, new Removal(Values, updated) { Columns = assignments.Columns, ByNull = assignments.ByNull }, "JOIN");
    }

    // Another database's, of which nothing is counted.
    protected override bool IsKnown(Removal removal) => !IsElsewhere(removal.Table) || removal.Kind is Added;

    private bool MoveHere(ref string table, string name) => !IsElsewhere(table) && !IsElsewhere(name) && Move(ref table, name);

    private static bool IsElsewhere(string table) => table.Contains('.', StringComparison.Ordinal);
}
