using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class OnlineCheckTests : IDisposable
{
    private const string Key = "sk-live/canary+0815";

    private readonly TestApp _app = new TestApp().WithPages();
    private readonly Dictionary<string, string?> _settings = new() { ["Provider:ApiKey"] = Key };

    public OnlineCheckTests() => _app.ConfigureHost = builder =>
    {
        foreach (var (key, value) in _settings) builder.Configuration[key] = value;
    };

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_dependency_that_answers_is_asked_with_its_key_and_without_online_nobody_is()
    {
        using var server = LocalServer.Answering(200);
        Provider(server.Url + "base/", static h => h.Path = "/v1/models");
        Assert.Equal(0, (await CheckAsync()).ExitCode);
        Assert.Empty(server.Requests);

        var ran = await CheckAsync("--online");
        Assert.Equal(0, ran.ExitCode);
        Assert.Contains("and everything that was declared answers", ran.Out, StringComparison.Ordinal);
        Assert.Equal([$"/base/v1/models Authorization: Bearer {Key}"], server.Requests);
    }

    [Fact]
    public async Task The_key_goes_into_the_header_that_was_named()
    {
        using var server = LocalServer.Answering(204);
        Provider(server.Url, static h => (h.Header, h.Scheme) = ("X-Api-Key", ""));
        Assert.Equal(0, (await CheckAsync("--online")).ExitCode);
        Assert.Equal([$"/ X-Api-Key: {Key}"], server.Requests);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_refused_key_is_named_by_its_setting_and_never_shown(int status)
    {
        using var server = LocalServer.Answering(status);
        Provider(server.Url.Replace("http://", "http://user:pass-in-url@", StringComparison.Ordinal) + "hooks/token-in-path");
        var message = await FaultAsync("DTK7503");
        Assert.Equal($"Dependency 'provider' at {server.Url.TrimEnd('/')} refuses the key from Provider:ApiKey (status {status}). Put a valid one in there, or renew the secret that it refers to.", message.GetProperty("text").GetString());
        Assert.Equal("Provider:ApiKey", message.GetProperty("key").GetString());
    }

    [Fact]
    public async Task A_redirect_is_reported_and_the_key_is_not_sent_after_it()
    {
        using var thief = LocalServer.Answering(200);
        using var server = LocalServer.Answering(302, thief.Url + "collect?token=1");
        Provider(server.Url);
        Assert.Contains($"sends its callers on to {thief.Url.TrimEnd('/')} (status 302), where the key was not sent", (await FaultAsync("DTK7502")).GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Empty(thief.Requests);
    }

    [Fact]
    public async Task An_answer_that_is_no_success_is_a_fault()
    {
        using var server = LocalServer.Answering(500);
        Provider(server.Url);
        Assert.Contains("answers with status 500", (await FaultAsync("DTK7502")).GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_port_an_unknown_name_and_no_TLS_are_told_apart()
    {
        Provider($"http://127.0.0.1:{LocalServer.FreePort()}/");
        Assert.Contains("cannot be reached: no connection comes about", (await FaultAsync("DTK7502")).GetProperty("text").GetString(), StringComparison.Ordinal);
        Provider("https://no-such-host.invalid/");
        Assert.Contains("its name is not known to DNS", (await FaultAsync("DTK7502")).GetProperty("text").GetString(), StringComparison.Ordinal);
        using var server = LocalServer.Answering(200);
        Provider(server.Url.Replace("http://", "https://", StringComparison.Ordinal));
        Assert.Contains("no secure connection comes about", (await FaultAsync("DTK7502")).GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_hangs_is_stopped_at_its_limit_and_one_that_ignores_its_token_is_left_behind()
    {
        var release = new TaskCompletionSource();
        using var server = new LocalServer(_ => release.Task);
        Provider(server.Url);
        _app.Configure += static deployment => deployment.AddDependency("stubborn", static (_, _) => new TaskCompletionSource().Task);
        var ran = await CheckAsync("--online", "--online-timeout", "300ms", "--output", "json");
        Assert.Equal(2, ran.ExitCode);
        Assert.Equal(
            ["Dependency 'provider' gave no answer within 0.3 s.", "Dependency 'stubborn' gave no answer within 0.3 s."],
            Messages(ran).Select(static message => message.GetProperty("text").GetString()!.Split(" Look")[0]));
        release.SetResult();
    }

    [Fact]
    public async Task Databases_are_opened_and_asked()
    {
        _app.Configure = static deployment => deployment.AddDatabaseDependency("orders", SqliteFactory.Instance, "Orders");
        Assert.Contains("Set ConnectionStrings:Orders", (await FaultAsync("DTK7002")).GetProperty("text").GetString(), StringComparison.Ordinal);

        var file = Path.Combine(_app.Root, "orders.db");
        _settings["ConnectionStrings:Orders"] = $"Data Source={file};Pooling=False";
        Assert.Contains("there is no file", (await FaultAsync("DTK7502")).GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.False(File.Exists(file));

        _app.Write("orders.db", "this is no database, however long it may be, and so it must be found out");
        var message = await FaultAsync("DTK7502");
        Assert.Contains("file is not a database", message.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("ConnectionStrings:Orders", message.GetProperty("key").GetString());

        File.Delete(file);
        using (var connection = new SqliteConnection(_settings["ConnectionStrings:Orders"])) connection.Open();
        _app.Write("orders.db", "");
        Assert.Equal(0, (await CheckAsync("--online")).ExitCode);
    }

    [Fact]
    public async Task The_database_that_is_deployed_to_is_tried_without_being_declared()
    {
        Assert.Equal(0, (await CheckAsync("--online")).ExitCode);
        Assert.False(File.Exists(Path.Combine(_app.Root, "content.db")));
        _app.Write("content.db", "this is no database, however long it may be, and so it must be found out");
        Provider("https://no-such-host.invalid/");
        var ran = await CheckAsync("--online", "--output", "json");
        Assert.Equal(2, ran.ExitCode);
        Assert.Equal(["DTK7401", "DTK7502", "DTK7502"], Messages(ran).Select(static message => message.GetProperty("code").GetString()));
        Assert.StartsWith("Dependency 'deployment database' could not be used: SQLite Error 26", Messages(ran)[1].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_stand_in_one_report_and_no_secret_in_it()
    {
        using var server = LocalServer.Answering(401);
        Provider(server.Url);
        _app.Configure += static deployment => deployment
            .AddHttpDependency("mail", "Mail:Endpoint")
            .AddHttpDependency("search", "Search:Endpoint", static h => h.Credential = "Search:ApiKey")
            .AddDatabaseDependency("orders", SqliteFactory.Instance, "Orders")
            .AddDependency("own", static (_, _) => throw new InvalidOperationException($"driver says {Key}"));
        (_settings["Mail:Endpoint"], _settings["Search:Endpoint"]) = ("not an address", server.Url);
        var text = await CheckAsync("--online");
        Assert.Equal(2, text.ExitCode);
        Assert.Contains("5 faults found", text.Out, StringComparison.Ordinal);

        var json = await CheckAsync("--online", "--output", "json");
        Assert.Equal(["DTK7503", "DTK1002", "DTK1003", "DTK7002", "DTK7502"], Messages(json).Select(static message => message.GetProperty("code").GetString()));
        Assert.Contains("driver says ***", json.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, text.Out + text.Error + json.Out + json.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_a_sealed_secret_is_opened_for_it_and_masked()
    {
        using var server = LocalServer.Answering(401);
        Provider(server.Url);
        _app.Configure += static deployment => deployment.AddSealedSecrets();
        _app.Terminal = _app.Terminal with { Input = new StringReader("sealed-canary-4711") };
        Assert.Equal(0, (await _app.RunAsync("secrets", "init", "--environment", "Development", "--development-key")).ExitCode);
        Assert.Equal(0, (await _app.RunAsync("secrets", "set", "key", "--environment", "Development")).ExitCode);
        _settings["Provider:ApiKey"] = "secret://key";
        var ran = await CheckAsync("--online");
        Assert.Equal(["/ Authorization: Bearer sealed-canary-4711"], server.Requests);
        Assert.Contains("DTK7503", ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("sealed-canary", ran.Out + ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_of_nothing_is_refused()
    {
        var ran = await CheckAsync("--online", "--online-timeout", "0s");
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("DTK7601", ran.Out, StringComparison.Ordinal);
    }

    private void Provider(string endpoint, Action<HttpDependencyOptions>? configure = null)
    {
        _settings["Provider:Endpoint"] = endpoint;
        _app.Configure = deployment => deployment.AddHttpDependency("provider", "Provider:Endpoint", h =>
        {
            h.Credential = "Provider:ApiKey";
            configure?.Invoke(h);
        });
    }

    private Task<Ran> CheckAsync(params string[] options) => _app.RunAsync(["check", "--environment", "Development", .. options]);

    /// <summary>The one fault of a check with that code; nothing in the output is a secret.</summary>
    private async Task<JsonElement> FaultAsync(string code)
    {
        var ran = await CheckAsync("--online", "--output", "json");
        Assert.Equal(2, ran.ExitCode);
        foreach (var secret in (string[])[Key, "pass-in-url", "token-in-path"]) Assert.DoesNotContain(secret, ran.Out + ran.Error, StringComparison.Ordinal);
        var message = Assert.Single(Messages(ran));
        Assert.Equal(code, message.GetProperty("code").GetString());
        return message;
    }

    private static List<JsonElement> Messages(Ran ran) => [.. ran.Json.GetProperty("messages").EnumerateArray()];
}
