using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// What of MySQL's statements writes a table anew, or keeps others from writing it until all rows are through. Where a statement says
/// itself how it may be done (LOCK=NONE, ALGORITHM=INSTANT), the server refuses it rather than doing so.
/// </summary>
internal static class MySqlTableRules
{
    private const string InPlace = ", ALGORITHM=INPLACE, LOCK=NONE";

    internal static void Judge(LintStatement statement, LintWork work)
    {
        var whole = statement.Again();
        if (statement.Take("CREATE"))
            CreateIndex(statement, whole, work);
        else if (statement.Take("RENAME", "TABLE"))
            Rename(statement, whole, work);
        else if (SharedRules.TakeAlteredTable(statement) is { } table && !work.IsNew(table))
            Alter(table, statement, whole, work);
    }

    private static void CreateIndex(LintStatement statement, LintStatement whole, LintWork work)
    {
        if (
            statement.TakeAny("FULLTEXT", "SPATIAL") is { } kind
            && statement.Take("INDEX")
            && statement.SkipTo("ON")
            && statement.TakeTable() is { } table
            && !work.IsNew(table)
        )
            Blocks(kind, table, whole, work);
    }

    private static void Rename(LintStatement statement, LintStatement whole, LintWork work)
    {
        foreach (var part in statement.Parts())
        {
            if (part.TakeTable() is { } table && part.Take("TO") && part.TakeTable() is not null && !work.IsNew(table))
                work.Report(
                    LintRules.RenameTable,
                    whole,
                    $"Renaming '{table.Written}' breaks the release that runs now, which knows the old name. Leave the name, or make a view of "
                        + "the old name over the new table until no release uses it."
                );
        }
    }

    private static void Alter(LintName table, LintStatement statement, LintStatement whole, LintWork work)
    {
        foreach (var part in statement.Parts())
        {
            if (part.Take("ADD"))
                Add(table, part, whole, work);
            else if (part.TakeAny("MODIFY", "CHANGE") is { } how)
                Change(table, how, part, whole, work);
            else if (part.Take("DROP", "PRIMARY") && !whole.Again().Has("ADD", "PRIMARY"))
                Copies(table, "Dropping the primary key", whole, work);
            else if (part.Take("CONVERT", "TO"))
                Copies(table, "CONVERT TO CHARACTER SET", whole, work);
        }
    }

    private static void Add(LintName table, LintStatement part, LintStatement whole, LintWork work)
    {
        if (part.TakeAny("FULLTEXT", "SPATIAL") is { } kind)
            Blocks(kind, table, whole, work);
        else if (part.TakeAny("INDEX", "KEY", "UNIQUE", "PRIMARY", "PARTITION", "SYSTEM", "PERIOD") is not null)
            return;
        else if (part.Take("CONSTRAINT") || part.IsAt("FOREIGN") || part.IsAt("CHECK"))
        {
            if (part.Has("FOREIGN", "KEY"))
                Checks(
                    LintRules.ForeignKeyScans,
                    table,
                    "A foreign key is added by a copy of the table: others can't write until every row is checked.",
                    whole,
                    work
                );
            else if (part.Has("CHECK"))
                Checks(
                    LintRules.ConstraintScans,
                    table,
                    "A CHECK is added by a copy of the table: others can't write until every row is checked.",
                    whole,
                    work
                );
        }
        else
            AddColumn(table, part, whole, work);
    }

    private static void AddColumn(LintName table, LintStatement part, LintStatement whole, LintWork work)
    {
        _ = part.Take("COLUMN");
        _ = part.TakeIf();
        if (part.TakeName() is not { } column)
            return;
        if (part.Has("STORED") || part.Has("PERSISTENT"))
            Copies(table, $"A column that is computed and stored ('{column}')", whole, work);
        else if (part.Has("AUTO_INCREMENT"))
            Copies(table, $"A column that counts up ('{column}')", whole, work);
        else if (part.Again().SkipTo("DEFAULT") && DefaultOf(part).Words().FirstOrDefault() is { IsCalled: true } call && !IsNow(call.Name))
            Report(
                LintRules.ComputedDefault,
                whole,
                work,
                $"The default of '{column}' is computed for every row: '{table.Written}' is written anew, and others can't write until that is "
                    + "done. Add it without a default, fill it in batches, and set the default then."
            );
        else if (part.Has("NOT", "NULL") && !part.Has("DEFAULT") && !part.Has("AS"))
            work.Report(
                LintRules.RequiredColumn,
                whole,
                $"Column '{column}' is NOT NULL and has no default: the release that runs now can't add rows to '{table.Written}' any more. Give it "
                    + "a default, or add it without NOT NULL and fill it."
            );
    }

    private static LintStatement DefaultOf(LintStatement part)
    {
        var value = part.Again();
        _ = value.SkipTo("DEFAULT");
        var rest = value.Rest();
        return rest.TakeGroup() ?? value.Rest();
    }

    private static bool IsNow(string name) => name.ToUpperInvariant() is "CURRENT_TIMESTAMP" or "NOW" or "LOCALTIME" or "LOCALTIMESTAMP";

    private static void Change(LintName table, string how, LintStatement part, LintStatement whole, LintWork work)
    {
        _ = part.Take("COLUMN");
        _ = part.TakeIf();
        if (part.TakeName() is not { } column)
            return;
        if (how == "CHANGE" && part.TakeName() is { } name && !name.Equals(column, StringComparison.OrdinalIgnoreCase))
            work.Report(
                LintRules.RenameColumn,
                whole,
                $"Renaming '{table.Written}.{column}' breaks the release that runs now, which knows the old name. Add a column, write both, and drop "
                    + "the old one a release later."
            );
        Report(
            LintRules.Rewrite,
            whole,
            work,
            $"{how} may write '{table.Written}' anew, and others can't write until that is done; a shorter type may cut values. Whether it does "
                + "depends on what the column is now: let the server refuse it where it would.",
            whole.Whole + InPlace + ";"
        );
    }

    // The server then refuses rather than let anybody wait.
    private static bool SaysHow(LintStatement whole)
    {
        var text = whole.Whole.Replace(" ", "", StringComparison.Ordinal);
        return text.Contains("LOCK=NONE", StringComparison.OrdinalIgnoreCase)
            || text.Contains("ALGORITHM=INSTANT", StringComparison.OrdinalIgnoreCase);
    }

    private static void Copies(LintName table, string what, LintStatement whole, LintWork work) =>
        Report(
            LintRules.Rewrite,
            whole,
            work,
            $"{what} takes a copy of '{table.Written}': others can't write it until every row is through. Do it while nobody works, or in a new "
                + "table that takes its place."
        );

    private static void Checks(LintRule rule, LintName table, string what, LintStatement whole, LintWork work) =>
        Report(rule, whole, work, $"{what} Do it while nobody writes '{table.Written}'.");

    private static void Report(LintRule rule, LintStatement whole, LintWork work, string what, string? instead = null)
    {
        if (!SaysHow(whole))
            work.Report(rule, whole, what, instead);
    }

    private static void Blocks(string kind, LintName table, LintStatement whole, LintWork work) =>
        Report(
            LintRules.IndexBlocks,
            whole,
            work,
            $"A {kind} index keeps everybody from writing to '{table.Written}' until every row is indexed. Build it while nobody writes."
        );
}
