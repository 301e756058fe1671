using System.Collections.Frozen;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>What is said of scripts that can't be cut, and what tells that one is for the mysql client.</summary>
internal static class MySqlScriptFaults
{
    internal const string OpenBody =
        "Statement is not terminated: a body begins here, and the END of a BEGIN, CASE, IF or loop in it is missing. Add it.";

    internal const string OpenExecutable =
        "Comment is not terminated: '/*!' begins one here that the server reads, and its closing */ is missing.";

    internal const string Nul = "Script holds a NUL character, which MySQL does not take. Remove it, or save the script as UTF-8.";

    internal const string FromClient =
        "Statement 'LOAD DATA LOCAL' reads a file of the client's machine, which scripts do not have. Write the rows as 'INSERT INTO … "
        + "VALUES …', or write them in a migration class.";

    internal const string NoDelimiter =
        "DELIMITER says nothing of what ends a statement from here on. Write it behind: 'DELIMITER //', and 'DELIMITER ;' where it ends.";

    // Words that the mysql client takes for itself where a statement begins.
    internal static readonly FrozenSet<string> ClientCommands = (
        "SOURCE SYSTEM TEE NOTEE PAGER NOPAGER PROMPT PRINT EDIT EGO GO CONNECT REHASH STATUS CHARSET WARNINGS "
        + "NOWARNING CLEAR EXIT QUIT"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    internal static string DescribeOpen(MySqlToken token) =>
        token.Kind switch
        {
            MySqlTokenKind.Space => "Comment is not terminated: its closing */ is missing.",
            MySqlTokenKind.String =>
                "String is not terminated: its closing ' is missing. Add it, and write each ' inside the string twice, or " + "as \\'.",
            MySqlTokenKind.DoubleQuoted =>
                "String is not terminated: its closing \" is missing. Add it, and write each \" inside the string " + "twice, or as \\\".",
            _ => "Quoted identifier is not terminated: its closing ` is missing. Add it, and write each ` inside the identifier twice.",
        };

    /// <summary>A command of the client without what stands behind it.</summary>
    internal static string CommandOf(ReadOnlySpan<char> raw)
    {
        var end = raw[1..].IndexOfAny([' ', '\t', ';']) + 1;
        var command = end <= 0 ? raw : raw[..end];
        return (command.Length > 40 ? command[..40] : command).ToString();
    }
}
