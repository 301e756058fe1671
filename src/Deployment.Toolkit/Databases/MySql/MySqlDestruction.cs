using static Deployment.Toolkit.Databases.RemovalKind;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Reads from a down script what it removes, without running it. Whatever it can't read, be it a statement that it doesn't know, is taken
/// for one that removes anything: a loss that is announced and doesn't happen costs a flag, one that isn't announced costs rows.
/// </summary>
internal static class MySqlDestruction
{
    private const string Mark = "keeps-rows:";

    /// <summary>Everything that the script removes; nothing when it says of itself that it keeps rows.</summary>
    internal static IReadOnlyList<Removal> Read(string script) =>
        DeclaresThatItKeepsRows(script) ? [] : new MySqlRemovals().Read(MySqlLexer.Read(script).Statements);

    /// <summary>Whether the script can change no row that is there, and runs nothing that may.</summary>
    internal static bool OnlyAdds(string script) =>
        MySqlLexer
            .Read(script)
            .Statements.All(static statement =>
            {
                var words = new MySqlWords(statement.Text);
                if (words.Take("CREATE"))
                {
                    if (words.StartsWith("CREATE", "OR", "REPLACE", "TABLE"))
                        return false;
                    var kind = words.TakeKind();
                    return kind is "VIEW" or "INDEX" or "SEQUENCE" or "FUNCTION" or "PROCEDURE" or "TRIGGER"
                        || (kind is "TABLE" && !words.Rest("SELECT") && !words.Rest("AS"));
                }

                if (words.Take("DROP"))
                    return words.TakeKind() is "INDEX" or "VIEW" or "TRIGGER" or "FUNCTION" or "PROCEDURE" or "EVENT";
                return words.TakeAny("GRANT", "REVOKE", "ANALYZE", "OPTIMIZE", "CHECK", "FLUSH", "SET", "SHOW");
            });

    /// <summary>
    /// Whether all that a way back removes is what its migration makes, empty: tables and columns of a script that does nothing else. Then
    /// nothing is at stake when it is applied, and no table has to be looked at.
    /// </summary>
    internal static bool MakesWhatIsRemoved(string script, IReadOnlyList<Removal> removals)
    {
        var made = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var statement in MySqlLexer.Read(script).Statements)
        {
            var words = new MySqlWords(statement.Text);
            if (words.Take("GRANT") || words.Take("REVOKE"))
                continue;
            if (words.Take("CREATE"))
            {
                if (words.StartsWith("CREATE", "OR", "REPLACE"))
                    return false;
                var kind = words.TakeKind();
                if (kind is "INDEX" or "SEQUENCE")
                    continue;
                if (kind is not "TABLE" || words.TakeIf() || words.TakeTable() is not { } table || words.Rest("AS") || words.Rest("SELECT"))
                    return false;
                made.Add(table);
            }
            else
            {
                if (!words.Take("ALTER") || !words.Take("TABLE") || words.TakeIf() || words.TakeTable() is not { } table)
                    return false;
                do
                {
                    if (!words.Take("ADD"))
                        return false;
                    if (words.TakeAny("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "INDEX", "KEY", "FULLTEXT", "SPATIAL"))
                        continue;
                    _ = words.Take("COLUMN");
                    // A default that is computed can't be told from a value that was written.
                    if (words.TakeIf() || words.TakeName() is not { } column || words.RestFollowedBy("DEFAULT", IsComputed))
                        return false;
                    made.Add($"{table}.{column}");
                } while (words.SkipToComma());
            }
        }

        return removals.All(removal =>
            removal.Kind is Table or Column && (made.Contains(removal.Table) || made.Contains(removal.ToString()))
        );
    }

    internal static HashSet<string> NamesIn(string script)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        AddNames(script, names);
        return names;
    }

    /// <summary>Adds every name in a script, also those with their database, and what stands in double quotes, which may be one.</summary>
    internal static void AddNames(string text, HashSet<string> names)
    {
        string? before = null;
        var isQualified = false;
        foreach (var token in MySqlTokenizer.ReadWords(text))
        {
            if (token.IsName)
            {
                var name = token.NameIn(text);
                names.Add(name);
                if (isQualified && before is not null)
                    names.Add($"{before}.{name}");
                (before, isQualified) = (name, false);
            }
            else
            {
                isQualified = before is not null && token.Is(text, ".");
                if (!isQualified)
                    before = null;
            }
        }
    }

    private static bool IsComputed(MySqlToken token) =>
        token.Kind is not (MySqlTokenKind.Number or MySqlTokenKind.String or MySqlTokenKind.DoubleQuoted);

    private static bool DeclaresThatItKeepsRows(string script) =>
        MySqlLexer
            .Comments(script)
            .Select(static comment => comment.Text.Trim())
            .Any(static text => text.StartsWith(Mark, StringComparison.OrdinalIgnoreCase) && text[Mark.Length..].Trim().Length > 0);
}
