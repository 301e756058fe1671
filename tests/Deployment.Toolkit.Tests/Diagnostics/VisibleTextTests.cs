using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Tests.Diagnostics;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain text, 'quotes' and C:\\paths\\x", "plain text, 'quotes' and C:\\paths\\x")]
    [InlineData("äöü – ✓ 漢字 🚀", "äöü – ✓ 漢字 🚀")]
    [InlineData("\e[31mred\e[0m", "\\u001b[31mred\\u001b[0m")]
    [InlineData("\e", "\\u001b")]
    [InlineData("a\u009b2Jb", "a\\u009b2Jb")]
    [InlineData("a\u202eb\u2066c\u061c", "a\\u202eb\\u2066c\\u061c")]
    [InlineData("a\nb\r\nc\td", "a\\nb\\r\\nc\\td")]
    [InlineData("\U000E0041", "\\udb40\\udc41")]
    [InlineData("\u2028\u200b\ufeff\u0000\u007f", "\\u2028\\u200b\\ufeff\\u0000\\u007f")]
    public void What_a_terminal_would_obey_is_shown_as_an_escape(string text, string shown) => Assert.Equal(shown, VisibleText.Line(text));

    [Theory]
    [InlineData("a\nb\r\n\tc", "a\nb\r\n\tc")]
    [InlineData("a\rb\r", "a\\rb\\r")]
    [InlineData("a\n\e[2J", "a\n\\u001b[2J")]
    public void Lines_stay_lines_but_none_is_overwritten(string text, string shown) => Assert.Equal(shown, VisibleText.Lines(text));

    [Fact]
    public void Half_a_pair_is_shown_as_an_escape() => Assert.Equal("a\\ud800b\\udc00", VisibleText.Line("a\ud800b\udc00"));

    [Fact]
    public void One_text_of_megabytes_is_cut_and_says_so()
    {
        var shown = VisibleText.Line(new string('\e', 5_000_000));
        Assert.InRange(shown.Length, VisibleText.Longest, (6 * VisibleText.Longest) + 100);
        Assert.EndsWith("more characters", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plain_text_costs_nothing()
    {
        var text = new string('x', 1000);
        Assert.Same(text, VisibleText.Line(text));
    }
}
