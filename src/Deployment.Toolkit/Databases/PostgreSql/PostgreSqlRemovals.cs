using System.Collections.Frozen;
using static Deployment.Toolkit.Databases.RemovalKind;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>One reading of a down script.</summary>
internal sealed class PostgreSqlRemovals() : SqlRemovals(StringComparer.Ordinal, PostgreSqlCalls.Known)
{
    // What these do is no row's end.
    private static readonly FrozenSet<string> Harmless = new[]
    {
        "COMMENT",
        "GRANT",
        "REVOKE",
        "ANALYZE",
        "ANALYSE",
        "VACUUM",
        "REINDEX",
        "CLUSTER",
        "REFRESH",
        "RESET",
        "SHOW",
        "LOCK",
        "NOTIFY",
        "CHECKPOINT",
        "SECURITY",
        "LISTEN",
        "UNLISTEN",
        "DISCARD",
        "VALUES",
        "TABLE",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Dropped with what depends on them they take columns along; without, nothing of a row's.
    private static readonly string[] WithoutRows =
    [
        "INDEX",
        "VIEW",
        "TRIGGER",
        "POLICY",
        "RULE",
        "FUNCTION",
        "PROCEDURE",
        "ROUTINE",
        "AGGREGATE",
        "SEQUENCE",
        "TYPE",
        "DOMAIN",
        "EXTENSION",
        "COLLATION",
        "OPERATOR",
        "CAST",
        "STATISTICS",
        "EVENT",
        "PUBLICATION",
        "SUBSCRIPTION",
        "SERVER",
        "ROLE",
        "USER",
        "GROUP",
        "SCHEMA",
        "TEXT",
        "LANGUAGE",
        "CONVERSION",
        "ACCESS",
        "TRANSFORM",
        "MATERIALIZED",
    ];

    private static readonly string[] WithoutRowsAlways = ["INDEX", "VIEW", "TRIGGER", "POLICY", "RULE", "MATERIALIZED"];

    // Of ALTER TABLE, what leaves every value as it is.
    private static readonly string[] KeepsValues =
    [
        "ADD",
        "SET",
        "RESET",
        "OWNER",
        "ENABLE",
        "DISABLE",
        "ATTACH",
        "DETACH",
        "VALIDATE",
        "REPLICA",
        "CLUSTER",
        "INHERIT",
        "NO",
        "FORCE",
        "OF",
        "NOT",
    ];

    private bool _madeTrigger;
    private bool _movedPath;

    protected override bool Read(string statement) => Read(new PostgreSqlWords(statement));

    private bool Read(PostgreSqlWords words)
    {
        if (words.Here is not { Kind: PostgreSqlTokenKind.Word } first)
            return false;
        if (words.Take("DROP"))
            return ReadDrop(words);
        if (words.Take("ALTER"))
            return ReadAlter(words);
        if (words.Take("CREATE"))
            return ReadCreate(words);
        if (words.Take("TRUNCATE"))
            return ReadTruncate(words);
        if (words.Take("SET"))
        {
            // From here on a name without a schema may be another table's.
            _movedPath |= words.HasAnywhere("search_path") || words.HasAnywhere("SCHEMA");
            return true;
        }

        if (Harmless.Contains(first.In(words.Text).ToString()))
            return true;
        if (words.Take("SELECT"))
            return PostgreSqlCalls.Known.AreHarmless(words.Text, words.Left());
        // A trigger that the script itself makes may do anything to what follows.
        return !_madeTrigger && ReadChange(words);
    }

    private bool ReadDrop(PostgreSqlWords words)
    {
        if (words.Take("TABLE"))
        {
            words.TakeIf();
            return words.TakeTables() is { } tables && tables.All(table => Add(new Removal(Table, table)));
        }

        if (words.Take("FOREIGN", "TABLE"))
            return true;
        if (!words.TakeAny(WithoutRows))
            return false;
        return !words.Rest("CASCADE") || Array.Exists(WithoutRowsAlways, word => words.StartsWith("DROP", word));
    }

    private bool ReadTruncate(PostgreSqlWords words)
    {
        _ = words.Take("TABLE");
        return words.TakeTables() is { } tables && !words.Rest("CASCADE") && tables.All(table => Add(new Removal(Rows, table)));
    }

    private bool ReadAlter(PostgreSqlWords words)
    {
        if (!words.Take("TABLE"))
            return words.TakeAny("FOREIGN", "MATERIALIZED")
                || !words.Rest("CASCADE") && !words.StartsWith("ALTER", "SCHEMA") && !words.Rest("UPDATE");
        words.TakeIf();
        if (words.Take("ALL") || words.TakeTable() is not { } table)
            return false;

        do
        {
            if (!ReadAction(words, ref table))
                return false;
        } while (words.SkipToComma());
        return true;
    }

    private bool ReadAction(PostgreSqlWords words, ref string table)
    {
        if (words.Take("SET", "SCHEMA"))
            return words.TakeName() is { } schema && Move(ref table, $"{schema}.{BareName(table)}");
        if (words.TakeAny(KeepsValues))
            return true;
        if (words.Take("DROP"))
        {
            if (words.Take("CONSTRAINT"))
                return true;
            _ = words.Take("COLUMN");
            words.TakeIf();
            if (words.TakeName() is not { } dropped)
                return false;
            return Add(Reshaped.Contains(table) ? new Removal(Rows, table) : new Removal(Column, table) { Columns = [dropped] });
        }

        if (words.Take("ALTER"))
        {
            _ = words.Take("COLUMN");
            if (words.TakeName() is not { } changed)
                return false;
            // Another type may hold less of a value.
            return words.Take("SET", "DATA") || words.Take("TYPE")
                ? Add(Reshaped.Contains(table) ? new Removal(Rows, table) : new Removal(Values, table) { Columns = [changed] })
                : words.TakeAny("SET", "DROP", "RESET", "ADD", "RESTART");
        }

        if (!words.Take("RENAME"))
            return false;
        if (words.Take("TO"))
            return words.TakeName() is { } name && Move(ref table, SchemaOf(table) is { } own ? $"{own}.{name}" : name);
        if (!words.Take("CONSTRAINT"))
            Reshaped.Add(table);
        return true;
    }

    private bool ReadCreate(PostgreSqlWords words)
    {
        _ = words.Take("OR", "REPLACE");
        _ = words.TakeAny(
            "TEMP",
            "TEMPORARY",
            "UNLOGGED",
            "UNIQUE",
            "CONSTRAINT",
            "RECURSIVE",
            "FOREIGN",
            "MATERIALIZED",
            "GLOBAL",
            "LOCAL"
        );
        if (words.TakeAny("TRIGGER", "RULE", "EVENT"))
            return _madeTrigger = true;
        if (words.TakeAny("EXTENSION", "SCHEMA"))
            return true;
        if (!words.Take("TABLE"))
            return true;

        // With IF NOT EXISTS the table may be one that was there.
        if (!words.TakeIf() && words.TakeTable() is { } table)
            Made.Add(table);
        return true;
    }

    private bool ReadChange(PostgreSqlWords words)
    {
        if (words.Take("DELETE"))
            return words.Take("FROM") && words.TakeTable() is { } table && AddRows(words, new Removal(Rows, table), "USING");
        if (words.Take("INSERT"))
            // ON CONFLICT … DO UPDATE writes over what is there.
            return words.Take("INTO") && words.TakeTable() is { } into && Add(new Removal(words.Rest("CONFLICT") ? Rows : Added, into));
        if (words.Take("MERGE"))
            return words.Take("INTO") && words.TakeTable() is { } merged && Add(new Removal(Rows, merged));
        if (words.Take("COPY"))
            return words.TakeTable() is { } copied && words.Rest("FROM") && Add(new Removal(Added, copied));
        if (!words.Take("UPDATE") || words.TakeTable() is not { } updated)
            return false;

        return SqlCalls.Assignments(words) is { } assignments && !Reshaped.Contains(updated)
            ? AddRows(words, new Removal(Values, updated) { Columns = assignments.Columns, ByNull = assignments.ByNull }, "FROM")
            : Add(new Removal(Rows, updated));
    }

    protected override bool IsKnown(Removal removal) => !_movedPath || SchemaOf(removal.Table) is not null;

    private static string? SchemaOf(string table) => table.LastIndexOf('.') is var dot && dot > 0 ? table[..dot] : null;

    private static string BareName(string table) => table[(table.LastIndexOf('.') + 1)..];
}
