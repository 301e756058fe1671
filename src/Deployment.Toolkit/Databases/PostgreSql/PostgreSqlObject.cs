namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>What PostgreSQL's catalogue has.</summary>
internal sealed class PostgreSqlObject(PostgreSqlDialect dialect, string type, string name, string table, string sql, string? source)
    : CatalogueObject(type, name, table, sql, source)
{
    private SqlNames? _names;

    /// <summary>
    /// What of it is the same in a database that was dumped and restored; <see langword="null"/> where all is. Of expressions the server
    /// keeps no text: it puts them into words when it is asked, and reads its own words a little otherwise than those of the script
    /// (casts and parentheses move). Once restored they stay as they are.
    /// </summary>
    internal string? Lasting =>
        Type switch
        {
            TableType => Sql.IndexOf(PostgreSqlCatalogueQuery.Expressions, StringComparison.Ordinal) is >= 0 and var at ? Sql[..at] : Sql,
            "constraint" or "index" or "view" or "materialized view" or TriggerType or RuleType or "policy" or "function" or "domain" => "",
            _ => null,
        };

    internal override SqlNames Names => _names ??= SqlNames.Of(dialect, Sql);

    // CREATE TRIGGER name AFTER INSERT OR UPDATE OF a ON table, CREATE RULE name AS ON DELETE TO table
    internal override bool FiresOn(string verb)
    {
        if (Type == RuleType)
            return PostgreSqlTokenizer
                .ReadSignificant(Sql)
                .SkipWhile(token => !token.Is(Sql, "ON"))
                .Skip(1)
                .Take(1)
                .Any(token => token.Is(Sql, verb));

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
