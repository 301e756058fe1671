using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Tests.Databases;

public sealed class SourceExcerptTests
{
    [Theory]
    [InlineData("SELECT 1", 1, 8, "SELECT 1\n       ^")]
    [InlineData("SELECT 1", 1, 9, "SELECT 1\n        ^")]
    [InlineData("SELECT 1", 1, 99, "SELECT 1\n        ^")]
    [InlineData("SELECT 1", 1, -1, "SELECT 1\n^")]
    [InlineData("\uFEFFa\r\n\tb\rc\n", 1, 1, "a\n^")]
    [InlineData("\uFEFFa\r\n\tb\rc\n", 2, 2, " b\n ^")]
    [InlineData("\uFEFFa\r\n\tb\rc\n", 3, 1, "c\n^")]
    [InlineData("\uFEFFa\r\n\tb\rc\n", 4, 1, "\n^")]
    [InlineData("\uFEFFa\r\n\tb\rc\n", 5, 1, "")]
    [InlineData("a", 0, 1, "")]
    [InlineData("", 1, 1, "\n^")]
    [InlineData("a\u001B[31mb\0", 1, 7, "a [31mb \n      ^")]
    public void The_caret_stands_under_the_column(string text, int line, int column, string expected) =>
        Assert.Equal(expected, SourceExcerpt.Render(text, line, column));

    [Fact]
    public void A_long_line_is_cut_to_a_window_around_the_column()
    {
        var text = $"{new string('a', 500)}X{new string('b', 500)}";
        Assert.Equal(
            $"…{new string('a', 59)}X{new string('b', 58)}…\n{new string(' ', 60)}^",
            SourceExcerpt.Render(text, 1, 501));
        Assert.Equal($"{new string('a', 119)}…\n  ^", SourceExcerpt.Render(text, 1, 3));
        Assert.Equal($"…{new string('b', 119)}\n{new string(' ', 119)}^", SourceExcerpt.Render(text, 1, 1001));
    }

    [Fact]
    public void A_window_never_holds_half_a_character()
    {
        var text = string.Concat(Enumerable.Repeat("🙂", 500));
        for (var column = 1; column <= text.Length; column++)
        {
            var line = SourceExcerpt.Render(text, 1, column).Split('\n')[0];
            Assert.True(line.Length == 120 && line.EnumerateRunes().All(r => r.Value != 0xFFFD), $"column {column}: {line}");
        }
    }
}
