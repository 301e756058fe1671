using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

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
        string? left = null
    )
    {
        var (line, column) = database.Dialect.Locate(statement, cause, prepareError) ?? (statement.Line, statement.Column);
        return new DeploymentException(
            DeploymentOutcome.Failed,
            [
                new DeploymentMessage(
                    Codes.MigrationFailed,
                    $"{Subject(title, direction)} failed at {script.File}:{line}:{column}: {database.Dialect.WordsOf(cause).TrimEnd('.')}. "
                        + $"{left ?? RolledBack(direction)} {Mend(database, cause, "Correct the statement")}{GoOn(database.Key, title, direction)}"
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
                + $"{Mend(database, cause, $"Mend database '{database.Title}'")}{GoOn(database.Key, title, direction)}",
            cause
        );

    private static string GoOn(DatabaseKey key, string title, MigrationDirection direction) =>
        direction == MigrationDirection.Up ? " and run 'deploy up' again."
        : MigrationVersion.IsRepeatable(title)
            ? $", which is kept in {OwnTables.Repeatables}, or bring back what it speaks of, and run 'deploy resume'."
        : $" in its file, take that into the history with 'deploy migrations repair {title.Split('_')[0]}{key.Option} --reason "
            + $"\"…\"', and run 'deploy resume'.";

    private static string Subject(string title, MigrationDirection direction) =>
        direction == MigrationDirection.Up ? $"Migration {title}" : $"The way back of migration {title}";

    private static string RolledBack(MigrationDirection direction) =>
        direction == MigrationDirection.Up
            ? "Its transaction was rolled back."
            : "Its transaction was rolled back, so the migration is still applied.";

    private static string Mend(TargetDatabase database, Exception cause, string otherwise) =>
        database.Dialect.MendOf(cause, database) ?? otherwise;
}

/// <summary>Which way a migration is taken.</summary>
internal enum MigrationDirection
{
    Up,
    Down,
}
