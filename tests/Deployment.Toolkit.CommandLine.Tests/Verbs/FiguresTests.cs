namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary><c>deploy history --figures</c>, as people and as scripts read it.</summary>
public sealed class FiguresTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Figures_of_all_environments_stand_side_by_side()
    {
        await DeployAsync();
        var ran = await _app.RunAsync("history", "--figures");
        Assert.Equal(0, ran.ExitCode);
        Approval.Check(_app.Normalize(ran.Out), "history-figures");
    }

    [Fact]
    public async Task Figures_of_one_environment_are_json()
    {
        await DeployAsync();
        var ran = await _app.RunAsync("history", "--figures", "--window", "7d", "--environment", "Development", "--output", "json");
        var figures = Assert.Single(ran.Json.GetProperty("figures").EnumerateArray());
        Assert.Equal(("Development", 2, 2, 1), (figures.GetProperty("environment").GetString(), figures.GetProperty("attempts").GetInt32(), figures.GetProperty("deployments").GetInt32(), figures.GetProperty("rollbacks").GetInt32()));
        Assert.Equal((50d, 100d), (figures.GetProperty("changeFailurePercent").GetDouble(), figures.GetProperty("successPercent").GetDouble()));
        Assert.Equal("none", figures.GetProperty("leadTimeBasis").GetString());
        Assert.False(figures.TryGetProperty("leadTimeSeconds", out _));
    }

    [Theory]
    [InlineData("--figures", "--last", "3")]
    [InlineData("--figures", "20261121-034351-7f3a")]
    [InlineData("--figures", "--window", "0s")]
    [InlineData("--window", "30d")]
    public async Task What_does_not_go_together_is_refused(params string[] args)
    {
        var ran = await _app.RunAsync(["history", .. args]);
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("DTK7601", ran.Out + ran.Error, StringComparison.Ordinal);
    }

    private async Task DeployAsync()
    {
        foreach (var release in (string[])["1.0.0", "1.1.0"])
        {
            Assert.Equal(0, (await _app.RunAsync("up", "--release", release, "--environment", "Development")).ExitCode);
            _app.Clock.Advance(TimeSpan.FromHours(12));
        }

        Assert.Equal(0, (await _app.RunAsync("rollback", "--environment", "Development")).ExitCode);
        _app.Clock.Advance(TimeSpan.FromHours(24));
    }
}
