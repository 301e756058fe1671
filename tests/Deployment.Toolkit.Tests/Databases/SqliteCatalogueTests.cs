using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;
using Microsoft.Data.Sqlite;

namespace Deployment.Toolkit.Tests.Databases;

/// <summary>That reading only what was added never misses anything else.</summary>
public sealed class SqliteCatalogueTests
{
    private const string Start =
        """
        CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
        CREATE TABLE parts (id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER REFERENCES items (id) ON DELETE CASCADE);
        CREATE INDEX by_item ON parts (item);
        CREATE TRIGGER log AFTER INSERT ON items BEGIN SELECT 1; END;
        CREATE TABLE last (id INTEGER);
        """;

    [Theory]
    [InlineData("", true)]
    [InlineData("INSERT INTO items (name) VALUES ('x'); UPDATE items SET name = 'y'; DELETE FROM items;", true)]
    [InlineData("CREATE TABLE more (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, item INTEGER REFERENCES items (id));", true)]
    [InlineData("CREATE TABLE copy AS SELECT * FROM items; CREATE INDEX by_name ON copy (name); CREATE VIEW seen AS SELECT * FROM copy;", true)]
    [InlineData("CREATE TRIGGER after_parts AFTER DELETE ON parts BEGIN DELETE FROM items; END;", true)]
    [InlineData("CREATE TABLE IF NOT EXISTS items (other TEXT);", true)]
    [InlineData("CREATE TEMP TABLE passing (id INTEGER); DROP TABLE passing;", true)]
    [InlineData("SAVEPOINT s; CREATE TABLE gone (id INTEGER); ROLLBACK TO s; RELEASE s; CREATE TABLE stays (id INTEGER);", true)]
    [InlineData("DROP TABLE last; CREATE TABLE other (id INTEGER);", false)]
    [InlineData("CREATE TABLE other (id INTEGER); DROP TABLE last;", false)]
    [InlineData("CREATE TABLE passing (id INTEGER); DROP TABLE passing;", false)]
    [InlineData("ALTER TABLE items ADD COLUMN more TEXT;", false)]
    [InlineData("CREATE TABLE other (id INTEGER); ALTER TABLE items RENAME TO goods;", false)]
    [InlineData("DROP INDEX by_item; CREATE INDEX by_item ON parts (id);", false)]
    [InlineData("DROP TRIGGER log; CREATE TRIGGER log AFTER UPDATE ON items BEGIN SELECT 2; END;", false)]
    [InlineData("CREATE VIRTUAL TABLE found USING fts5 (text);", false)]
    [InlineData("CREATE VIRTUAL TABLE found USING fts5 (text); DROP TABLE last; CREATE TABLE found_x (id INTEGER);", false)]
    [InlineData("ANALYZE;", null)]
    public async Task What_was_added_is_read_alone_only_where_nothing_else_happened(string script, bool? isAllAdded)
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, null, Start, TestContext.Current.CancellationToken);
        var catalogue = await ReadAsync(connection, null);

        if (script.Length > 0) await Sql.ExecuteAsync(connection, null, script, TestContext.Current.CancellationToken);
        var wasAllAdded = await catalogue.TryReadAddedAsync(connection, null, TestContext.Current.CancellationToken);

        if (isAllAdded is { } expected) Assert.Equal(expected, wasAllAdded);
        var anew = await ReadAsync(connection, null);
        if (wasAllAdded) Assert.Equal(Describe(anew), Describe(catalogue));
        // With what is known from before it reads the same.
        Assert.Equal(Describe(anew), Describe(await ReadAsync(connection, catalogue)));
    }

    [Fact]
    public async Task A_table_that_is_called_like_a_part_of_a_virtual_one_is_looked_at_by_SQLite()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, null, "CREATE VIRTUAL TABLE found USING fts5 (text);", TestContext.Current.CancellationToken);
        var catalogue = await ReadAsync(connection, null);

        await Sql.ExecuteAsync(connection, null, "CREATE TABLE found_more (id INTEGER);", TestContext.Current.CancellationToken);
        Assert.False(await catalogue.TryReadAddedAsync(connection, null, TestContext.Current.CancellationToken));

        catalogue = await ReadAsync(connection, catalogue);
        Assert.Equal(["found", "found_more"], catalogue.Tables.Select(static table => table.Name).Order(StringComparer.Ordinal));
        await Sql.ExecuteAsync(connection, null, "CREATE TABLE apart (id INTEGER);", TestContext.Current.CancellationToken);
        Assert.True(await catalogue.TryReadAddedAsync(connection, null, TestContext.Current.CancellationToken));
    }

    private static Task<SqliteCatalogue> ReadAsync(SqliteConnection connection, SqliteCatalogue? earlier) => SqliteCatalogue.ReadAsync(connection, null, earlier, TestContext.Current.CancellationToken);

    private static string Describe(SqliteCatalogue catalogue) => string.Join(
        '\n',
        catalogue.Objects.Select(static found => $"{found.Key} on {found.Table} from {found.Source} {found.Hash} {found.Sql}")
            .Concat(catalogue.References.Keys.Select(static key => $"{key.Child}({string.Join(',', key.Columns)}) refers to {key.Parent} {key.OnDelete} {key.OnUpdate}"))
            .Concat(catalogue.Tables.SelectMany(table => catalogue.References.TriggersOn(table.Name).Select(static trigger => $"{trigger.Table}: {trigger.Name} at {string.Join(',', new[] { "INSERT", "UPDATE", "DELETE" }.Where(trigger.FiresOn))}")))
            .Order(StringComparer.Ordinal));
}
