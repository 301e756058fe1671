namespace Deployment.Toolkit.Databases;

/// <summary>
/// What scripts speak of, without understanding them: every name in them, and the words that decide what else they may touch.
/// </summary>
internal sealed class SqlNames(DatabaseDialect dialect)
{
    private readonly HashSet<string> _names = new(dialect.Names);

    internal IReadOnlySet<string> All => _names;

    /// <summary>Whether they may change rows.</summary>
    internal bool Writes => Removes || Has("INSERT") || Has("UPDATE") || Has("MERGE");

    /// <summary>Whether they may remove rows that others refer to.</summary>
    internal bool Removes => Has("DELETE") || Has("REPLACE") || Has("DROP") || Has("MERGE") || Truncates;

    /// <summary>Whether they may remove all rows of a table, and of every table that refers to it.</summary>
    internal bool Truncates => Has("TRUNCATE");

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

    // Where names compare by case, what stands without quotes is known in lower case.
    private bool Has(string word) => _names.Contains(word) || _names.Contains(word.ToLowerInvariant());
}
