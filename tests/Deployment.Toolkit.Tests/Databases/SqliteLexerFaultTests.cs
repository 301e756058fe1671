using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Tests.Databases;

public sealed class SqliteLexerFaultTests
{
    [Theory]
    [InlineData("SELECT 'abc;\nSELECT 2;", 1, 8, "String is not terminated: its closing ' is missing.")]
    [InlineData("A;\r\n\tSELECT 'it''s", 2, 9, "String is not terminated")]
    [InlineData("SELECT \"abc;", 1, 8, "Quoted identifier is not terminated: its closing \" is missing.")]
    [InlineData("SELECT `abc``", 1, 8, "Quoted identifier is not terminated: its closing ` is missing.")]
    [InlineData("SELECT\n[abc;", 2, 1, "Quoted identifier is not terminated: its closing ] is missing. Add it.")]
    [InlineData("SELECT x'00", 1, 8, "Blob literal is not terminated: its closing ' is missing.")]
    [InlineData("'", 1, 1, "String is not terminated")]
    public void An_open_quote_is_found_where_it_opens(string script, int line, int column, string text)
    {
        var fault = Assert.Single(SqliteLexer.Read(script).Faults);
        Assert.Equal(("DTK7305", line, column), (fault.Code, fault.Line, fault.Column));
        Assert.StartsWith(text, fault.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A;\n CREATE TRIGGER t INSERT ON a BEGIN SELECT 1;", 2, 2)]
    [InlineData("CREATE TRIGGER t INSERT ON a BEGIN SELECT 1 END;", 1, 1)]
    [InlineData("CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; END\nCREATE TABLE b(x);", 1, 1)]
    [InlineData("CREATE TRIGGER t INSERT ON a;", 1, 1)]
    public void An_open_trigger_is_found_where_it_starts(string script, int line, int column) =>
        Assert.Equal(
            new SqlFault(
                "DTK7305",
                "Statement 'CREATE TRIGGER' is not terminated: no '; END;' follows. End each statement of its body with ';' and the trigger with 'END;'.",
                line,
                column),
            Assert.Single(SqliteLexer.Read(script).Faults));

    [Fact]
    public void An_open_quote_in_a_trigger_is_told_once() =>
        Assert.Equal(43, Assert.Single(SqliteLexer.Read("CREATE TRIGGER t INSERT ON a BEGIN SELECT 'x; END;").Faults).Column);

    [Theory]
    [InlineData("VACUUM")]
    [InlineData("VACUUM INTO 'copy.db'", "VACUUM")]
    [InlineData("attach 'a.db' AS a", "ATTACH")]
    [InlineData("DETACH a", "DETACH")]
    public void A_statement_that_cannot_run_in_a_transaction_is_refused(string statement, string? name = null) =>
        Assert.Equal(
            new SqlFault("DTK5005", $"Statement '{name ?? statement}' cannot run inside the transaction that every migration gets. Remove it from the script and run it apart from migrations.", 2, 3),
            Assert.Single(SqliteLexer.Read($"SELECT 1;\n  {statement}; SELECT 2").Faults));

    [Theory]
    [InlineData("BEGIN")]
    [InlineData("Begin Immediate", "BEGIN")]
    [InlineData("COMMIT")]
    [InlineData("END")]
    [InlineData("END TRANSACTION", "END")]
    [InlineData("ROLLBACK")]
    [InlineData("ROLLBACK TO a", "ROLLBACK")]
    [InlineData("SAVEPOINT a", "SAVEPOINT")]
    [InlineData("RELEASE a", "RELEASE")]
    public void A_script_cannot_steer_its_transaction(string statement, string? name = null) =>
        Assert.Equal(
            new SqlFault("DTK5005", $"Statement '{name ?? statement}' cannot run inside the transaction that every migration gets. Remove it from the script: the migration is committed or taken back as a whole.", 1, 7),
            Assert.Single(SqliteLexer.Read($"/* */ {statement}").Faults));

    [Theory]
    [InlineData("PRAGMA journal_mode = WAL")]
    [InlineData("pragma Journal_Mode(wal)")]
    [InlineData("PRAGMA/**/main . \"journal_mode\" -- x\n = WAL")]
    [InlineData("PRAGMA foreign_keys=OFF")]
    [InlineData("PRAGMA synchronous = 0")]
    [InlineData("PRAGMA temp_store = MEMORY")]
    [InlineData("PRAGMA temp_store_directory = '/tmp'")]
    [InlineData("PRAGMA page_size = 8192")]
    [InlineData("PRAGMA wal_checkpoint(TRUNCATE)")]
    [InlineData("PRAGMA main.wal_checkpoint")]
    public void A_pragma_that_does_nothing_in_a_transaction_is_refused(string statement)
    {
        var fault = Assert.Single(SqliteLexer.Read(statement).Faults);
        Assert.Equal(("DTK5005", 1, 1), (fault.Code, fault.Line, fault.Column));
        Assert.Contains("inside the transaction that every migration gets", fault.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRAGMA")]
    [InlineData("PRAGMA main.")]
    [InlineData("PRAGMA journal_mode")]
    [InlineData("PRAGMA main.foreign_keys")]
    [InlineData("PRAGMA defer_foreign_keys = ON")]
    [InlineData("PRAGMA user_version = 3")]
    [InlineData("PRAGMA 'journal_mode' 1")]
    [InlineData("EXPLAIN VACUUM")]
    [InlineData("\"VACUUM\"")]
    [InlineData("SELECT 'VACUUM'")]
    [InlineData("SELECT 1 AS \"END\"")]
    [InlineData("INSERT OR ROLLBACK INTO a VALUES (1)")]
    [InlineData("CREATE TRIGGER t INSERT ON a BEGIN SELECT RAISE(ROLLBACK, 'x'); END")]
    [InlineData("vacuum_log")]
    [InlineData("-- 50 %\r\r\nSELECT 1")]
    [InlineData("SELECT 'a\rb'\r/* a\rb */")]
    public void What_can_run_in_a_transaction_is_not_refused(string statement) => Assert.Empty(SqliteLexer.Read(statement).Faults);

    [Fact]
    public void Every_fault_is_told()
    {
        var faults = SqliteLexer.Read("BEGIN;\nCREATE TABLE a(b);\n  COMMIT;\nSELECT 'x").Faults;
        Assert.Equal([("DTK5005", 1, 1), ("DTK5005", 3, 3), ("DTK7305", 4, 8)], faults.Select(f => (f.Code, f.Line, f.Column)));
    }

    [Theory]
    [InlineData("SELECT 1;\nSELECT '\0'", 2, 9)]
    [InlineData("\0S\0E", 1, 1)]
    [InlineData("-- a\0", 1, 5)]
    public void A_nul_is_refused_because_sqlite_stops_reading_there(string script, int line, int column)
    {
        var fault = Assert.Single(SqliteLexer.Read(script).Faults);
        Assert.Equal(("DTK7305", line, column), (fault.Code, fault.Line, fault.Column));
    }

    [Fact]
    public void A_comment_that_hides_a_script_of_bare_carriage_returns_is_refused()
    {
        var read = SqliteLexer.Read("SELECT 1;\r -- the table\rCREATE TABLE a(b);\r");
        Assert.Single(read.Statements);
        var fault = Assert.Single(read.Faults);
        Assert.Equal(("DTK7305", 2, 2), (fault.Code, fault.Line, fault.Column));
    }
}
