namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>The verbs of evidence: what they record, list and end with.</summary>
public sealed class EvidenceTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task What_is_recorded_is_listed_with_who_recorded_it()
    {
        _app.Write("good.xml", "<testsuite><testcase name='a'/><testcase name='b'><skipped/></testcase></testsuite>");
        _app.Write("bad.xml", "<testsuite><testcase name='pays by card'><failure/></testcase></testsuite>");
        var good = await AddAsync("--suite", "unit", Path.Combine(_app.Root, "good.xml"));
        var bad = await AddAsync("--suite", "e2e", "--as", "Anna Berg", Path.Combine(_app.Root, "bad.xml"));
        var list = await _app.RunAsync("evidence", "list", "--environment", "Development", "--output", "json");

        Assert.Equal((0, 1), (good.ExitCode, bad.ExitCode));
        Assert.StartsWith("Recorded in Development: passed.", good.Out, StringComparison.Ordinal);
        Assert.Contains("Failed are pays by card.", bad.Out, StringComparison.Ordinal);
        var tests = list.Json.GetProperty("tests").EnumerateArray().ToList();
        Assert.Equal(["e2e", "unit"], tests.Select(static one => one.GetProperty("suite").GetString()!));
        Assert.Contains("claims to be Anna Berg", tests[0].GetProperty("by").GetString(), StringComparison.Ordinal);
        Assert.Equal("pays by card", tests[0].GetProperty("failures")[0].GetString());
        var text = await _app.RunAsync("evidence", "list", "--environment", "Development");
        Assert.Contains("1 tests passed, 1 were left out", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_of_several_words_runs_without_a_shell_and_its_exit_code_counts()
    {
        var good = await AddAsync("--command", "--suite", "smoke", "--", "test", "a b", "=", "a b");
        var bad = await AddAsync("--command", "--suite", "smoke", "--", "sh", "-c", "echo $0 it broke; exit 4", "look:");
        Assert.Equal((0, 1), (good.ExitCode, bad.ExitCode));
        Assert.Contains("look: it broke", bad.Error, StringComparison.Ordinal);
        Assert.Contains("exit code 4", bad.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--suite", "unit", "one.xml", "two.xml")]
    [InlineData("--suite", "un it", "one.xml")]
    [InlineData("--suite", "unit", "none.xml")]
    public async Task What_cannot_be_recorded_is_refused_and_changes_nothing(params string[] args)
    {
        Assert.Equal(2, (await AddAsync(args)).ExitCode);
        Assert.Contains("Nothing is recorded", (await _app.RunAsync("evidence", "list", "--environment", "Development")).Out, StringComparison.Ordinal);
    }

    private Task<Ran> AddAsync(params string[] args) => _app.RunAsync(["evidence", "add", "--environment", "Development", "--release", "1.0.0+aaaaaaa1", .. args]);
}
