using System.Text;
using System.Text.Json;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class ConfigRecordTests : IDisposable
{
    private readonly TestApp _app = ConfigApp.Create();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Every_run_records_the_configuration()
    {
        await UpAsync("1.0.0");
        var configuration = Record("runPlanned").GetProperty("configuration");
        var (keys, values) = (configuration.GetProperty("keys"), configuration.GetProperty("values"));

        Assert.Equal("5", values.GetProperty("Content:MaxItems").GetString());
        Assert.Matches("^[0-9a-f]{16}$", keys.GetProperty("Content:Provider:Credential").GetString());
        Assert.False(values.TryGetProperty("Content:Provider:Credential", out _));
        Assert.False(values.TryGetProperty("Reports:Store", out _));
        Assert.Equal(configuration.GetRawText(), Record("releaseVerified").GetProperty("configuration").GetRawText());
        Assert.Matches("^[0-9a-f]{64}$", configuration.GetProperty("hash").GetString());
    }

    [Fact]
    public async Task A_changed_secret_is_a_change_of_the_configuration_that_nobody_can_read()
    {
        await UpAsync("1.0.0");
        var before = Record("runPlanned").GetProperty("configuration").GetProperty("keys").GetProperty("Mail:ApiKey").GetString();
        _app.Write("appsettings.json", File.ReadAllText(Path.Combine(_app.Root, "appsettings.json")).Replace(ConfigApp.Canary + "-key", ConfigApp.Canary + "-line", StringComparison.Ordinal));
        var json = (await _app.RunAsync("plan", "--environment", "Development", "--release", "1.0.0", "--output", "json")).Json;
        await UpAsync("1.0.0");

        Assert.Equal("Mail:ApiKey", Assert.Single(json.GetProperty("plan").GetProperty("configuration").GetProperty("changed").EnumerateArray()).GetString());
        Assert.NotEqual(before, Record("runPlanned").GetProperty("configuration").GetProperty("keys").GetProperty("Mail:ApiKey").GetString());
    }

    [Fact]
    public async Task A_journal_from_before_values_were_recorded_is_still_read()
    {
        await UpAsync("1.0.0");
        var verified = Deployment.Toolkit.Journal.RecordData.ReleaseVerified(JsonDocument.Parse("""{"release":{"version":"1.0.0"},"schema":[],"configuration":{"hash":"ab","keys":{"A:B":"cd"}}}""").RootElement);

        Assert.Null(verified.Configuration.Values);
        Assert.Equal("cd", verified.Configuration.Keys["a:b"]);
    }

    [Fact]
    public async Task No_secret_stands_in_any_file_that_a_run_wrote_nor_in_what_the_verbs_say()
    {
        await UpAsync("1.0.0");
        await UpAsync("2.0.0");
        var said = new StringBuilder();
        foreach (var line in ConfigApp.Lines)
        {
            foreach (var output in (string[])["text", "json"])
            {
                var ran = await _app.RunAsync([.. line.Split(' '), "--environment", "Development", "--output", output]);
                said.Append(ran.Out).Append(ran.Error);
            }
        }

        foreach (var file in Directory.EnumerateFiles(_app.Root, "*", SearchOption.AllDirectories).Where(static file => !Path.GetFileName(file).StartsWith("appsettings.", StringComparison.Ordinal) || file.Contains("template", StringComparison.Ordinal) || file.Contains("schema", StringComparison.Ordinal)))
            said.Append(File.ReadAllText(file));

        var text = said.ToString();
        Assert.All(ConfigApp.Canaries.SelectMany(static canary => (string[])[canary, Convert.ToBase64String(Encoding.UTF8.GetBytes(canary)), Uri.EscapeDataString(canary)]), canary => Assert.DoesNotContain(canary, text, StringComparison.Ordinal));
    }

    private async Task UpAsync(string release) =>
        Assert.Equal(0, (await _app.RunAsync("up", "--environment", "Development", "--release", release)).ExitCode);

    private JsonElement Record(string kind) =>
        File.ReadLines(Path.Combine(_app.Root, ".deployment", "development", "journal.jsonl")).Select(static line => JsonDocument.Parse(line).RootElement).Last(record => record.GetProperty("kind").GetString() == kind).GetProperty("data");
}
