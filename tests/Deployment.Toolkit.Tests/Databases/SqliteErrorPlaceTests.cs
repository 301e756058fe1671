using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;
using Microsoft.Data.Sqlite;

namespace Deployment.Toolkit.Tests.Databases;

/// <summary>The locator against the messages of a real SQLite; ⟨ marks the place.</summary>
public sealed class SqliteErrorPlaceTests : IDisposable
{
    private readonly SqliteConnection connection = SqliteMemory.Open(SqliteMemory.Schema);

    public void Dispose() => connection.Dispose();

    [Theory]
    [InlineData("CREATE ⟨TABEL x(a)")]
    [InlineData("SELECT *\r\nFROM person\r\n\tWHERE name = 'WHERE' ⟨WHERE id = 1")]
    [InlineData("SELECT 1, 2, /* , , */ ', ,', ⟨, 3")]
    [InlineData("SELECT (1), ((2), ⟨) FROM person")]
    [InlineData("SELECT 'a' 'b' ⟨'b'")]
    [InlineData("CREATE TABLE x(a INT, b INT NOT ⟨b INT)")]
    [InlineData("CREATE TABLE x(a DEFAULT 'b' NOT NULL, b DEFAULT 'c' NOT ⟨'b')")]
    [InlineData("CREATE TRIGGER x INSERT ON log BEGIN SELECT 1; SELECT 2 END⟨")]
    [InlineData("CREATE TRIGGER x INSERT ON log BEGIN ⟨; END")]
    [InlineData("INSERT INTO log VALUES (1, 'x')⟨) ")]
    [InlineData("SELECT name, ⟨FROM person")]
    [InlineData("SELECT \"name\" FROM person ORDER \"name\" BY 1 ", "ORDER ⟨\"name\"")]
    [InlineData("SELECT 1 + ⟨")]
    [InlineData("CREATE TABLE x(\n  a,\n  b⟨")]
    [InlineData("SELECT ⟨12ab, 12")]
    [InlineData("SELECT 1 ⟨! 2")]
    [InlineData("SELECT ⟨x'0g', 'x'")]
    [InlineData("SELECT '⟨@', ⟨@", "', ⟨@")]
    [InlineData("SELECT 'nope', /* nope */ ⟨nope FROM person -- nope")]
    [InlineData("SELECT id AS nope FROM person WHERE ⟨nope.id = 1")]
    [InlineData("SELECT nope(1)", "⟨nope(1)")]
    [InlineData("SELECT p.id, ⟨p . nope FROM person p")]
    [InlineData("SELECT ⟨[no pe] FROM person")]
    [InlineData("UPDATE person SET name = 1, ⟨NOPE = 2")]
    [InlineData("CREATE INDEX nope ON person(⟨nope)")]
    [InlineData("ALTER TABLE person DROP COLUMN ⟨nope")]
    [InlineData("SELECT ⟨id FROM person, log")]
    [InlineData("SELECT nope.id FROM ⟨nope WHERE nope.id = 1")]
    [InlineData("INSERT INTO\n⟨nope(id) VALUES ('nope')")]
    [InlineData("DELETE FROM ⟨main.nope")]
    [InlineData("CREATE INDEX x ON ⟨nope(nope)")]
    [InlineData("DROP TABLE ⟨\"nope\"")]
    [InlineData("CREATE TABLE ⟨person(a)")]
    [InlineData("CREATE TABLE -- person\n ⟨\"person\"(person)")]
    [InlineData("CREATE TABLE ⟨[log](a)")]
    [InlineData("CREATE VIEW ⟨people AS SELECT 1")]
    [InlineData("CREATE INDEX ⟨person_name ON person(id)")]
    [InlineData("CREATE TABLE ⟨person_name(a)")]
    [InlineData("CREATE TABLE x(a INT CHECK (a > 0), b INT, ⟨A TEXT)")]
    [InlineData("ALTER TABLE person ADD COLUMN ⟨name TEXT")]
    [InlineData("INSERT INTO log(id, ⟨log) VALUES (1, 2)")]
    [InlineData("INSERT INTO ⟨log VALUES (1)")]
    [InlineData("INSERT INTO ⟨people VALUES (1)")]
    [InlineData("SELECT abs, ⟨abs(1, 2) FROM (SELECT 1 AS abs)")]
    [InlineData("CREATE TABLE x(a, FOREIGN KEY (⟨zz) REFERENCES person(id))")]
    public void An_error_of_sqlite_is_found_where_it_is(string marked, string? place = null)
    {
        var sql = marked.Replace("⟨", "", StringComparison.Ordinal);
        var expected = place is null
            ? marked.IndexOf('⟨', StringComparison.Ordinal)
            : sql.LastIndexOf(place.Replace("⟨", "", StringComparison.Ordinal), StringComparison.Ordinal)
                + place.IndexOf('⟨', StringComparison.Ordinal);

        // What stands before the statement moves it to line 3, column 4.
        var script = $"SELECT 1;\r\n-- two\r\n\t; {sql}";
        var statement = SqliteLexer.Read(script).Statements[1];
        Assert.Equal((3, 4), (statement.Line, statement.Column));
        var error = PrepareError(statement.Text);
        Assert.NotNull(error);

        var cursor = new LineCursor(script);
        var wanted = cursor.MoveTo(statement.Offset + Math.Min(expected, statement.Text.Length));
        Assert.Equal((error, wanted), (error, SqlErrorLocator.Locate(statement, error, PrepareError)));
    }

    private string? PrepareError(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        try
        {
            command.Prepare();
            return null;
        }
        catch (SqliteException exception)
        {
            return exception.Message;
        }
    }
}
