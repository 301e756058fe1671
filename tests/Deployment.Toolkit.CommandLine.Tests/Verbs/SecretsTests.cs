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
        Assert.Equal("Sealed: 'Database' in Staging. Refer to it as secret://Database. The app does not read sealed files yet: call .AddSealedSecrets() on AddDeployment().", set.Out.Trim());

        _app.Configure = static deployment => deployment.AddSealedSecrets();
        Assert.EndsWith("Refer to it as secret://Other.", (await RunAsync("secrets set Other --environment Staging", "p@ss word#2\n")).Out.Trim(), StringComparison.Ordinal);

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
        var id = list[3].GetProperty("proposal").GetString();
        Assert.Contains("(signed by recipient", list[3].GetProperty("proposer").GetString(), StringComparison.Ordinal);
        Assert.Contains(id!, (await RunAsync("secrets accept Token --environment Staging", expected: 2)).Out, StringComparison.Ordinal);
        var accepted = (await RunAsync($"secrets accept {id} --environment Staging")).Out;
        Assert.StartsWith("Accepted: 'Token' counts in Staging now. Proposed by ", accepted, StringComparison.Ordinal);
        Assert.Contains("(signed by recipient", accepted, StringComparison.Ordinal);
        Assert.Equal("proposed", (await RunAsync("secrets get Token --environment Staging")).Out.Trim());
        await RunAsync("secrets remove Token --environment Staging");

        var keyFile = Path.Combine(_app.Root, "ci.key");
        await RunAsync($"secrets recipients add ci --environment Staging --new-key-file {keyFile}");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(keyFile));
        Assert.Contains("ci", (await RunAsync("secrets recipients list --environment Staging")).Out, StringComparison.Ordinal);
        var removed = await RunAsync("secrets recipients remove ci --environment Staging");
        Assert.Contains("'ci' could read secret 'Db.Password' and may have kept it.", removed.Out, StringComparison.Ordinal);
        await RunAsync("secrets rekey --environment Staging");
        var verified = (await RunAsync("secrets verify --environment Staging")).Out;
        Assert.StartsWith("The sealed secrets of Staging are as they were sealed (epoch 3), and every header is signed.", verified, StringComparison.Ordinal);
        Assert.Contains(".AddSealedSecrets(s => s.Root(\"dtk1:Staging:", verified, StringComparison.Ordinal);
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
        Assert.Contains("DTK7720", (await RunAsync("secrets get Key --environment Production", expected: 2)).Out, StringComparison.Ordinal);
        Assert.Equal("dev", (await RunAsync("secrets get Key --environment Development")).Out.Trim());
    }

    [Fact]
    public async Task A_deployment_remembers_the_epoch_and_refuses_an_older_file_until_it_is_trusted()
    {
        _app.WithPages();
        _app.ConfigureHost = builder => builder.Configuration["ConnectionStrings:Content"] = $"Data Source={Path.Combine(_app.Root, builder.Environment.EnvironmentName + ".db")};Pooling=False";
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

    [Fact]
    public async Task Where_nothing_knows_the_file_reading_says_so_and_writing_is_refused_until_its_root_is_named()
    {
        var made = await RunAsync("secrets init --environment Staging");
        var root = Root(made.Out);
        await RunAsync("secrets set Key --environment Staging", "v");
        Forget();

        var get = await RunAsync("secrets get Key --environment Staging");
        Assert.Equal("v" + Environment.NewLine, get.Out);
        Assert.Contains("warning DTK7721: Nothing here says that sealed file", get.Error, StringComparison.Ordinal);
        foreach (var verb in (string[])["verify", "list", "recipients list", "proposers list"]) Assert.Contains("DTK7721", (await RunAsync($"secrets {verb} --environment Staging")).Out, StringComparison.Ordinal);
        Assert.Contains("warning DTK7721: Nothing here says", (await RunAsync("check --environment Staging", expected: 2)).Out, StringComparison.Ordinal);
        var (id, keyFile) = ("0000000000000000", Path.Combine(_app.Root, "ci.key"));
        foreach (var verb in (string[])["set Key", "rotate Key", "propose Key", "remove Key", "rekey", "import", $"accept {id}", $"reject {id}", $"recipients add ci --new-key-file {keyFile}", "recipients remove ci"])
        {
            var refused = await RunAsync($"secrets {verb} --environment Staging", "A=hunter2 hunter2", expected: 2);
            Assert.True(refused.Out.Contains("DTK7721", StringComparison.Ordinal), $"{verb}: {refused.Out}");
            Assert.Contains(root, refused.Out, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(keyFile));
        Assert.Contains("DTK7722", (await RunAsync($"secrets set Key --environment Staging --trust-root dtk1:Staging:{new string('A', 43)}", "w", expected: 2)).Out, StringComparison.Ordinal);
        Assert.Contains("is no fingerprint", (await RunAsync("secrets set Key --environment Staging --trust-root yes", "w", expected: 2)).Out, StringComparison.Ordinal);
        await RunAsync($"secrets set Key --environment Staging --trust-root {root}", "w");
        // From here on the user is remembered to trust it.
        await RunAsync("secrets set Key --environment Staging", "x");
        Assert.DoesNotContain("DTK7721", (await RunAsync("secrets get Key --environment Staging")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_that_is_pinned_in_code_lets_write_and_refuses_every_other_file()
    {
        var root = Root((await RunAsync("secrets init --environment Staging")).Out);
        Forget();
        _app.Configure = deployment => deployment.AddSealedSecrets(s => s.Root(root));
        await RunAsync("secrets set Key --environment Staging", "v");

        File.Delete(Path.Combine(_app.Root, "secrets.Staging.json"));
        _app.Configure = static _ => { };
        await RunAsync("secrets init --environment Staging");
        _app.Configure = deployment => deployment.AddSealedSecrets(s => s.Root(root));
        Assert.Contains("error DTK7722", (await RunAsync("check --environment Staging", expected: 2)).Out, StringComparison.Ordinal);
        foreach (var verb in (string[])["set Key", "get Key", "verify", "list"]) Assert.Contains("DTK7722", (await RunAsync($"secrets {verb} --environment Staging", "v", expected: 2)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_merge_that_cannot_be_verified_ends_with_one_and_writes_nothing()
    {
        await RunAsync("secrets init --environment Staging");
        var ours = Path.Combine(_app.Root, "secrets.Staging.json");
        var (origin, theirs) = (Path.Combine(_app.Root, "origin"), Path.Combine(_app.Root, "theirs"));
        File.Copy(ours, origin);
        File.Move(ours, theirs);
        await RunAsync("secrets init --environment Staging");
        File.Move(ours, theirs + "2");
        File.Move(theirs, ours);
        var before = await File.ReadAllTextAsync(ours);

        var merged = await RunAsync($"secrets merge {origin} {ours} {theirs}2 secrets.Staging.json", expected: 1);
        Assert.Contains("DTK7723", merged.Out, StringComparison.Ordinal);
        Assert.Contains("Nothing was written.", merged.Out, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(ours));
    }

    private static string Root(string made)
    {
        var begin = made.IndexOf("dtk1:", StringComparison.Ordinal);
        return made[begin..made.IndexOf('"', begin)];
    }

    /// <summary>As on a machine where the user never was.</summary>
    private void Forget()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(_app.Root, "secrets.Staging.json")));
        File.Delete(Path.Combine(Environment.GetEnvironmentVariable("XDG_CONFIG_HOME")!, "deployment-toolkit", "roots", file.RootElement.GetProperty("file").GetString()!));
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
