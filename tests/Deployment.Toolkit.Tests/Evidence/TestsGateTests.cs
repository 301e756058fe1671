using Deployment.Toolkit.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Evidence;

/// <summary>An environment that requires tests takes a release when they passed on its commit, and by nothing else.</summary>
public sealed class TestsGateTests : IDisposable
{
    private const string Good = "<testsuite tests='1'><testcase name='a'/></testsuite>";
    private const string Bad = "<testsuite tests='1'><testcase name='pays'><failure/></testcase></testsuite>";
    private const string None = "<testsuite tests='0'/>";

    private readonly TestApp _app = new();

    public TestsGateTests() => _app.Configure = static deployment => deployment.AddEnvironments(static e => e
        .Add("Staging")
        .Add("Production", static p => p.PromotedFrom("Staging").RequireTests("unit", "e2e")));

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_release_enters_when_all_its_suites_passed_wherever_on_its_way_that_was_recorded()
    {
        const string release = "1.0.0+aaaaaaa1";
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync(release, "Staging")).Outcome);
        var nothing = await _app.UpAsync(release, "Production");
        await AddAsync("unit", Good, release, "Staging");
        var half = await _app.UpAsync(release, "Production");
        await AddAsync("E2E", Good, release, "Production");
        var whole = await _app.UpAsync(release, "Production");

        Assert.Equal((DeploymentOutcome.Refused, GateOutcome.Inconclusive), (nothing.Outcome, GateOf(nothing).Outcome));
        Assert.Contains("'deploy evidence add results.trx --suite e2e --release 1.0.0+aaaaaaa1 --environment Production'", GateOf(nothing).Reason, StringComparison.Ordinal);
        Assert.Contains("of 'e2e' nothing is recorded", GateOf(half).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("unit", GateOf(half).Reason, StringComparison.Ordinal);
        Assert.Equal((DeploymentOutcome.Succeeded, GateOutcome.Passed), (whole.Outcome, GateOf(whole).Outcome));
        Assert.StartsWith("e2e: 1 tests passed", GateOf(whole).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tests_that_were_recorded_with_the_commit_as_pages_show_it_count_for_the_whole_one()
    {
        const string whole = "1.0.0+9fceb02d0ae598e95dc970b74767f19372d61af8";
        await _app.UpAsync(whole, "Staging");
        await AddAsync("unit", Good, "1.0.0+9fceb02d0a", "Staging");
        await AddAsync("e2e", Good, "1.0.0+9fceb0", "Staging");

        var half = await _app.UpAsync(whole, "Production");

        Assert.Contains("of 'e2e' nothing is recorded", GateOf(half).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("unit", GateOf(half).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Bad, "1 of 1 tests failed")]
    [InlineData(None, "no test was run")]
    public async Task The_last_word_counts_and_a_run_that_failed_or_ran_nothing_is_none(string last, string told)
    {
        const string release = "1.0.0+aaaaaaa1";
        await _app.UpAsync(release, "Staging");
        await AddAsync("unit", Good, release, "Staging");
        await AddAsync("e2e", Good, release, "Staging");
        var added = await AddAsync("unit", last, release, "Staging");
        var refused = await _app.UpAsync(release, "Production");

        Assert.Equal(DeploymentOutcome.Failed, added.Outcome);
        Assert.Equal(GateOutcome.Failed, GateOf(refused).Outcome);
        Assert.Contains($"'unit': {told}", GateOf(refused).Reason, StringComparison.Ordinal);
        await AddAsync("unit", Good, release, "Staging");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync(release, "Production")).Outcome);
    }

    [Fact]
    public async Task Tests_of_another_commit_say_nothing_and_those_of_the_same_commit_count_for_any_version_of_it()
    {
        await AddAsync("unit", Good, "1.0.0+aaaaaaa1", "Staging");
        await AddAsync("e2e", Good, "1.0.0+aaaaaaa1", "Staging");
        await _app.UpAsync("1.0.0+bbbbbbb2", "Staging");
        Assert.Equal(GateOutcome.Inconclusive, GateOf(await _app.UpAsync("1.0.0+bbbbbbb2", "Production")).Outcome);
        await _app.UpAsync("1.0.1+AAAAAAA1", "Staging");
        Assert.Equal(GateOutcome.Passed, GateOf(await _app.UpAsync("1.0.1+AAAAAAA1", "Production")).Outcome);
    }

    [Fact]
    public async Task What_was_recorded_is_there_after_summaries_and_with_the_files_digest()
    {
        const string release = "1.0.0+aaaaaaa1";
        await AddAsync("unit", Bad, release, "Staging");
        for (var i = 0; i < 70; i++) await AddAsync("other", Good, release, "Staging");
        using var host = _app.Build("Staging");
        var tests = await host.Services.GetRequiredService<DeploymentEvidence>().GetTestsAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["other", "unit"], tests.Select(static one => one.Suite));
        Assert.Equal(("junit", 0, 1, false), (tests[1].Format, tests[1].Passed, tests[1].Failed, tests[1].HasPassed));
        Assert.Equal(["pays"], tests[1].Failures);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Bad))), tests[1].Sha256);
        Assert.Contains("\"kind\":\"stateSummarized\"", await File.ReadAllTextAsync(_app.JournalFile("staging"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 0", true)]
    [InlineData("echo one; exit 3", false)]
    public async Task A_commands_exit_code_says_it_too(string script, bool passes)
    {
        List<string> lines = [];
        var result = await AddAsync(new AddTestsRequest { Suite = "smoke", Command = ["sh", "-c", script], Release = "1.0.0+aaaaaaa1", Output = lines.Add }, "Staging");
        Assert.Equal(passes ? DeploymentOutcome.Succeeded : DeploymentOutcome.Failed, result.Outcome);
        if (!passes) Assert.Equal(("one", true), (Assert.Single(lines), Assert.Single(result.Messages).Text.Contains("exit code 3", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_command_that_is_not_there_records_nothing()
    {
        var result = await AddAsync(new AddTestsRequest { Suite = "smoke", Command = ["no-such-program-of-ours"], Release = "1.0.0" }, "Staging");
        Assert.Equal((DeploymentOutcome.Refused, "DTK7230"), (result.Outcome, Assert.Single(result.Messages).Code));
        Assert.False(File.Exists(_app.JournalFile("staging")));
    }

    [Fact]
    public void A_suite_without_a_name_is_refused_where_it_is_declared() =>
        Assert.Throws<ArgumentException>(() => new TestApp { Configure = static d => d.AddEnvironments(static e => e.Add("X", static x => x.RequireTests("a b"))) }.Build("X"));

    private static PlannedGate GateOf(DeploymentResult result) => Assert.Single(result.Plan!.Gates, static gate => gate.Name == "tests");

    private Task<DeploymentResult> AddAsync(string suite, string xml, string release, string environment)
    {
        var file = Path.Combine(_app.Folder, "results.xml");
        File.WriteAllText(file, xml);
        return AddAsync(new AddTestsRequest { Suite = suite, File = file, Release = release }, environment);
    }

    private async Task<DeploymentResult> AddAsync(AddTestsRequest request, string environment)
    {
        using var host = _app.Build(environment);
        return await host.Services.GetRequiredService<DeploymentEvidence>().AddTestsAsync(request, TestContext.Current.CancellationToken);
    }
}
