namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class RehearseTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task What_is_proven_is_told_and_nothing_is_deployed()
    {
        var result = await _app.RunAsync("rehearse", "--environment", "Development");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Proven on a copy: 1 migration of release", result.Out, StringComparison.Ordinal);
        Assert.Contains("up, back and up again", result.Out, StringComparison.Ordinal);
        Assert.Contains("of which 1 pending", (await _app.RunAsync("migrations", "list", "--environment", "Development")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_way_back_that_leaves_something_is_an_error_with_the_difference()
    {
        _app.WithMigration("0002_next", "CREATE TABLE Next (Id INTEGER);\nCREATE INDEX NextId ON Pages (Id);\n", "DROP TABLE Next;\n");
        var result = await _app.RunAsync("rehearse", "--environment", "Development");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("+ index NextId", result.Out, StringComparison.Ordinal);
        Assert.Contains("The way back of migration 0002_next leaves another schema", result.Out + result.Error, StringComparison.Ordinal);
        Assert.Contains("'-- irreversible: why' in a script, [Irreversible(\"why\")] on a class.", result.Out + result.Error, StringComparison.Ordinal);

        var json = (await _app.RunAsync("rehearse", "--environment", "Development", "--output", "json")).Json;
        var last = json.GetProperty("rehearsal").EnumerateArray().Last();
        Assert.Equal("wayBackDiffers", last.GetProperty("verdict").GetString());
        Assert.Equal("+ index NextId", Assert.Single(last.GetProperty("differences").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task With_nothing_pending_there_is_nothing_to_rehearse()
    {
        await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0");
        var result = await _app.RunAsync("rehearse", "--environment", "Development");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Nothing to rehearse", result.Out, StringComparison.Ordinal);
    }
}
