using System;
using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Lint;

/// <summary>
/// What is said of statements that every dialect has: they lose rows, or break the release that runs while and after they are applied.
/// </summary>
internal static class SharedRules
{
    private const int MostNamed = 4;

    private static readonly string[] s_statements = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "VALUES", "TABLE"];

    internal const string AllowLoss =
        "name the first that does without: '-- contracts-after: 1.4.0', or why it is harmless: '-- dtk-allow DTK5003: unused since 1.4'";

    /// <summary>Judges a statement, which is read from its first token on.</summary>
    internal static void Judge(LintStatement statement, LintWork work)
    {
        statement = BehindWith(statement);
        var whole = statement.Again();
        if (LintKinds.TakeCreated(statement, out var isSure) is { } kind)
        {
            // What this run has made is its own, whoever asks for it again.
            if (statement.TakeTable() is { } made && !(work.Run.IsNew(kind, made) && !isSure))
                work.Run.Make(kind, made, isSure);
            return;
        }

        statement = whole.Again();
        if (statement.Take("DROP"))
            Drop(statement, whole, work);
        else if (statement.Take("TRUNCATE"))
            Truncate(statement, whole, work);
        else if (statement.Take("DELETE", "FROM"))
            DeleteAll(statement, whole, work);
        else if (statement.Take("UPDATE"))
            UpdateAll(statement, whole, work);
        else if (TakeAlteredTable(statement) is { } table)
            Alter(table, statement, work);
    }

    /// <summary>Takes ALTER TABLE up to what it does to the table.</summary>
    internal static LintName? TakeAlteredTable(LintStatement statement)
    {
        if (!statement.Take("ALTER", "TABLE"))
            return null;
        _ = statement.TakeIf();
        return statement.TakeTable();
    }

    /// <summary>What a statement does with what its WITH names; the statement itself where it has none.</summary>
    internal static LintStatement BehindWith(LintStatement statement)
    {
        var rest = statement.Again();
        if (!rest.Take("WITH"))
            return statement;
        _ = rest.Take("RECURSIVE");
        do
        {
            _ = rest.TakeName();
            _ = rest.TakeGroup();
            _ = rest.Take("AS");
            _ = rest.Take("NOT");
            _ = rest.Take("MATERIALIZED");
        } while (rest.TakeGroup() is not null && rest.Take(","));

        // SEARCH and CYCLE of PostgreSQL may stand between.
        while (!rest.IsAtEnd && !s_statements.Any(rest.IsAt))
            rest.Skip();
        return rest.IsAtEnd ? statement : rest.Rest();
    }

    private static void Drop(LintStatement statement, LintStatement whole, LintWork work)
    {
        if (statement.Take("TABLE") || statement.Take("FOREIGN", "TABLE"))
            DropTables(statement, whole, work);
        else if (statement.Take("MATERIALIZED", "VIEW"))
            DropViews(LintKinds.Table, statement, whole, work);
        else if (statement.Take("VIEW"))
            DropViews(LintKinds.View, statement, whole, work);
        else if (statement.Take("SCHEMA"))
            DropSchema(statement, whole, work);
        if (whole.Again().Has("CASCADE"))
            Cascade(whole, work);
    }

    private static void DropTables(LintStatement statement, LintStatement whole, LintWork work)
    {
        var names = Dropped(LintKinds.Table, statement, work, LintKinds.Renamed);
        if (names.Count > 0)
            work.Report(
                LintRules.DropTable,
                whole,
                $"Dropping {Listed("table", names)} loses {(names.Count == 1 ? "its" : "their")} rows, and the release that runs now fails where "
                    + $"it still uses {(names.Count == 1 ? "it" : "them")}. Drop {(names.Count == 1 ? "it" : "them")} one release after the "
                    + $"last that does, and {AllowLoss}."
            );
    }

    private static void DropViews(string kind, LintStatement statement, LintStatement whole, LintWork work)
    {
        var names = Dropped(kind, statement, work, LintKinds.View, LintKinds.Table);
        if (names.Count > 0)
            work.Report(
                LintRules.DropView,
                whole,
                $"Dropping {Listed("view", names)} breaks the release that runs now where it still reads {(names.Count == 1 ? "it" : "them")}. "
                    + $"Drop {(names.Count == 1 ? "it" : "them")} one release after the last that does, and {AllowLoss}."
            );
    }

    private static void DropSchema(LintStatement statement, LintStatement whole, LintWork work)
    {
        _ = statement.TakeIf();
        if (statement.TakeTable() is { } schema)
            work.Report(
                LintRules.DropSchema,
                whole,
                $"Dropping schema '{schema.Written}' loses what is in it, and the release that runs now fails where it still uses that. Drop it "
                    + $"one release after the last that does, and {AllowLoss}."
            );
    }

    // Those that somebody uses: neither made by the run, nor made again.
    private static List<string> Dropped(string kind, LintStatement statement, LintWork work, params string[] replacements)
    {
        var isOptional = statement.TakeIf();
        var names = new List<string>();
        foreach (var part in statement.Parts())
        {
            if (part.TakeTable() is not { } name)
                continue;
            var isOurs = work.Run.IsSurelyNew(kind, name) || (isOptional && kind == LintKinds.Table && work.IsStandInLater(name));
            _ = work.Run.Forget(kind, name);
            if (isOurs)
                continue;
            if (Array.Exists(replacements, replacement => work.IsMadeLater(replacement, name)))
                work.Run.Keep(name);
            else
                names.Add(name.Written);
        }

        return names;
    }

    private static string Listed(string kind, List<string> names) =>
        names.Count == 1 ? $"{kind} '{names[0]}'"
        : names.Count <= MostNamed ? $"{kind}s '{string.Join("', '", names)}'"
        : $"{kind}s '{string.Join("', '", names.Take(MostNamed))}' and {names.Count - MostNamed} more";

    private static void Cascade(LintStatement whole, LintWork work) =>
        work.Report(
            LintRules.DropCascade,
            whole,
            "CASCADE also drops whatever depends on it, in this database today and in others tomorrow, without naming it. Drop the dependents "
                + "by name first, and leave CASCADE out."
        );

    private static void Truncate(LintStatement statement, LintStatement whole, LintWork work)
    {
        _ = statement.Take("TABLE");
        var names = new List<string>();
        foreach (var part in statement.Parts())
        {
            if (part.TakeTable() is { } table && !work.IsSurelyNew(table))
                names.Add(table.Written);
        }

        if (names.Count > 0)
            work.Report(
                LintRules.EmptyTable,
                whole,
                $"TRUNCATE removes every row of {Listed("table", names)}, which no way back brings again. Delete what has to go with a WHERE, "
                    + $"or, if all of it has to, {AllowReason("every row is derived")}."
            );
    }

    private static void DeleteAll(LintStatement statement, LintStatement whole, LintWork work)
    {
        if (
            statement.TakeTable() is { } table
            && !statement.Has("WHERE")
            && !statement.Has("USING")
            && !statement.Has("LIMIT")
            && !work.IsSurelyNew(table)
        )
            work.Report(
                LintRules.EmptyTable,
                whole,
                $"DELETE without WHERE removes every row of '{table.Written}', which no way back brings again. Add a WHERE, or, if all of them "
                    + $"have to go, {AllowReason("every row is derived")}."
            );
    }

    private static void UpdateAll(LintStatement statement, LintStatement whole, LintWork work)
    {
        if (statement.Take("OR"))
            statement.Skip();
        if (statement.TakeTable() is not { } table || work.IsNew(table) || !statement.Has("SET") || IsCatalogue(table))
            return;
        if (work.Locked is { } locked && !work.IsToldOfBackfill)
        {
            // Once a script: the first says all.
            work.IsToldOfBackfill = true;
            work.Report(
                LintRules.BackfillUnderLock,
                whole,
                $"UPDATE of '{table.Written}' runs while a statement before it keeps '{locked.Written}' locked until the commit: everybody "
                    + $"else waits as long as the rows take. Write the rows in a migration of their own, after this one."
            );
        }
        else if (work.Locked is null && !statement.Has("WHERE") && !statement.Has("FROM"))
            work.Report(
                LintRules.UpdateAll,
                whole,
                $"UPDATE without WHERE rewrites every row of '{table.Written}' in one transaction and keeps each locked until the commit. If "
                    + $"there are many, write them in pieces, in a migration class or a job of the app."
            );
    }

    private static bool IsCatalogue(LintName table) =>
        table.Name.StartsWith("pg_", StringComparison.OrdinalIgnoreCase)
        || table.Name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase);

    private static void Alter(LintName table, LintStatement statement, LintWork work)
    {
        foreach (var part in statement.Parts())
        {
            var action = part.Again();
            if (action.Take("ADD"))
                Add(table, action, work);
            else if (action.Take("DROP"))
                DropColumn(table, action, part, work);
            else if (action.Take("RENAME"))
                Rename(table, action, part, work);
        }
    }

    private static void Add(LintName table, LintStatement action, LintWork work)
    {
        if (action.TakeAny("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE", "INDEX", "KEY") is not null)
            return;
        _ = action.Take("COLUMN");
        var isSure = !action.TakeIf();
        if (action.TakeName() is not { } column)
            return;
        var (columns, name) = (LintKinds.ColumnsOf(table), new LintName("", column, column));
        if (isSure || !work.Run.IsNew(columns, name))
            work.Run.Make(columns, name, isSure);
    }

    private static void DropColumn(LintName table, LintStatement action, LintStatement part, LintWork work)
    {
        if (!action.Take("COLUMN") && action.TakeAny("CONSTRAINT", "INDEX", "KEY", "PRIMARY", "FOREIGN", "CHECK", "PARTITION") is not null)
            return;
        _ = action.TakeIf();
        if (action.TakeName() is not { } column || work.IsSurelyNew(table))
            return;
        var (columns, name) = (LintKinds.ColumnsOf(table), new LintName("", column, column));
        var isOurs = work.Run.IsSurelyNew(columns, name);
        _ = work.Run.Forget(columns, name);
        if (!isOurs)
            work.Report(
                LintRules.DropColumn,
                part,
                $"Dropping column '{column}' of '{table.Written}' loses its values, and the release that runs now fails where it still reads "
                    + $"or writes it. Drop it one release after the last that uses it, and {AllowLoss}."
            );
        if (action.Has("CASCADE"))
            Cascade(part, work);
    }

    private static void Rename(LintName table, LintStatement action, LintStatement part, LintWork work)
    {
        if (action.Take("CONSTRAINT"))
            return;
        if (action.Take("TO"))
        {
            if (action.TakeTable() is { } to)
                RenameTo(table, to, part, work);
            return;
        }

        _ = action.Take("COLUMN");
        if (action.TakeName() is not { } column || !action.Take("TO") || action.TakeName() is not { } other || work.IsSurelyNew(table))
            return;
        var (columns, name) = (LintKinds.ColumnsOf(table), new LintName("", column, column));
        if (work.Run.IsSurelyNew(columns, name))
        {
            _ = work.Run.Forget(columns, name);
            work.Run.Make(columns, new LintName("", other, other));
        }
        else
            work.Report(
                LintRules.RenameColumn,
                part,
                $"Renaming column '{column}' of '{table.Written}' to '{other}' breaks the release that runs now, which asks for '{column}' until "
                    + $"it is replaced, and the way back to it. Add '{other}' beside it, write both, copy the rows, and drop '{column}' one "
                    + $"release later."
            );
    }

    private static void RenameTo(LintName table, LintName name, LintStatement part, LintWork work)
    {
        var isOurs = work.IsSurelyNew(table) || (work.IsNew(table) && work.Run.IsKept(name));
        _ = work.Run.Forget(LintKinds.Table, table);
        if (isOurs)
        {
            work.Run.Make(LintKinds.Table, name);
            if (work.Run.IsKept(table))
                work.Run.Keep(name);
        }
        else if (work.IsMadeLater(LintKinds.Table, table) || work.IsMadeLater(LintKinds.Renamed, table))
        {
            // One that takes the old one's place takes its rows over: what is left of the old one is nobody's, as long as the script
            // is about it. For those behind it, the new one is in use, and nobody knows what is to become of the old one.
            work.Run.Make(LintKinds.Table, name);
            work.Run.Keep(name);
            work.Run.Keep(table);
        }
        else if (part.Dialect.WritesThroughViews && work.IsMadeLater(LintKinds.View, table))
            work.Run.Keep(table);
        else if (!IsStandIn(table.Name, name.Name))
            RenameTable(table, name.Written, part, work);
    }

    /// <summary>Says that a table's name changes under the release that runs.</summary>
    internal static void RenameTable(LintName table, string name, LintStatement part, LintWork work) =>
        work.Report(
            LintRules.RenameTable,
            part,
            $"Renaming table '{table.Written}' to '{name}' breaks the release that runs now, which asks for '{table.Written}' until it is "
                + $"replaced, and the way back to it. "
                + (
                    part.Dialect.WritesThroughViews
                        ? "Leave a view of the old name behind it in the same script, until a later release drops it."
                        : "Make the new table beside it, write both, copy the rows, and drop the old one a release later."
                ),
            part.Dialect.WritesThroughViews
                ? $"ALTER TABLE {table.Written} RENAME TO {name};\nCREATE VIEW {table.Written} AS SELECT * FROM {WithSchema(table, name)};"
                : null
        );

    // new_users and _users_tmp take the place of users: no release asks for them.
    private static bool IsStandIn(string name, string other)
    {
        var at = name.IndexOf(other, StringComparison.OrdinalIgnoreCase);
        return at >= 0 && name.Remove(at, other.Length).Trim('_').ToUpperInvariant() is "NEW" or "TMP" or "TEMP";
    }

    private static string WithSchema(LintName table, string name) => table.Schema.Length > 0 ? $"{table.Schema}.{name}" : name;

    private static string AllowReason(string reason) => $"say so above the statement: '-- dtk-allow DTK5003: {reason}'";
}
