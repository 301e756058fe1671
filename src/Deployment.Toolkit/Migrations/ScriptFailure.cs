using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>Says where and why a migration failed, and what its author does about it.</summary>
internal static class ScriptFailure
{
    // By the words of sqlite3_errstr and of the parser, which every driver hands on; the first that fits.
    private static readonly (string Words, string Mend)[] Mends =
    [
        ("database or disk is full", "Make room on the disk of '{file}', about as much as the database is large"),
        ("FOREIGN KEY constraint failed", "Other rows refer to what this removes. To rebuild a table, add a line '-- foreign-keys: off' (on a class: ForeignKeysOff = true); otherwise change those rows first"),
        ("no such module", "The app's driver doesn't have that module. Let the app bring a driver that has it, or drop the table with one that does"),
        ("no such function", "The app's driver doesn't have that function: what the app registers on its own connections is not there in a migration. Write the statement without it, or as a class"),
        ("no such collation sequence", "What the app registers on its own connections is not there in a migration. Write the statement without that collation, or as a class"),
        ("database is locked", "Somebody else kept the database locked for longer than the connection waits. Stop that, or raise 'Default Timeout' in the connection string"),
        ("database table is locked", "A connection of this process keeps the table locked. Take 'cache=shared' out of the connection string"),
        ("readonly database", "Let the deploying user write '{file}' and its folder"),
        ("cannot start a transaction", "The migration opened or closed the transaction itself. Leave that to the deployment"),
        ("cannot commit", "The migration opened or closed the transaction itself. Leave that to the deployment"),
    ];

    internal static DeploymentException OfStatement(
        SqliteDatabase database, string title, MigrationScript script, SqlStatement statement, Exception cause, Func<string, string?> prepareError, MigrationDirection direction)
    {
        var (line, column) = SqlErrorLocator.Locate(statement, cause.Message, prepareError) ?? (statement.Line, statement.Column);
        return new DeploymentException(
            DeploymentOutcome.Failed,
            [
                new DeploymentMessage(
                    Codes.MigrationFailed,
                    $"{Subject(title, direction)} failed at {script.File}:{line}:{column}: {cause.Message.TrimEnd('.')}. {RolledBack(direction)} {Mend(database, cause, "Correct the statement")}{GoOn(title, direction)}")
                {
                    File = script.File,
                    Line = line,
                    Column = column,
                    Excerpt = SourceExcerpt.Render(script.Text, line, column),
                },
            ],
            cause);
    }

    /// <summary>Something around the statements failed: taking the lock, writing the history, the commit.</summary>
    internal static DeploymentException OfTransaction(SqliteDatabase database, string title, string what, DbException cause, MigrationDirection direction) => DeploymentException.Failed(
        Codes.MigrationFailed,
        $"{Subject(title, direction)} could not {what}: {cause.Message.TrimEnd('.')}. {RolledBack(direction)} {Mend(database, cause, $"Mend database '{database.FilePath}'")}{GoOn(title, direction)}", cause);

    internal static string GoOn(string title, MigrationDirection direction) => direction == MigrationDirection.Up
        ? " and run 'deploy up' again."
        : $" in its file, take that into the history with 'deploy migrations repair {title.Split('_')[0]} --reason \"…\"', and run 'deploy resume'.";

    private static string Subject(string title, MigrationDirection direction) => direction == MigrationDirection.Up ? $"Migration {title}" : $"The way back of migration {title}";

    private static string RolledBack(MigrationDirection direction) => direction == MigrationDirection.Up ? "Its transaction was rolled back." : "Its transaction was rolled back, so the migration is still applied.";

    private static string Mend(SqliteDatabase database, Exception cause, string otherwise)
    {
        foreach (var (words, mend) in Mends)
        {
            if (cause.Message.Contains(words, StringComparison.OrdinalIgnoreCase)) return mend.Replace("{file}", database.FilePath, StringComparison.Ordinal);
        }

        return otherwise;
    }
}

/// <summary>Which way a migration is taken.</summary>
internal enum MigrationDirection
{
    Up,
    Down,
}
