namespace Deployment.Toolkit.Databases.MySql;

/// <inheritdoc/>
internal sealed class MySqlWords(string text) : SqlWords<MySqlToken>(text)
{
    // CREATE OR REPLACE ALGORITHM = MERGE DEFINER = a@b SQL SECURITY INVOKER VIEW
    private const int MostBeforeKind = 20;

    private static readonly string[] s_joinsRows = ["RETURNING"];
    private static readonly string[] s_endsValue = ["ORDER", "LIMIT"];

    private static readonly string[] s_kinds =
    [
        "TABLE",
        "INDEX",
        "VIEW",
        "TRIGGER",
        "FUNCTION",
        "PROCEDURE",
        "EVENT",
        "SEQUENCE",
        "USER",
        "ROLE",
        "PACKAGE",
    ];

    protected override string[] JoinsRows => s_joinsRows;

    protected override string[] EndsValue => s_endsValue;

    /// <summary>Whether it reads a file of whoever sent it.</summary>
    internal bool ReadsFromClient => StartsWith("LOAD") && HasAnywhere("LOCAL") && HasAnywhere("INFILE");

    /// <summary>The variables in it, as they stand there.</summary>
    internal IEnumerable<string> Variables =>
        All().Where(static token => token.Kind is MySqlTokenKind.Variable).Select(token => token.In(Text).ToString());

    /// <summary>Whether it has to do with a variable that was set on the connection.</summary>
    internal bool HasVariable => Variables.Any(static variable => !variable.StartsWith("@@", StringComparison.Ordinal));

    /// <summary>
    /// Goes behind what CREATE or DROP is about, past what may stand before it: OR REPLACE, DEFINER = …, UNIQUE and the like.
    /// </summary>
    /// <returns>What it is about, in capitals; <see langword="null"/> when that can't be told.</returns>
    internal string? TakeKind()
    {
        for (var count = 0; count < MostBeforeKind && Ahead(count) is { } token; count++)
        {
            if (token.IsBare && Array.Find(s_kinds, kind => token.Is(Text, kind)) is { } found)
            {
                Skip(count + 1);
                return found;
            }

            if (token.Is(Text, "("))
                break;
        }

        return null;
    }

    internal override string? TakeTable()
    {
        if (TakeName() is not { } name)
            return null;
        if (!Take("."))
            return name;
        return TakeName() is { } table ? $"{name}.{table}" : null;
    }

    protected override MySqlToken Read(int start) => MySqlTokenizer.Read(Text, start);
}
