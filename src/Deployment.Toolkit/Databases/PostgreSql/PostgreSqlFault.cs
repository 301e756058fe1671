using System.Collections.Frozen;
using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Turns what a driver says of PostgreSQL into a message: what is wrong, where, and what to do.</summary>
/// <remarks>By the SQLSTATE, which every driver hands on, and never by words, which come in the server's language.</remarks>
internal static class PostgreSqlFault
{
    private const string Server = "Correct the connection string, or start the server; then run the command again.";

    // What whoever wrote a script does, as the beginning of a sentence.
    private static readonly FrozenDictionary<string, string> Mends = new Dictionary<string, string>
    {
        ["53100"] = "Make room on the disk of the server of '{database}'",
        ["53200"] = "The server of '{database}' ran out of memory. Give it more, or split the statement",
        ["53300"] = "The server of '{database}' takes no more connections. Close some, or raise max_connections",
        ["25006"] =
            "Database '{database}' is read-only: it is a standby, or default_transaction_read_only is on. Name the primary in the connection string",
        ["42501"] = "Let the owner of what the statement touches grant the deploying role what it needs, or deploy as the owner",
        ["40P01"] = "Somebody else's transaction and the migration waited for each other. Stop that",
        ["40001"] = "Somebody else's transaction came in between. Stop that",
        ["55P03"] = "Somebody else kept a table locked for longer than the script's lock_timeout. Stop that, or raise it in the script",
        ["57014"] =
            "The statement was cancelled, by somebody or by a statement_timeout. Raise that in the script, or make the statement faster",
        ["57P01"] = "Somebody ended the connection (pg_terminate_backend), or the server was stopped. See that it is there again",
        ["57P02"] = "The server of '{database}' broke down. See that it is there again",
        ["57P03"] = "The server of '{database}' is starting or stopping. Wait for it",
        ["55000"] = "What the statement is about is not ready for it. Correct the statement",
        ["2BP01"] = "Other things depend on what this drops. Drop those first in the script, or write CASCADE where they are to go along",
        ["55P04"] = "A value that was added to an enum can be used once it is committed. Use it in the next migration",
        ["25001"] =
            "The statement cannot run inside a transaction. Put it into a script of its own: one that holds only such statements runs outside",
        ["2D000"] = "The routine ends the transaction itself, which the deployment does. Take COMMIT and ROLLBACK out of it",
        ["3F000"] = "The schema is not there. Create it in the script, or name one that is",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What the error says, with its code, its detail and its hint.</summary>
    internal static string WordsOf(Exception exception)
    {
        if (exception is not DbException { SqlState: { } state })
            return exception.Message;

        var words = $"{Field(exception, "MessageText") ?? FirstLine(exception.Message, state)} ({state})";
        foreach (var more in (string[])["Detail", "Hint"])
        {
            if (Field(exception, more) is { } text && !text.StartsWith("Detail redacted", StringComparison.Ordinal))
                words += $". {text.TrimEnd('.')}";
        }

        return words;
    }

    /// <summary>What whoever wrote a script does about an error; <see langword="null"/> when it is about the statement itself.</summary>
    internal static string? MendOf(Exception exception, string database) =>
        exception is DbException { SqlState: { } state } && Mends.TryGetValue(state, out var mend)
            ? mend.Replace("{database}", database, StringComparison.Ordinal)
        : exception is DbException { SqlState: null } ? $"See that the server of '{database}' can be reached"
        : null;

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
        return told?.SqlState switch
        {
            "3D000" => (
                "does not exist on that server.",
                "Create it (CREATE DATABASE, or createdb), or correct the connection string; then run the command again."
            ),
            "28P01" => (
                "cannot be opened: the server refuses the password.",
                "Correct the password in the connection string, or the secret that it refers to."
            ),
            "28000" => (
                $"cannot be opened: {WordsOf(told).TrimEnd('.')}.",
                "Correct user and password in the connection string, or let pg_hba.conf let the deploying machine in."
            ),
            "42501" => (
                $"cannot be used: {WordsOf(told).TrimEnd('.')}.",
                "Grant the deploying role what it needs; it has to own what it migrates, and may have to CREATE in the schema."
            ),
            "25006" => (
                "cannot be written: it is a standby, or default_transaction_read_only is on.",
                "Name the primary in the connection string."
            ),
            "53100" => ("cannot be written: the server's disk is full.", "Make room there, then run the command again."),
            "53300" => (
                "cannot be opened: the server takes no more connections.",
                "Close some, or raise max_connections; then run the command again."
            ),
            "57P03" => ("cannot be opened: the server is starting or stopping.", "Wait for it, then run the command again."),
            { } => ($"cannot be used: {WordsOf(told).TrimEnd('.')}.", "Mend that and run the command again."),
            null when Inner<SocketException>(exception) is { } socket => ($"cannot be reached: {Sentence.Of(socket)}", Server),
            null => ($"cannot be used: {Sentence.Of(told ?? exception)}", Server),
        };
    }

    private static string? Field(Exception exception, string name) => exception.Data[name] as string is { Length: > 0 } text ? text : null;

    // Npgsql puts the code before the words and the position behind them.
    private static string FirstLine(string message, string state)
    {
        var line = message.Split('\n')[0].Trim();
        return line.StartsWith(state + ": ", StringComparison.Ordinal) ? line[(state.Length + 2)..] : line;
    }

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

    /// <summary>Where in a statement the error is, in characters from 0; <see langword="null"/> where the driver doesn't tell.</summary>
    internal static int? PositionIn(string statement, Exception exception)
    {
        if (Number(exception, "Position") is { } position && position > 0)
        {
            // The server counts characters; a pair of surrogates is one.
            var at = 0;
            for (var left = position - 1; left > 0 && at < statement.Length; left--)
                at += char.IsSurrogatePair(statement, at) ? 2 : 1;
            return Math.Min(at, statement.Length);
        }

        return null;
    }

    /// <summary>The line of a DO block's body, from 1, in which it was.</summary>
    internal static int? LineOfBlock(Exception exception)
    {
        const string mark = "inline_code_block line ";
        if (Field(exception, "Where") is not { } where || where.IndexOf(mark, StringComparison.Ordinal) is var at && at < 0)
            return null;

        var digits = where.AsSpan(at + mark.Length);
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture, out var line) ? line : null;
    }

    private static int? Number(Exception exception, string name) =>
        exception.Data[name] switch
        {
            int number => number,
            string text when int.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        };
}
