using System;
using System.Linq;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>What ALTER TABLE does that takes as long as there are rows, while nobody else can use the table.</summary>
internal static class PostgreSqlTableRules
{
    // Computed anew for each row, so that the table is written anew.
    private static readonly string[] s_volatile =
    [
        "random",
        "gen_random_uuid",
        "uuid_generate_v1",
        "uuid_generate_v1mc",
        "uuid_generate_v4",
        "uuidv4",
        "uuidv7",
        "clock_timestamp",
        "timeofday",
        "nextval",
    ];

    internal static void Alter(LintName table, LintStatement statement, LintStatement whole, LintWork work)
    {
        var locks = false;
        foreach (var part in statement.Parts())
        {
            var action = part.Again();
            if (action.Take("ADD"))
                Add(table, action, part, work);
            else if (action.Take("ALTER"))
                AlterColumn(table, action, part, work);
            else if (action.Take("VALIDATE", "CONSTRAINT"))
            {
                Validate(table, action, part, work);
                continue;
            }
            else if (action.Take("SET", "SCHEMA") && !work.IsNew(table))
            {
                if (action.TakeName() is { } schema)
                    SharedRules.RenameTable(table, $"{schema}.{table.Name}", part, work);
            }
            else if (
                (action.Take("SET", "LOGGED") || action.Take("SET", "UNLOGGED") || action.Take("SET", "TABLESPACE")) && !work.IsNew(table)
            )
                work.Report(
                    LintRules.Rewrite,
                    part,
                    $"The statement writes '{table.Written}' anew and keeps everybody from it until that is done. Do it while nobody works, or "
                        + $"copy into a new table beside it."
                );
            locks = true;
        }

        if (!locks)
            return;
        PostgreSqlLockRules.Wait(table, whole, work);
        work.Lock(table);
    }

    private static void Add(LintName table, LintStatement action, LintStatement part, LintWork work)
    {
        var name = action.Take("CONSTRAINT") ? action.TakeName() : null;
        if (action.IsAt("PRIMARY", "KEY") || action.IsAt("UNIQUE"))
            AddUnique(table, name, action, part, work);
        else if (action.IsAt("FOREIGN", "KEY") || action.IsAt("CHECK") || action.IsAt("EXCLUDE") || action.IsAt("NOT", "NULL"))
            AddConstraint(table, name, action, part, work);
        else if (name is null)
            AddColumn(table, action, part, work);
    }

    private static void AddUnique(LintName table, string? name, LintStatement action, LintStatement part, LintWork work)
    {
        if (action.Has("USING", "INDEX") || work.IsNew(table))
            return;
        var isKey = action.Take("PRIMARY", "KEY");
        if (!isKey)
            _ = action.Take("UNIQUE");
        var columns = action.Left;
        var index = $"{Plain(name ?? $"{table.Name}_{(isKey ? "pkey" : "key")}")}";
        work.Report(
            LintRules.UniqueScans,
            part,
            $"Adding {(isKey ? "a primary key" : "UNIQUE")} keeps everybody from '{table.Written}' until an index of every row is built. Build "
                + $"the index first, beside them, and take it in a second migration.",
            action.IsAt("(")
                ? $"CREATE UNIQUE INDEX CONCURRENTLY {index} ON {table.Written} {columns};\n\nALTER TABLE {table.Written} ADD CONSTRAINT "
                    + $"{index} {(isKey ? "PRIMARY KEY" : "UNIQUE")} USING INDEX {index};"
                : null
        );
    }

    private static void AddConstraint(LintName table, string? name, LintStatement action, LintStatement part, LintWork work)
    {
        var isForeign = action.IsAt("FOREIGN", "KEY");
        var isExclude = action.IsAt("EXCLUDE");
        if (action.Has("NOT", "VALID"))
        {
            if (name is not null)
                work.NotValidated.Add(name);
            return;
        }

        // Without rows nothing is looked at, and nobody waits.
        if (work.IsNew(table))
            return;
        var constraint = Plain(name ?? $"{table.Name}_{(isForeign ? "fkey" : "check")}");
        var twoSteps = isExclude
            ? null
            : $"ALTER TABLE {table.Written} ADD CONSTRAINT {constraint} {action.Left} NOT VALID;\n\nALTER TABLE {table.Written} VALIDATE "
                + $"CONSTRAINT {constraint};";
        if (isForeign)
            work.Report(
                LintRules.ForeignKeyScans,
                part,
                $"Adding a foreign key keeps everybody from writing to '{table.Written}' and to the table that it refers to, until every row is "
                    + $"looked up. Add it NOT VALID, and validate it in a second migration, which keeps nobody waiting.",
                twoSteps
            );
        else
            work.Report(
                LintRules.ConstraintScans,
                part,
                $"Adding the constraint keeps everybody from '{table.Written}' until every row is checked. "
                    + (
                        isExclude
                            ? "It cannot be added in two steps: do it while nobody works, or in a new table."
                            : "Add it NOT VALID, and validate it in a second migration, which keeps nobody waiting."
                    ),
                twoSteps
            );
    }

    private static void Validate(LintName table, LintStatement action, LintStatement part, LintWork work)
    {
        if (action.TakeName() is not { } name)
            return;
        // Which column it is about another script may say, so it is taken for the one that a SET NOT NULL behind it needs.
        work.Run.Check(table);
        if (work.NotValidated.Contains(name) && !work.IsOutside && !work.IsNew(table))
            work.Report(
                LintRules.ValidateAtOnce,
                part,
                $"VALIDATE stands in the script that added '{name}', whose lock on '{table.Written}' is kept until the commit: nothing is won by "
                    + $"NOT VALID. Validate it in a migration of its own, after this one."
            );
    }

    private static void AddColumn(LintName table, LintStatement action, LintStatement part, LintWork work)
    {
        _ = action.Take("COLUMN");
        _ = action.TakeIf();
        if (action.TakeName() is not { } column || work.IsNew(table))
            return;
        var type = action.Here is null ? null : action.Again();
        var isSerial = action.TakeAny("SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL4", "SERIAL8") is not null;
        var hasDefault = action.Has("DEFAULT");
        if (isSerial || action.Has("IDENTITY") || action.Has("STORED"))
        {
            work.Report(
                LintRules.ComputedDefault,
                part,
                $"Column '{column}' is computed for each row of '{table.Written}', which is written anew while nobody can use it. Add it empty, "
                    + $"fill it in pieces, and set what computes it behind that."
            );
        }
        else if (hasDefault && IsVolatile(action))
        {
            work.Report(
                LintRules.ComputedDefault,
                part,
                $"The default of '{column}' is another one for each row, so that '{table.Written}' is written anew while nobody can use it. Add "
                    + $"the column without it, set the default for new rows, and fill the old ones in pieces.",
                SafeDefault(table, column, action)
            );
        }
        else if (!hasDefault && action.Has("NOT", "NULL") && type is not null && !action.Has("GENERATED"))
        {
            work.Report(
                LintRules.RequiredColumn,
                part,
                $"Column '{column}' is NOT NULL and has no default: that fails as soon as '{table.Written}' has a row, and the release that runs "
                    + $"now could add none. Give it a default, or add it without NOT NULL and fill it first."
            );
        }

        if (action.Has("UNIQUE") || action.Has("PRIMARY", "KEY"))
            work.Report(
                LintRules.UniqueScans,
                part,
                $"A unique column keeps everybody from '{table.Written}' until an index of every row is built. Add the column, build the index "
                    + $"beside the writes, and take it for a constraint, in a migration each."
            );
        if (hasDefault && action.Has("REFERENCES"))
            work.Report(
                LintRules.ForeignKeyScans,
                part,
                $"A column with a default that refers to another table has every row looked up while nobody can write to '{table.Written}' and "
                    + $"that table. Add the column without REFERENCES, and the foreign key NOT VALID behind it."
            );
    }

    private static void AlterColumn(LintName table, LintStatement action, LintStatement part, LintWork work)
    {
        if (action.IsAt("CONSTRAINT"))
            return;
        _ = action.Take("COLUMN");
        if (action.TakeName() is not { } column || work.IsNew(table))
            return;
        if (action.Take("SET", "NOT", "NULL"))
            SetNotNull(table, column, part, work);
        else if (action.Take("TYPE") || action.Take("SET", "DATA", "TYPE"))
            ChangeType(table, column, action, part, work);
    }

    private static void ChangeType(LintName table, string column, LintStatement action, LintStatement part, LintWork work)
    {
        var type = action.TextUpTo("USING", "COLLATE");
        if (
            type.Equals("text", StringComparison.OrdinalIgnoreCase)
            || type.Equals("varchar", StringComparison.OrdinalIgnoreCase)
            || type.Equals("character varying", StringComparison.OrdinalIgnoreCase)
        )
            work.Report(
                LintRules.WidenType,
                part,
                $"Where '{column}' was no varchar, '{table.Written}' is written anew while nobody can use it, and the release that runs now reads "
                    + $"another type. Where it was, say so above the statement: '-- dtk-allow DTK5003: varchar to text'."
            );
        else
            work.Report(
                LintRules.ChangeType,
                part,
                $"Changing the type of '{column}' breaks the release that runs now where it reads or writes the old one; and unless both are "
                    + $"stored alike, '{table.Written}' is written anew while nobody can use it. Add a column of the new type, write both, copy "
                    + $"the rows, and drop '{column}' one release later. Where it only gets longer, say so above the statement: '-- dtk-allow "
                    + $"DTK5003: varchar(20) to varchar(40)'."
            );
    }

    private static void SetNotNull(LintName table, string column, LintStatement part, LintWork work)
    {
        if (work.Run.IsChecked(table))
            return;
        var constraint = Plain($"{table.Name}_{column}_not_null");
        var quoted = Plain(column);
        work.Report(
            LintRules.SetNotNull,
            part,
            $"SET NOT NULL keeps everybody from '{table.Written}' until every row is checked. Let a constraint check them first, which keeps "
                + $"nobody waiting: PostgreSQL 12 and later then look at no row.",
            $"ALTER TABLE {table.Written} ADD CONSTRAINT {constraint} CHECK ({quoted} IS NOT NULL) NOT VALID;\n\nALTER TABLE {table.Written} "
                + $"VALIDATE CONSTRAINT {constraint};\nALTER TABLE {table.Written} ALTER COLUMN {quoted} SET NOT NULL;\nALTER TABLE "
                + $"{table.Written} DROP CONSTRAINT {constraint};"
        );
    }

    private static bool IsVolatile(LintStatement action)
    {
        var expression = action.Again();
        return expression.SkipTo("DEFAULT")
            && expression.Words().Any(static word => word.IsCalled && s_volatile.Contains(word.Name, StringComparer.Ordinal));
    }

    private static string? SafeDefault(LintName table, string column, LintStatement action)
    {
        var type = action.TextUpTo("NOT", "NULL", "DEFAULT", "CONSTRAINT", "CHECK", "UNIQUE", "REFERENCES", "PRIMARY");
        var value = action.Again();
        if (type.Length == 0 || !value.SkipTo("DEFAULT"))
            return null;
        var expression = value.TextUpTo("NOT", "NULL", "CONSTRAINT", "CHECK", "UNIQUE", "REFERENCES", "PRIMARY");
        return $"ALTER TABLE {table.Written} ADD COLUMN {Plain(column)} {type};\nALTER TABLE {table.Written} ALTER COLUMN {Plain(column)} SET "
            + $"DEFAULT {expression};";
    }

    /// <summary>A name as it is written; quoted where the parser would take it for another.</summary>
    private static string Plain(string name) =>
        name.Length > 0 && name.All(static c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_') && name[0] is < '0' or > '9'
            ? name
            : $"\"{name.Replace("\"", "\"\"")}\"";
}
