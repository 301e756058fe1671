using System.Diagnostics;
using Deployment.Toolkit.CommandLine.Commands;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>Secrets in ordinary hands: slips are refused, and what people do every day is one verb.</summary>
[Collection("EDITOR")]
public sealed class SecretsHandsTests : IDisposable
{
    private readonly TestApp _app = new() { Configure = static deployment => deployment.AddSealedSecrets() };

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("EDITOR", null);
        _app.Dispose();
    }

    [Theory]
    [InlineData("set Database", "")]
    [InlineData("set Database", "\n")]
    [InlineData("rotate Database", "")]
    [InlineData("propose Database", "")]
    [InlineData("import --replace", "Database=\nOther=x\n")]
    [InlineData("import --replace", "{ \"Database\": \"\", \"Other\": \"x\" }")]
    public async Task An_empty_pipe_seals_nothing_unless_it_is_asked_for(string verb, string input)
    {
        await SecretsAsync("init");
        await SecretsAsync("set Database", "present");
        var before = await File.ReadAllTextAsync(Path.Combine(_app.Root, "secrets.Staging.json"));
        Assert.Contains("DTK7731", (await SecretsAsync(verb, input, expected: 2)).Out, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(_app.Root, "secrets.Staging.json")));
        Assert.Equal("present", (await SecretsAsync("get Database")).Out.Trim());
        await SecretsAsync(verb + " --allow-empty", input);
    }

    [Fact]
    public async Task A_short_value_for_a_protected_environment_wants_a_reason()
    {
        await SecretsAsync("init", environment: "Production");
        foreach (var (verb, input) in ((string, string)[])[("set Pin", "123"), ("propose Pin", "123"), ("import", "Pin=123\nPin2=12")])
            Assert.Contains("DTK7730", (await SecretsAsync(verb, input, expected: 2, environment: "Production")).Out, StringComparison.Ordinal);
        await SecretsAsync("set Pin --allow-short device", "123", environment: "Production");
        await SecretsAsync("init");
        await SecretsAsync("set Pin", "123");
    }

    [Fact]
    public async Task Bytes_that_look_like_another_encodings_mark_are_not_decoded()
    {
        await SecretsAsync("init");
        using var input = Terminal.InputOf(new MemoryStream([0xff, 0xfe, 0x41, 0x00, 0x42, 0x00]));
        _app.Terminal = _app.Terminal with { Input = input };
        var ran = await _app.RunAsync("secrets", "set", "Key", "--environment", "Staging");
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("no UTF-8", ran.Out, StringComparison.Ordinal);

        using var marked = Terminal.InputOf(new MemoryStream([0xef, 0xbb, 0xbf, .. "text\n"u8]));
        _app.Terminal = _app.Terminal with { Input = marked };
        Assert.Equal(0, (await _app.RunAsync("secrets", "set", "Key", "--environment", "Staging")).ExitCode);
        Assert.Equal("text", (await SecretsAsync("get Key")).Out.TrimEnd());
    }

    [Fact]
    public async Task Whoever_removes_themselves_is_told_that_it_locks_them_out()
    {
        await SecretsAsync("init --recipient alice");
        await SecretsAsync($"recipients add ci --new-key-file {Path.Combine(_app.Root, "ci.key")}");
        Assert.Contains("DTK7732", (await SecretsAsync("recipients remove alice", expected: 2)).Out, StringComparison.Ordinal);
        Assert.Contains("alice", (await SecretsAsync("recipients list")).Out, StringComparison.Ordinal);
        await SecretsAsync("recipients remove alice --myself");
        Assert.DoesNotContain("alice", (await SecretsAsync("recipients list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_for_later_leaves_the_present_one()
    {
        await SecretsAsync("init");
        await SecretsAsync("set Key", "present");
        await SecretsAsync("set Key --not-before 2026-12-01", "later");
        Assert.Equal("present", (await SecretsAsync("get Key")).Out.Trim());
        Assert.Contains("would have expired", (await SecretsAsync("set Key --expires 2026-01-01", "gone", expected: 2)).Out, StringComparison.Ordinal);
        _app.Clock.Advance(TimeSpan.FromDays(11));
        Assert.Equal("later", (await SecretsAsync("get Key")).Out.Trim());
    }

    [Fact]
    public async Task A_command_gets_the_named_secrets_in_its_environment_and_ends_the_process_as_it_ends()
    {
        if (OperatingSystem.IsWindows()) return;

        await SecretsAsync("init");
        await SecretsAsync("import", "Database=p a'ss\nOther.Key=other\nHidden=hidden\n");
        var file = Path.Combine(_app.Root, "seen");
        string[] run = ["secrets", "run", "--environment", "Staging", "--secret", "PG=Database", "--secret", "Other.Key", "--", "/bin/sh", "-c", $"printf '%s|%s|%s' \"$PG\" \"$OTHER_KEY\" \"$1\" > {file}; env >> {file}; exit 7", "sh", "--environment=Production", "--output", "json"];
        var ran = await _app.RunInAsync(["--environment", "Staging"], run);
        Assert.Equal((7, ""), (ran.ExitCode, ran.Out));
        var seen = await File.ReadAllTextAsync(file);
        Assert.StartsWith("p a'ss|other|--environment=Production", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("DEPLOYMENT_SECRETS_KEY", seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--secret Nothing -- /bin/true", "DTK3005")]
    [InlineData("--secret A=b/c -- /bin/true", "DTK7710")]
    [InlineData("--secret =Key -- /bin/true", "DTK7710")]
    [InlineData("--secret X=Key --secret X=Other -- /bin/true", "DTK7710")]
    [InlineData("--secret Key -- /no/such/program", "DTK7734")]
    public async Task A_command_that_can_not_have_what_was_declared_is_not_run(string line, string code)
    {
        await SecretsAsync("init");
        await SecretsAsync("import", "Key=v1\nOther=v2");
        var ran = await _app.RunAsync(["secrets", "run", "--environment", "Staging", .. line.Split(' ')]);
        Assert.True(ran.ExitCode == 2, ran.Out + ran.Error);
        if (code != "DTK3005") Assert.Contains(code, ran.Out, StringComparison.Ordinal);
        else Assert.Contains("no source has", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_secrets_are_edited_in_memory_and_what_changed_is_sealed()
    {
        if (!OperatingSystem.IsLinux()) return;

        await SecretsAsync("init");
        await SecretsAsync("import", "{ \"Keep\": \"same\", \"Change\": \"before-édit\", \"Drop\": \"away\", \"Lines\": \"a\\nb\" }");
        var saw = Path.Combine(_app.Root, "saw");
        Editor($"cp \"$1\" {saw}; stat -f -c %T \"$1\" > {saw}.fs; stat -c '%a %n' \"$1\" \"$(dirname \"$1\")\" > {saw}.mode; env > {saw}.env; sed -i 's/before-édit/after-\"edit/; s/after-\"edit/after-edit/; /Drop/d; s/{{/{{ \"New.One\": \"fresh\",/' \"$1\"");
        var ran = await SecretsAsync("edit");
        Assert.Equal("Sealed in Staging: Change (changed), Drop (removed), New.One (new).", ran.Out.Trim());
        Assert.Equal(["Change 2", "Keep 1", "Lines 1", "New.One 1"], (await SecretsAsync("list --output json")).Json.GetProperty("secrets").EnumerateArray().Select(static s => $"{s.GetProperty("name")} {s.GetProperty("version")}"));
        Assert.Equal("after-edit", (await SecretsAsync("get Change")).Out.Trim());
        Assert.Contains("before-édit", await File.ReadAllTextAsync(saw), StringComparison.Ordinal);
        Assert.Equal("tmpfs", (await File.ReadAllTextAsync(saw + ".fs")).Trim());
        var modes = await File.ReadAllLinesAsync(saw + ".mode");
        Assert.StartsWith("600 ", modes[0], StringComparison.Ordinal);
        Assert.StartsWith("700 ", modes[1], StringComparison.Ordinal);
        Assert.False(File.Exists(modes[0][4..]) || Directory.Exists(modes[1][4..]), "the file is gone afterwards");

        Editor(":");
        Assert.Equal("Nothing was changed.", (await SecretsAsync("edit")).Out.Trim());
    }

    [Theory]
    [InlineData("exit 3", "exit code 3")]
    [InlineData("echo '{ broken' > \"$1\"", "not readable as JSON")]
    [InlineData("echo '{ \"Keep\": \"\" }' > \"$1\"", "DTK7731")]
    [InlineData(": > \"$1\"", "there is nothing in it")]
    public async Task An_editor_that_fails_or_a_slip_seals_nothing(string script, string said)
    {
        if (!OperatingSystem.IsLinux()) return;

        await SecretsAsync("init");
        await SecretsAsync("set Keep", "same");
        var before = await File.ReadAllTextAsync(Path.Combine(_app.Root, "secrets.Staging.json"));
        Editor(script);
        Assert.Contains(said, (await SecretsAsync("edit", expected: 2)).Out, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(_app.Root, "secrets.Staging.json")));
    }

    [Fact]
    public async Task Without_an_editor_or_memory_nothing_is_written_down()
    {
        await SecretsAsync("init");
        Assert.Contains("No editor is named", (await SecretsAsync("edit", expected: 2)).Out, StringComparison.Ordinal);
        var refusal = Assert.Throws<DeploymentException>(() => PrivateFolder.Make([null, "", "/no/such/place", "/"], mayBeOnDisk: false));
        Assert.Contains("--on-disk", refusal.Message, StringComparison.Ordinal);
        using var folder = PrivateFolder.Make([null], mayBeOnDisk: true);
        Assert.True(Directory.Exists(folder.Path));
    }

    [Fact]
    public async Task A_hook_looks_into_what_is_staged_and_not_at_what_lies_there()
    {
        await GitAsync("init", "-q");
        _app.Write("appsettings.json", "{ \"Db\": { \"Password\": \"staged-clear-1\" } }");
        Directory.CreateDirectory(Path.Combine(_app.Root, "sub folder"));
        _app.Write("sub folder/notes\u00e9.txt", "first\nkey AKIAQ3EGRZ7XPLMNTW5K here\n");
        _app.Write("id.pem", "-----BEGIN EC PRIVATE KEY-----\nabc\n");
        _app.Write("binary.bin", "\0AKIAQ3EGRZ7XPLMNTW5K");
        _app.Write("later.env", "AKIAQ3EGRZ7XPLMNTW5K");
        await GitAsync("add", "appsettings.json", "sub folder", "id.pem", "binary.bin");
        // What was mended on the disk and not staged is committed as it was.
        _app.Write("appsettings.json", "{}");

        var ran = await _app.RunAsync("secrets", "scan", "--staged", "--output", "json");
        Assert.Equal(2, ran.ExitCode);
        Assert.Equal(
            ["appsettings.json:1", "id.pem:1", "sub folder/notes\u00e9.txt:2"],
            ran.Json.GetProperty("messages").EnumerateArray().Select(static m => $"{m.GetProperty("file")}:{m.GetProperty("line")}"));
        Assert.DoesNotContain("staged-clear-1", ran.Out, StringComparison.Ordinal);

        await GitAsync("rm", "-rfq", "--cached", ".");
        _app.Write("clean.txt", "nothing");
        await GitAsync("add", "clean.txt");
        Assert.Equal(0, (await _app.RunAsync("secrets", "scan", "--staged")).ExitCode);
    }

    [Fact]
    public async Task Outside_of_a_repository_a_hook_says_so()
    {
        using var other = new TestApp();
        var ran = await other.RunAsync("secrets", "scan", "--staged");
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("DTK7735", ran.Out, StringComparison.Ordinal);
    }

    private void Editor(string script)
    {
        _app.Write("editor.sh", script + "\n");
        Environment.SetEnvironmentVariable("EDITOR", $"/bin/sh {Path.Combine(_app.Root, "editor.sh")}");
    }

    private async Task GitAsync(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.quotepath=true", .. arguments]) { WorkingDirectory = _app.Root })!;
        await git.WaitForExitAsync();
        Assert.Equal(0, git.ExitCode);
    }

    private async Task<Ran> SecretsAsync(string line, string? input = null, int expected = 0, string environment = "Staging")
    {
        using var reader = new StringReader(input ?? "");
        _app.Terminal = _app.Terminal with { Input = reader };
        var ran = await _app.RunInAsync(["--environment", environment], ["secrets", .. line.Split(' '), "--environment", environment]);
        Assert.True(ran.ExitCode == expected, $"'{line}' ended with {ran.ExitCode}: {ran.Out}{ran.Error}");
        return ran;
    }
}
