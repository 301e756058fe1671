using System.Data.Common;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>Turns what a driver says of a database into a message: which file, what is wrong with it, and what to do.</summary>
/// <remarks>By the words of <c>sqlite3_errstr</c>, which every driver hands on; the numbers stand elsewhere in each.</remarks>
internal static class SqliteFault
{
    private const string Full = "database or disk is full";

    // Also by the words of the parser; the first that fits.
    private static readonly (string Words, string Mend)[] Mends =
    [
        (Full, "Make room on the disk of '{file}', about as much as the database is large"),
        (
            "FOREIGN KEY constraint failed",
            "Other rows refer to what this removes. To rebuild a table, add a line '-- foreign-keys: off' (on a class: ForeignKeysOff = "
                + "true); otherwise change those rows first"
        ),
        (
            "no such module",
            "The app's driver doesn't have that module. Let the app bring a driver that has it, or drop the table with one that does"
        ),
        (
            "no such function",
            "The app's driver doesn't have that function: what the app registers on its own connections is not there in a migration. "
                + "Write the statement without it, or as a class"
        ),
        (
            "no such collation sequence",
            "What the app registers on its own connections is not there in a migration. Write the statement without that collation, or "
                + "as a class"
        ),
        (
            "database is locked",
            "Somebody else kept the database locked for longer than the connection waits. Stop that, or raise 'Default Timeout' in the "
                + "connection string"
        ),
        (
            "database table is locked",
            "A connection of this process keeps the table locked. Take 'cache=shared' out of the connection string"
        ),
        ("readonly database", "Let the deploying user write '{file}' and its folder"),
        ("cannot start a transaction", "The migration opened or closed the transaction itself. Leave that to the deployment"),
        ("cannot commit", "The migration opened or closed the transaction itself. Leave that to the deployment"),
    ];

    internal static bool IsFull(Exception exception) => exception.Message.Contains(Full, StringComparison.OrdinalIgnoreCase);

    /// <summary>What whoever wrote a script does about an error; <see langword="null"/> when it is about the statement itself.</summary>
    internal static string? MendOf(Exception exception, string file)
    {
        foreach (var (words, mend) in Mends)
        {
            if (exception.Message.Contains(words, StringComparison.OrdinalIgnoreCase))
                return mend.Replace("{file}", file, StringComparison.Ordinal);
        }

        return null;
    }

    /// <summary>The message; <paramref name="file"/> is <see langword="null"/> where it isn't known.</summary>
    /// <param name="exception">What the driver says.</param>
    /// <param name="file">The file.</param>
    /// <param name="option">What chooses the database on a command line.</param>
    internal static DeploymentMessage Of(Exception exception, string? file, string option = "")
    {
        var (reason, mend) = Read(exception, file, option);
        return new DeploymentMessage(
            Codes.DatabaseUnavailable,
            $"Database{(file is null ? "" : $" '{file}'")} {reason} Nothing was begun. {mend}"
        )
        {
            File = file,
        };
    }

    /// <summary>What stands in the way of a file before anything is opened; <see langword="null"/> when nothing does.</summary>
    internal static DeploymentMessage? InTheWay(string file, bool isWritten)
    {
        var reason =
            Directory.Exists(file) ? $"cannot be opened: '{file}' is a folder, not a file."
            : isWritten && (WriteAccess.WhyNotTo(file) ?? WriteAccess.WhyNotIn(Path.GetDirectoryName(file)!)) is { } why
                ? $"cannot be written: {why}"
            : null;
        return reason is null
            ? null
            : new DeploymentMessage(
                Codes.DatabaseUnavailable,
                $"Database '{file}' {reason} Nothing was begun. "
                    + $"{(Directory.Exists(file) ? "Name a file in the connection string." : "Let the deploying user write the file and its folder, where SQLite keeps its journal, or correct the connection string.")}"
            )
            {
                File = file,
            };
    }

    private static (string Reason, string Mend) Read(Exception exception, string? file, string option)
    {
        var words = (exception as DbException ?? exception.InnerException as DbException)?.Message ?? exception.Message;
        if (Has("is locked"))
            return (
                "is locked by another process.",
                "Wait for that to end, or stop what holds it (on Linux 'fuser -v FILE' names it); then run the command again."
            );
        if (Has("file is not a database"))
        {
            return (
                "cannot be read: the file is not a SQLite database, or it is encrypted with another key.",
                "Correct the connection string when it names another file than was meant. When the database itself was damaged, 'deploy "
                    + $"backup list' names the backups and 'deploy backup restore NAME{option} --accept-data-loss' puts one in its place."
            );
        }

        if (DamagedDatabase.IsTold(exception))
            return ($"cannot be read: {Sentence.Of(exception)}", DamagedDatabase.Mend(option));
        if (Has("readonly database") || Has("unable to open") || Has("not authorized") || Has("access permission"))
        {
            if (file is not null && Directory.Exists(file))
                return ($"cannot be opened: '{file}' is a folder, not a file.", "Name a file in the connection string.");

            var why = file is null ? null : WriteAccess.WhyNotTo(file) ?? WriteAccess.WhyNotIn(Path.GetDirectoryName(file)!);
            return (
                $"cannot be {(Has("readonly") ? "written" : "opened")}: {why ?? "its file or folder refuses it."}",
                "Let the deploying user read and write the file and its folder, where SQLite keeps its journal, or correct the "
                    + "connection string."
            );
        }

        if (Has("is full"))
            return ("cannot be written: the disk is full.", "Make room, then run the command again.");
        return ($"cannot be used: {Sentence.Of(exception)}", "Mend that and run the command again.");

        bool Has(string part) => words.Contains(part, StringComparison.OrdinalIgnoreCase);
    }
}
