using System.Text;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Tests.Platform;

public sealed class LineSplitterTests
{
    [Theory]
    [InlineData("a\nb\r\nc", "a|b|c")]
    [InlineData("\n\r\n", "|")]
    [InlineData("", null)]
    [InlineData("Grüße 🚀\nend\n", "Grüße 🚀|end")]
    [InlineData("10 %\r20 %\r\n", "10 %\r20 %")]
    public void Lines_are_the_same_however_the_bytes_come(string text, string? expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size <= bytes.Length + 1; size++)
            Assert.Equal(expected?.Split('|') ?? [], Split(bytes, size));
    }

    [Theory]
    [InlineData(LineSplitter.MaxBytes, "\n", false)]
    [InlineData(LineSplitter.MaxBytes, "\r\n", false)]
    [InlineData(LineSplitter.MaxBytes, "", false)]
    [InlineData(LineSplitter.MaxBytes + 1, "\n", true)]
    [InlineData(LineSplitter.MaxBytes + 1, "\r\n", true)]
    [InlineData(10 * LineSplitter.MaxBytes, "", true)]
    public void A_line_over_8_KiB_is_cut_and_marked_and_the_next_is_whole(int length, string end, bool cut)
    {
        var expected = new string('x', Math.Min(length, LineSplitter.MaxBytes)) + (cut ? "… (cut)" : "");
        var bytes = Encoding.UTF8.GetBytes(new string('x', length) + end + (end.Length > 0 ? "next\n" : ""));
        string[] lines = end.Length > 0 ? [expected, "next"] : [expected];
        Assert.Equal(lines, Split(bytes, 1000));
        Assert.Equal(lines, Split(bytes, bytes.Length));
    }

    [Fact]
    public void A_cut_never_splits_a_character()
    {
        for (var shift = 0; shift < 4; shift++)
        {
            var text = new string('x', shift) + string.Concat(Enumerable.Repeat("🚀", LineSplitter.MaxBytes));
            var line = Assert.Single(Split(Encoding.UTF8.GetBytes(text), 777));
            Assert.DoesNotContain('\uFFFD', line);
            Assert.EndsWith("🚀… (cut)", line, StringComparison.Ordinal);
        }
    }

    private static List<string> Split(byte[] bytes, int size)
    {
        var lines = new List<string>();
        var splitter = new LineSplitter(lines.Add);
        foreach (var chunk in bytes.Chunk(size))
            splitter.Add(chunk);
        splitter.Complete();
        return lines;
    }
}
