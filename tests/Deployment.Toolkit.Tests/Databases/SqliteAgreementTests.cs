using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Deployment.Toolkit.Tests.Databases;

/// <summary>The lexer against the SQLite that it is about.</summary>
public sealed class SqliteAgreementTests : IDisposable
{
    private readonly SqliteConnection connection = SqliteMemory.Open(SqliteMemory.Schema);

    public void Dispose() => connection.Dispose();

    public static TheoryData<string> ValidScripts { get; } = new(
        "\uFEFF" + SqliteMemory.Schema.ReplaceLineEndings("\r\n"),
        SqliteMemory.Schema.ReplaceLineEndings("\r"),
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
        using var whole = SqliteMemory.Open(script.TrimStart('\uFEFF'));
        using var apart = SqliteMemory.Open("");
        var read = SqliteLexer.Read(script);
        Assert.Empty(read.Faults);
        foreach (var statement in read.Statements)
            SqliteMemory.Execute(apart, statement.Text);

        Assert.Equal(Dump(whole), Dump(apart));
        using var split = SqliteMemory.Open("");
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
