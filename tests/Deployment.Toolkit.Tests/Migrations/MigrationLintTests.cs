using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Tests.Migrations;

public sealed class MigrationLintTests
{
    private static readonly LintWeights Usual = new();
    private static readonly DatabaseDialect[] Dialects = [SqliteDialect.Instance, PostgreSqlDialect.Unbound];

    [Fact]
    public void A_place_is_counted_without_the_byte_order_mark_and_shown()
    {
        var message = Assert.Single(Judge([Script("0002", "\uFEFFSELECT 1;\r\n  DROP TABLE users;\r\n")]));
        Assert.Equal(("DTK5003", MessageSeverity.Error, 2, 3), (message.Code, message.Severity, message.Line, message.Column));
        Assert.Equal("  DROP TABLE users;\n  ^", message.Excerpt);
        Assert.StartsWith("Migrations/0002_x.sql:2:3: Dropping table 'users'", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_that_takes_no_comments_stops_nothing_by_itself()
    {
        var generated = Script("0002", "DROP TABLE users;") with { Identity = "ef:1" };
        Assert.Equal(MessageSeverity.Warning, Assert.Single(Judge([generated])).Severity);
        var weights = new LintWeights();
        weights.Set("DTK5003", MessageSeverity.Error, protectedOnly: true);
        Assert.Equal(MessageSeverity.Error, Assert.Single(MigrationLint.Judge([generated], weights, isProtected: true, isLeadingToProtected: false, isOneRun: true)).Severity);
    }

    [Fact]
    public void Only_in_one_run_does_a_script_excuse_the_next()
    {
        MigrationDefinition[] two = [Script("0001", "CREATE TABLE users (id INTEGER);"), Script("0002", "DROP TABLE users;")];
        Assert.Empty(Judge(two));
        Assert.Single(MigrationLint.Judge(two, Usual, isProtected: true, isLeadingToProtected: false, isOneRun: false));
    }

    [Fact]
    public void Of_a_script_of_thousands_the_gravest_are_told_and_how_many_more_there_are()
    {
        var many = string.Concat(Enumerable.Range(0, 300).Select(static n => $"UPDATE t{n} SET a = 1;\n")) + "DROP TABLE users;\n";
        var found = Judge([Script("0002", many)]);
        Assert.Equal(101, found.Count);
        Assert.Equal((MessageSeverity.Error, 301), (found[^2].Severity, found[^2].Line));
        Assert.Contains("has 201 more findings", found[^1].Text, StringComparison.Ordinal);
        Assert.Equal(found.Take(100).OrderBy(static message => message.Line), found.Take(100));
    }

    public static TheoryData<string> Kinds => [.. Dialects.Select(static dialect => dialect.Folder)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_line_that_allows_is_no_part_of_the_checksum_and_any_other_is(string kind)
    {
        var plain = ChecksumOf(kind, "SELECT 1;\nDROP TABLE users;\n");
        Assert.Equal(plain, ChecksumOf(kind, "SELECT 1;\n  -- dtk-allow DTK5003: unused\nDROP TABLE users;\n"));
        Assert.Equal(plain, ChecksumOf(kind, "\uFEFF-- dtk-allow DTK5003: unused\r\nSELECT 1;\r\nDROP TABLE users;\r\n-- dtk-allow DTK5004: empty"));
        Assert.NotEqual(plain, ChecksumOf(kind, "SELECT 1;\nDROP TABLE users; -- dtk-allow DTK5003: unused\n"));
        Assert.NotEqual(plain, ChecksumOf(kind, "SELECT 1;\n-- dtk-disable DTK5003: unused\nDROP TABLE users;\n"));
    }

    [Theory]
    [InlineData("/*\n-- dtk-allow */ DROP TABLE audit; /*\n*/", "/*\n*/")]
    [InlineData("SELECT '\n-- dtk-allow'; DROP TABLE audit; SELECT '\n';", "SELECT '\n';")]
    [InlineData("-- dtk-allow DTK5003: a\rDROP TABLE audit;\nSELECT 1;", "SELECT 1;")]
    [InlineData("-- dtk-allow DTK5003: a\u2028DROP TABLE audit;\nSELECT 1;", "SELECT 1;")]
    [InlineData("SELECT \"\n-- dtk-allow\"; DROP TABLE audit; SELECT \"\n\";", "SELECT \"\n\";")]
    public void A_line_that_only_looks_like_one_that_allows_is_part_of_the_checksum(string script, string without) =>
        Assert.All(Dialects, dialect => Assert.NotEqual(ChecksumOf(dialect.Folder, without), ChecksumOf(dialect.Folder, script)));

    [Fact]
    public void A_line_in_a_text_between_dollars_is_part_of_the_checksum() =>
        Assert.NotEqual(ChecksumOf("postgresql", "SELECT $$\n$$;"), ChecksumOf("postgresql", "SELECT $$\n-- dtk-allow $$; DROP TABLE audit; SELECT $$\n$$;"));

    private static string ChecksumOf(string kind, string script) => ScriptChecksum.Of(Dialects.Single(dialect => dialect.Folder == kind), script);

    private static IReadOnlyList<DeploymentMessage> Judge(MigrationDefinition[] migrations) =>
        MigrationLint.Judge(migrations, Usual, isProtected: true, isLeadingToProtected: false, isOneRun: true);

    private static MigrationDefinition Script(string version, string sql) =>
        new(SqliteDialect.Instance, version, "x") { Up = new MigrationScript($"Migrations/{version}_x.sql", sql) };
}
