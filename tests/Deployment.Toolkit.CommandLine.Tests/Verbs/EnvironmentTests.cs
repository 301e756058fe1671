namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class EnvironmentTests : IDisposable
{
    private readonly TestApp _app = new();

    public static TheoryData<string> Changing => ["up", "resume", "abort", "rollback", "unhold --reason mended", "config unpin --reason mended", "backup restore x", "backup prune"];

    public void Dispose() => _app.Dispose();

    [Theory]
    [MemberData(nameof(Changing))]
    public async Task A_verb_that_changes_a_protected_environment_wants_it_named(string line)
    {
        var ran = await _app.RunAsync(line.Split(' '));

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("error DTK7004: Environment 'Production' is protected, so a verb that changes it wants it named. Run 'deploy ", ran.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secrets set Database", "deploy secrets set Database --environment Production")]
    [InlineData("backup restore x --accept-data-loss", "deploy backup restore x --environment Production --accept-data-loss")]
    [InlineData("up --release 1.0.0", "deploy up --release 1.0.0 --environment Production")]
    public async Task The_command_that_it_names_is_the_one_that_was_typed(string line, string command)
    {
        Assert.Contains($"Run '{command}'.", (await _app.RunAsync(line.Split(' '))).Out, StringComparison.Ordinal);
        Assert.Null(SuggestedCommands.Read(command).Fault);
    }

    [Theory]
    [InlineData(new[] { "unhold", "--environment", "Staging", "--reason", "mended by us" }, "deploy unhold --reason \"mended by us\"")]
    [InlineData(new[] { "unhold", "--environment=Staging", "--reason", "" }, "deploy unhold --reason \"\"")]
    [InlineData(new[] { "unhold", "--reason", "it's mended" }, "deploy unhold")]
    [InlineData(new[] { "unhold", "--reason", "two\nlines" }, "deploy unhold")]
    public void What_was_typed_is_printed_where_it_can_be_run_as_printed(string[] args, string command) =>
        Assert.Equal(command, SuggestedCommands.AsTyped(args, "unhold"));

    [Theory]
    [InlineData("up --dry-run --release 1.0.0")]
    [InlineData("plan --release 1.0.0")]
    [InlineData("up --release 1.0.0 --environment production")]
    public async Task Looking_at_a_protected_environment_or_naming_it_is_enough(string line) =>
        Assert.DoesNotContain("DTK7004", (await _app.RunAsync(line.Split(' '))).Out, StringComparison.Ordinal);

    [Theory]
    [InlineData("up")]
    [InlineData("check")]
    public async Task A_name_that_no_environment_may_have_is_refused(string verb)
    {
        const string Name = "Qual ité's";
        _app.Configure = static deployment => deployment.AddEnvironments(static e => e.Add(Name));

        var ran = await _app.RunInAsync(["--environment", Name], [verb, "--environment", Name, "--output", "json"]);

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("DTK2005", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_of_another_environment_is_refused()
    {
        var ran = await _app.RunInAsync([], ["up", "--environment", "Staging"]);

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("error DTK7003: The host was built for 'Production' while --environment says 'Staging'. Pass args to CreateBuilder(args).", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flag_that_swallowed_the_environment_is_named()
    {
        var ran = await _app.RunAsync("up", "--dry-run", "--environment", "Staging");

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("Put --environment in front: 'deploy up --environment Staging --dry-run'.", ran.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("history")]
    [InlineData("verify-journal")]
    public async Task A_verb_that_reads_a_journal_reads_any_environments(string verb)
    {
        var ran = await _app.RunInAsync([], [verb, "--environment", "staging", "--output", "json"]);

        Assert.Equal(0, ran.ExitCode);
        Assert.Equal("staging", ran.Json.GetProperty("environment").GetString(), ignoreCase: true);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("status")]
    public async Task An_undeclared_environment_is_refused_with_a_suggestion(string verb)
    {
        var ran = await _app.RunAsync(verb, "--environment", "Stagin");

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("error DTK2003: Environment 'Stagin' is not declared. Did you mean 'Staging'?", ran.Out, StringComparison.Ordinal);
    }
}
