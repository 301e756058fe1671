using static Deployment.Toolkit.Databases.RemovalKind;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// Reads from a down script what it removes, without running it. Whatever it can't read, be it a statement that it doesn't know, is taken
/// for one that removes anything: a loss that is announced and doesn't happen costs a flag, one that isn't announced costs rows.
/// </summary>
internal static class PostgreSqlDestruction
{
    private const int DeepestBody = 16;
    private const string Mark = "keeps-rows:";

    /// <summary>Everything that the script removes; nothing when it says of itself that it keeps rows.</summary>
    internal static IReadOnlyList<Removal> Read(string script) =>
        DeclaresThatItKeepsRows(script) ? [] : new PostgreSqlRemovals().Read(PostgreSqlLexer.Read(script).Statements);

    /// <summary>Whether the script can change no row that is there, and runs nothing that may.</summary>
    internal static bool OnlyAdds(string script) =>
        PostgreSqlLexer
            .Read(script)
            .Statements.All(static statement =>
            {
                var words = new PostgreSqlWords(statement.Text);
                if (words.Take("CREATE"))
                {
                    _ = words.Take("OR", "REPLACE");
                    _ = words.TakeAny("UNIQUE", "UNLOGGED", "TEMP", "TEMPORARY", "CONSTRAINT");
                    return words.TakeAny(
                            "VIEW",
                            "INDEX",
                            "TYPE",
                            "SEQUENCE",
                            "DOMAIN",
                            "FUNCTION",
                            "PROCEDURE",
                            "TRIGGER",
                            "POLICY",
                            "RULE"
                        ) || (words.Take("TABLE") && !words.Rest("AS") && !words.Rest("EXECUTE"));
                }

                if (words.Take("DROP"))
                    return words.TakeAny("INDEX", "VIEW", "TRIGGER", "POLICY", "RULE") && !words.Rest("CASCADE");
                return words.TakeAny("COMMENT", "GRANT", "REVOKE", "ANALYZE", "VACUUM", "REINDEX", "SET", "RESET");
            });

    /// <summary>
    /// Whether all that a way back removes is what its migration makes, empty: tables and columns of a script that does nothing else. Then
    /// nothing is at stake when it is applied, and no table has to be looked at.
    /// </summary>
    internal static bool MakesWhatIsRemoved(string script, IReadOnlyList<Removal> removals)
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var statement in PostgreSqlLexer.Read(script).Statements)
        {
            var words = new PostgreSqlWords(statement.Text);
            if (words.Take("COMMENT") || words.Take("GRANT") || words.Take("REVOKE"))
                continue;
            if (words.Take("CREATE"))
            {
                _ = words.Take("UNIQUE") || words.Take("UNLOGGED");
                if (words.Take("INDEX") || words.Take("SEQUENCE") || words.Take("TYPE") || words.Take("DOMAIN"))
                    continue;
                if (
                    !words.Take("TABLE")
                    || words.TakeIf()
                    || words.TakeTable() is not { } table
                    || words.Rest("AS")
                    || words.Rest("PARTITION")
                )
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
                    if (words.TakeAny("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"))
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

    /// <summary>Adds every name in a script, also of what stands in bodies between dollar tags, and those with their schema.</summary>
    internal static void AddNames(string text, HashSet<string> names) => AddNames(text, names, 0);

    private static void AddNames(string text, HashSet<string> names, int depth)
    {
        string? before = null;
        var isQualified = false;
        foreach (var token in PostgreSqlTokenizer.ReadSignificant(text))
        {
            // Tags that never end nest as deep as somebody likes.
            if (token.Kind is PostgreSqlTokenKind.DollarString && depth < DeepestBody)
            {
                var (start, end) = token.BodyIn(text);
                AddNames(text[start..end], names, depth + 1);
            }

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

    private static bool IsComputed(PostgreSqlToken token) =>
        token.Kind is not (PostgreSqlTokenKind.Number or PostgreSqlTokenKind.String or PostgreSqlTokenKind.DollarString);

    private static bool DeclaresThatItKeepsRows(string script) =>
        PostgreSqlLexer
            .Comments(script)
            .Select(static comment => comment.Text.Trim())
            .Any(static text => text.StartsWith(Mark, StringComparison.OrdinalIgnoreCase) && text[Mark.Length..].Trim().Length > 0);
}
