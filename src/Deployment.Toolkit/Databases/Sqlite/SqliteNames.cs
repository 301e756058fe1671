using System.Collections.Frozen;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>Finds the names in a script, also where SQLite takes a string for one.</summary>
internal static class SqliteNames
{
    // Behind these SQLite takes 'name' for a name too.
    private static readonly FrozenSet<string> BeforeName = new[]
    {
        "TABLE",
        "INTO",
        "FROM",
        "UPDATE",
        "JOIN",
        "EXISTS",
        "ON",
        "TO",
        ".",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> BeforeNames = BeforeName.GetAlternateLookup<
        ReadOnlySpan<char>
    >();

    internal static void Add(string text, HashSet<string> names)
    {
        var lookup = names.GetAlternateLookup<ReadOnlySpan<char>>();
        var mayFollow = false;
        foreach (var token in SqliteTokenizer.ReadSignificant(text))
        {
            var raw = token.In(text);
            if (token.Kind is SqliteTokenKind.Word)
                lookup.Add(raw);
            else if (token.Kind is SqliteTokenKind.QuotedName && token.IsClosed)
                names.Add(token.NameIn(text));
            else if (token.Kind is SqliteTokenKind.String && token.IsClosed && mayFollow)
                names.Add(raw[1..^1].ToString().Replace("''", "'", StringComparison.Ordinal));
            mayFollow = BeforeNames.Contains(raw);
        }
    }
}
