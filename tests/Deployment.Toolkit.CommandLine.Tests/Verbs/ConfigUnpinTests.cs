using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>Lifting what a rollback pinned, on purpose.</summary>
public sealed class ConfigUnpinTests : IDisposable
{
    private static readonly string[] Unpin = ["config", "unpin", "--environment", "Development", "--reason", "it holds for both"];

    private readonly TestApp _app = new TestApp().WithPages();

    private string _title = "old";

    public ConfigUnpinTests()
    {
        _app.Configure = static deployment => deployment.AddValidatedOptions<ShopOptions>("Shop");
        _app.AddSources = (builder, _) => builder.Configuration.AddInMemoryCollection([new("Shop:Title", _title)]);
    }

    public sealed class ShopOptions
    {
        public string? Title { get; init; }
    }

    public void Dispose() => _app.Dispose();

    private string Pin => Path.Combine(_app.Root, ".deployment", "development", "pinned.json");

    [Fact]
    public async Task A_pin_is_lifted_told_and_kept_in_the_journal()
    {
        await RolledBackAsync();
        Assert.Equal("old", await TitleAsync());

        var lifted = await _app.RunAsync([.. Unpin, "--as", "anna", "--output", "json"]);

        Assert.True(lifted.ExitCode == 0, lifted.Out + lifted.Error);
        var change = Assert.Single(lifted.Json.GetProperty("difference").GetProperty("changes").EnumerateArray());
        Assert.Equal(("Shop:Title", "changed", "old", "new"), (Text(change, "key"), Text(change, "change"), Text(change, "from"), Text(change, "to")));
        Assert.Equal("new", await TitleAsync());
        var record = (await RecordsAsync())[^1];
        Assert.Equal("configurationUnpinned", Text(record, "kind"));
        var data = record.GetProperty("data");
        Assert.Equal(("1.0.0", "it holds for both"), (Text(data, "release"), Text(data, "reason")));
        Assert.EndsWith("(claims to be anna)", Text(data, "by"), StringComparison.Ordinal);
        Assert.Equal(0, (await _app.RunAsync("verify-journal", "--environment", "Development")).ExitCode);
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_change_and_changes_nothing()
    {
        await RolledBackAsync();
        var records = (await RecordsAsync()).Count;

        var shown = await _app.RunAsync("config", "unpin", "--environment", "Development", "--dry-run");

        Assert.Equal(0, shown.ExitCode);
        Assert.StartsWith("Not changed: the configuration of Development is pinned for 1.0.0, and 1 key would change.", shown.Out, StringComparison.Ordinal);
        Assert.Contains("Shop:Title", shown.Out, StringComparison.Ordinal);
        Assert.Equal("old", await TitleAsync());
        Assert.Equal(records, (await RecordsAsync()).Count);
    }

    [Fact]
    public async Task With_nothing_pinned_it_refuses()
    {
        await UpAsync("1.0.0");

        var refused = await _app.RunAsync(Unpin);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("DTK7021: Nothing is pinned in 'Development'", refused.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_reason_it_refuses_and_leaves_the_pin()
    {
        await RolledBackAsync();

        var refused = await _app.RunAsync("config", "unpin", "--environment", "Development");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("The reason is empty.", refused.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(Pin));
    }

    [Fact]
    public async Task While_a_run_is_not_finished_it_refuses_and_leaves_the_pin()
    {
        await RolledBackAsync();
        var pinned = await File.ReadAllTextAsync(Pin);
        _app.Configure = static deployment => deployment.AddValidatedOptions<ShopOptions>("Shop").AddStep<OperatorTests.Undoable>();
        Assert.Equal(3, (await UpAsync("3.0.0")).ExitCode);
        // The run that stopped had lifted it; a person put it back by hand.
        await File.WriteAllTextAsync(Pin, pinned);

        var refused = await _app.RunAsync(Unpin);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("DTK7012", refused.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(Pin));
    }

    [Fact]
    public async Task A_pin_that_names_a_path_as_its_run_writes_nowhere_else()
    {
        await RolledBackAsync();
        await File.WriteAllTextAsync(Pin, """{ "release": "1.0.0", "run": "../../escaped", "values": { "Shop:Title": "old" }, "removed": [] }""");

        Assert.Equal(0, (await _app.RunAsync(Unpin)).ExitCode);

        Assert.False(File.Exists(Pin));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(Pin)!, "pinned.unpinned-*.json"));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task RolledBackAsync()
    {
        await UpAsync("1.0.0");
        _title = "new";
        await UpAsync("2.0.0");
        Assert.Equal(0, (await _app.RunAsync("rollback", "--environment", "Development")).ExitCode);
        Assert.True(File.Exists(Pin));
    }

    private Task<Ran> UpAsync(string release) => _app.RunAsync("up", "--environment", "Development", "--release", release);

    private async Task<string?> TitleAsync() =>
        Text((await _app.RunAsync("config", "show", "Shop:Title", "--environment", "Development", "--output", "json")).Json.GetProperty("values")[0], "value");

    private async Task<List<JsonElement>> RecordsAsync() =>
        [.. (await File.ReadAllLinesAsync(Path.Combine(_app.Root, ".deployment", "development", "journal.jsonl"))).Select(static line => JsonDocument.Parse(line).RootElement)];
}
