using System.Collections.Frozen;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>What a script speaks of, without understanding it: every name in it, and the words that decide what else it may touch.</summary>
internal sealed class SqliteNames
{
    // Behind these SQLite takes 'name' for a name too.
    private static readonly FrozenSet<string> BeforeName = new[] { "TABLE", "INTO", "FROM", "UPDATE", "JOIN", "EXISTS", "ON", "TO", "." }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> BeforeNames = BeforeName.GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    internal IReadOnlySet<string> All => _names;

    /// <summary>Whether it may change rows.</summary>
    internal bool Writes => Has("INSERT") || Has("UPDATE") || Has("DELETE") || Has("REPLACE") || Has("DROP");

    /// <summary>Whether it may remove rows that others refer to.</summary>
    internal bool Removes => Has("DELETE") || Has("REPLACE") || Has("DROP");

    /// <summary>Whether it may change the catalogue or its number by hand, after which nothing can be told from names.</summary>
    internal bool EditsCatalogue => Has("writable_schema") || Has("schema_version");

    internal static SqliteNames Of(string text)
    {
        var names = new SqliteNames();
        names.Add(text);
        return names;
    }

    internal void Add(SqliteNames others) => _names.UnionWith(others._names);

    internal void Add(string text)
    {
        var lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        var mayFollow = false;
        foreach (var token in SqliteTokenizer.ReadSignificant(text))
        {
            var raw = token.In(text);
            if (token.Kind is SqliteTokenKind.Word) lookup.Add(raw);
            else if (token.Kind is SqliteTokenKind.QuotedName && token.IsClosed) _names.Add(token.NameIn(text));
            else if (token.Kind is SqliteTokenKind.String && token.IsClosed && mayFollow) _names.Add(raw[1..^1].ToString().Replace("''", "'", StringComparison.Ordinal));
            mayFollow = BeforeNames.Contains(raw);
        }
    }

    private bool Has(string word) => _names.Contains(word);
}
