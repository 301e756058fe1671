using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Tests.Platform;

[SuppressMessage("Usage", "CA1849", Justification = "Code of an app writes to its console as it likes.")]
public sealed class OtherOutputTests
{
    [Theory]
    [InlineData("plain\n", "plain\n")]
    [InlineData("\e[40m\e[32minfo\e[39m\e[22m\e[49m: one\n      two\ttab\r\n", "\e[40m\e[32minfo\e[39m\e[22m\e[49m: one\n      two\ttab\r\n")]
    [InlineData("a\e]52;c;QUJD\ab\e[2Jc\e[31", "a\\u001b]52;c;QUJD\\u0007b\\u001b[2Jc\\u001b[31")]
    [InlineData("over\rwritten \u202eabc \u009b31m", "over\\rwritten \\u202eabc \\u009b31m")]
    public void What_a_terminal_obeys_is_shown_and_colours_stay(string written, string shown)
    {
        using var error = new StringWriter();
        using var others = new OtherOutput(error);

        others.Write(written);

        Assert.Equal(shown, error.ToString());
    }

    [Fact]
    public void Secrets_are_masked_before_anybody_sees_them()
    {
        using var error = new StringWriter();
        using var others = new OtherOutput(error) { Mask = static text => text.Replace("hunter2-hunter2", "***", StringComparison.Ordinal) };
        var lines = new List<string>();

        others.WriteLine("login with hunter2-hunter2");
        others.Lines = lines.Add;
        others.WriteLine("again hunter2-hunter2");
        others.Lines = null;

        Assert.Equal("login with ***" + Environment.NewLine, error.ToString());
        Assert.Equal(["again ***"], lines);
    }
}
