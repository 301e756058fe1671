using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;

namespace Deployment.Toolkit.Tests.Databases;

public sealed class SqliteLexerTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData(" \t\r\n\f")]
    [InlineData(";;\n;")]
    [InlineData("-- nothing")]
    [InlineData("-- nothing; at all\r\n")]
    [InlineData("/* nothing; 'at all")]
    [InlineData("/*/ still a comment; SELECT 1")]
    public void A_script_without_a_statement_is_fine(string script)
    {
        var read = SqliteLexer.Read(script);
        Assert.Empty(read.Statements);
        Assert.Empty(read.Faults);
    }

    [Theory]
    [InlineData("A;B", "A|B")]
    [InlineData("A ; B ;", "A|B")]
    [InlineData("A\n-- end", "A")]
    [InlineData("A /* end */ ;", "A")]
    [InlineData("A /* ; */ B; C", "A /* ; */ B|C")]
    [InlineData("A -- ;'\n B; C", "A -- ;'\n B|C")]
    [InlineData("/* no /* nesting */ A; /* */ B", "A|B")]
    [InlineData("/**/A;/***/B", "A|B")]
    [InlineData("A - - B; C", "A - - B|C")]
    [InlineData("A / * B; C", "A / * B|C")]
    [InlineData("A 'x;''y;'';'; B", "A 'x;''y;'';'|B")]
    [InlineData("A 'line 1;\nline 2;' ; B", "A 'line 1;\nline 2;'|B")]
    [InlineData("A '--;'; B", "A '--;'|B")]
    [InlineData("A '/*;'; B '*/'", "A '/*;'|B '*/'")]
    [InlineData("A '\\'; B", "A '\\'|B")]
    [InlineData("A \"x;\"\"y;\"; B", "A \"x;\"\"y;\"|B")]
    [InlineData("A `x;``y;`; B", "A `x;``y;`|B")]
    [InlineData("A [x;[y;]; B", "A [x;[y;]|B")]
    [InlineData("A [x]]; B", "A [x]]|B")]
    [InlineData("A x'00;' ; B", "A x'00;'|B")]
    [InlineData("A X'00' ';'; B", "A X'00' ';'|B")]
    [InlineData("A ax';'; B", "A ax';'|B")]
    [InlineData("A ?1, ?2, :a, @b, $c; B", "A ?1, ?2, :a, @b, $c|B")]
    [InlineData("A $c::d(;); B", "A $c::d(;)|B")]
    [InlineData("A 'größe 🙂;'; B", "A 'größe 🙂;'|B")]
    [InlineData("A größe🙂; B", "A größe🙂|B")]
    [InlineData("A $body$ ; B $body$; C", "A $body$|B $body$|C")]
    [InlineData("A\r;B\r\n;C\n;D", "A|B|C|D")]
    [InlineData("\uFEFFA;\uFEFFB", "A|B")]
    [InlineData("A\nGO\nB", "A\nGO\nB")]
    [InlineData("A /*", "A /*")]
    public void Statements_end_at_a_semicolon_outside_quotes_and_comments(string script, string statements) =>
        Assert.Equal(statements.Split('|'), Texts(script));

    [Theory]
    [InlineData("CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; DELETE FROM c; END")]
    [InlineData("create temp trigger t after insert on a begin select 1; end")]
    [InlineData("CREATE /* ; */ TEMPORARY -- ;\n TRIGGER t INSERT ON a BEGIN SELECT 1; END")]
    [InlineData("CREATE TRIGGER IF NOT EXISTS \"t;\" INSERT ON a BEGIN SELECT ';'; END")]
    [InlineData("CREATE TRIGGER t INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; SELECT CASE 1 WHEN 1 THEN 2 ELSE 3 END; END")]
    [InlineData("CREATE TRIGGER t INSERT ON a WHEN CASE 1 WHEN 1 THEN 1 END BEGIN SELECT 1; END")]
    [InlineData("CREATE TRIGGER t INSERT ON a BEGIN SELECT 1;; /* ; END; */ END")]
    [InlineData("CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; -- ; END;\n END")]
    [InlineData("CREATE TRIGGER t INSERT ON a BEGIN SELECT 'x; END;'; END")]
    [InlineData("CREATE TRIGGER t INSERT ON a BEGIN SELECT \"END\"; \"END\"; SELECT 1; END")]
    [InlineData("CREATE TRIGGER t INSERT ON a BEGIN SELECT RAISE(ROLLBACK, 'no'); END")]
    [InlineData("EXPLAIN QUERY PLAN CREATE TRIGGER t INSERT ON a BEGIN SELECT 1; END")]
    public void A_trigger_body_is_one_statement(string trigger)
    {
        Assert.Equal([trigger, "SELECT 2"], Texts($"{trigger} /* end */ ; SELECT 2;"));
        Assert.Equal([trigger], Texts(trigger));
        Assert.Empty(SqliteLexer.Read(trigger).Faults);
    }

    [Theory]
    [InlineData("CREATE TABLE trigger_log(a); SELECT 1; END")]
    [InlineData("CREATE TABLE \"TRIGGER\"(a); SELECT 1; END")]
    [InlineData("CREATE \"TRIGGER\" a; SELECT 1; END")]
    [InlineData("DROP TRIGGER t; SELECT 1; END")]
    [InlineData("CREATE VIEW v AS SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 1; END")]
    public void Only_create_trigger_opens_a_body(string script) => Assert.Equal(3, Texts(script).Length);

    [Theory]
    [InlineData("A", 1, 1, 0)]
    [InlineData("\uFEFFA", 1, 1, 0)]
    [InlineData("\t A", 1, 3, 2)]
    [InlineData("\nA", 2, 1, 1)]
    [InlineData("\r\nA", 2, 1, 2)]
    [InlineData("\rA", 2, 1, 1)]
    [InlineData("\n\r A", 3, 2, 3)]
    [InlineData("\r\r\n\n\tA", 4, 2, 5)]
    [InlineData("/* 1\r\n2\r3\n4 */ A", 4, 6, 15)]
    [InlineData("-- x\r\n  A", 2, 3, 8)]
    [InlineData("/* 🙂 */ A", 1, 10, 9)]
    [InlineData("\uFEFF;\n;\n ;A", 3, 3, 6)]
    public void A_position_is_that_of_the_first_significant_token(string script, int line, int column, int offset) =>
        Assert.Equal(new SqlStatement("A", line, column, offset), Assert.Single(SqliteLexer.Read(script).Statements));

    [Fact]
    public void Positions_go_on_behind_strings_of_many_lines()
    {
        var read = SqliteLexer.Read("A '1\r\n2\r3\n' ; B;\r\n\tC [\n];D");
        Assert.Equal([(1, 1), (4, 5), (5, 2), (6, 3)], read.Statements.Select(s => (s.Line, s.Column)));
    }

    private static string[] Texts(string script) => [.. SqliteLexer.Read(script).Statements.Select(s => s.Text)];
}
