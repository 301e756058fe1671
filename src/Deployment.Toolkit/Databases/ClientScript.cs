namespace Deployment.Toolkit.Databases;

/// <summary>How a script is written that a person runs with the database's own client.</summary>
internal abstract class ClientScript
{
    /// <summary>The command that runs it, with FILE in the file's place.</summary>
    internal abstract string Command { get; }

    /// <summary>What it begins with: it stops at the first statement that fails.</summary>
    /// <param name="enforcesForeignKeys">Whether the app's connections enforce foreign keys.</param>
    internal abstract IReadOnlyList<string> Begin(bool enforcesForeignKeys);

    /// <summary>What it ends with.</summary>
    internal virtual IReadOnlyList<string> End => ["COMMIT;"];

    /// <summary>Stops it unless a condition holds.</summary>
    internal abstract string Guard(string condition, string message);

    /// <summary>Whether a question's first value is true, or a number other than 0, as SQL.</summary>
    internal virtual string Yes(string question) => $"(({question}) <> 0)";

    internal virtual string Literal(string? text) => text is null ? "NULL" : "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    /// <summary>A statement with its end, which stands on a line of its own: the statement may end with a comment.</summary>
    internal virtual string Statement(string text) => text.TrimEnd() + "\n;";
}
