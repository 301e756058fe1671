namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>What SQLite's catalogue has.</summary>
internal sealed class SqliteObject(string type, string name, string table, string sql, string? source, bool isVirtual)
    : CatalogueObject(type, name, table, sql, source)
{
    private SqlNames? _names;

    internal override bool IsVirtual => isVirtual;

    internal override SqlNames Names => _names ??= SqlNames.Of(SqliteDialect.Instance, Sql);

    // CREATE TRIGGER name [BEFORE | AFTER | INSTEAD OF] event: a name that is one of these words has to be quoted.
    internal override bool FiresOn(string verb) =>
        SqliteTokenizer
            .ReadSignificant(Sql)
            .Where(static token => token.Kind is SqliteTokenKind.Word)
            .Select(token => token.In(Sql).ToString().ToUpperInvariant())
            .FirstOrDefault(static word => word is "INSERT" or "UPDATE" or "DELETE") == verb;
}
