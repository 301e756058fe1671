using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>Says where and why a migration failed, and what its author does about it.</summary>
internal static class ScriptFailure
{
    internal static DeploymentException OfStatement(
        TargetDatabase database,
        string title,
        MigrationScript script,
        SqlStatement statement,
        Exception cause,
        Func<string, string?> prepareError,
        MigrationDirection direction,
        string? left = null,
        bool isStuck = false
    )
    {
        var (line, column) = database.Dialect.Locate(statement, cause, prepareError) ?? (statement.Line, statement.Column);
        var mend = isStuck ? MendOnceBack(database, cause) : Mend(database, title, cause, null, direction);
        return new DeploymentException(
            DeploymentOutcome.Failed,
            [
                new DeploymentMessage(
                    Codes.MigrationFailed,
                    $"{Subject(title, direction)} failed at {script.File}:{line}:{column}: {database.Dialect.WordsOf(cause).TrimEnd('.')}. "
                        + $"{left ?? RolledBack(direction)} {mend}"
                )
                {
                    File = script.File,
                    Line = line,
                    Column = column,
                    Excerpt = SourceExcerpt.Render(script.Text, line, column),
                },
            ],
            cause
        );
    }

    /// <summary>Something around the statements failed: taking the lock, writing the history, the commit.</summary>
    internal static DeploymentException OfTransaction(
        TargetDatabase database,
        string title,
        string what,
        DbException cause,
        MigrationDirection direction
    ) =>
        DeploymentException.Failed(
            Codes.MigrationFailed,
            $"{Subject(title, direction)} could not {what}: {database.Dialect.WordsOf(cause).TrimEnd('.')}. {RolledBack(direction)} "
                + Mend(database, title, cause, $"Mend database '{database.Title}'", direction),
            cause
        );

    private static string Subject(string title, MigrationDirection direction) =>
        direction == MigrationDirection.Up ? $"Migration {title}" : $"The way back of migration {title}";

    private static string RolledBack(MigrationDirection direction) =>
        direction == MigrationDirection.Up
            ? "Its transaction was rolled back."
            : "Its transaction was rolled back, so the migration is still applied.";

    // No other run begins before this one is taken back, which takes a person.
    private static string MendOnceBack(TargetDatabase database, Exception cause) =>
        $"{database.Dialect.MendOf(cause, database) ?? "Correct the statement"}; the next 'deploy up' runs it once this run is taken back.";

    // What is the disk's, the server's or somebody else's is mended there; a text is only where it is the statement's own.
    private static string Mend(TargetDatabase database, string title, Exception cause, string? around, MigrationDirection direction)
    {
        var known = database.Dialect.MendOf(cause, database) ?? around;
        if (direction == MigrationDirection.Up)
            return $"{known ?? "Correct the statement"} and run 'deploy up' again.";

        var repair = $"'deploy migrations repair {title.Split('_')[0]}{database.Key.Option} --reason \"…\"'";
        return (known, MigrationVersion.IsRepeatable(title)) switch
        {
            (null, true) =>
                $"Bring back by hand what it speaks of, or drop what it can't take the place of, with what depends on it; then run 'deploy resume'. "
                    + $"Its text is kept in {OwnTables.Repeatables}.",
            (null, false) => $"Correct the statement in its file, take that into the history with {repair}, and run 'deploy resume'.",
            (_, true) =>
                $"{known}, then run 'deploy resume'. What would be for its script, which is kept in {OwnTables.Repeatables}, do by hand.",
            (_, false) =>
                $"{known}, then run 'deploy resume'. Where its file is changed for that, take that into the history before, with {repair}.",
        };
    }
}

/// <summary>Which way a migration is taken.</summary>
internal enum MigrationDirection
{
    Up,
    Down,
}
