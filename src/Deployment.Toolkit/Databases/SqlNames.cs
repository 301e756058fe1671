namespace Deployment.Toolkit.Databases;

/// <summary>
/// What scripts speak of, without understanding them: every name in them, and the words that decide what else they may touch.
/// </summary>
internal sealed class SqlNames(DatabaseDialect dialect)
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    internal IReadOnlySet<string> All => _names;

    /// <summary>Whether they may change rows.</summary>
    internal bool Writes => Has("INSERT") || Has("UPDATE") || Has("DELETE") || Has("REPLACE") || Has("DROP");

    /// <summary>Whether they may remove rows that others refer to.</summary>
    internal bool Removes => Has("DELETE") || Has("REPLACE") || Has("DROP");

    /// <summary>Whether they may change the catalogue or its number by hand, after which nothing can be told from names.</summary>
    internal bool EditsCatalogue => dialect.EditsCatalogue(_names);

    internal static SqlNames Of(DatabaseDialect dialect, string text)
    {
        var names = new SqlNames(dialect);
        names.Add(text);
        return names;
    }

    internal void Add(SqlNames others) => _names.UnionWith(others._names);

    internal void Add(string text) => dialect.AddNames(text, _names);

    private bool Has(string word) => _names.Contains(word);
}
