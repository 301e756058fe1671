using Deployment.Toolkit.Databases.Sqlite;


namespace Deployment.Toolkit.Tests.Databases;

public sealed class SqlErrorLocatorTests
{
    [Theory]
    [InlineData("UNIQUE constraint failed: a.b")]
    [InlineData("database is locked")]
    [InlineData("")]
    [InlineData("near \"")]
    [InlineData("near \"\": syntax error")]
    [InlineData("near \"gone\": syntax error")]
    [InlineData("no such table: ")]
    [InlineData("no such table: gone")]
    [InlineData("no such table: x.y.z.")]
    [InlineData("table ")]
    [InlineData("error in view v: no such table: main.a")]
    [InlineData("malformed database schema (v) - near \"a\": syntax error")]
    public void A_message_that_points_nowhere_gives_no_place(string error) =>
        Assert.Null(SqlErrorLocator.Locate(new("SELECT a FROM b", 1, 1, 0), Message(error), static _ => null));

    [Fact]
    public void A_message_without_the_drivers_wrapping_is_understood() =>
        Assert.Equal((3, 12), SqlErrorLocator.Locate(new("SELECT b", 3, 5, 20), "no such column: b", static _ => null));

    [Fact]
    public void Nothing_is_prepared_for_a_token_that_occurs_once() =>
        Assert.Equal((1, 1), SqlErrorLocator.Locate(new("SELEC a", 1, 1, 0), Message("near \"SELEC\": syntax error"), Unexpected));

    [Fact]
    public void A_piece_of_a_pragma_is_not_prepared_because_pragmas_act_at_once() =>
        Assert.Null(SqlErrorLocator.Locate(new("PRAGMA a = ON ON", 1, 1, 0), Message("near \"ON\": syntax error"), Unexpected));

    [Fact]
    public void Among_a_hundred_thousand_commas_the_wrong_one_is_found_with_few_preparations()
    {
        var text = $"VALUES ({string.Concat(Enumerable.Repeat("1, ", 70_000))}, {string.Concat(Enumerable.Repeat("1, ", 30_000))}1)";
        var wrong = text.IndexOf(", , ", StringComparison.Ordinal) + 2;
        var preparations = 0;
        var message = Message("near \",\": syntax error");
        var place = SqlErrorLocator.Locate(new(text, 1, 1, 0), message, cut =>
        {
            preparations++;
            return cut.Length > wrong ? message : Message("incomplete input");
        });
        Assert.Equal((1, wrong + 1), place);
        Assert.InRange(preparations, 1, 20);
    }

    [Fact]
    public void A_token_whose_place_the_database_does_not_confirm_gives_no_place() =>
        Assert.Null(SqlErrorLocator.Locate(new("a , , b", 1, 1, 0), Message("near \",\": syntax error"), static _ => null));

    [Theory]
    [InlineData("SELECT a -> -> b", "->", 13)]
    [InlineData("SELECT a ->> ->> b", "->>", 14)]
    [InlineData("SELECT a -> b", ">", 11)]
    public void The_arrow_is_found_whether_sqlite_reads_it_as_one_token_or_as_two(string text, string near, int column)
    {
        var message = Message($"near \"{near}\": syntax error");
        Assert.Equal((1, column), SqlErrorLocator.Locate(new(text, 1, 1, 0), message, cut => cut.Length >= column ? message : null));
    }

    private static string Unexpected(string text) => throw new InvalidOperationException($"'{text}' was prepared.");

    private static string Message(string error) => $"SQLite Error 1: '{error}'.";
}
