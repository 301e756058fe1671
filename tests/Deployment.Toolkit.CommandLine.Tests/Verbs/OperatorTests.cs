using System.Runtime.InteropServices;
using System.Text.Json;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>Who did it: what the operating system, sudo and the build server say, and beside it, never in its place, what somebody claims.</summary>
public sealed class OperatorTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_claimed_name_is_recorded_and_shown_as_claimed()
    {
        Assert.Equal(0, (await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0", "--as", "Anna Berg")).ExitCode);

        var records = await RecordsAsync();
        var holder = records.First(static record => Kind(record) == "lockTaken").GetProperty("data").GetProperty("holder");
        Assert.Equal("Anna Berg", holder.GetProperty("claimed").GetString());
        Assert.Equal(Environment.UserName, holder.GetProperty("user").GetString());
        Assert.Equal("Anna Berg", records.First(static record => Kind(record) == "runPlanned").GetProperty("data").GetProperty("claimed").GetString());
        var history = await _app.RunAsync("history", "--environment", "Development");
        Assert.Matches($"{Environment.UserName}@.* \\(claims to be Anna Berg\\)", history.Out);
        var run = (await _app.RunAsync("history", "--environment", "Development", "--output", "json")).Json.GetProperty("runs")[0];
        Assert.Equal("Anna Berg", run.GetProperty("claimedOperator").GetString());
        Assert.EndsWith("(claims to be Anna Berg)", run.GetProperty("startedBy").GetString(), StringComparison.Ordinal);
        var last = (await _app.RunAsync("status", "--output", "json")).Json.GetProperty("environments")[0].GetProperty("lastRun");
        Assert.Equal("Anna Berg", last.GetProperty("claimedOperator").GetString());
    }

    [Fact]
    public async Task Nobody_claims_anything_who_does_not_say_so()
    {
        await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0");

        var run = (await _app.RunAsync("history", "--environment", "Development", "--output", "json")).Json.GetProperty("runs")[0];
        Assert.False(run.TryGetProperty("claimedOperator", out _));
        Assert.DoesNotContain("claims", run.GetProperty("startedBy").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_run_names_in_the_status_who_claims_to_have_begun_it()
    {
        _app.Configure = static deployment => deployment.AddStep<Undoable>();
        Assert.Equal(3, (await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0", "--as", "carl")).ExitCode);

        Assert.Contains("(claims to be carl).", (await _app.RunAsync("status")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify-journal --new-key --reason lost --environment Development")]
    [InlineData("up --release 2.0.0 --environment Development")]
    [InlineData("rollback --environment Development")]
    public async Task Each_verb_that_writes_takes_it(string line)
    {
        await _app.RunAsync("up", "--environment", "Development", "--release", "0.9.0");
        await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0");
        var before = (await RecordsAsync()).Count;

        Assert.Equal(0, (await _app.RunAsync([.. line.Split(' '), "--as", "dora"])).ExitCode);

        Assert.Equal("dora", (await RecordsAsync())[before].GetProperty("data").GetProperty("holder").GetProperty("claimed").GetString());
    }

    [Theory]
    [InlineData("x) (sudo by root")]
    [InlineData(" anna")]
    [InlineData("anna\nroot")]
    [InlineData("anna\e[2J")]
    [InlineData("an\u202ena")]
    [InlineData("")]
    public async Task A_name_that_could_look_like_more_than_a_claim_is_refused(string name)
    {
        var ran = await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0", "--as", name);

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("Option '--as' holds something else than letters", ran.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_app.Root, ".deployment")));
    }

    [Fact]
    public async Task What_sudo_and_the_build_server_say_stands_beside_it()
    {
        Assert.SkipWhen(RuntimeInformation.IsOSPlatform(OSPlatform.Windows), "There is no env.");
        using var process = new StartProcess();

        var ran = await process.RunAsync("deploy up --release 1.0.0 --environment Development --as carl --output json", "env SUDO_USER=anna GITHUB_ACTOR=bert");

        Assert.True(ran.ExitCode == 0, ran.Out + ran.Error);
        Assert.EndsWith("(sudo by anna) (for GITHUB_ACTOR=bert) (claims to be carl)", ran.Json.GetProperty("run").GetProperty("startedBy").GetString(), StringComparison.Ordinal);
    }

    private static string Kind(JsonElement record) => record.GetProperty("kind").GetString()!;

    private async Task<List<JsonElement>> RecordsAsync() =>
        [.. (await File.ReadAllLinesAsync(Path.Combine(_app.Root, ".deployment", "development", "journal.jsonl"))).Select(static line => JsonDocument.Parse(line).RootElement)];

    internal sealed class Undoable : DeploymentStep
    {
        public override string Name => "undoable";

        public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) => new(new StepDescription("fails both ways") { WayBack = "fails" });

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("no");

        public override Task RevertAsync(StepContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("no way back");
    }
}
