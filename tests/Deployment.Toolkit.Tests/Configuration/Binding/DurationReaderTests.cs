using System.Globalization;
using CsCheck;
using Deployment.Toolkit.Options.Binding;

namespace Deployment.Toolkit.Tests.Configuration.Binding;

public sealed class DurationReaderTests
{
    private static readonly string[] Real = ["30s", "1h30m", "250ms", "1.5h", "-15m", "1.00:00:00", "00:00:30.5", "7d 12h", "24:00:00", "30", "1:30", "0.5us", "10675199d"];

    [Fact]
    public void Mutated_durations_never_throw_and_are_one_only_in_the_published_forms() =>
        Mutations.Of(Real, [.. "0123456789.:-+ smhdu".Select(char.ToString)]).Sample(
            static written =>
            {
                var isOne = DurationReader.TryRead(written, out var value, out var isAmbiguous, out var rule);
                Assert.True(isOne ? rule.Length == 0 && !isAmbiguous : rule.Length > 0 && value == default || isAmbiguous);
                // What is taken reads the same way when it is written in full.
                if (isOne) Assert.True(DurationReader.TryRead(value.ToString("c", CultureInfo.InvariantCulture), out var again, out _, out _) && again == value, $"it is {value}, and that is another");
            },
            iter: FullRun.Times(5_000, full: 200_000));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("00", 0)]
    [InlineData("0:00", 0)]
    [InlineData("1.12:30", 131_400)]
    [InlineData("1:12:30:00", 131_400)]
    [InlineData("1.02:03:04", 93_784)]
    public void What_has_one_reading_is_read(string text, int seconds)
    {
        Assert.True(DurationReader.TryRead(text, out var value, out _, out var rule), rule);
        Assert.Equal(TimeSpan.FromSeconds(seconds), value);
    }

    [Theory]
    [InlineData("30", "30 days", "30 seconds")]
    [InlineData("1:30", "01:30:00", "minutes and seconds")]
    [InlineData("24:00:00", "24 days", "24 hours")]
    public void What_has_two_readings_shows_both(string text, string first, string second)
    {
        Assert.False(DurationReader.TryRead(text, out _, out var isAmbiguous, out var rule));
        Assert.True(isAmbiguous);
        Assert.Contains(first, rule, StringComparison.Ordinal);
        Assert.Contains(second, rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("1h ")]
    [InlineData(":")]
    [InlineData("1.")]
    [InlineData("00:")]
    public void Work_grows_with_the_text(string piece)
    {
        long Measure(int characters)
        {
            var text = string.Concat(Enumerable.Repeat(piece, characters / piece.Length));
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.False(DurationReader.TryRead(text, out _, out _, out _));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Measure(10_000);
        Assert.InRange((Measure(10_000_000) + 1_000_000) / (double)(Measure(5_000_000) + 1_000_000), 0.5, 3.5);
    }
}
