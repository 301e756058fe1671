using Deployment.Toolkit.Databases;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Deployment.Toolkit.Tests.Databases;

/// <summary>The lexer and the locator against the SQLite that they are about.</summary>
public sealed class SqliteAgreementTests : IDisposable
{
    private const string Schema = """
        CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, "first name" TEXT);
        CREATE TABLE log(id INTEGER, text TEXT);
        CREATE INDEX person_name ON person(name);
        CREATE VIEW people AS SELECT name FROM person;
        """;

    private readonly SqliteConnection connection = Open(Schema);

    public void Dispose() => connection.Dispose();

    public static TheoryData<string> ValidScripts { get; } = new(
        "\uFEFF" + Schema.ReplaceLineEndings("\r\n"),
        Schema.ReplaceLineEndings("\r"),
        """
        -- A comment; with 'an open quote
        CREATE TABLE [a;b] (`c;d` TEXT DEFAULT ';''--', "e;""f" BLOB DEFAULT x'3b27'); /* ; END; */
        INSERT INTO [a;b] VALUES ('1;
        2', X'00'), ('größe 🙂;', NULL);;
        CREATE TEMP TABLE t(a);
        CREATE TRIGGER audit AFTER INSERT ON [a;b] WHEN CASE 1 WHEN 1 THEN 1 END BEGIN
            -- ; END;
            UPDATE [a;b] SET `c;d` = CASE WHEN new.`c;d` = '; END;' THEN 1 ELSE 2 END WHERE rowid = new.rowid;
            DELETE FROM [a;b] WHERE 0; /* ; END; */
        END;
        CREATE TEMPORARY /* ; */ TRIGGER IF NOT EXISTS "t;" INSERT ON t BEGIN SELECT RAISE(IGNORE) WHERE 0; END;
        INSERT INTO [a;b](`c;d`) VALUES ('x'); INSERT INTO t VALUES (.5e-1), (0x1F), (1.);
        CREATE VIEW v AS SELECT CASE WHEN 1 THEN 2 END AS "END", 3 AS [TRIGGER] FROM [a;b];
        WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5) INSERT INTO t SELECT i FROM n
        /* never closed; INSERT INTO t VALUES (99);
        """);

    [Theory]
    [MemberData(nameof(ValidScripts))]
    public void Statement_by_statement_a_script_does_what_it_does_as_a_whole(string script)
    {
        using var whole = Open(script.TrimStart('\uFEFF'));
        using var apart = Open("");
        var read = SqliteLexer.Read(script);
        Assert.Empty(read.Faults);
        foreach (var statement in read.Statements)
            Execute(apart, statement.Text);

        Assert.Equal(Dump(whole), Dump(apart));
        using var split = Open("");
        Assert.Equal(SplitBySqlite(split, script.TrimStart('\uFEFF'), run: true).Count, read.Statements.Count);
    }

    [Fact]
    public void Made_up_scripts_are_cut_where_sqlite_cuts_them()
    {
        var compared = 0;
        for (var seed = 0; seed < 20_000; seed++)
        {
            // SQLite stops at a NUL, and whether it knows a byte order mark depends on its version.
            var script = SqliteScripts.Make(seed).Replace("\0", "", StringComparison.Ordinal).Replace("\uFEFF", "", StringComparison.Ordinal);
            var statements = SqliteLexer.Read(script).Statements;
            var ends = SplitBySqlite(connection, script);
            compared += ends.Count;
            for (var i = 0; i < ends.Count; i++)
            {
                var previousEnd = i == 0 ? 0 : ends[i - 1];
                Assert.True(
                    i < statements.Count && statements[i].Offset >= previousEnd && statements[i].Offset + statements[i].Text.Length <= ends[i],
                    $"Seed {seed}: SQLite's statement {i} is at {previousEnd}..{ends[i]}, ours is {statements.ElementAtOrDefault(i)}, in:\n{script}");
            }
        }

        Assert.InRange(compared, 20_000, int.MaxValue);
    }

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
            : sql.LastIndexOf(place.Replace("⟨", "", StringComparison.Ordinal), StringComparison.Ordinal) + place.IndexOf('⟨', StringComparison.Ordinal);

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

    // Where SQLite ends each statement, up to the first that it refuses.
    private static List<int> SplitBySqlite(SqliteConnection connection, string script, bool run = false)
    {
        var ends = new List<int>();
        for (var rest = script; rest.Length > 0;)
        {
            var result = raw.sqlite3_prepare_v2(connection.Handle, rest, out var statement, out var tail);
            using (statement)
            {
                if (result != raw.SQLITE_OK)
                    break;
                tail ??= "";
                if (!statement.IsInvalid && run)
                    raw.sqlite3_step(statement);
                if (!statement.IsInvalid)
                    ends.Add(script.Length - tail.Length);
            }

            rest = tail;
        }

        return ends;
    }

    private static SqliteConnection Open(string script)
    {
        Batteries_V2.Init();
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        Execute(connection, script);
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (sql.Length > 0)
            command.ExecuteNonQuery();
    }

    private static List<string> Dump(SqliteConnection connection)
    {
        var rows = new List<string>();
        var tables = Query("SELECT type, name, sql FROM sqlite_master UNION ALL SELECT type, name, sql FROM sqlite_temp_master");
        foreach (var name in tables.Where(row => row[0] is "table").Select(row => row[1]).ToList())
            tables.AddRange(Query($"SELECT * FROM \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
        rows.AddRange(tables.Select(row => string.Join('|', row)));
        return rows;

        List<string[]> Query(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var found = new List<string[]>();
            while (reader.Read())
                found.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : reader.GetString(i))]);
            return found;
        }
    }
}
