using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class SecretsTests : IDisposable
{
    private readonly TestApp _app = new();

    // The user's key folder is the process's; the tests of this assembly have one of their own.
    [ModuleInitializer]
    internal static void UseOwnKeyFolder() => Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", Directory.CreateTempSubdirectory("dtk-keys-").FullName);

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_value_goes_in_by_standard_input_and_comes_out_alone()
    {
        await RunAsync("secrets init --environment Staging");
        var set = await RunAsync("secrets set Database --environment Staging", "p@ss word#1\n");
        Assert.Equal("Sealed: 'Database' in Staging. Refer to it as secret://Database.", set.Out.Trim());

        Assert.Equal("p@ss word#1" + Environment.NewLine, (await RunAsync("secrets get database --environment Staging")).Out);
        Assert.Equal("p@ss word#1", (await RunAsync("secrets get Database --environment Staging --output json")).Json.GetProperty("value").GetString());
        Assert.DoesNotContain("p@ss", await File.ReadAllTextAsync(Path.Combine(_app.Root, "secrets.Staging.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secrets set Database hunter2")]
    [InlineData("secrets set Database --value hunter2")]
    [InlineData("secrets set Database --value=hunter2")]
    [InlineData("secrets rotate Database hunter2")]
    [InlineData("secrets propose Database hunter2 --output json")]
    [InlineData("secrets recipients add ci --passphrase hunter2")]
    public async Task A_value_on_the_command_line_is_refused_and_not_repeated(string line)
    {
        await RunAsync("secrets init --environment Staging");
        var ran = await RunAsync(line + " --environment Staging", "from stdin", expected: 2);
        Assert.Contains("DTK7601", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", ran.Out + ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_whole_life_of_a_secret()
    {
        await RunAsync("secrets init --environment Staging");
        await RunAsync("secrets import --environment Staging", """{ "Db": { "Password": "one" }, "Token": "t" }""");
        Assert.Contains("already: Db.Password", (await RunAsync("secrets import --environment Staging", "Db.Password=two", expected: 2)).Out, StringComparison.Ordinal);
        await RunAsync("secrets rotate Db.Password --environment Staging --grace 1h", "two");
        Assert.Equal("one", (await RunAsync("secrets get Db.Password --environment Staging --version previous")).Out.Trim());
        await RunAsync("secrets propose Token --environment Staging", "proposed");
        var list = (await RunAsync("secrets list --environment Staging --output json")).Json.GetProperty("secrets").EnumerateArray().ToList();
        Assert.Equal(["Db.Password 1 previous", "Db.Password 2 current", "Token 1 current", "Token 2 proposed"], list.Select(static s => $"{s.GetProperty("name")} {s.GetProperty("version")} {s.GetProperty("state")}"));
        await RunAsync("secrets accept Token --environment Staging");
        Assert.Equal("proposed", (await RunAsync("secrets get Token --environment Staging")).Out.Trim());
        await RunAsync("secrets remove Token --environment Staging");

        var keyFile = Path.Combine(_app.Root, "ci.key");
        await RunAsync($"secrets recipients add ci --environment Staging --new-key-file {keyFile}");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keyFile));
        Assert.Contains("ci", (await RunAsync("secrets recipients list --environment Staging")).Out, StringComparison.Ordinal);
        var removed = await RunAsync("secrets recipients remove ci --environment Staging");
        Assert.Contains("'ci' could read secret 'Db.Password' and may have kept it.", removed.Out, StringComparison.Ordinal);
        await RunAsync("secrets rekey --environment Staging");
        Assert.Equal("The sealed secrets of Staging are as they were sealed (epoch 3).", (await RunAsync("secrets verify --environment Staging")).Out.Trim());
        Assert.DoesNotContain("one", (await RunAsync("secrets list --environment Staging")).Out.Replace("one a", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_protected_environment_is_named_and_gets_no_development_key()
    {
        Assert.Contains("DTK7004", (await RunAsync("secrets init", expected: 2)).Out, StringComparison.Ordinal);
        Assert.Contains("is protected, so its secrets get no key that everybody has", (await RunAsync("secrets init --environment Production --development-key", expected: 2)).Out, StringComparison.Ordinal);
        await RunAsync("secrets init --environment Development --development-key");
        await RunAsync("secrets set Key --environment Development", "dev");

        // Renamed, with its environment: not even then does a key from the repository open what is protected.
        var text = await File.ReadAllTextAsync(Path.Combine(_app.Root, "secrets.Development.json"));
        await File.WriteAllTextAsync(Path.Combine(_app.Root, "secrets.Production.json"), text.Replace("\"environment\": \"Development\"", "\"environment\": \"Production\"", StringComparison.Ordinal));
        Assert.Contains("DTK7706", (await RunAsync("secrets get Key --environment Production", expected: 2)).Out, StringComparison.Ordinal);
        Assert.Equal("dev", (await RunAsync("secrets get Key --environment Development")).Out.Trim());
    }

    [Fact]
    public async Task A_deployment_remembers_the_epoch_and_refuses_an_older_file_until_it_is_trusted()
    {
        _app.WithPages();
        await RunAsync("secrets init --environment Staging");
        await RunAsync("up --environment Development");
        var file = Path.Combine(_app.Root, "secrets.Staging.json");
        var old = await File.ReadAllTextAsync(file);
        await RunAsync("secrets rekey --environment Staging");
        await RunAsync("up --environment Staging");

        await File.WriteAllTextAsync(file, old);
        Assert.Contains("is of epoch 1, while 'Staging' used epoch 2 already", (await RunAsync("secrets verify --environment Staging", expected: 2)).Out, StringComparison.Ordinal);
        Assert.Contains("DTK7704", (await RunAsync("secrets set Key --environment Staging", "v", expected: 2)).Out, StringComparison.Ordinal);
        await RunAsync("secrets verify --environment Staging --trust");
        await RunAsync("secrets verify --environment Staging");
    }

    [Fact]
    public async Task A_scan_ends_with_two_and_places_but_no_values()
    {
        Assert.Contains("No secret was found", (await RunAsync("secrets scan")).Out, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_app.Root, ".env"), "DB__PASSWORD=hunter2\n");
        var ran = await RunAsync("secrets scan", expected: 2);
        Assert.Contains("Setting 'DB__PASSWORD' stands in the clear", ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", ran.Out + ran.Error, StringComparison.Ordinal);
        var message = (await RunAsync("secrets scan --output json", expected: 2)).Json.GetProperty("messages")[0];
        Assert.Equal((1, 14), (message.GetProperty("line").GetInt32(), message.GetProperty("column").GetInt32()));
    }

    [Fact]
    public async Task Input_that_is_no_UTF8_is_refused()
    {
        await RunAsync("secrets init --environment Staging");
        using var input = new StreamReader(new MemoryStream([0x68, 0xff, 0xfe]), new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true));
        _app.Terminal = _app.Terminal with { Input = input };
        var ran = await _app.RunAsync("secrets", "set", "Key", "--environment", "Staging");
        Assert.Contains("no UTF-8", ran.Out, StringComparison.Ordinal);
    }

    private async Task<Ran> RunAsync(string line, string? input = null, int expected = 0)
    {
        using var reader = new StringReader(input ?? "");
        _app.Terminal = _app.Terminal with { Input = reader };
        var ran = await _app.RunAsync(line.Split(' '));
        Assert.True(ran.ExitCode == expected, $"'{line}' ended with {ran.ExitCode}: {ran.Out}{ran.Error}");
        return ran;
    }
}
