namespace Deployment.Toolkit.Databases.MySql;

/// <summary>What MySQL's catalogue has.</summary>
internal sealed class MySqlObject(MySqlDialect dialect, string type, string name, string table, string sql, string? source)
    : CatalogueObject(type, name, table, sql, source)
{
    private SqlNames? _names;

    internal override SqlNames Names => _names ??= SqlNames.Of(dialect, Sql);

    // What makes one begins with when it fires: AFTER INSERT ON …
    internal override bool FiresOn(string verb)
    {
        foreach (var token in MySqlTokenizer.ReadWords(Sql))
        {
            if (token.Is(Sql, "ON"))
                return false;
            if (token.Is(Sql, verb))
                return true;
        }

        return false;
    }
}
