using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;

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
    [InlineData("VACUUM", "VACUUM", "Put it into a script of its own and add a line '-- transaction: none' to it.")]
    [InlineData("VACUUM INTO 'copy.db'", "VACUUM", "Put it into a script of its own and add a line '-- transaction: none' to it.")]
    [InlineData("attach 'a.db' AS a", "ATTACH", "Remove it from the script: a migration changes the app's database and no other.")]
    [InlineData("DETACH a", "DETACH", "Remove it from the script: a migration changes the app's database and no other.")]
    public void A_statement_that_cannot_run_in_a_transaction_is_refused(string statement, string name, string mend) =>
        Assert.Equal(
            new SqlFault("DTK5005", $"Statement '{name}' cannot run inside the transaction that every migration gets. {mend}", 2, 3),
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

    [Theory]
    [InlineData("INSERT INTO a VALUES (:name)", ":name", 1, 23)]
    [InlineData("UPDATE a SET b = @p", "@p", 1, 18)]
    [InlineData("SELECT 1;\nDELETE FROM a WHERE b = ?", "?", 2, 25)]
    [InlineData("SELECT ?1", "?1", 1, 8)]
    [InlineData("SELECT $a::b(c)", "$a::b(c)", 1, 8)]
    public void A_bound_parameter_is_refused_at_its_place(string script, string parameter, int line, int column) => Assert.Equal(
        new SqlFault("DTK7310", $"Parameter '{parameter}' has no value: nobody binds parameters of a script. Write the value in its place; if it is text, put it in quotes.", line, column),
        Assert.Single(SqliteLexer.Read(script).Faults));

    [Theory]
    [InlineData("SELECT ':name', \"@p\", [?], `$a` -- :b ?\n /* @c */, b->'$.x', c->>'a', 1.5e3, x'00'")]
    [InlineData("SELECT 1")]
    public void What_only_looks_like_a_parameter_is_none(string script) => Assert.Empty(SqliteLexer.Read(script).Faults);

    [Fact]
    public void Many_parameters_are_not_all_told() => Assert.Equal(10, SqliteLexer.Read(string.Concat(Enumerable.Repeat("SELECT ?;", 1000))).Faults.Count);

    [Theory]
    [InlineData("", false)]
    [InlineData("\uFEFF", false)]
    [InlineData(";", false)]
    [InlineData(" ;;\r\n ; ", false)]
    [InlineData("-- DROP TABLE a;", false)]
    [InlineData("\uFEFF-- x;\n;", false)]
    [InlineData("/* DROP TABLE a; */ ;", false)]
    [InlineData("/* DROP TABLE a;", false)]
    [InlineData("/* a */ /* b */\n-- c\n;;", false)]
    [InlineData("-- x\nDROP TABLE a", true)]
    [InlineData("/**/SELECT 1;", true)]
    public void Comments_and_semicolons_are_no_statement(string script, bool hasStatement) => Assert.Equal(hasStatement, SqliteLexer.HasStatement(script));

    [Theory]
    [InlineData("VACUUM; PRAGMA journal_mode = WAL; REINDEX a; analyze")]
    [InlineData("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA user_version = 3")]
    public void What_changes_neither_schema_nor_rows_may_run_outside_a_transaction(string script) => Assert.Empty(SqliteLexer.Read(script, isOutsideTransaction: true).Faults);

    [Theory]
    [InlineData("CREATE INDEX i ON a (b)", "Statement 'CREATE' stands in a script that runs outside a transaction, where a crash could leave half of it.")]
    [InlineData("BEGIN", "Statement 'BEGIN' stands in a script that runs outside a transaction")]
    [InlineData("VACUUM INTO 'x'", "Statement 'VACUUM INTO' writes another file")]
    [InlineData("PRAGMA writable_schema = ON", "Statement 'PRAGMA writable_schema' lets the catalogue be changed by hand")]
    public void Anything_else_may_not(string script, string reason) => Assert.StartsWith(reason, Assert.Single(SqliteLexer.Read(script, isOutsideTransaction: true).Faults).Text, StringComparison.Ordinal);
}
