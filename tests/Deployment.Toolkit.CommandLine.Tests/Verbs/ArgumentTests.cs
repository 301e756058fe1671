using Deployment.Toolkit.CommandLine.Verbs;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class ArgumentTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("rolback", "'deploy' has no verb 'rolback'. Did you mean 'rollback'?")]
    [InlineData("backup lsit", "'deploy backup' has no verb 'lsit'. Did you mean 'list'?")]
    [InlineData("up --enviroment Staging", "'deploy up' has no option '--enviroment'. Did you mean '--environment'?")]
    [InlineData("up --dry-rum", "'deploy up' has no option '--dry-rum'. Did you mean '--dry-run'?")]
    [InlineData("up now", "'deploy up' does not take 'now'.")]
    [InlineData("up -x", "'deploy up' has no option '-x'.")]
    [InlineData("plan --environment", "Option '--environment' wants a value: --environment NAME.")]
    [InlineData("plan --release 1 --release 2", "Option '--release' is given 2 times; give it once.")]
    [InlineData("backup restore", "'deploy backup restore' wants NAME.")]
    [InlineData("migrations add", "'deploy migrations add' wants NAME.")]
    [InlineData("unhold", "'deploy unhold' wants --reason TEXT.")]
    [InlineData("status --output jsn", "Option '--output' is 'jsn'; it takes text or json. Did you mean 'json'?")]
    [InlineData("history --last 0", "Option '--last' is '0', which is no whole number above zero.")]
    [InlineData("history --last many", "Option '--last' is 'many', which is no whole number above zero.")]
    [InlineData("up --lock-timeout 30", "Option '--lock-timeout' is '30', which has no unit. Write 30s for seconds, 30m for minutes, 30h for hours or 30d for days.")]
    [InlineData("backup prune --keep-for 400d", "Option '--keep-for' is '400d', which is no duration up to 365 days. Write for example 500ms, 30s, 5m, 1h, 30d or 00:05:00.")]
    [InlineData("backup prune --keep 0", "Option '--keep' is '0', which is no whole number above zero. Write for example --keep 3.")]
    [InlineData("up --lock-timeout soon", "Option '--lock-timeout' is 'soon', which is no duration up to 365 days.")]
    [InlineData("up @file", "'deploy up' does not take '@file'.")]
    [InlineData("--output text", "'deploy' wants a verb behind it: check, plan, up,")]
    public async Task A_slip_gets_one_message_and_nothing_else(string line, string message)
    {
        var ran = await _app.RunAsync(line.Split(' '));

        Assert.Equal(2, ran.ExitCode);
        Assert.Empty(ran.Out);
        Assert.StartsWith("error DTK7601: " + message, ran.Error, StringComparison.Ordinal);
        Assert.Single(ran.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("rolback --output json")]
    [InlineData("up --output=json --dry-rum")]
    [InlineData("--output json")]
    public async Task A_slip_is_told_in_JSON_too_when_that_was_asked_for(string line)
    {
        var json = (await _app.RunAsync(line.Split(' '))).Json;

        Assert.Equal("refused", json.GetProperty("outcome").GetString());
        Assert.Equal(2, json.GetProperty("exitCode").GetInt32());
        Assert.Equal("DTK7601", json.GetProperty("messages")[0].GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("1h", 3600)]
    [InlineData("30d", 2592000)]
    [InlineData("0s", 0)]
    [InlineData("00:05:00", 300)]
    [InlineData("1.00:00:00", 86400)]
    public void A_duration_has_its_unit_behind_it(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5w")]
    [InlineData("5D")]
    [InlineData("366d")]
    [InlineData("-00:05:00")]
    [InlineData("NaNs")]
    [InlineData("1e300h")]
    [InlineData("99999999999999999999999999h")]
    [InlineData("400.00:00:00")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public async Task The_options_of_every_verb_may_stand_before_the_verb() =>
        Assert.Equal("status", (await _app.RunAsync("--output", "json", "status")).Json.GetProperty("verb").GetString());
}
