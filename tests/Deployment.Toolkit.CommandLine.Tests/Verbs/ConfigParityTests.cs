using Deployment.Toolkit.Secrets;



namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class ConfigParityTests : IDisposable
{
    private readonly TestApp _app = ConfigApp.Create();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Undeclared_differences_are_refused()
    {
        string[] args = ["config", "parity", "Development", "Production", "--environment", "Development"];
        var ran = await _app.RunAsync(args);

        Assert.Equal(2, ran.ExitCode);
        Assert.DoesNotContain(ConfigApp.Canary, ran.Out + ran.Error, StringComparison.Ordinal);
        Approval.Check(_app.Normalize($"$ deploy {string.Join(' ', args)}\n{ran.Out}[exit {ran.ExitCode}]\n"), "config-parity");
    }

    [Fact]
    public async Task Declared_differences_are_quiet()
    {
        _app.Write("appsettings.json", """{ "Content": { "Title": "Pages", "Provider": { "Address": "https://a.example/" } }, "Mail": { "Sender": "a@example.org" } }""");
        _app.Write("appsettings.Staging.json", """{ "Content": { "Provider": { "Address": "https://b.example/" } }, "Mail": { "ApiKey": "one" } }""");
        _app.Write("appsettings.Production.json", """{ "Mail": { "Sender": "b@example.org", "ApiKey": "two" }, "Extra": { "On": true } }""");
        _app.Configure += static deployment => deployment.DiffersByEnvironment("Mail:Sender", "Extra");
        var ran = await _app.RunAsync("config", "parity", "Staging", "Production", "--environment", "Development", "--output", "json");

        Assert.Equal(0, ran.ExitCode);
        Assert.All(ran.Json.GetProperty("parity").EnumerateArray(), static row => Assert.True(row.GetProperty("isFine").GetBoolean()));
    }

    [Fact]
    public async Task A_secret_behind_the_same_reference_is_looked_up_in_each_environment()
    {
        _app.Configure += static deployment => deployment.AddSecretSource<TwoVaults>();
        _app.Write("appsettings.json", """{ "Mail": { "ApiKey": "secret://shared", "Other": "secret://own" } }""");
        _app.Write("appsettings.Production.json", "{ }");
        var rows = (await _app.RunAsync("config", "parity", "Staging", "Production", "--environment", "Development", "--output", "json")).Json.GetProperty("parity").EnumerateArray().ToDictionary(static row => row.GetProperty("key").GetString()!);

        Assert.Equal("Production", rows["Mail:ApiKey"].GetProperty("environments")[0].GetProperty("sameSecretAs").GetString());
        Assert.False(rows["Mail:ApiKey"].GetProperty("isFine").GetBoolean());
        Assert.True(rows["Mail:Other"].GetProperty("isFine").GetBoolean());
    }

    [Fact]
    public async Task One_environment_is_not_enough() =>
        Assert.Contains("error DTK7601: Parity needs two environments or more.", (await _app.RunAsync("config", "parity", "Staging", "staging", "--environment", "Development")).Out, StringComparison.Ordinal);

    private sealed class TwoVaults : ISecretSource
    {
        public string Name => "two vaults";

        public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken) =>
            new(new SecretValue(new Secret(request.Name == "shared" ? "the same" : $"of {request.Environment.Name}")));
    }
}
