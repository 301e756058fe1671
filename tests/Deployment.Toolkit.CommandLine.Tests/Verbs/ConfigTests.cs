namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class ConfigTests : IDisposable
{
    private readonly TestApp _app = ConfigApp.Create();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Show_has_every_value_with_its_place_and_no_secret() => await CheckAsync("config-show", "config", "show", "--environment", "Development");

    [Fact]
    public async Task Show_takes_the_keys_below_one() =>
        await CheckAsync("config-show-below", "config", "show", "content:provider", "--environment", "Development", "--output", "json");

    [Fact]
    public async Task Show_of_a_key_that_nothing_sets_suggests_one()
    {
        var ran = await _app.RunAsync("config", "show", "Contnet", "--environment", "Development");

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("error DTK7041: Key 'Contnet' is set nowhere in Development. Did you mean 'Content'?", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Elements_that_a_stronger_file_replaced_do_not_count()
    {
        var json = (await _app.RunAsync("config", "show", "Content:Languages", "--environment", "Development", "--output", "json")).Json;

        Assert.Equal("Content:Languages:0", Assert.Single(json.GetProperty("values").EnumerateArray()).GetProperty("key").GetString());
    }

    [Fact]
    public async Task All_adds_what_the_command_line_sets()
    {
        string[] args = ["config", "show", "--environment", "Development", "--Extra:Word", "spoken"];
        Assert.DoesNotContain("spoken", (await _app.RunInAsync(args, args[..4])).Out, StringComparison.Ordinal);
        var all = (await _app.RunInAsync(args, [.. args[..4], "--all"])).Out;

        Assert.Contains("Extra:Word", all, StringComparison.Ordinal);
        Assert.Contains("command line --Extra:Word", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_shows_the_whole_chain()
    {
        string[] args = ["config", "explain", "Content:MaxItems", "--environment", "Development"];
        await CheckAsync("config-explain", [.. args, "--Content:MaxItems", "7"], args);
    }

    [Fact]
    public async Task Explain_hides_every_layer_of_a_secret() =>
        await CheckAsync("config-explain-secret", "config", "explain", "Content:Provider:Credential", "--environment", "Development");

    [Fact]
    public async Task Explain_knows_members_that_nothing_sets() =>
        Assert.Contains(
            "Content:CacheFor is set nowhere in Development, so ContentOptions.CacheFor keeps its default.",
            (await _app.RunAsync("config", "explain", "Content:CacheFor", "--environment", "Development")).Out,
            StringComparison.Ordinal);

    [Fact]
    public async Task Explain_of_an_unknown_key_suggests_one()
    {
        var ran = await _app.RunAsync("config", "explain", "Content:MaxItms", "--environment", "Development");

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("Did you mean 'Content:MaxItems'?", ran.Out, StringComparison.Ordinal);
    }

    private Task CheckAsync(string name, params string[] args) => CheckAsync(name, args, args);

    private async Task CheckAsync(string name, string[] hostArgs, string[] args)
    {
        var ran = await _app.RunInAsync(hostArgs, args);
        Assert.DoesNotContain(ConfigApp.Canary, ran.Out + ran.Error, StringComparison.Ordinal);
        Approval.Check(_app.Normalize($"$ deploy {string.Join(' ', args)}\n{ran.Out}[exit {ran.ExitCode}]\n"), name);
    }
}
