using System;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>What of PostgreSQL's statements keeps others from a table for as long as its rows take.</summary>
internal static class PostgreSqlLockRules
{
    internal static void Judge(LintStatement statement, LintWork work)
    {
        var whole = statement.Again();
        if (statement.Take("SET") || (statement.Take("SELECT") && statement.Take("set_config") && statement.Take("(")))
            NoteSetting(statement, whole, work);
        else if (statement.Take("CREATE"))
            CreateIndex(statement, whole, work);
        else if (statement.Take("DROP", "INDEX"))
            DropIndex(statement, whole, work);
        else if (statement.Take("REINDEX"))
            Reindex(statement, whole, work);
        else if (statement.Take("VACUUM"))
            Vacuum(statement, whole, work);
        else if (statement.Take("CLUSTER"))
            Rewritten(statement, whole, "CLUSTER", work);
        else if (statement.Take("LOCK"))
            Lock(statement, whole, work);
        else if (statement.Take("REFRESH", "MATERIALIZED", "VIEW"))
            Refresh(statement, whole, work);
        else if (statement.Take("ALTER", "TYPE"))
            AlterType(statement, whole, work);
        else if (SharedRules.TakeAlteredTable(statement) is { } table)
            PostgreSqlTableRules.Alter(table, statement, whole, work);
    }

    /// <summary>Says once a script that a statement waits for its lock without an end, and everybody behind it.</summary>
    internal static void Wait(LintName table, LintStatement place, LintWork work)
    {
        if (work.LimitsLocks || work.IsNew(table))
            return;
        work.LimitsLocks = true;
        work.Report(
            LintRules.NoLockTimeout,
            place,
            $"The statement waits for '{table.Written}' behind whatever reads it, and everybody who asks for it later waits behind the "
                + $"statement. Let it give up early, above the statement.",
            work.IsOutside ? "SET lock_timeout = '5s';" : "SET LOCAL lock_timeout = '5s';"
        );
    }

    private static void NoteSetting(LintStatement statement, LintStatement whole, LintWork work)
    {
        _ = statement.TakeAny("LOCAL", "SESSION");
        if (statement.Take("lock_timeout") || whole.Whole.Contains("'lock_timeout'"))
            work.LimitsLocks = true;
    }

    private static void CreateIndex(LintStatement statement, LintStatement whole, LintWork work)
    {
        var isUnique = statement.Take("UNIQUE");
        if (!statement.Take("INDEX"))
            return;
        var isConcurrent = statement.Take("CONCURRENTLY");
        var behind = statement.Left;
        _ = statement.TakeIf();
        var name = statement.IsAt("ON") ? null : statement.TakeTable();
        if (!statement.Take("ON") || statement.TakeTable() is not { } table)
            return;
        if (name is not null)
            work.Run.Make(LintKinds.Index, new LintName("", name.Name, name.Written));
        if (isConcurrent || work.IsNew(table))
            return;

        // CONCURRENTLY needs a name for the index, so that it is found again.
        var named = name is null ? $"{table.Name}_index {behind}" : behind;
        work.Report(
            LintRules.IndexBlocks,
            whole,
            $"CREATE INDEX keeps everybody from writing to '{table.Written}' until every row is indexed. Build it beside the writes, in a "
                + $"migration of its own.",
            $"CREATE {(isUnique ? "UNIQUE " : "")}INDEX CONCURRENTLY {named};"
        );
    }

    private static void DropIndex(LintStatement statement, LintStatement whole, LintWork work)
    {
        if (statement.Take("CONCURRENTLY"))
            return;
        var from = statement.Left;
        _ = statement.TakeIf();
        foreach (var part in statement.Parts())
        {
            if (part.TakeTable() is not { } index || work.Run.Forget(LintKinds.Index, new LintName("", index.Name, index.Written)))
                continue;
            work.Report(
                LintRules.DropIndexBlocks,
                whole,
                $"DROP INDEX waits for everybody who uses the index's table, and keeps those who come later waiting. Drop it beside them, in a "
                    + $"migration of its own.",
                from.Contains(',') || from.Contains("cascade", StringComparison.OrdinalIgnoreCase)
                    ? null
                    : $"DROP INDEX CONCURRENTLY {from};"
            );
            return;
        }
    }

    private static void Reindex(LintStatement statement, LintStatement whole, LintWork work)
    {
        if (
            !whole.Again().Has("CONCURRENTLY")
            && statement.TakeGroup() is null
            && statement.TakeAny("INDEX", "TABLE", "SCHEMA") is { } kind
        )
            work.Report(
                LintRules.ReindexBlocks,
                whole,
                "REINDEX keeps everybody from writing, and from reading by the index, until it is built anew. Build it beside them, in a "
                    + "migration of its own.",
                $"REINDEX {kind} CONCURRENTLY {statement.Left};"
            );
    }

    private static void Vacuum(LintStatement statement, LintStatement whole, LintWork work)
    {
        if (statement.Take("FULL") || (statement.TakeGroup() is { } options && options.Has("FULL")))
            Rewritten(statement, whole, "VACUUM FULL", work);
    }

    private static void Rewritten(LintStatement statement, LintStatement whole, string what, LintWork work)
    {
        if (statement.TakeTable() is { } table && work.IsNew(table))
            return;
        work.Report(
            LintRules.Rewrite,
            whole,
            $"{what} writes the table anew and keeps everybody from reading and writing it until that is done. Run it while nobody works, by "
                + $"hand, or leave it out: plain VACUUM keeps nobody waiting."
        );
    }

    private static void Lock(LintStatement statement, LintStatement whole, LintWork work)
    {
        _ = statement.Take("TABLE");
        if (statement.TakeTable() is { } table && !work.IsNew(table) && !statement.Has("SHARE") && !statement.Has("NOWAIT"))
            work.Report(
                LintRules.LockTable,
                whole,
                $"LOCK TABLE keeps everybody from '{table.Written}' until the commit. Leave it out: each statement takes the lock that it "
                    + $"needs, or take one that lets others read, with a limit.",
                $"SET LOCAL lock_timeout = '5s';\nLOCK TABLE {table.Written} IN SHARE ROW EXCLUSIVE MODE;"
            );
    }

    private static void Refresh(LintStatement statement, LintStatement whole, LintWork work)
    {
        if (!statement.Take("CONCURRENTLY") && statement.TakeTable() is { } view && !work.IsNew(view))
            work.Report(
                LintRules.RefreshBlocks,
                whole,
                $"REFRESH keeps everybody from reading '{view.Written}' until it is computed. With a unique index on it, it can be refreshed "
                    + $"beside them.",
                $"REFRESH MATERIALIZED VIEW CONCURRENTLY {view.Written};"
            );
    }

    private static void AlterType(LintStatement statement, LintStatement whole, LintWork work)
    {
        if (statement.TakeTable() is { } type && statement.Take("RENAME", "VALUE"))
            work.Report(
                LintRules.RenameValue,
                whole,
                $"Renaming a value of '{type.Written}' breaks the release that runs now, which writes the old one. Add the new value, move to "
                    + $"it with a release, and leave the old one."
            );
    }
}
