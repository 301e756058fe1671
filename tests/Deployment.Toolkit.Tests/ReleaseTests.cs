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
    [InlineData("$(id)")]
    [InlineData("1.0;x")]
    [InlineData("1.0-<b>")]
    [InlineData("it's")]
    [InlineData("-x")]
    [InlineData("/etc")]
    [InlineData("1.0+abc|x")]
    [InlineData("1.0+`x`")]
    [InlineData("1.0-\u202e")]
    public void Parse_refuses_what_is_no_release(string text) => Assert.Throws<FormatException>(() => Release.Parse(text));

    [Theory]
    [InlineData("1.2.0", true)]
    [InlineData("1.2.0+9fceb02", true)]
    [InlineData("1.2.0+9FCEB02d0a", true)]
    [InlineData("1.2.0+9fceb02d0ae598e95dc970b74767f19372d61af8", true)]
    [InlineData("1.2.0+9fce", false)]
    [InlineData("1.2.0+", false)]
    [InlineData("1.2.0+0fceb02d0a", false)]
    [InlineData("1.2", false)]
    [InlineData("1.2.00", false)]
    public void A_release_is_called_by_its_version_or_with_the_beginning_of_its_commit(string text, bool expected)
    {
        var release = new Release("1.2.0", "9fceb02d0ae598e95dc970b74767f19372d61af8");

        Assert.Equal(expected, release.IsCalled(text));
        if (!text.EndsWith('+')) Assert.Equal(expected, Release.Parse(text).Means(release));
        Assert.Equal(release, Release.Parse(release.ToFullString()));
        Assert.True(release.IsCalled(release.ToString()));
    }

    [Fact]
    public void A_long_commit_is_shortened_for_people() =>
        Assert.Equal("1.0.0+0123456789", new Release("1.0.0", "0123456789abcdef").ToString());
}
