using System.Collections.Frozen;
using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>Turns what a driver says of MySQL into a message: what is wrong, where, and what to do.</summary>
/// <remarks>By the server's error number, which drivers hand on in <see cref="Exception.Data"/>, and never by words.</remarks>
internal static class MySqlFault
{
    internal const int SyntaxError = 1064;

    private const string Server = "Correct the connection string, or start the server; then run the command again.";

    // A session that was ended, a server that stops, and two ways in which the driver finds that it is gone.
    private static readonly FrozenSet<int> Broken = new[]
    {
        1053,
        1077,
        1080,
        1152,
        1184,
        1927,
        2002,
        2006,
        2013,
        2055,
        3169,
        4031,
    }.ToFrozenSet();

    // What whoever wrote a script does, as the beginning of a sentence.
    private static readonly FrozenDictionary<int, string> Mends = new Dictionary<int, string>
    {
        [1021] = "Make room on the disk of the server of '{database}'",
        [1114] = "The table is full: make room on the disk of the server of '{database}', or raise what limits it",
        [1037] = "The server of '{database}' ran out of memory. Give it more, or split the statement",
        [1040] = "The server of '{database}' takes no more connections. Close some, or raise max_connections",
        [1203] = "The account has no connection left on the server of '{database}'. Close some, or raise max_user_connections",
        [1290] =
            "The server of '{database}' runs with an option that forbids it, for example --read-only. Name the primary in the connection string",
        [1836] = "The server of '{database}' is read-only. Name the primary in the connection string",
        [1142] = "Grant the deploying account what the statement needs",
        [1044] = "Grant the deploying account what the statement needs",
        [1227] = "Grant the deploying account what the statement needs, or do it before by hand",
        [1370] = "Grant the deploying account what the statement needs",
        [1419] =
            "With binary logging on the server makes functions and triggers only for who may be trusted: set log_bin_trust_function_creators there",
        [1205] = "Somebody else kept a row locked for longer than innodb_lock_wait_timeout. Stop that, or raise it in the script",
        [1213] = "Somebody else's transaction and the migration waited for each other. Stop that",
        [1317] = "The statement was ended, by somebody or by a limit. Make it faster, or see who did",
        [1969] = "The statement reached max_statement_time. Raise that in the script, or make the statement faster",
        [3024] = "The statement reached max_execution_time. Raise that in the script, or make the statement faster",
        [1927] = "Somebody ended the connection (KILL), or the server was stopped. See that it is there again",
        [1053] = "The server of '{database}' is stopping. See that it is there again",
        [1451] = "Rows of another table refer to what this removes. Change or delete those first in the script",
        [1217] = "Rows of another table refer to what this removes. Change or delete those first in the script",
        [1452] = "A row refers to one that is not there. Correct the rows first in the script",
        [1153] = "The statement is larger than the server's max_allowed_packet. Split it, or raise that",
        [1071] = "The key is too long for the table's engine and character set. Shorten it, or make the index over a part of the column",
        [1118] = "The row is too long for the table's engine. Make long columns TEXT or BLOB",
        [1067] = "The default does not suit the column under the server's sql_mode. Correct it",
        [1305] = "What it calls is not there. Create it first in the script",
    }.ToFrozenDictionary();

    /// <summary>The server's number for an error; <see langword="null"/> where it is none of the server's.</summary>
    internal static int? NumberOf(Exception exception)
    {
        foreach (var key in (string[])["Server Error Code", "ErrorCode"])
        {
            if (
                exception.Data[key] is { } value
                && int.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var number)
                && number > 0
            )
                return number;
        }

        return null;
    }

    /// <summary>Whether the connection is gone, so that nothing is known of what was sent on it.</summary>
    internal static bool IsBroken(Exception exception) =>
        exception is DbException && (NumberOf(exception) is not { } number || Broken.Contains(number));

    /// <summary>What the error says, with its number.</summary>
    internal static string WordsOf(Exception exception) =>
        exception is DbException && NumberOf(exception) is { } number
            ? $"{Plain(exception.Message).TrimEnd('.')} ({number.ToString(CultureInfo.InvariantCulture)})"
        : exception.Message.Contains("Allow User Variables", StringComparison.Ordinal)
            ? $"{exception.Message} (the data source that the app made does not let scripts use variables: say AllowUserVariables=true where it is made)"
        : exception.Message;

    /// <summary>What whoever wrote a script does about an error; <see langword="null"/> when it is about the statement itself.</summary>
    internal static string? MendOf(Exception exception, string database) =>
        exception is not DbException ? null
        : NumberOf(exception) is { } number
            ? Mends.TryGetValue(number, out var mend) ? mend.Replace("{database}", database, StringComparison.Ordinal)
                : Broken.Contains(number) ? $"See that the server of '{database}' can be reached"
                : null
        : $"See that the server of '{database}' can be reached";

    /// <summary>What the error says of a database as a whole.</summary>
    internal static DeploymentMessage Of(Exception exception, string? database)
    {
        var (reason, mend) = Read(exception);
        return new DeploymentMessage(
            Codes.DatabaseUnavailable,
            $"Database{(database is null ? "" : $" '{database}'")} {reason} Nothing was begun. {mend}"
        );
    }

    private static (string Reason, string Mend) Read(Exception exception)
    {
        var told = exception as DbException ?? exception.InnerException as DbException;
        return (told is null ? null : NumberOf(told)) switch
        {
            1049 => (
                "does not exist on that server.",
                "Create it (CREATE DATABASE), or correct the connection string; then run the command again."
            ),
            1045 or 1698 or 1130 => (
                $"cannot be opened: {WordsOf(told!).TrimEnd('.')}.",
                "Correct user and password in the connection string, or the secret that it refers to; or let the server take the account from "
                    + "this machine."
            ),
            1044 or 1142 or 1227 => (
                $"cannot be used: {WordsOf(told!).TrimEnd('.')}.",
                "Grant the deploying account what it needs: all on the database that it migrates."
            ),
            1290 or 1836 => ("cannot be written: the server is read-only.", "Name the primary in the connection string."),
            1021 or 1114 => ("cannot be written: the server's disk is full.", "Make room there, then run the command again."),
            1040 or 1203 => (
                "cannot be opened: the server takes no more connections.",
                "Close some, or raise max_connections; then run the command again."
            ),
            1053 => ("cannot be opened: the server is stopping.", "Wait for it, then run the command again."),
            1042 or 2002 or 2003 => ($"cannot be reached: {Sentence.Of(Inner<SocketException>(exception) ?? (Exception)told!)}", Server),
            { } when Inner<SocketException>(exception) is { } socket => ($"cannot be reached: {Sentence.Of(socket)}", Server),
            { } number when !Broken.Contains(number) => (
                $"cannot be used: {WordsOf(told!).TrimEnd('.')}.",
                "Mend that and run the command again."
            ),
            _ when Inner<SocketException>(exception) is { } socket => ($"cannot be reached: {Sentence.Of(socket)}", Server),
            _ => ($"cannot be used: {Sentence.Of(told ?? exception)}", Server),
        };
    }

    // MariaDB's wording repeats the same advice at every syntax error.
    private static string Plain(string message) =>
        message
            .Replace(
                "; check the manual that corresponds to your MariaDB server version for the right syntax to use",
                "",
                StringComparison.Ordinal
            )
            .Replace(
                "; check the manual that corresponds to your MySQL server version for the right syntax to use",
                "",
                StringComparison.Ordinal
            );

    private static T? Inner<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
                return found;
        }

        return null;
    }
}
