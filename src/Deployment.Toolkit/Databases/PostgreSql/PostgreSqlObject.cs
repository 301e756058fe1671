namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>What PostgreSQL's catalogue has.</summary>
internal sealed class PostgreSqlObject(PostgreSqlDialect dialect, string type, string name, string table, string sql, string? source)
    : CatalogueObject(type, name, table, sql, source)
{
    private SqlNames? _names;

    internal override SqlNames Names => _names ??= SqlNames.Of(dialect, Sql);

    // CREATE TRIGGER name AFTER INSERT OR UPDATE OF a ON table
    internal override bool FiresOn(string verb)
    {
        foreach (var token in PostgreSqlTokenizer.ReadSignificant(Sql))
        {
            if (token.Is(Sql, "ON"))
                return false;
            if (token.Is(Sql, verb))
                return true;
        }

        return false;
    }
}
