using System.Text.Json;

namespace Deployment.Toolkit.CommandLine.Tests.Output;

public sealed class JsonTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("check --environment Development", "")]
    [InlineData("plan --environment Development --release 1.0.0", "plan")]
    [InlineData("plan --environment Development --release 1.0.0 --sql", "plan scripts")]
    [InlineData("up --environment Development --release 1.0.0", "plan run")]
    [InlineData("up --environment Development --release 1.0.0 --dry-run", "plan")]
    [InlineData("resume --environment Development", "")]
    [InlineData("abort --environment Development", "")]
    [InlineData("rollback --environment Development", "")]
    [InlineData("status", "environments")]
    [InlineData("history --environment Development", "runs")]
    [InlineData("verify-journal --environment Development", "")]
    [InlineData("health --environment Development", "checks")]
    [InlineData("config unpin --environment Development --reason mended", "")]
    [InlineData("unhold --environment Development --reason mended", "")]
    [InlineData("migrations list --environment Development", "migrations")]
    [InlineData("migrations add add_quality", "files")]
    [InlineData("backup list --environment Development", "backups")]
    [InlineData("backup prune --environment Development", "retention")]
    [InlineData("backup restore nothing --environment Development", "")]
    public async Task Each_verb_writes_one_object_with_the_same_members_in_front(string line, string data)
    {
        var json = (await _app.RunAsync([.. line.Split(' '), "--output", "json"])).Json;

        string[] members = [.. json.EnumerateObject().Select(static member => member.Name)];
        Assert.Equal(["verb", "environment", "outcome", "exitCode", "messages", .. data.Split(' ', StringSplitOptions.RemoveEmptyEntries)], members);
        Assert.StartsWith(json.GetProperty("verb").GetString()!, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_of_a_plan_and_a_run_stand_in_the_documented_order()
    {
        var json = (await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0+abc", "--output", "json")).Json;

        Assert.Equal(["kind", "release", "hash", "steps", "migrations", "gates", "configuration", "risks"], Names(json.GetProperty("plan")));
        Assert.Equal(["name", "effect", "changesNothing", "isRequired", "timeoutSeconds", "retries"], Names(json.GetProperty("plan").GetProperty("steps")[0]));
        Assert.Equal(["id", "kind", "release", "state", "startedBy", "startedAt", "lastRecordAt", "planHash", "steps", "messages"], Names(json.GetProperty("run")));
        Assert.Equal(["name", "state", "attempts", "durationSeconds"], Names(json.GetProperty("run").GetProperty("steps")[0]));
        Assert.Equal(["version", "commit"], Names(json.GetProperty("run").GetProperty("release")));
        Assert.Equal("2026-11-21T03:43:51.000Z", json.GetProperty("run").GetProperty("startedAt").GetString());
        Assert.Equal("succeeded", json.GetProperty("run").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Backups_are_listed_and_taken_with_the_same_members()
    {
        await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0+abc");
        var taken = (await _app.RunAsync("backup", "create", "--environment", "Development", "--output", "json")).Json.GetProperty("backups")[0];
        var listed = (await _app.RunAsync("backup", "list", "--environment", "Development", "--output", "json")).Json.GetProperty("backups");

        Assert.Equal(["name", "file", "takenAt", "durationSeconds", "size", "sha256", "release", "schema"], Names(taken));
        Assert.Equal(2, listed.GetArrayLength());
        Assert.Contains(listed.EnumerateArray(), backup => backup.GetProperty("sha256").GetString() == taken.GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task Pruned_backups_have_the_documented_members_whether_they_go_or_stay()
    {
        await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0+abc");
        _app.Clock.Advance(TimeSpan.FromDays(1));
        await _app.RunAsync("backup", "create", "--environment", "Development");
        string[] prune = ["backup", "prune", "--environment", "Development", "--keep", "1", "--output", "json"];

        var shown = (await _app.RunAsync([.. prune, "--dry-run"])).Json;
        var pruned = (await _app.RunAsync([.. prune, "--as", "anna"])).Json;

        Assert.Equal(("succeeded", "succeeded"), (shown.GetProperty("outcome").GetString(), pruned.GetProperty("outcome").GetString()));
        Assert.Equal(shown.GetProperty("retention").GetRawText(), pruned.GetProperty("retention").GetRawText());
        Assert.Equal(["name", "file", "takenAt", "size", "release", "isRemoved", "reason"], Names(pruned.GetProperty("retention")[0]));
        Assert.Equal([false, true], pruned.GetProperty("retention").EnumerateArray().Select(static backup => backup.GetProperty("isRemoved").GetBoolean()));
        Assert.Contains("(claims to be anna)", await File.ReadAllTextAsync(Path.Combine(_app.Root, ".deployment", "development", "journal.jsonl"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, (await _app.RunAsync("verify-journal", "--environment", "Development")).ExitCode);
    }

    [Fact]
    public async Task History_is_newest_first_and_as_long_as_asked_for()
    {
        foreach (var version in (string[])["1.0.0", "1.1.0", "1.2.0"]) await _app.RunAsync("up", "--environment", "Development", "--release", version);
        var runs = (await _app.RunAsync("history", "--environment", "Development", "--last", "2", "--output", "json")).Json.GetProperty("runs");

        Assert.Equal(["1.2.0", "1.1.0"], runs.EnumerateArray().Select(static run => run.GetProperty("release").GetProperty("version").GetString()));
    }

    [Fact]
    public async Task A_fault_in_a_script_carries_its_place()
    {
        _app.WithMigration("0002_index", "CREATE INDEX ByTitle ON Pagse (Title);\n", "DROP INDEX ByTitle;\n");
        var json = (await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0", "--output", "json")).Json;
        var place = json.GetProperty("messages").EnumerateArray().First(static message => message.GetProperty("code").GetString() == "DTK7303");

        Assert.EndsWith("0002_index.sql", place.GetProperty("file").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, place.GetProperty("line").GetInt32());
        Assert.Equal(25, place.GetProperty("column").GetInt32());
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(static member => member.Name)];
}
