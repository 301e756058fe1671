namespace Deployment.Toolkit.Tests;

public sealed class ReleaseTests
{
    [Theory]
    [InlineData("1.4.0", "1.4.0", null)]
    [InlineData("1.4.0-rc.1+9fceb02d0ae5", "1.4.0-rc.1", "9fceb02d0ae5")]
    [InlineData("1.4.0+", "1.4.0", null)]
    public void Parse_splits_version_and_commit(string text, string version, string? commit) =>
        Assert.Equal(new Release(version, commit), Release.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("+abc")]
    [InlineData("1.0 beta")]
    [InlineData("1.0\n")]
    public void Parse_refuses_what_is_no_release(string text) => Assert.Throws<FormatException>(() => Release.Parse(text));

    [Fact]
    public void A_long_commit_is_shortened_for_people() =>
        Assert.Equal("1.0.0+0123456789", new Release("1.0.0", "0123456789abcdef").ToString());
}
