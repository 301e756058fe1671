namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>Journals that lie in the database of each environment: a host knows its own environment's alone.</summary>
public sealed class JournalElsewhereTests : IDisposable
{
    private readonly TestApp _app = new TestApp { Configure = static deployment => deployment.ForJournal() }.WithPages();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task What_is_not_in_the_hosts_database_is_not_called_lost()
    {
        await UpAsync();

        var status = await _app.RunAsync("status", "--output", "json");

        Assert.Equal(0, status.ExitCode);
        var environments = status.Json.GetProperty("environments").EnumerateArray().ToDictionary(static one => one.GetProperty("name").GetString()!);
        Assert.True(environments["Development"].GetProperty("isElsewhere").GetBoolean());
        Assert.False(environments["Production"].TryGetProperty("isElsewhere", out _));
        Assert.Contains("not in this database: see 'deploy status --environment Development'", (await _app.RunAsync("status")).Out, StringComparison.Ordinal);
        var named = await _app.RunAsync("status", "--environment", "Development");
        Assert.Equal(0, named.ExitCode);
        Assert.Contains("1.0.0", named.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("promote")]
    public async Task A_promotion_out_of_another_database_says_how_its_evidence_is_brought_along(string verb)
    {
        await UpAsync();

        var refused = await _app.RunAsync(verb, "--environment", "Staging", "--release", "1.0.0");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("the database that keeps the journal of 'Staging' has none of 'Development'", refused.Out, StringComparison.Ordinal);
        Assert.Contains("'deploy evidence export bundle.jsonl --environment Development', then 'deploy evidence import bundle.jsonl --environment Staging'", refused.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("--new-key", refused.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("history")]
    [InlineData("verify-journal")]
    public async Task What_reads_a_journal_wants_the_host_of_its_environment(string verb)
    {
        await UpAsync();

        var refused = await _app.RunInAsync([], [verb, "--environment", "Development"]);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("error DTK7003: The host was built for 'Production' while --environment says 'Development'. Pass args to CreateBuilder(args).", refused.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_swallowed_the_environment_is_named()
    {
        await UpAsync();
        var file = Path.Combine(_app.Root, "out.jsonl");

        var refused = await _app.RunAsync("journal", "export", file, "--environment", "Development");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"The builder took '--environment' for the value of '{file}'. Put --environment in front: 'deploy journal export --environment Development {file}'.", refused.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
        Assert.Equal(0, (await _app.RunAsync("journal", "export", "--environment", "Development", file)).ExitCode);
    }

    [Fact]
    public async Task What_was_lost_in_the_hosts_own_database_still_is()
    {
        await UpAsync();
        Directory.Delete(Directory.GetDirectories(_app.Root, "content.db.deployment").Single(), recursive: true);

        var status = await _app.RunAsync("status", "--environment", "Development");

        Assert.Contains("DTK7108", status.Out, StringComparison.Ordinal);
    }

    private async Task UpAsync()
    {
        var up = await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0");
        Assert.True(up.ExitCode == 0, up.Out + up.Error);
    }
}
